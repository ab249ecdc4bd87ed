"""What the pages say of X is so: its examples load, and all evidence and notes of its normalizer are explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.x import LIMITS, PLUGIN
from gateway.settings import load
from normalizers.x import NORMALIZER
from tests.desk import CONFIGURATION, Desk
from tests.samples import x

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "x.md").read_text(encoding="utf-8")
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "normalizers" / "x").glob("*.py"))
EVENTS = "".join(
    event.model_dump_json() for sample in x.SAMPLES.values() for event in NORMALIZER.normalize(x.raw(sample))
)


def examples(page: str, heading: str) -> list[str]:
    """Return the examples in TOML of one chapter."""
    chapter = re.split(rf"(?m)^##+ {heading}$", page)[1]
    return re.findall(r"```toml\n(.*?)```", re.split(r"(?m)^##+ ", chapter)[0].replace("\n   ", "\n"), re.DOTALL)


def listed(heading: str) -> set[str]:
    """Return the names in the first cells of one chapter of the page on the case schema."""
    page = (DOCS / "case-schema.md").read_text(encoding="utf-8")
    chapter = re.split(rf"(?m)^## {heading}$", page)[1].partition("\n## ")[0]
    return {name for row in re.findall(r"(?m)^\| (`.*?) \|", chapter) for name in re.findall(r"`(\w+)`", row)}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    for name in ("x.key", "x.secret", "x.token", "x.token-secret"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("made-up\n", encoding="utf-8")
    return Desk(tmp_path)


def test_the_set_up_is_a_channel_that_loads_and_an_account_that_is_official(desk: Desk) -> None:
    channel, account, login = examples(PAGE, "Set up")
    head, scams, rest = desk.directory.read_text(encoding="utf-8").partition("[[scams]]")
    desk.directory.write_text(head + account + scams + rest, encoding="utf-8")
    desk.write(CONFIGURATION + channel)
    settings = load(desk.path)
    found = settings.channels[1]
    own = found.plugin.addresses(found.settings)
    (official,) = settings.directory.accounts["x", "examplex"]
    assert own == (official.id, official.value)
    desk.write(CONFIGURATION + login)
    assert load(desk.path).channels[1].settings.model_dump()["auth"] == "oauth2"


def test_the_example_in_the_readme_loads(desk: Desk) -> None:
    (channel,) = examples((ROOT / "README.md").read_text(encoding="utf-8"), "Enable X")
    desk.write(CONFIGURATION + channel)
    assert load(desk.path).channels[1].plugin is PLUGIN


def test_every_limit_is_named_with_its_count() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert [each.name for each in LIMITS if f"| {each.name} | {each.count} |" not in page] == []
    assert set(re.findall(r"(?m)^\| ([a-z_]+-[a-z]+-account-\w+) \| ", page)) <= {each.name for each in LIMITS}


def test_what_is_given_up_is_explained() -> None:
    assert [
        each for each in ("conversations", "profiles", "mentions", "messages", "receipts") if f"`{each}`" not in PAGE
    ] == []


def test_every_name_of_evidence_is_explained() -> None:
    seen = {
        name for each in re.findall(r'"evidence":(\[.*?\])', EVENTS) for name in re.findall(r'"name":"(\w+)"', each)
    }
    written = set(re.findall(r"(?:Evidence\(name=|said\(\s*|say\()\"(\w+)\"", SOURCES))
    assert (seen | written) - listed("Evidence of a message on X") == set()
    assert listed("Evidence of a message on X") - (seen | written) == set()


def test_every_note_is_explained() -> None:
    seen = {code for each in re.findall(r'"notes":(\[.*?\])', EVENTS) for code in re.findall(r'"code":"(\w+)"', each)}
    written = set(re.findall(r"\.note\(\s*\"(\w+)\"", SOURCES))
    assert seen <= written
    assert listed("What is noted of a message on X") == written
