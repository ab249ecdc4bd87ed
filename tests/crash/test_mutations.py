"""The oracle is worth something: each invariant, broken on purpose, is found out by the kill that it is about."""

from __future__ import annotations

import pytest

from tests.crash.audit import audit
from tests.crash.lives import CrashDesk
from tests.crash.mutations import ALL, MARK
from tests.crash.outside import Act

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]
UNTAKEN = Act(takes=False, then="drop")
BUSY = Act(status=503, takes=False)

FOUND: tuple[tuple[str, str | None, str], ...] = (
    ("cursor_before_page", MARK, "lost: messages that are not in the journal"),
    ("page_without_its_last_raw", None, "lost: messages that are not in the journal"),
    ("keys_made_anew", None, "doubled: raws that are in the journal again"),
    ("confirm_before_commit", "put_page before", "lost: messages that are not in the journal"),
    ("lanes_out_of_order", None, "tickets in which order is broken"),
    ("settled_before_commit", MARK, "lost: messages without a ticket"),
    ("settled_without_effects", None, "lost: messages without a ticket"),
    ("doubt_forgotten", "submit after", "doubled: messages written into a ticket again"),
    ("doubt_forgotten", "send after", "doubled: replies sent again"),
    ("recovered_as_new", "send after", "doubled: people acknowledged again"),
    ("nothing_found", "submit after", "doubled: messages written into a ticket again"),
    ("doubt_taken_for_success", "send before", "lost: replies shown as sent that nobody has"),
)
"""The mutation, the point of the kill (None: none is needed), and what the oracle says."""


@pytest.mark.parametrize(("mutation", "point", "said"), FOUND)
async def test_a_broken_invariant_is_found_out(desk: CrashDesk, mutation: str, point: str | None, said: str) -> None:
    desk.outside.lost_confirmations = 0.5 if mutation == "keys_made_anew" else 0.0
    desk.outside.post(60, 20)
    if point is not None:
        life = await desk.live(at=point, mutations=[mutation])
        await life.end()
        await desk.kill(life)
    ended = await desk.finish(mutations=[mutation], secs=4)
    found = audit(desk, ended=ended)
    assert any(each.startswith(said) for each in found.wrong), found.wrong


@pytest.mark.parametrize("broken", [False, True])
async def test_an_attempt_counted_too_late_is_found_out(desk: CrashDesk, broken: bool) -> None:
    """Three calls that nobody takes, each ended by a kill before its outcome was stored."""
    mutations = ["charged_after_the_call"] if broken else []
    desk.outside.post(1, 1)
    desk.outside.plan("submit", *[UNTAKEN] * 3)
    for _ in range(3):
        life = await desk.live(at=MARK if broken else "release_tickets before", mutations=mutations)
        await life.end()
        await desk.kill(life)
    found = audit(desk, ended=await desk.finish(mutations=mutations))
    assert bool([each for each in found.wrong if each.startswith("calls that no attempt")]) is broken, found.wrong
    assert broken or found.wrong == []


@pytest.mark.parametrize("broken", [False, True])
async def test_a_message_that_stops_the_gateway_is_set_aside_unless_that_is_forgotten(
    desk: CrashDesk, broken: bool
) -> None:
    mutations = ["interruptions_forgotten"] if broken else []
    desk.outside.post(12, 6, poison=1)
    for _ in range(10):
        life = await desk.live(at="poison", mutations=mutations)
        if not await desk.dies(life):
            break
    assert desk.finished() is not broken, "five times it may stop the gateway, then it gets a case unread"


@pytest.mark.parametrize("broken", [False, True])
async def test_a_refusal_taken_for_success_is_found_out(desk: CrashDesk, broken: bool) -> None:
    desk.outside.post(20, 10)
    desk.outside.plan("submit", BUSY, BUSY)
    ended = await desk.finish(mutations=["failure_taken_for_success"] if broken else [])
    found = audit(desk, ended=ended)
    assert bool(found.lost) is broken, found.wrong


def test_every_mutation_is_found_out_by_some_test() -> None:
    """Those that need a trouble of their own stand in tests of their own, here and in `test_power`."""
    alone = {
        *("charged_after_the_call", "interruptions_forgotten", "failure_taken_for_success"),
        *("database_unsynced", "blobs_unsynced"),
    }
    assert {name for name, _, _ in FOUND} | alone == set(ALL)
