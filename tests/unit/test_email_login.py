"""How often the mail connector logs in: once for all folders when a password is refused, and then ever less often."""

from __future__ import annotations

import asyncio
import heapq
import random
from datetime import timedelta
from itertools import pairwise

import pytest

from gateway.errors import AuthError, TransientError
from gateway.health import Health
from gateway.ports import StreamId
from gateway.retry import RetryPolicy
from gateway.supervise import Supervisor
from tests.conftest import ManualClock
from tests.servers.imap_script import Call, ScriptedImap, cut, says
from tests.unit.test_email_imap import connected

FOLDERS = ("INBOX", "A", "B", "C", "D")
REFUSED = says("{tag} NO [AUTHENTICATIONFAILED] no")


async def test_a_refused_password_is_not_tried_for_each_folder(clock: ManualClock) -> None:
    imap = ScriptedImap(script={"LOGIN": REFUSED})
    async with imap.running(), connected(imap.port, clock, folders=FOLDERS) as box:
        told = await asyncio.gather(*(box.fetch(stream, None) for stream in box.streams()), return_exceptions=True)
    assert [type(error) for error in told] == [AuthError] * 5
    assert "not tried again before 12:15 UTC" in str(told[4])
    assert imap.count("LOGIN") == imap.connections == 1


async def test_a_refused_password_is_tried_less_and_less_often(clock: ManualClock) -> None:
    """C23: a day of five folders, each tried again as the engine does it, is no ground to lock an account."""
    imap = ScriptedImap(script={"LOGIN": REFUSED})
    supervisor = Supervisor(clock, RetryPolicy(), random.Random(1), Health(clock), 1.0)
    start, at = clock.now(), []

    async def login(call: Call) -> None:
        at.append((clock.now() - start) / timedelta(minutes=1))
        await REFUSED(call)

    imap.script["LOGIN"] = login
    async with imap.running(), connected(imap.port, clock, folders=FOLDERS) as box:
        due = [(start + timedelta(seconds=number), stream, 0) for number, stream in enumerate(FOLDERS)]
        while due[0][0] < start + timedelta(hours=24):
            now, stream, failures = heapq.heappop(due)
            clock.advance((now - clock.now()).total_seconds())
            with pytest.raises(AuthError) as caught:
                await box.fetch(StreamId(stream), None)
            wait = supervisor.wait_secs(caught.value, failures + 1)
            heapq.heappush(due, (clock.now() + timedelta(seconds=wait), stream, failures + 1))
    gaps = [after - before for before, after in pairwise(at)]
    assert min(gaps) >= 15
    assert min(gaps[2:]) >= 60
    assert 20 <= len(at) <= 26


async def test_a_password_that_is_good_again_is_taken_and_its_past_forgotten(clock: ManualClock) -> None:
    imap = ScriptedImap(script={"LOGIN": REFUSED})
    async with imap.running(), connected(imap.port, clock) as box:
        (stream,) = box.streams()
        for minutes in (15, 30):
            with pytest.raises(AuthError):
                await box.fetch(stream, None)
            clock.advance(minutes * 60)
        del imap.script["LOGIN"]
        assert not (await box.fetch(stream, None)).items
        imap.script["LOGIN"] = REFUSED
        imap.script["NOOP"] = cut
        with pytest.raises(TransientError):
            await box.fetch(stream, None)
        with pytest.raises(AuthError, match=r"not tried again before 13:00"):
            await box.fetch(stream, None)


@pytest.mark.parametrize(
    "line",
    [
        "NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
        "NO [ALERT] Too many simultaneous connections. (Failure)",
        "NO [UNAVAILABLE] later",
        "NO Too many concurrent sessions",
    ],
)
async def test_p29_a_server_without_room_has_not_refused_the_password(line: str, clock: ManualClock) -> None:
    """C24, p29."""
    imap = ScriptedImap(script={"LOGIN": says(f"{{tag}} {line}")})
    async with imap.running(), connected(imap.port, clock) as box:
        (stream,) = box.streams()
        for _ in range(2):
            with pytest.raises(TransientError, match=r"no room for|takes no logins now"):
                await box.fetch(stream, None)
        del imap.script["LOGIN"]
        assert not (await box.fetch(stream, None)).items


@pytest.mark.parametrize(
    "line",
    [
        "NO [ALERT] Application-specific password required",
        "NO [AUTHENTICATIONFAILED] Invalid credentials",
        "NO Too many failed logins",
    ],
)
async def test_other_refusals_are_the_operators(line: str) -> None:
    imap = ScriptedImap(script={"LOGIN": says(f"{{tag}} {line}")})
    async with imap.running(), connected(imap.port) as box:
        with pytest.raises(AuthError):
            await box.fetch(box.streams()[0], None)
