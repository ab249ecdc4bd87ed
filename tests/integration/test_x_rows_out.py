"""What goes wrong with X on the way out, and with the access to it, row by row, through the whole engine.

What one part alone has to do stands in tests/unit/test_x_*.py; the kills in tests/crash.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from gateway.sandbox.x import Fault
from gateway.sandbox.x._errors import forbidden
from tests.integration.x_desk import MENTIONS, MESSAGES, Json, XDesk, beside_telegram, x_desk

POST = "POST /2/tweets"
TO_PERSON = "POST /2/dm_conversations/with/{participant_id}/messages"
QUIET = "public_receipts = false"
"""The one public answer is an agent's."""
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


async def opened(desk: XDesk, text: str = "@examplex where is my deposit?") -> tuple[Json, Json, str]:
    """Let somebody open a case in public; returns her, the post and the case's number."""
    ann = desk.server.person("wangfang_t", "Wang Fang")
    post = desk.server.post(ann, text)
    await desk.settled()
    return ann, post, desk.case()["id"]


@pytest.mark.parametrize(
    "text",
    [
        "Read here: https://examplex.test/deposits",
        "Ask @examplex_lena",
        "Your deposit of 500 USDT has arrived",
        "Write to ann@mail.test",
        "Your case GH-0DJ1P-3HCBR is solved",
    ],
)
async def test_b19_what_may_not_be_public_is_not_sent_and_the_ticket_says_why(tmp_path: Path, text: str) -> None:
    async with x_desk(tmp_path, channel=QUIET) as desk:
        _, post, case_id = await opened(desk)
        before = desk.spent
        await desk.answers(case_id, text)
        await desk.until(lambda: desk.notes())
        await desk.settled()
        assert desk.calls_of(POST) == []
        assert desk.server.bill.items["link_post"] == 0
        assert desk.spent == before
        (answer,) = desk.effects("answer")
        assert (answer.state, answer.attempts) == ("buried", 1)
        (note,) = desk.notes()
        assert "did not reach the user" in note
        assert "The text" in note
        # It was no answer to that post: another one may be.
        await desk.answers(case_id, "It has arrived, please look again.")
        await desk.until(lambda: desk.under(post))
        assert [each.text for each in desk.under(post)] == ["It has arrived, please look again."]


async def test_b20_an_answer_that_x_takes_for_uncalled_is_tried_once_and_told(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=QUIET) as desk:
        _, post, case_id = await opened(desk)
        desk.server.faults.always(POST, Fault(problem=forbidden(NOT_SUMMONED)))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: desk.notes())
        await desk.passes(3600, step=300)
        assert len(desk.calls_of(POST)) == 1
        (answer,) = desk.effects("answer")
        assert (answer.state, answer.attempts) == ("buried", 1)
        (note,) = desk.notes()
        assert "did not reach the user" in note
        assert "summoned" in note
        # Others are answered all the same.
        desk.server.faults.mend()
        other = desk.server.post(desk.server.person("ben_t"), "@examplex and mine?")
        await desk.settled()
        await desk.answers(desk.cases()[-1]["id"], "Yours, too.")
        await desk.until(lambda: desk.under(other))
        assert desk.under(post) == []


async def test_b20_who_did_not_summon_us_is_not_written_to_in_public(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        server = desk.server
        mine = server.post(server.own, "Maintenance tonight.")
        ann = server.person("wangfang_t", "Wang Fang")
        # X itself puts our name before an answer to us: that calls nobody.
        post = server.post(ann, "And my deposit?", reply_to=mine)
        await desk.settled()
        assert post["text"].startswith("@examplex ")
        assert len(desk.cases()) == 1
        await desk.answers(desk.case()["id"], "It has arrived.")
        await desk.settled()
        assert desk.calls_of(POST) == []
        (note,) = desk.notes()
        assert "not sent" in note
        # In private it can be said, once she has written there.
        server.message(ann, "my UID is with you")
        await desk.settled()
        await desk.answers(desk.case()["id"], "It has arrived.")
        await desk.until(lambda: "It has arrived." in desk.to(ann))
        assert len(desk.cases()) == 1


async def test_b20_a_closed_inbox_is_told_and_not_knocked_at(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann = desk.server.person("wangfang_t", "Wang Fang")
        desk.server.message(ann, "Where is my deposit?")
        await desk.settled()
        desk.server.rename(ann, receives_your_dm=False)
        before = len(desk.calls_of(TO_PERSON))
        await desk.answers(desk.case()["id"], "It has arrived.")
        await desk.until(lambda: desk.notes())
        await desk.passes(3600, step=300)
        assert len(desk.calls_of(TO_PERSON)) == before + 1
        assert "did not reach the user" in desk.notes()[0]


OAUTH2 = """
auth = "oauth2"
client_id = "made-up-client-id"
client_secret = { file = "client_secret" }
public_receipts = false
budget = 1000
"""


async def test_b22_access_is_renewed_once_for_all_and_outlives_an_end_before_its_use(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=OAUTH2, starts=False) as desk:
        server = desk.server
        await desk.log_in()
        await desk.start()
        await desk.polled()
        for number in range(3):
            await desk.quiet()
            # The tokens come, and the gateway ends before a call that uses them is answered.
            spent = len(server.grants.spent)
            server.faults.always(MENTIONS, Fault(hang=True))
            server.faults.always(MESSAGES, Fault(hang=True))
            desk.clock.advance(7000)
            await renewed(desk, spent)
            await desk.stop()
            server.faults.mend()
            server.faults.release()
            server.post(server.person(f"person_{number}"), f"@examplex line {number}")
            await desk.start()
            await desk.settled()
        assert desk.texts() == [f"@examplex line {number}" for number in range(3)]
        # Each refresh token was used once, by one of the streams, and never an old one.
        assert len(server.grants.spent) == len(set(server.grants.spent)) == 3
        assert server.grants.refusals == []
        assert not [call for call in server.calls if call.status == 401]


async def renewed(desk: XDesk, spent: int) -> None:
    """Let time pass until the access was renewed, and somebody waits for an answer to its first use."""
    await desk.until(lambda: len(desk.server.grants.spent) > spent and desk.server.faults.hanging, step=10)


async def test_b22_access_that_was_taken_back_says_what_to_do_and_comes_back_by_a_login(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=OAUTH2, starts=False) as desk:
        await desk.log_in()
        await desk.start()
        await desk.polled()
        desk.server.grants.revoke()
        desk.server.post(desk.server.person("wangfang_t"), "@examplex still there?")
        await desk.passes(300, step=5)
        part = (await desk.parts())["x:mentions"]
        assert part["condition"] == "auth_failed"
        assert "gatehouse channels login x" in part["last_error"] + part["action"]
        await desk.log_in()
        await desk.until(lambda: desk.texts(), step=60)
        assert (await desk.parts())["x:mentions"]["condition"] == "running"


async def test_b23_a_clock_that_is_wrong_is_what_operators_are_told(tmp_path: Path) -> None:
    async with beside_telegram(tmp_path) as (desk, telegram, operators):
        desk.server.faults.always("*", "401 clock")
        desk.server.post(desk.server.person("wangfang_t"), "@examplex hello")
        await desk.until(lambda: [each for each in telegram.sent if each.chat_id == operators["id"]], step=10)
        told = "\n".join(each.text for each in telegram.sent if each.chat_id == operators["id"])
        assert "clock" in told
        # No burst: it is probed now and then.
        before = len(desk.calls_of(MENTIONS))
        await desk.passes(3600, step=300)
        assert len(desk.calls_of(MENTIONS)) - before <= 5
        assert (await desk.parts())["x:mentions"]["condition"] == "auth_failed"
        desk.server.faults.mend()
        await desk.until(lambda: desk.texts(), step=60)


@pytest.mark.parametrize("auth", ["oauth1", "oauth2"])
async def test_b29_no_secret_and_no_token_is_in_anything_that_the_gateway_writes(
    tmp_path: Path, auth: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    more = OAUTH2 if auth == "oauth2" else f"{QUIET}\nbudget = 1000"
    async with x_desk(tmp_path, starts=False) as desk:
        server = desk.server
        desk.configure(channel=f'{more}\nactivity = "stream"', log='level = "debug"')
        if auth == "oauth2":
            await desk.log_in()
        await desk.start()
        await desk.polled()
        _, post, case_id = await opened(desk)
        server.faults.plan(MENTIONS, "401 json", "503 html", "429 json", "500 broken json", "cut")
        server.faults.plan(POST, "429 json")
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: desk.under(post), step=30)
        await desk.passes(3 * 3600, step=1200)
        server.encrypted(server.person("ben_t"))
        await desk.until(lambda: len(desk.texts()) == 2, step=30)
        assert bool(server.grants.spent) == (auth == "oauth2")
        grants, keys = server.grants, asdict(server.keys)
        secrets = {*keys.values(), *grants.spent, *grants.access_tokens, *grants.refresh_tokens} - {keys["client_id"]}
        await desk.stop()
        out, err = capfd.readouterr()
        logged = out + err + caplog.text
        assert "part.failed" in logged
        files = [path for path in desk.folder.rglob("*") if path.is_file() and path.name not in keys]
        assert desk.folder / "gatehouse.db" in files
        written = b"".join(path.read_bytes() for path in files)
        assert [each for each in secrets if each in logged or each.encode() in written] == []
        assert "oauth_signature" not in logged
        assert "Bearer " not in logged
