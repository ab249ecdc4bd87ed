"""Known incidents: which cases belong to one, and that each user is told once, and only where one may, of its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.announcing import BATCH, PACE, Announcer, KnownIncidents
from gateway.answers.ack_policy import AckPolicy
from gateway.answers.compose import Teller
from gateway.answers.incidents import over, paragraph
from gateway.answers.locales import LANGUAGES, load_locales
from gateway.case import Case, CaseState, Entity, Entry, Evidence, Party, Triage, Visibility
from gateway.casework import Judged, failures, filing, matching
from gateway.casework.incidents import decide_news
from gateway.casework.matching import fits
from gateway.dialogue import Dialogue
from gateway.feedback import INCIDENTS, incident_linked
from gateway.incidents import Incident, IncidentCase, Reach
from gateway.journal import Fate, State
from gateway.past import Past, Turn
from gateway.ports import IncidentNews, Manners
from gateway.queues import Act, Item, Queue, Replay, Wanted
from gateway.triage.fold import fold
from gateway.wake import ENGINE
from tests.builders import NOON, case, message, provenance
from tests.conftest import ManualClock
from tests.unit.casework_bench import CaseworkBench, bench_at
from tests.unit.test_casework import POLICY

DELAYED = Incident(
    title={"en": "BTC deposits are late", "de": "BTC-Einzahlungen verspätet"},
    categories=("deposit_not_credited",),
    opened_at=NOON,
)
DEPOSIT = Triage(category="deposit_not_credited")


def network(name: str) -> Entity:
    return Entity(kind="network", value=name)


def amount(asset: str) -> Entity:
    return Entity(kind="amount", value="5", evidence=(Evidence(name="asset", value=asset),))


@pytest.mark.parametrize(
    ("conditions", "fields", "text", "belongs"),
    [
        ({}, {}, "anything", False),
        ({"categories": ("deposit_not_credited",)}, {"category": "deposit_not_credited"}, "", True),
        ({"categories": ("deposit_not_credited", "kyc")}, {"category": "kyc"}, "", True),
        ({"categories": ("deposit_not_credited",)}, {"category": "withdrawal_delayed"}, "", False),
        ({"categories": ("deposit_not_credited",)}, {}, "", False),
        ({"networks": ("bitcoin",)}, {"entities": (network("Bitcoin"),)}, "", True),
        ({"networks": ("bitcoin",)}, {"entities": (network("tron"),)}, "", False),
        ({"assets": ("btc",)}, {"entities": (amount("BTC"),)}, "", True),
        ({"assets": ("BTC",)}, {"entities": (amount("USDT"), network("bitcoin"))}, "", False),
        ({"languages": ("pt",)}, {"language": "pt-BR"}, "", True),
        ({"languages": ("zh-Hant",)}, {"language": "zh-CN"}, "", False),
        ({"channels": ("support",)}, {}, "", True),
        ({"channels": ("vip",)}, {}, "", False),
        ({"regions": ("EU",)}, {"region": "eu"}, "", True),
        ({"regions": ("EU",)}, {}, "", False),
        ({"terms": ("maintenance", "wartung")}, {}, "Ist das die WARTUNG?", True),
        ({"terms": ("维护",)}, {}, "正在 维 护 吗", True),
        ({"terms": ("maintenance",)}, {}, "Where is it?", False),
        (
            {"categories": ("kyc",), "channels": ("support",), "terms": ("late",)},
            {"category": "kyc"},
            "It is late",
            True,
        ),
        (
            {"categories": ("kyc",), "channels": ("support",), "terms": ("late",)},
            {"category": "kyc"},
            "It is slow",
            False,
        ),
    ],
)
def test_a_case_belongs_where_it_meets_each_kind_of_condition(
    conditions: dict[str, Any], fields: dict[str, Any], text: str, belongs: bool
) -> None:
    incident = Incident(title={"en": "x"}, opened_at=NOON, **conditions)
    assert fits(incident, case(**fields), text) is belongs


def test_what_a_user_wrote_is_folded_once_for_all_incidents_and_their_words_once_for_all_users(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def noted(text: str) -> str:
        read.append(text)
        return fold(text)

    monkeypatch.setattr(matching, "fold", noted)
    known = tuple(Incident(number=n, title={"en": "x"}, opened_at=NOON, terms=(f"Term {n} of one",)) for n in range(20))
    policy = replace(POLICY, incidents=known)
    texts = ("Where is it?", "And now? term 7 of ONE")
    linked = [matching.linked(case(), Judged(message(text=text)), policy).incident for text in texts]
    assert linked == ["", "7"]
    assert sum("Where" in each or "And now" in each for each in read) == 2
    assert len(read) == 22


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_the_incident_in_the_users_language_or_in_english(language: str) -> None:
    shown = {"de": "BTC-Einzahlungen verspätet"}.get(language, "BTC deposits are late")
    ours = case(language=language, incident="7")
    tell = Teller(load_locales(), language, "Examplex")
    expected = NOON + timedelta(hours=3)
    open_one = DELAYED.model_copy(update={"number": 7, "expected": expected, "text": {"en": "We are on it."}})
    told = paragraph(ours, (open_one,), tell)
    assert shown in told
    assert "2026-11-20 15:00 UTC" in told
    assert "We are on it." in told
    assert paragraph(ours, (open_one.model_copy(update={"number": 8}),), tell) == ""
    assert paragraph(case(language=language), (open_one,), tell) == ""
    subject, text = over(ours, DELAYED.title, {"en": "All are credited."}, load_locales(), "Examplex")
    assert ours.id in subject
    assert (shown in text, "All are credited." in text, ours.id in text) == (True, True, True)


class IncidentBench(CaseworkBench):
    """A desk with the parts that follow incidents."""

    def __init__(self, bench: CaseworkBench) -> None:
        super().__init__(bench.store, bench.clock)
        self.known = KnownIncidents(self.store.incidents, lambda: None, self.clock)
        self.announcer = Announcer(self.store, self.clock, lambda: None)

    async def open(self, incident: Incident = DELAYED) -> Incident:
        """Open an incident, and let this node know."""
        made = await self.store.incidents.open(incident, Act("ann", self.clock.now()))
        await self.looks()
        return made

    async def looks(self) -> None:
        """Look for changed incidents."""
        await self.known.step()
        self.policy["incidents"] = self.known.now

    async def ends(self, number: int, **ending: str) -> None:
        """End an incident, and let everything follow from it that does."""
        assert await self.store.incidents.end(number, ending, Act("ann", self.clock.now()))
        await self.looks()
        await self.announces()

    async def announces(self, rounds: int = 3) -> None:
        """Let the announcer go round."""
        for _ in range(rounds):
            self.clock.advance(PACE.total_seconds())
            await self.announcer.step()
            await self.settle()

    async def reach(self, number: int) -> Reach:
        """Return how many cases an incident has."""
        return (await self.store.incidents.reach([number]))[number]


@pytest_asyncio.fixture
async def bench(tmp_path: Path, clock: ManualClock) -> AsyncIterator[IncidentBench]:
    async with bench_at(tmp_path, clock) as opened:
        made = IncidentBench(opened)
        made.triage = lambda seen: DEPOSIT
        yield made


async def test_a_new_case_is_linked_tagged_and_its_agents_know(bench: IncidentBench) -> None:
    incident = await bench.open()
    linked = await bench.writes("m1")
    assert (linked.incident, f"incident-{incident.number}" in linked.tags) == (str(incident.number), True)
    assert any("linked" in key for key in await bench.notes(linked.id))
    assert await bench.reach(incident.number) == Reach(1, 0)


async def test_a_case_whose_matter_is_known_only_later_is_linked_then_and_once(bench: IncidentBench) -> None:
    incident = await bench.open()
    bench.triage = lambda seen: Triage()
    first = await bench.writes("m1")
    assert first.incident == ""
    bench.triage = lambda seen: DEPOSIT
    later = await bench.writes("m2", subject=f"Re: [{first.id}]")
    again = await bench.writes("m3", subject=f"Re: [{first.id}]")
    assert (later.incident, again.incident) == (str(incident.number), str(incident.number))
    assert sum("linked" in key for key in await bench.notes(first.id)) == 1
    assert await bench.reach(incident.number) == Reach(1, 0)


async def test_the_receipt_of_a_linked_case_names_the_incident(bench: IncidentBench) -> None:
    await bench.open()
    await bench.writes("m1")
    (reply,) = [item.effect.reply for item in await bench.sent()]
    assert reply is not None
    assert "BTC deposits are late" in reply.text


async def test_what_is_over_links_nothing_any_more(bench: IncidentBench) -> None:
    incident = await bench.open()
    await bench.ends(incident.number)
    assert (await bench.writes("m1")).incident == ""


async def test_a_case_from_before_is_linked_when_operators_ask_for_it(bench: IncidentBench) -> None:
    before = await bench.writes("m1")
    solved = await bench.acted("a1", await bench.writes("m2", address="bob@mail.test"), "solved")
    incident = await bench.open()
    raws = [incident_linked(incident, each.id, bench.clock.now()) for each in (before, solved)]
    for _ in range(2):
        await bench.store.put_page(ENGINE, INCIDENTS, raws, None)
        await bench.settle()
    assert (await bench.case(before.id)).incident == str(incident.number)
    assert (await bench.case(solved.id)).incident == ""
    assert await bench.reach(incident.number) == Reach(1, 0)


async def test_each_user_is_told_once_that_it_is_over_and_each_agent(bench: IncidentBench) -> None:
    incident = await bench.open()
    cases = [await bench.writes(f"m{number}", address=f"u{number}@mail.test") for number in range(3)]
    await bench.sent()
    await bench.ends(incident.number, en="All deposits are credited.")
    told = await bench.told()
    assert sorted(address for address, _ in told) == [f"u{number}@mail.test" for number in range(3)]
    assert all("BTC deposits are late" in text and "All deposits are credited." in text for _, text in told)
    await bench.announces(5)
    assert await bench.told() == []
    assert await bench.reach(incident.number) == Reach(3, 3)
    for each in cases:
        notes = [key for key in await bench.notes(each.id) if "ended" in key]
        assert len(notes) == 1


async def test_a_raw_that_is_decided_on_once_more_tells_nobody_again(bench: IncidentBench) -> None:
    incident = await bench.open()
    await bench.writes("m1")
    await bench.sent()
    await bench.ends(incident.number)
    assert len(await bench.told()) == 1
    raws = await bench.store.queues.raws(Wanted(place=ENGINE))
    items = [Item(Queue.RAW, each.number) for each in raws]
    await bench.store.queues.replay(items, Act("ann", bench.clock.now()), Replay(again=True))
    await bench.settle()
    assert await bench.told() == []


async def test_a_case_that_another_node_linked_after_the_end_is_told_too(bench: IncidentBench) -> None:
    incident = await bench.open()
    behind = bench.known.now
    await bench.ends(incident.number)
    bench.policy["incidents"] = behind
    await bench.writes("m1")
    await bench.sent()
    await bench.announces(4)
    assert len(await bench.told()) == 1


async def test_whoever_was_answered_meanwhile_is_told_unless_that_is_long_ago(bench: IncidentBench) -> None:
    incident = await bench.open()
    long_ago = await bench.writes("m1", address="old@mail.test")
    await bench.acted("a1", long_ago, "solved")
    bench.clock.advance(timedelta(days=20).total_seconds())
    lately = await bench.writes("m2", address="new@mail.test")
    await bench.acted("a2", lately, "solved")
    bench.clock.advance(timedelta(days=11).total_seconds())
    await bench.sent()
    await bench.ends(incident.number)
    assert [address for address, _ in await bench.told()] == ["new@mail.test"]
    assert await bench.reach(incident.number) == Reach(2, 2)
    assert (await bench.case(lately.id)).state is CaseState.SOLVED
    assert (await bench.case(long_ago.id)).version == 2


async def untold(bench: IncidentBench, incident: Incident, found: Case) -> str:
    """End the incident; return what the case's agents were told, once it is sure that its user was not."""
    await bench.sent()
    await bench.ends(incident.number)
    assert await bench.told() == []
    assert await bench.reach(incident.number) == Reach(1, 1)
    view = await bench.store.case_view(found.id)
    assert view is not None
    told = ""
    while claimed := await bench.store.claim_effects("backend:embedded", 100, bench.clock.now()):
        for item in claimed:
            if item.effect.ticket is not None and "is over" in item.effect.ticket.note:
                told = item.effect.ticket.note
        await bench.store.release_effects([Fate(item.id, State.SETTLED, ref=found.id) for item in claimed])
    return told


@pytest.mark.parametrize(
    ("mail", "policy", "why"),
    [
        ({}, {"sending": frozenset()}, "no way"),
        ({}, {"acknowledgement": AckPolicy(enabled=False)}, "disabled"),
        ({}, {"acknowledgement": AckPolicy(deny_addresses=("ann@mail.test",))}, "denied"),
        ({"headers": {"precedence": "bulk"}}, {}, "precedence"),
        ({"headers": {"auto-submitted": "auto-generated"}}, {}, "auto_submitted"),
    ],
)
async def test_no_machine_writes_to_whom_it_may_not(
    bench: IncidentBench, mail: dict[str, Any], policy: dict[str, Any], why: str
) -> None:
    incident = await bench.open()
    found = await bench.writes("m1", **mail)
    bench.policy.update(policy)
    told = await untold(bench, incident, found)
    assert "not told" in told
    assert why in told


PRIVATE = Turn(Entry(case_id="GH-AAAAA-AAAAA", message=message(), at=NOON), answered=False, private=True)
PUBLIC = Turn(
    PRIVATE.said.model_copy(update={"message": message(visibility=Visibility.PUBLIC)}), answered=False, private=False
)
GROUP = replace(
    PUBLIC, said=PUBLIC.said.model_copy(update={"message": message(visibility=Visibility.GROUP)}), private=True
)
AT = {"channel": "support", "address": "ann@mail.test"}


@pytest.mark.parametrize(
    ("fields", "known", "why"),
    [
        ({}, {"turn": PRIVATE}, ""),
        ({"tags": (filing.SILENCED,)}, {"turn": PRIVATE}, "nothing automatic"),
        ({}, {"turn": PRIVATE, "dialogue": Dialogue(**AT, silenced=True)}, "nothing automatic"),
        ({"tags": (failures.FAILED,)}, {"turn": PRIVATE}, "nothing reaches"),
        ({}, {"turn": PRIVATE, "dialogue": Dialogue(**AT, unreachable="blocked")}, "nothing reaches"),
        ({"requester": Party(platform="email", name="A list")}, {"turn": PRIVATE}, "no way"),
        ({}, {"turn": PUBLIC}, "everybody"),
        ({}, {"turn": GROUP}, "everybody"),
        ({}, {}, "written nothing"),
    ],
)
def test_nobody_is_told_in_public_or_against_his_will(fields: dict[str, Any], known: dict[str, Any], why: str) -> None:
    event = IncidentNews(
        kind="ended", incident=3, case_id="GH-AAAAA-AAAAA", title={"en": "It"}, provenance=provenance(source=ENGINE)
    )
    outcome = decide_news(event, Past(cases=(case(incident="3", **fields),), **known), POLICY, NOON)
    replies = [effect for effect in outcome.effects if effect.reply is not None]
    (note,) = (effect.ticket.note for effect in outcome.effects if effect.ticket is not None)
    assert bool(replies) is (why == "")
    assert why in note
    assert outcome.incidents == (IncidentCase(3, "GH-AAAAA-AAAAA", told=True),)


def test_whoever_came_to_a_private_chat_from_a_public_post_is_told_there() -> None:
    event = IncidentNews(
        kind="ended", incident=3, case_id="GH-AAAAA-AAAAA", title={"en": "It"}, provenance=provenance(source=ENGINE)
    )
    policy = replace(POLICY, manners={"support": Manners(chats=True, summoned=True)})
    came = replace(PUBLIC, private=True)
    outcome = decide_news(event, Past(cases=(case(incident="3"),), turn=came), policy, NOON)
    (reply,) = (effect.reply for effect in outcome.effects if effect.reply is not None)
    assert (reply.visibility, reply.subject, reply.automatic) == (Visibility.PRIVATE, "", True)


def test_a_case_that_is_gone_is_done_with() -> None:
    event = IncidentNews(kind="ended", incident=3, case_id="GH-AAAAA-AAAAA", provenance=provenance(source=ENGINE))
    outcome = decide_news(event, Past(), POLICY, NOON)
    assert (outcome.cases, outcome.effects) == ((), ())
    assert outcome.incidents == (IncidentCase(3, "GH-AAAAA-AAAAA", told=True),)


async def test_a_batch_has_a_bound_and_the_next_comes_after_a_while(bench: IncidentBench) -> None:
    incident = await bench.open()
    for number in range(BATCH + 3):
        await bench.writes_only(f"m{number}", f"u{number}@mail.test")
    await bench.settle()
    assert await bench.store.incidents.end(incident.number, {}, Act("ann", bench.clock.now()))
    bench.clock.advance(PACE.total_seconds())
    await bench.announcer.step()
    await bench.announcer.step()
    raws = await bench.store.queues.raws(Wanted(place=ENGINE, limit=1_000))
    assert len([each for each in raws if each.stream == INCIDENTS]) == BATCH
    await bench.announces(2)
    assert await bench.reach(incident.number) == Reach(BATCH + 3, BATCH + 3)


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("call", ["put_page", "claim_raws", "look_up", "commit"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_each_is_told_once_wherever_the_gateway_dies(
    tmp_path: Path, clock: ManualClock, call: str, after: bool
) -> None:
    async with bench_at(tmp_path, clock) as opened:
        first = IncidentBench(opened)
        first.triage = lambda seen: DEPOSIT
        incident = await first.open()
        for number in range(4):
            await first.writes(f"m{number}", address=f"u{number}@mail.test")
        await first.sent()
        assert await first.store.incidents.end(incident.number, {}, Act("ann", clock.now()))
    told: list[str] = []
    for _ in range(3):
        async with bench_at(tmp_path, clock) as opened:
            dying = IncidentBench(opened)
            real = getattr(dying.store, call)

            async def die(*arguments: Any, _real: Any = real, **more: Any) -> Any:
                if after:
                    await _real(*arguments, **more)
                raise Killed

            setattr(dying.store, call, die)
            with suppress(Killed):
                await dying.announces(2)
            told += [address for address, _ in await dying.told()]
    async with bench_at(tmp_path, clock) as opened:
        last = IncidentBench(opened)
        await last.announces(3)
        told += [address for address, _ in await last.told()]
        assert await last.reach(incident.number) == Reach(4, 4)
    assert sorted(told) == [f"u{number}@mail.test" for number in range(4)]
