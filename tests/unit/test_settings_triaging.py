"""The `[triage]` table: queues, own rules and the classifier are taken, looked over, and noticed when they change."""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gateway.case import Assessment, Priority
from gateway.channels import Channels
from gateway.classifying import asking, check_classifier, open_classifier
from gateway.front import Front
from gateway.health import Condition, Health
from gateway.reading import Apart, Judgement
from gateway.settings import Settings, SettingsError, load, triaging
from gateway.stages import Making
from gateway.triage import triage
from tests.builders import message
from tests.conftest import ManualClock
from tests.desk import CONFIGURATION, SECRET, Desk
from tests.servers.model_server import ModelServer

OWN = """\
without = ["vip"]

[categories.staking]
queue = "earn"
priority = "high"
asks = ["account_id"]

[terms.en.staking]
strong = ["zorble*"]

[terms.en.sets]
gadgets = ["frobnicator"]

[terms.en.card]
strong = ["@gadgets .. broken"]

[without_terms.en]
login = ["log in"]

[[rule]]
name = "from-sg"
when = { platform = "email", terms = "staking" }
unless = { region = "sg" }
priority = "urgent"
tag = "staking"
reason = "Staking is looked at first."
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    return Desk(tmp_path)


def loaded(desk: Desk, table: str, own: str | None = None) -> Settings:
    if own is not None:
        (desk.folder / "triage.toml").write_text(own, encoding="utf-8")
    desk.write(f"{CONFIGURATION}\n{table}\n")
    return load(desk.path)


def problems(desk: Desk, table: str, own: str | None = None) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        loaded(desk, table, own)
    return dict(caught.value.problems)


def test_without_the_table_the_rules_are_the_products_own(desk: Desk) -> None:
    settings = loaded(desk, "")
    assert settings.triaging is not None
    assert settings.classifier is None
    found = triage(message(subject="", text="my deposit has not arrived"), (), rules=settings.triaging.rules)
    assert (found.category, found.queue) == ("deposit_not_credited", "deposits")


def test_queues_are_the_desks(desk: Desk) -> None:
    settings = loaded(desk, '[triage]\nqueues = { deposit_not_credited = "treasury" }')
    assert settings.triaging is not None
    for rules in (settings.triaging.rules, pickle.loads(pickle.dumps(settings.triaging.rules))):  # noqa: S301
        assert triage(message(subject="", text="my deposit has not arrived"), (), rules=rules).queue == "treasury"


def test_own_terms_categories_and_rules_add_to_ours_here_and_in_another_process(desk: Desk) -> None:
    settings = loaded(desk, '[triage]\nrules = "triage.toml"', OWN)
    assert settings.triaging is not None
    for rules in (settings.triaging.rules, pickle.loads(pickle.dumps(settings.triaging.rules))):  # noqa: S301
        found = triage(message(subject="", text="my zorbles are late"), (), rules=rules)
        assert (found.category, found.queue, found.priority) == ("staking", "earn", Priority.URGENT)
        assert found.tags == ("staking",)
        assert "Staking is looked at first." in found.reasons
        assert found.missing == ("account_id",)
        broken = triage(message(subject="", text="the frobnicator is broken"), (), rules=rules)
        assert broken.category == "card"


def test_when_it_is_switched_off_languages_and_entities_are_found_alone(desk: Desk) -> None:
    settings = loaded(desk, "[triage]\nenabled = false")
    assert settings.triaging is not None
    found = triage(message(subject="", text="我的账号被盗了 UID 48210734"), (), rules=settings.triaging.rules)
    assert (found.language, found.category, found.queue, found.danger) == ("zh-CN", None, None, "")
    assert [each.kind for each in found.entities] == ["account_id"]


OWN_NAMES = """
[triage]
account_id = "EX[0-9]{8}"
assets = { EXT = ["examplex token"] }
networks = { examplex-chain = ["Examplex Chain"] }

[triage.explorers]
tron = { tx = "https://explorer.example.test/tx/{}" }
"""


class NoChannels:
    """A desk without any channel."""

    roles = SimpleNamespace(normalizers={}, receivers={}, mail_checks={}, resolvers={}, senders={})

    def __iter__(self) -> Iterator[object]:
        return iter(())


async def test_own_names_are_found_in_messages_here_and_in_the_reading_process(desk: Desk, clock: ManualClock) -> None:
    settings = loaded(desk, OWN_NAMES)
    making = Making(lambda: settings, lambda: settings.directory, cast(Channels, NoChannels()), clock)
    mail = message(subject="", text="My UID is EX48210734, where are 5 EXT by Examplex Chain? UID 48210735")
    wanted = [("account_id", "EX48210734"), ("amount", "5 EXT"), ("network", "Examplex Chain")]
    apart = Apart(making.setup)
    try:
        (there,) = await apart.judge([(mail, ())], clock.now().date())
    finally:
        await apart.close()
    assert isinstance(there, Judgement)
    assert there.triage is not None
    here = making.stages(lambda name: None).triage(mail, (), Assessment())
    for found in (here, there.triage):
        assert [(each.kind, each.value) for each in found.entities] == wanted
    explorers = making.policy().explorers
    assert explorers is not None
    assert explorers["tron"].tx == "https://explorer.example.test/tx/{}"


@pytest.mark.parametrize(
    ("table", "path", "words"),
    [
        ('[triage]\naccount_id = "(a+)+"', "triage.account_id", "bounded"),
        ('[triage]\nqueues = { nothing = "x" }', "triage.queues.nothing", "no category"),
        ('[triage]\nqueues = { kyc = "X Y" }', "triage.queues.kyc", ""),
        ('[triage]\nrules = "absent.toml"', "triage.rules", "cannot be read"),
        ("[triage]\nnonsense = 1", "triage.nonsense", ""),
        ("[triage]\nclassifier = 1", "triage.classifier", "must be a table"),
        ('[triage.classifier]\nurl = "http://model.test/"', "triage.classifier.url", "https://"),
        ('[triage.classifier]\nurl = "https://a:b@model.test/"', "triage.classifier.url", "leave out"),
        ('[triage.classifier]\nurl = "https://model.test/"\ntimeout_ms = 1', "triage.classifier.timeout_ms", ""),
        ('[triage.classifier]\nurl = "http://127.0.0.1/"\nca_file = "x"', "triage.classifier", ""),
    ],
)
def test_what_cannot_work_is_named_with_its_place(desk: Desk, table: str, path: str, words: str) -> None:
    found = problems(desk, table)
    assert any(each.startswith(path) and words in said for each, said in found.items()), found


@pytest.mark.parametrize(
    ("own", "path", "words"),
    [
        ("a = ", "triage.toml", "TOML"),
        ("nonsense = 1", "triage.toml: nonsense", ""),
        ("[terms.en.kyc]\nstrong = ['a | | b']", "triage.toml: terms.en", '"a | | b"'),
        ("[terms.xx.kyc]\nstrong = ['abc']", "triage.toml: terms.xx", "language"),
        ("[terms.en.nothing]\nstrong = ['abc']", "triage.toml: terms.en", "[nothing] is no category"),
        ("[categories.harmless]\nqueue = 'x'", "triage.toml: categories.harmless", "the name of a table of signs"),
        ("without = ['nothing']", "triage.toml: without.nothing", "no rule"),
        ("[categories.kyc]\nqueue = 'X Y'", "triage.toml: categories.kyc.queue", ""),
        ("[[rule]]\nname = 'a'\ntag = 'b'", "triage.toml: rule.1", "when it holds"),
        ("[[rule]]\nname = 'a'\nwhen = { tier = 'vip' }", "triage.toml: rule.1", "either category and points"),
        (
            "[[rule]]\nname = 'a'\nwhen = { category = 'kyc' }\ncategory = 'card'\npoints = 1",
            "triage.toml: rule.1",
            "before there is a category",
        ),
        (
            "[[rule]]\nname = 'a'\nwhen = { tier = 'vip' }\ncategory = 'nothing'\npoints = 1",
            "triage.toml: rule a",
            "nothing is no category",
        ),
        ("[[rule]]\nname = 'a'\nwhen = { moon = 'full' }\ntag = 'b'", "triage.toml: rule.1.when.moon", ""),
    ],
)
def test_every_mistake_in_the_desks_own_rules_is_named_with_its_place(
    desk: Desk, own: str, path: str, words: str
) -> None:
    found = problems(desk, '[triage]\nrules = "triage.toml"', own)
    assert path in found, found
    assert words in found[path]


def test_own_rules_are_read_anew_when_their_file_changes(desk: Desk) -> None:
    settings = loaded(desk, '[triage]\nrules = "triage.toml"', OWN)
    files = Front._files(cast("Front", SimpleNamespace(settings=settings)))
    assert desk.folder / "triage.toml" in files


def test_the_classifiers_token_is_a_secret(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_TOKEN", "bearer-of-a-model")
    settings = loaded(
        desk, '[triage.classifier]\nurl = "https://model.test/x"\ntoken = { env = "MODEL_TOKEN" }\nmin_confidence = 0.7'
    )
    assert settings.classifier is not None
    assert settings.classifier.min_confidence == 0.7
    assert "bearer-of-a-model" in settings.secrets()
    assert "bearer-of-a-model" not in repr(settings)


def test_without_its_library_a_classifier_is_named_as_lacking_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(triaging, "find_spec", lambda name: None if name == "httpx" else real(name))
    found = problems(desk, '[triage.classifier]\nurl = "https://model.test/x"')
    assert "gatehouse[classifier]" in found["triage.classifier"]


async def test_it_is_checked_and_shown_to_operators(desk: Desk, clock: ManualClock) -> None:
    async with ModelServer() as server:
        settings = loaded(desk, f'[triage.classifier]\nurl = "{server.url}"')
        assert (await check_classifier(settings))["triage.classifier"].ok
        health = Health(clock)
        async with open_classifier(settings.classifier, ["kyc"]) as opened:
            asks = asking(opened, settings.classifier, clock, health, lambda shown: shown)
            assert asks is not None
            server.status = 500
            await asks.facts(message(text="hello"))
            assert [(each.part, each.condition) for each in health.parts()] == [("classifier", Condition.RETRYING)]
    assert not (await check_classifier(settings))["triage.classifier"].ok
    async with open_classifier(None, []) as nothing:
        assert asking(nothing, None, clock, health, lambda shown: shown) is None
