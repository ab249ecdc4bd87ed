"""What goes wrong with Telegram on the way out, row by row, against the sandbox through the whole engine.

What one part alone has to do stands in tests/unit/test_telegram_rows_outgoing.py; the kills in tests/crash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.telegram import Fault, Limits
from gateway.sandbox.telegram.server import Call
from tests.integration.telegram_desk import TOKEN, Json, TelegramDesk, gaps, secs, telegram_desk


def sends(desk: TelegramDesk) -> list[Call]:
    return [call for call in desk.server.calls if call.method.startswith("send")]


async def opened(desk: TelegramDesk, text: str = "Where is my deposit?") -> tuple[Json, str]:
    """Let Ann open a case; returns her and its number."""
    ann = desk.server.person("Ann", username="ann_t", language_code="en")
    desk.server.says(ann, text)
    await desk.settled()
    assert len(desk.to(ann)) == 1
    return ann, desk.case()["id"]


@pytest.mark.parametrize("body", [None, "<html>slow down</html>", b"slow"], ids=str)
async def test_a08_an_answer_waits_out_a_429_that_names_no_time(tmp_path: Path, body: Any) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        desk.server.faults.plan("sendMessage", Fault(429, body, times=2))
        before = len(sends(desk))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: len(desk.to(ann)) == 2, step=1)
        tried = sends(desk)[before:]
        assert [call.status for call in tried] == [429, 429, 200]
        assert min(gaps(tried)) >= 30
        assert [each.text for each in desk.to(ann)][1:] == ["It has arrived."]


async def test_a09_an_answer_that_is_refused_is_tried_once_and_the_agent_is_told(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        refusal = {"ok": False, "error_code": 400, "description": "Bad Request: message is not what we like"}
        desk.server.faults.always("sendMessage", Fault(400, refusal))
        before = len(sends(desk))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: desk.notes())
        await desk.settled()
        await desk.passes(3600, step=60)
        assert len(sends(desk)) - before == 1
        (answer,) = desk.effects("answer")
        assert (answer.state, answer.attempts) == ("buried", 1)
        (note,) = desk.notes()
        assert "did not reach the user" in note
        assert len(desk.to(ann)) == 1


async def test_a12_an_answer_whose_receipt_is_lost_goes_once_and_the_ticket_says_so(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        desk.server.faults.plan("sendMessage", Fault(takes=True, cut=True))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: desk.notes())
        await desk.settled()
        await desk.restart()
        await desk.passes(3600, step=60)
        assert [each.text for each in desk.to(ann)][1:] == ["It has arrived."]
        assert [each.state for each in desk.effects("answer")] == ["maybe_sent"]
        (note,) = desk.notes()
        assert "may not have reached the user" in note


async def test_a13_who_blocked_the_bot_is_not_written_to_until_he_is_back(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        desk.server.blocks(ann)
        await desk.until(lambda: len(desk.notes()) == 1)
        assert "shut us out" in desk.notes()[0]
        before = len(sends(desk))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: len(desk.notes()) == 2)
        await desk.settled()
        await desk.passes(600, step=10)
        assert len(sends(desk)) - before <= 1
        assert "did not reach the user" in desk.notes()[1]
        assert len(desk.to(ann)) == 1
        desk.server.unblocks(ann)
        await desk.until(lambda: len(desk.notes()) == 3)
        assert "can be written to again" in desk.notes()[2]
        await desk.answers(case_id, "Once more: it has arrived.")
        await desk.until(lambda: len(desk.to(ann)) == 2)
        assert desk.to(ann)[1].text == "Once more: it has arrived."
        desk.server.says(ann, "thanks")
        await desk.settled()
        assert {line.case_id for line in desk.lines()} == {case_id}


async def test_a13_one_who_shut_us_out_holds_up_nobody_else(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        _, case_id = await opened(desk)
        desk.server.faults.plan("sendMessage", Fault(403))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: desk.notes())
        ben = desk.server.person("Ben")
        desk.server.says(ben, "hello")
        began = desk.clock.now()
        await desk.until(lambda: desk.to(ben))
        assert secs(desk.clock.now(), began) <= 5


async def test_a14_a_group_that_moves_takes_its_people_along(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann = server.person("Ann", language_code="en")
        old = server.group("Traders", type="group")
        server.says(ann, "@examplex_support_bot where is my deposit?", chat=old)
        await desk.settled()
        assert len(desk.to(old)) == 1
        case_id = desk.case()["id"]
        # Asked in the old group, answered when it is there no more.
        await desk.stop()
        server.says(ann, "/help", chat=old)
        new = server.migrates(old)
        await desk.start()
        await desk.until(lambda: desk.to(new))
        assert len(desk.to(old)) == 1
        server.says(ann, "@examplex_support_bot it was 300 USDT", chat=new)
        await desk.settled()
        assert [line.case_id for line in desk.lines()] == [case_id, case_id]
        assert len(desk.cases()) == 1
        server.says(ann, "/verify @examplex_support_bot", chat=new)
        await desk.until(lambda: len(desk.to(new)) == 2)
        assert "official" in desk.to(new)[1].text


async def test_a15_a_wait_that_the_platform_asked_for_outlives_a_restart(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        desk.server.faults.plan("sendMessage", Fault(429, retry_after=90))
        await desk.answers(case_id, "It has arrived.")
        await desk.until(lambda: [call for call in sends(desk) if call.status == 429])
        (refused,) = [call for call in sends(desk) if call.status == 429]
        await desk.restart()
        await desk.passes(80, step=1)
        assert len(desk.to(ann)) == 1
        await desk.until(lambda: len(desk.to(ann)) == 2)
        assert 90 <= secs(desk.to(ann)[1].at, refused.at) <= 100


async def test_a15_a_crowd_is_answered_without_one_429_across_a_restart(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, limits=Limits(), starts=False) as desk:
        server = desk.server
        people = [server.person(f"Person {number}", language_code="en") for number in range(60)]
        for person in people:
            for command in ("/help", "/status", "/start"):
                server.says(person, command)
        await desk.start()
        await desk.until(lambda: len(server.sent) >= 70, step=0.1)
        await desk.restart()
        await desk.until(lambda: server.pending == 0 and not desk.open(), step=0.1)
        assert [len(desk.to(person)) for person in people] == [3] * 60
        assert [call.status for call in sends(desk) if call.status == 429] == []


async def test_a17_the_token_is_in_nothing_that_the_gateway_writes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann, case_id = await opened(desk)
        server.sends_file(ann, "document", b"%PDF-1.7 made up", file_name="proof.pdf")
        server.faults.plan("download", Fault(500), Fault(cut=True))
        server.faults.plan("getFile", Fault(502, "<html>"))
        server.faults.plan("sendMessage", Fault(500), Fault(takes=True, cut=True))
        server.faults.plan(
            "getUpdates", Fault(401), Fault(502), Fault(404, "<html>"), Fault(200, b"{"), Fault(cut=True)
        )
        await desk.answers(case_id, "It has arrived.")
        server.says(ann, "still there?")
        await desk.until(lambda: desk.server.pending == 0 and not desk.open(), step=5)
        await desk.stop()
        written = [path for path in desk.folder.rglob("*") if path.is_file() and path.name != "tg.token"]
        assert desk.folder / "gatehouse.db" in written
        secret = TOKEN.partition(":")[2]
        assert [path.name for path in written if secret.encode() in path.read_bytes()] == []
        out, err = capfd.readouterr()
        assert "effect.settled" in out + err
        assert secret not in out + err + caplog.text


async def test_a26_an_answer_of_5000_emoji_arrives_whole_in_parts(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, limits=Limits()) as desk:
        ann, case_id = await opened(desk)
        # Each is two code points that belong together: four UTF-16 units.
        thumb = "\U0001f44d\U0001f3fd"
        answer = " ".join([thumb * 10] * 500)
        await desk.answers(case_id, answer)
        await desk.until(lambda: desk.effects("answer") and not desk.open())
        parts = [each.text for each in desk.to(ann)[1:]]
        assert [each.state for each in desk.effects("answer")] == ["settled"]
        assert len(parts) > 1
        assert max(len(part.encode("utf-16-le")) // 2 for part in parts) <= 4096
        assert all(part.replace(thumb, "").strip() == "" for part in parts)
        assert sum(part.count(thumb) for part in parts) == 5000


async def test_a26_an_answer_whose_entities_are_refused_arrives_plain(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann, case_id = await opened(desk)
        refusal = {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities: odd"}
        desk.server.faults.plan("sendMessage", Fault(400, refusal))
        await desk.answers(case_id, "Look at *this* _thing [odd](")
        await desk.until(lambda: len(desk.to(ann)) == 2)
        assert desk.to(ann)[1].text == "Look at *this* _thing [odd]("
        assert desk.notes() == []


async def test_a32_halves_of_characters_nul_and_overrides_reach_the_ticket_harmless(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        eve = server.person("Eve\u202e\ud800", username="eve_t")
        message = {"message_id": 5, "from": eve, "chat": {**eve, "type": "private"}, "date": server.world.unix()}
        text = "half \ud800 nul \u0000 turned \u202etxet\u202c end"
        server.push({"message": {**message, "text": text}})
        await desk.settled()
        (told,) = desk.texts()
        assert told.startswith("half ")
        assert told.endswith(" end")
        assert "\x00" not in told
        told.encode("utf-8")
        case_id = desk.case()["id"]
        await desk.answers(case_id, "turned \u202eback\u202c")
        await desk.until(lambda: len(desk.to(eve)) == 2)
        answer = desk.to(eve)[1].text
        answer.encode("utf-8")
        assert not set(answer) & set("\u202a\u202b\u202d\u202e\x00")
        # What was said is kept as it came.
        await desk.restart()
        assert desk.rows("select count(*) from raws where source = 'tg' and state = 'settled'") == [(1,)]
