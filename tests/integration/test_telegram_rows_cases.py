"""What Telegram's people do that must make the right case, row by row, against the sandbox through the whole engine.

Files, albums, edits, forwards, forged buttons, look-alikes in groups; and two of the peers' failures (PEERS.md 4.8).
"""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.telegram import Fault
from tests.integration.telegram_desk import STAFF, Json, TelegramDesk, button, message_of, telegram_desk

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


# Files


async def test_a18_a_file_of_300_mb_that_claims_ten_bytes_is_given_up_and_the_case_stays(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        message = "the proof of my payment"
        content = lambda: chunks(300 * MIB)  # noqa: E731 - as the sandbox takes it
        desk.server.sends_file(ann, "document", content, declared_size=10, file_name="proof.pdf", caption=message)
        await desk.until(lambda: desk.notes(), step=1)
        await desk.settled()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert (after - before) * 1024 < 20 * MIB
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


async def test_a22_an_edit_that_comes_first_stands_for_its_message(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann = server.person("Ann", language_code="en")
        chat, at = server.world.private_chat(ann), server.world.unix()
        first = server.world.keep({"from": ann, "chat": chat, "date": at, "text": "300 USDT"})
        server.push({"edited_message": {**first, "text": "500 USDT", "edit_date": at + 30}})
        await desk.settled()
        server.push({"message": first})
        await desk.settled()
        assert desk.texts() == ["[edited] 500 USDT"]
        server.push({"edited_message": {**first, "text": "an older one", "edit_date": at + 20}})
        server.push({"edited_message": {**first, "text": "500 USDT", "edit_date": at + 40}})
        await desk.settled()
        assert desk.texts() == ["[edited] 500 USDT"]
        server.push({"edited_message": {**first, "text": "700 USDT", "edit_date": at + 60}})
        await desk.settled()
        assert len(desk.lines()) == 2
        assert "700 USDT" in desk.texts()[1]
        assert len(desk.cases()) == 1
        assert len(desk.to(ann)) == 1


# Who it is about


POSER = {"id": 7_200_000_001, "is_bot": False, "first_name": "Examplex Support", "username": "examplex_supp0rt"}
ORIGINS: dict[str, Json] = {
    "user": {"sender_user": POSER},
    "hidden_user": {"sender_user_name": "Examplex Support"},
    "chat": {"sender_chat": {"id": -1_000_004_111_111, "type": "supergroup", "title": "Examplex Help"}},
    "channel": {
        "chat": {"id": -1_000_004_222_222, "type": "channel", "title": "Examplex News", "username": "examplex_newz"},
        "message_id": 9,
    },
    "of_tomorrow": {"something": "new"},
}


@pytest.mark.parametrize("kind", ORIGINS)
async def test_a23_a_forwarded_message_tells_the_agent_whose_it_was(tmp_path: Path, kind: str) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        origin = {"type": kind, "date": desk.server.world.unix() - 60, **ORIGINS[kind]}
        desk.server.says(ann, "Send me your code.", forward_origin=origin)
        await desk.settled()
        (entry,) = desk.entries()
        (forwarded,) = entry["message"]["forwarded"]
        assert forwarded["kind"] == kind
        known = {
            "user": ("7200000001", "examplex_supp0rt"),
            "hidden_user": (None, None),
            "chat": ("-1000004111111", None),
            "channel": ("-1000004222222", "examplex_newz"),
        }
        party = forwarded["party"] or {}
        assert (party.get("id"), party.get("handle")) == known.get(kind, (None, None))
        assert "Send me your code." in desk.texts()[0]
        # What it says is another's: the user himself is no impostor, and nobody else is written to.
        assert entry["assessment"]["sender"] not in ("look_alike", "reported_scam", "official")
        assert {each.chat_id for each in desk.server.sent} == {ann["id"]}


async def test_a23_a_hidden_sender_is_picked_in_a_report(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann = server.person("Ann", language_code="en")
        fake = server.person("Examplex Support", username="examplex_supp0rt")
        hidden = {"type": "hidden_user", "date": server.world.unix() - 60, "sender_user_name": "Examplex Support"}

        async def says(text: str, **fields: Any) -> Any:
            before = len(desk.to(ann))
            server.says(ann, text, **fields)
            await desk.until(lambda: len(desk.to(ann)) > before)
            return desk.to(ann)[-1]

        asked = await says("/report")
        before = len(desk.to(ann))
        server.presses(ann, message_of(asked), button(asked, "An account")["callback_data"])
        await desk.until(lambda: len(desk.to(ann)) > before)
        keys = [key for row in server.keyboards[ann["id"]]["keyboard"] for key in row]
        picker = next(key for key in keys if "request_users" in key)
        assert picker["request_users"]["request_name"]
        server.shares_user(ann, picker["request_users"]["request_id"], fake)
        await desk.until(lambda: len(desk.to(ann)) == 3)
        harm = desk.to(ann)[-1]
        server.presses(ann, message_of(harm), button(harm, "No")["callback_data"])
        await desk.until(lambda: len(desk.to(ann)) == 4)
        await says("Send me your code.", forward_origin=hidden)
        assert desk.cases() == []
        await says("He wrote to me on Friday.")
        await desk.settled()
        case = desk.case()
        assert case["category"] == "impersonation"
        assert str(fake["id"]) in desk.texts()[0]
        assert "examplex_supp0rt" in desk.texts()[0]
        assert "Send me your code." in desk.texts()[0]
        assert "He wrote to me on Friday." in desk.texts()[0]
        assert case["id"] in desk.to(ann)[-1].text


# What is forged


async def test_a24_forged_presses_and_payloads_touch_nobodys_case(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, channel="[channels.tg.limits]\nsend-recipient-1s = 1000") as desk:
        server = desk.server
        ann, eve = server.person("Ann", language_code="en"), server.person("Eve", language_code="en")
        server.says(ann, "Where is my deposit?")
        await desk.settled()
        server.says(ann, "/close")
        await desk.until(lambda: len(desk.to(ann)) == 2)
        await desk.settled()
        asked = desk.to(ann)[1]
        genuine = button(asked, "Yes")["callback_data"]
        case, rng = desk.case(), random.Random(20261121)
        alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:"
        forged = ["".join(rng.choices(alphabet, k=64)) for _ in range(24)]
        forged += [genuine[:at] + rng.choice(alphabet) + genuine[at + 1 :] for at in range(16)]
        forged += [genuine[:16] + f"close:{case['id']}"[:48], genuine[16:], "", "\x00", "关闭工单", genuine + "x"]
        forged = [each for each in forged if each != genuine]
        server.says(eve, "/help")
        await desk.settled()
        menu = desk.to(eve)[0]
        for number, data in enumerate((*forged, genuine)):
            server.presses(eve, message_of(menu), data)
            server.says(eve, f"/start {rng.choice((data, case['id'], data[:48].replace(':', '_')))}")
            if number % 15 == 0:
                # So that the bound on what is answered in a minute hides nothing.
                await desk.passes(61, step=1)
        await desk.until(lambda: server.pending == 0 and not desk.open(), step=1)
        after = next(each for each in desk.cases() if each["id"] == case["id"])
        assert {name: after[name] for name in case} == case
        assert after["state"] == "open"
        # What she says is a matter of her own, and she is told nothing of his.
        assert {line.case_id for line in desk.lines() if line.text == "Where is my deposit?"} == {case["id"]}
        assert not [each for each in desk.to(eve) if case["id"] in each.text]
        assert len(desk.to(ann)) == 2
        # The button is good for the one it was made for.
        server.presses(ann, message_of(asked), genuine)
        await desk.until(lambda: len(desk.to(ann)) == 3)
        await desk.settled()
        assert next(each for each in desk.cases() if each["id"] == case["id"])["state"] == "solved"


async def test_a24_a_token_from_a_group_is_good_for_its_bearer_alone(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann, eve = server.person("Ann", language_code="en"), server.person("Eve", language_code="en")
        group = server.group("Traders")
        server.says(ann, "@examplex_support_bot where is my deposit?", chat=group)
        await desk.settled()
        url = button(desk.to(group)[0], "")["url"]
        token = url.partition("?start=")[2]
        case = desk.case()
        server.says(eve, f"/start {token}")
        await desk.until(lambda: desk.to(eve))
        await desk.settled()
        assert desk.case() == case
        assert case["id"] not in desk.to(eve)[0].text
        server.says(ann, f"/start {token}")
        await desk.until(lambda: desk.to(ann))
        await desk.settled()
        assert case["id"] in desk.to(ann)[0].text


async def test_a25_a_link_behind_emoji_is_found_where_it_stands(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        url = "https://examplex-bonus.example/claim"
        text = "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 é " + url + " \U0001f600 is it yours?"
        units = len(text[: text.index(url)].encode("utf-16-le")) // 2
        entity = {"type": "url", "offset": units, "length": len(url)}
        hidden = {"type": "text_link", "offset": 0, "length": 2, "url": "https://hidden.example/x"}
        desk.server.says(ann, text, entities=[entity, hidden])
        await desk.settled()
        (entry,) = desk.entries()
        links = {each["url"]: each["span"] for each in entry["message"]["links"]}
        assert set(links) == {url, "https://hidden.example/x"}
        said = entry["message"]["text"]
        assert said[links[url]["start"] : links[url]["end"]] == url
        assert url in desk.texts()[0]


# Look-alikes in groups


@pytest.mark.parametrize("warns", [False, True])
async def test_a31_a_member_who_takes_a_staff_members_name_is_told_of_once(tmp_path: Path, warns: bool) -> None:
    async with telegram_desk(tmp_path, starts=False) as desk:
        server = desk.server
        operators, group = server.group("Operators"), server.group("Traders", bot_status="administrator")
        desk.configure(channel=f'operators_chat = "{operators["id"]}"\nwarn_groups = {str(warns).lower()}')
        await desk.start()
        eve = server.person("Eve", username="eve_t")
        server.joins(group, eve)
        server.says(eve, "hello all", chat=group)
        await desk.settled()
        assert server.sent == []
        # Telegram makes no update of it: she is found when she speaks.
        server.renames(eve, first_name="Ехаmplex Support Lena", username=STAFF[1].replace("l", "I"))
        server.says(eve, "write to me if you have a question", chat=group)
        await desk.settled()
        server.says(eve, "I am from the team", chat=group)
        server.leaves(group, eve)
        server.joins(group, eve)
        await desk.settled()
        await desk.restart()
        server.says(eve, "anybody?", chat=group)
        await desk.settled()
        (told,) = desk.to(operators)
        assert str(eve["id"]) in told.text
        assert desk.case()["id"] in told.text
        assert str(group["id"]) in told.text
        assert len(desk.to(group)) == int(warns)
        assert all(str(eve["id"]) in each.text for each in desk.to(group))
        assert desk.case()["category"] == "impersonation"
        assert desk.to(eve) == []


# What peers got wrong


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
