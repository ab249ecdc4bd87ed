"""What the page on mail channels says is so: its channels load, its settings and links are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.email import EmailSettings
from connectors.email.lmtp import LmtpSettings
from gateway.answers.ack_policy import AckPolicy
from gateway.settings import load
from tests.desk import CONFIGURATION, Desk

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "email.md").read_text(encoding="utf-8")
HEAD = CONFIGURATION.partition("[connectors.email]")[0]
"""Without a mail channel of its own: each example has all that it needs."""
POSTFIX = ("lmtp_", "relay_", "recipient_", "virtual_")
SETTINGS = EmailSettings.model_fields.keys() | LmtpSettings.model_fields.keys() | AckPolicy.model_fields.keys()


def examples() -> dict[str, str]:
    """Return the channels in TOML, each by its name."""
    blocks = [block.replace("\n   ", "\n") for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
    named = [(re.search(r"\[channels\.(\w+)\]", block), block) for block in blocks]
    return {found[1]: block for found, block in named if found is not None}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    for name in ("mail.password", "google.secret"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("made-up\n", encoding="utf-8")
    return Desk(tmp_path)


@pytest.mark.parametrize("name", examples())
def test_a_channel_of_the_page_loads(desk: Desk, name: str) -> None:
    desk.write(HEAD + examples()[name])
    (channel,) = load(desk.path).channels
    assert (channel.name, channel.plugin.platform) == (name, "email")


def test_the_page_shows_every_way_in() -> None:
    assert set(examples()) == {"support", "google", "microsoft", "desk"}


def test_the_listed_address_is_official(desk: Desk) -> None:
    (listed,) = re.findall(r"```toml\n\s*(\[\[brands\.mail\]\].*?)```", PAGE, re.DOTALL)
    head, scams, rest = desk.directory.read_text(encoding="utf-8").partition("[[scams]]")
    desk.directory.write_text(head + listed.replace("\n   ", "\n") + scams + rest, encoding="utf-8")
    desk.write(HEAD + examples()["support"])
    settings = load(desk.path)
    own = settings.channels[0].plugin.addresses(settings.channels[0].settings)
    assert own[0] in settings.directory.addresses


def test_every_setting_that_the_page_names_is_one() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    named = {name for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)(?: = [^`]*)?`", prose)}
    values = {"mark_read", "offline_access"}
    assert {name for name in named - values if not name.startswith(POSTFIX)} <= SETTINGS
