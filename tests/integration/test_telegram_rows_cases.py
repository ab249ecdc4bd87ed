"""What Telegram's people do that must make the right case, row by row, against the sandbox through the whole engine.

Edits, forwards, forged buttons and tokens, links, look-alikes in groups. Files: test_telegram_rows_files.py.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.integration.telegram_desk import STAFF, Json, button, message_of, telegram_desk


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
        forged = ["".join(rng.choices(alphabet, k=64)) for _ in range(10)]
        forged += [genuine[:at] + rng.choice(alphabet) + genuine[at + 1 :] for at in range(0, 16, 4)]
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
        # Every press and every link gets the same answer as any other that is none of ours.
        assert len({each.text for each in desk.to(eve)[1:]}) == 2
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
