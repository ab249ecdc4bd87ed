"""What people send that must arrive whole: files and albums, row by row, through the whole engine; the peers' failures.

Against the sandbox. How memory stays flat meanwhile is shown in tests/unit/test_telegram_rows_outgoing.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.telegram import Fault
from tests.integration.telegram_desk import Json, TelegramDesk, telegram_desk

MIB = 1024 * 1024


def chunks(total: int) -> Iterator[bytes]:
    piece = bytes(256 * 1024)
    for _ in range(total // len(piece)):
        yield piece


def attachments(desk: TelegramDesk) -> list[Json]:
    """Return the files of all messages, each in its newest version."""
    newest = {entry["message"]["id"]: entry["message"] for entry in desk.entries()}
    return [each for message in newest.values() for each in message["attachments"]]


def photo(desk: TelegramDesk, person: Json, album: str, content: bytes, **fields: Any) -> Json:
    """Make a part of an album that the platform has not given out yet; returns the Message."""
    world = desk.server.world
    file = world.add_file("photos", ".jpg", content, None, None)
    size = {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
        "width": 90,
        "height": 90,
    }
    chat = world.private_chat(person)
    message = {"from": person, "chat": chat, "date": world.unix(), "photo": [size], "media_group_id": album, **fields}
    return world.keep(message)


async def test_a18_a_file_of_300_mb_that_claims_ten_bytes_is_given_up_and_the_case_stays(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        message = "the proof of my payment"
        served: list[int] = []

        def content() -> Iterator[bytes]:
            for piece in chunks(300 * MIB):
                served.append(len(piece))
                yield piece

        desk.server.sends_file(ann, "document", content, declared_size=10, file_name="proof.pdf", caption=message)
        await desk.until(lambda: desk.notes(), step=1)
        await desk.settled()
        # What the lines between hold on their way, and no more, whatever it would be in the end.
        assert 0 < sum(served) < 20 * MIB
        assert desk.texts()[0].startswith(message)
        assert "proof.pdf" in desk.notes()[0]
        (file,) = attachments(desk)
        assert file["state"] in ("too_large", "unavailable")
        assert not [path for path in desk.folder.rglob("*") if path.is_file() and path.stat().st_size > 20 * MIB]


@pytest.mark.parametrize("path", ["/etc/hostname", "../../etc/hostname", "http://evil.test/x", "documents/../../x"])
async def test_a19_a_path_that_leads_elsewhere_is_refused_and_the_case_stays(tmp_path: Path, path: str) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        desk.server.sends_file(ann, "document", b"x", file_path=path, file_name="proof.pdf", caption="see")
        await desk.until(lambda: desk.notes())
        await desk.settled()
        assert [call for call in desk.server.calls if call.method == "download"] == []
        assert "proof.pdf" in desk.notes()[0]
        (file,) = attachments(desk)
        assert (file["state"], file["sha256"]) == ("unavailable", None)
        assert len(desk.cases()) == 1


@pytest.mark.parametrize("announced", [25 * MIB, 1000])
async def test_a20_a_file_above_20_mib_leaves_the_case_and_tells_agent_and_user(tmp_path: Path, announced: int) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("王芳", language_code="zh-hans")
        if announced < 20 * MIB:
            refusal = {"ok": False, "error_code": 400, "description": "Bad Request: file is too big"}
            desk.server.faults.always("getFile", Fault(400, refusal))
        desk.server.sends_file(
            ann, "video", b"x", declared_size=announced, file_name="screen.mp4", caption="这是录屏，请看"
        )
        await desk.until(lambda: len(desk.to(ann)) == 2 and desk.notes())
        await desk.settled()
        assert desk.texts()[0].startswith("这是录屏，请看")
        assert "screen.mp4" in desk.notes()[0]
        assert [each["state"] for each in attachments(desk)] == ["too_large"]
        hint = next(each.text for each in desk.to(ann) if "文件太大" in each.text)
        assert "截图" in hint
        assert len(desk.cases()) == 1


async def test_a21_an_album_in_three_batches_around_a_restart_is_one_message(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, channel="batch = 4") as desk:
        server = desk.server
        ann = server.person("Ann", language_code="en")
        parts = [photo(desk, ann, "album-1", b"JPEG %d" % number) for number in range(10)]
        parts[3]["caption"] = "all my screenshots"
        late = photo(desk, ann, "album-1", b"JPEG late")
        server.world.met.add(ann["id"])

        async def arrived(count: int) -> None:
            query = "select count(distinct message_id) from entries where direction = 'in'"
            await desk.until(lambda: desk.rows(query) == [(count,)], step=0.05)

        order = random.Random(7).sample(parts, 10)
        for number, message in enumerate(order):
            server.push({"message": message})
            if number in (3, 6):
                await arrived(number + 1)
                await desk.restart()
        await desk.settled()
        (text,) = desk.texts()
        assert text.startswith("all my screenshots")
        assert len(desk.cases()) == 1
        kept = attachments(desk)
        assert len(kept) == 10
        assert {each["state"] for each in kept} == {"stored"}
        bodies = [await desk.file(each["sha256"]) for each in kept]
        assert sorted(bodies) == sorted(b"JPEG %d" % number for number in range(10))
        await desk.passes(20)
        server.push({"message": late})
        await desk.settled()
        assert len(desk.cases()) == 1
        assert len(desk.lines()) == 2
        assert len(attachments(desk)) == 11
        assert len(desk.to(ann)) == 1


@pytest.mark.parametrize("size", [19 * MIB, 300 * MIB])
async def test_p47_a_video_however_large_loses_no_message(tmp_path: Path, size: int) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        body = b"\x00\x00\x00\x18ftypmp42"
        declared = size if size > 20 * MIB else None
        desk.server.faults.plan("getFile", Fault(500), Fault(502, "<html>"))
        desk.server.sends_file(
            ann, "video", body, declared_size=declared, file_name="screen.mp4", caption="it fails here"
        )
        desk.server.says(ann, "do you see it?")
        await desk.settled()
        text = "\n".join(desk.texts())
        assert "it fails here" in text
        assert "do you see it?" in text
        assert len(desk.cases()) == 1
        (file,) = attachments(desk)
        assert file["state"] == ("too_large" if declared else "stored")
        assert len(desk.notes()) == bool(declared)
        assert desk.running


async def test_p48_what_belongs_together_is_one_message_and_no_caption_is_lost(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann, ben, cleo, dora = (server.person(name, language_code="en") for name in ("Ann", "Ben", "Cleo", "Dora"))
        # An album whose caption is on its second part.
        for number in range(3):
            caption = "my three screenshots" if number == 1 else None
            server.sends_file(ann, "photo", b"JPEG %d" % number, media_group_id="album-9", caption=caption)
        # A forwarded message, and the comment that comes a moment before it.
        server.says(ben, "is this really you?")
        origin = {"type": "hidden_user", "date": server.world.unix() - 60, "sender_user_name": "Examplex Support"}
        server.says(ben, "Send me your code.", forward_origin=origin)
        # A text that was cut at 4096 in mid-word.
        long = "".join(f"word{number} " for number in range(900))
        server.says(cleo, long[:4096])
        server.says(cleo, long[4096:])
        # A burst of lines, each a second and more after the last.
        for number in range(4):
            server.says(dora, f"line {number}")
            await desk.passes(1.25)
        await desk.settled()
        by_person = {case["requester"]["name"]: case["id"] for case in desk.cases()}
        assert set(by_person) == {"Ann", "Ben", "Cleo", "Dora"}
        texts: dict[str, list[str]] = {}
        for line in desk.lines():
            texts.setdefault(line.case_id, []).append(line.text)
        assert all(len(each) == 1 for each in texts.values())
        assert "my three screenshots" in texts[by_person["Ann"]][0]
        assert len(attachments(desk)) == 3
        assert "is this really you?" in texts[by_person["Ben"]][0]
        assert "Send me your code." in texts[by_person["Ben"]][0]
        assert texts[by_person["Cleo"]][0].strip() == long.strip()
        assert texts[by_person["Dora"]] == ["line 0\nline 1\nline 2\nline 3"]
        # Ben is warned of who hides behind our name, beside the acknowledgement.
        assert [len(desk.to(person)) for person in (ann, ben, cleo, dora)] == [1, 2, 1, 1]
        assert len(desk.effects("warning")) == 1
