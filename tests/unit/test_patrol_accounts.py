"""Official accounts: what platforms say of them becomes facts, and what they do not say stays unchecked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from gateway.case import Party
from gateway.errors import AuthError, RateLimitedError
from gateway.limits import Limiter
from gateway.patrol.accounts import look_at_accounts, official_accounts
from gateway.patrol.asking import BATCH, Answer, Platform
from gateway.patrol.ports import Looker
from gateway.patrol.values import Kind, Seen, Subject, Unseen
from gateway.ports import Absent, Handle, Limit, Profile, Scope, Unchecked
from tests.conftest import ManualClock
from tests.unit.patrol_fakes import NOW, FakePlatform, MemoryBudgets, directory, party

OURS = {"platform": "x", "handle": "Examplex", "id": "1000"}
TODAY = date(2026, 11, 20)


async def look(*platforms: FakePlatform, **account: str) -> tuple[Seen, list[Unseen]]:
    entries = tuple(official_accounts(directory(account or OURS), TODAY))
    (entry,) = entries
    asked = Platform(entry.platform, [Looker(each) for each in platforms], ManualClock())
    (seen,), unseen = await look_at_accounts(entries, {entry.platform: asked}, NOW)
    return seen, unseen


async def test_an_account_that_is_as_listed() -> None:
    known = party(
        "Examplex", "1000", "Examplex ✓", verified="true", verified_type="business", affiliation="Examplex Group"
    )
    seen, unseen = await look(FakePlatform(known))
    assert unseen == []
    assert seen.subject == Subject(Kind.ACCOUNT, "examplex", "x")
    assert seen.facts == {
        "listed_id": "1000",
        "holder": "1000",
        "state": "there",
        "renamed": "",
        "name": "Examplex ✓",
        "verified": "true",
        "verified_type": "business",
        "affiliation": "Examplex Group",
        "affiliation_user": "",
        "parody": "",
        "protected": "",
        "withheld": "",
    }


async def test_marks_that_a_platform_does_not_tell_of_are_unchecked() -> None:
    """Telegram tells no bot whether an account is verified: that is not the same as having no mark."""
    seen, _ = await look(FakePlatform(party("Examplex", "1000", "Examplex")))
    assert "verified" not in seen.facts
    assert "affiliation" not in seen.facts


@pytest.mark.parametrize(
    ("known", "facts"),
    [
        ([party("examplex_hq", "1000"), party("Examplex", "666")], {"holder": "666", "renamed": "examplex_hq"}),
        ([party("examplex_hq", "1000")], {"holder": "", "renamed": "examplex_hq", "state": "there"}),
        ([party("Examplex", "666")], {"holder": "666", "state": "absent"}),
        ([], {"holder": "", "state": "absent"}),
        ([party("other", "1000", active_username="examplex")], {"holder": "1000", "renamed": ""}),
    ],
    ids=["taken", "name free", "taken and gone", "gone", "a further name"],
)
async def test_who_bears_the_name_and_what_the_pinned_account_bears(
    known: Sequence[Party], facts: dict[str, str]
) -> None:
    seen, unseen = await look(FakePlatform(*known))
    assert {name: seen.facts[name] for name in facts} == facts
    assert unseen == []


async def test_a_suspended_account_is_neither_absent_nor_unchecked() -> None:
    platform = FakePlatform()
    platform.says = {
        each: Unchecked(Handle(each), "The account is closed.", suspended=True) for each in ("1000", "Examplex")
    }
    seen, unseen = await look(platform)
    assert seen.facts == {"listed_id": "1000", "state": "suspended"}
    assert unseen == []


async def test_what_is_not_told_is_no_fact() -> None:
    platform = FakePlatform()
    platform.down = "The day's budget leaves nothing for profiles; ask again tomorrow."
    seen, unseen = await look(platform)
    assert seen.facts == {"listed_id": "1000"}
    assert unseen == [Unseen("@Examplex on X", platform.down.removesuffix("."))]


async def test_an_account_without_a_number_is_known_by_its_name_alone() -> None:
    seen, _ = await look(FakePlatform(party("examplex", "1000", "E")), platform="x", handle="Examplex")
    assert (seen.facts["holder"], seen.facts["state"], seen.facts["renamed"]) == ("1000", "there", "")
    gone, _ = await look(FakePlatform(), platform="x", handle="Examplex")
    assert (gone.facts["holder"], gone.facts["state"]) == ("", "absent")


async def test_a_platform_without_a_channel_is_said_once() -> None:
    accounts = [{"platform": "instagram", "handle": f"examplex{number}"} for number in range(3)]
    entries = tuple(official_accounts(directory(*accounts), TODAY))
    seen, unseen = await look_at_accounts(entries, {}, NOW)
    assert seen == []
    assert unseen == [Unseen("@examplex0 on Instagram and 2 more there", "no channel on Instagram")]


async def test_accounts_that_are_no_more_ours_are_not_asked_for() -> None:
    old = {"platform": "x", "handle": "examplex_old", "until": date(2026, 11, 19)}
    assert [entry.value for entry in official_accounts(directory(OURS, old), TODAY)] == ["Examplex"]


async def test_what_one_channel_cannot_tell_another_may() -> None:
    blind, sees = FakePlatform(unknown="not told"), FakePlatform(party("Examplex", "1000"))
    seen, unseen = await look(blind, sees)
    assert (seen.facts["state"], unseen) == ("there", [])
    seen, unseen = await look(sees, blind)
    assert (seen.facts["state"], len(blind.calls)) == ("there", 1)


async def test_the_first_reason_stays_when_no_channel_knows() -> None:
    _, unseen = await look(FakePlatform(unknown="first"), FakePlatform(unknown="second"))
    assert [each.reason for each in unseen] == ["first"]


class Hanging:
    """A resolver that never answers."""

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Profile | Absent | Unchecked]:
        await asyncio.Event().wait()
        return []


class Raising:
    """A resolver that breaks."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Profile | Absent | Unchecked]:
        raise self.error


def reason(answers: dict[str, Answer]) -> str:
    (answer,) = answers.values()
    assert isinstance(answer, Unchecked)
    return answer.reason


async def test_every_call_has_a_deadline_and_no_error_leaves_it() -> None:
    clock = ManualClock()
    assert "no answer within" in reason(await Platform("x", [Looker(Hanging())], clock, 0.01).ask(["a"]))
    refused = AuthError("the access was refused")
    assert reason(await Platform("x", [Looker(Raising(refused))], clock).ask(["a"])) == "the access was refused"
    told = reason(await Platform("x", [Looker(Raising(KeyError("@somebody")))], clock).ask(["a"]))
    assert told == "a fault of the gateway; see the log"


async def test_calls_go_through_the_gate_in_batches() -> None:
    """And what the gate refuses is not called at all."""
    clock = ManualClock()
    limit = Limit("look_up", Scope.ACCOUNT, 2, timedelta(minutes=15))
    gate = Limiter(MemoryBudgets(), clock).gate([limit], "channel:x", "x")
    resolver = FakePlatform()
    answers = await Platform("x", [Looker(resolver, gate)], clock).ask([f"name{number}" for number in range(60)])
    assert [len(call) for call in resolver.calls] == [BATCH, BATCH]
    refused = [each for each in answers.values() if isinstance(each, Unchecked)]
    assert len(refused) == 60 - 2 * BATCH
    assert "look_up-account-900s" in refused[0].reason


def test_a_rate_limit_of_the_platform_is_a_reason() -> None:
    error = RateLimitedError("asked to wait", timedelta(seconds=5))
    answers = asyncio.run(Platform("x", [Looker(Raising(error))], ManualClock()).ask(["a"]))
    assert reason(answers) == "asked to wait"
