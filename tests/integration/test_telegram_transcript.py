"""Conversations with the Telegram bot, played from transcripts: what it says is compared to the letter.

How a transcript is written: tests/transcripts.py. Ways of speaking are a photo, a press on a button, a person chosen by
the picker, words in a group; a keyboard stands below its text, one row a line.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typing_extensions import override

from gateway.sandbox.telegram.server import Sent
from tests.integration.playing import Player
from tests.integration.telegram_desk import Json, TelegramDesk, message_of, telegram_desk
from tests.transcripts import CASE, TOKEN, Block, check, quoted_lines, transcript

HOW = {
    "发截图": "photo",
    "按下": "press",
    "指出": "pick",
    "sends a photo": "photo",
    "presses": "press",
    "points out": "pick",
    "in the group": "group",
}


def shown(sent: Sent) -> str:
    """Return a message of the bot with its keyboard."""
    markup = sent.params.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or ()
    lines = (sent.text, *(" ".join(_key(each) for each in row) for row in rows))
    return "\n".join(lines)


def _key(key: Json) -> str:
    return f"[{key['text']} → {key['url']}]" if key.get("url") else f"[{key['text']}]"


class Play(Player):
    """One transcript with the bot."""

    def __init__(self, desk: TelegramDesk, person: Json, others: dict[str, Json], group: Json | None = None) -> None:
        super().__init__(desk)
        self.desk = desk
        self.person = person
        self.others = others
        self.group = group
        self.heard: list[Sent] = []
        self._is_turn = False

    @override
    async def hears(self, how: str) -> str:
        """Wait for the bot's next message."""
        self._is_turn = True
        place = len(self.heard)
        await self.desk.until(lambda: len(self.desk.server.sent) > place)
        self.heard.append(self.desk.server.sent[place])
        return shown(self.heard[-1])

    @override
    async def ends(self) -> None:
        """After the bot has spoken: let all be worked off, and see that it says no more than is written."""
        if self._is_turn:
            self._is_turn = False
            await self.desk.settled()
            await self.desk.passes(10, step=2.5)
            more = [each.text for each in self.desk.server.sent[len(self.heard) :]]
            assert more == [], f"after {self.heard[-1].text[:40]!r}"

    @override
    async def says(self, block: Block) -> None:
        """Write, press, pick or send a photo."""
        server, text = self.desk.server, block.text
        match block.how:
            case "photo":
                server.sends_file(self.person, "photo", b"\xff\xd8\xff\xe0 made up", caption=text or None)
            case "press":
                self._press(text.strip("[]"))
            case "pick":
                server.shares_user(self.person, self._picker(), self.others[text])
            case how:
                text = text.replace("{token}", self._token()) if "{token}" in text else text
                server.says(self.person, text, chat=self.group if how == "group" else None)

    def _press(self, label: str) -> None:
        for sent in reversed(self.heard):
            rows = (sent.params.get("reply_markup") or {}).get("inline_keyboard") or ()
            for key in (each for row in rows for each in row):
                if key["text"] == label:
                    self.desk.server.presses(self.person, message_of(sent), key["callback_data"])
                    return
        raise LookupError(f"nobody was shown a button {label}")

    def _picker(self) -> int:
        keys = [key for row in self.desk.server.keyboards[self.person["id"]]["keyboard"] for key in row]
        return int(next(key["request_users"]["request_id"] for key in keys if "request_users" in key))

    def _token(self) -> str:
        urls = [str(each.params.get("reply_markup")) for each in self.heard]
        return next(found[0] for url in reversed(urls) if (found := TOKEN.search(url)))


async def test_a_conversation_in_chinese_from_start_to_close(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        wang = desk.server.person("王芳", username="wangfang_t", language_code="zh-hans")
        play = Play(desk, wang, {})
        pairs = await play.run(transcript("telegram_transcript.zh.md", HOW))
        check("telegram_transcript.zh.md", pairs)
        case = desk.case()
        assert set(play.numbers) == {case["id"]}
        assert (case["language"], case["state"]) == ("zh-CN", "solved")
        # The burst and the screenshot are one message to the agent, in the order in which they came.
        assert desk.texts()[0] == "我昨天提现了 500 USDT\n到现在还没到账\n很着急\n这是提现记录"
        stored = [each for entry in desk.entries() for each in entry["message"]["attachments"] if each["sha256"]]
        assert len(stored) == 1
        assert {line.case_id for line in desk.lines()} == {case["id"]}


async def test_a_conversation_that_begins_in_a_group_and_reports_an_impostor(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann = server.person("Ann", username="ann_trades", language_code="en")
        fake = server.person("Examplex Support", username="examplex_supp0rt")
        group = server.group("Traders")
        play = Play(desk, ann, {"Examplex Support": fake}, group)
        pairs = await play.run(transcript("telegram_transcript.en.md", HOW))
        check("telegram_transcript.en.md", pairs)
        asked, report = desk.cases()
        assert set(play.numbers) == {asked["id"], report["id"]}
        assert report["category"] == "impersonation"
        # Nothing personal was said before everybody.
        public = [each.text for each in play.heard if each.chat_id == group["id"]]
        assert public
        assert not [text for text in public if CASE.search(text) or "300" in text]
        (told,) = [line.text for line in desk.lines() if line.case_id == report["id"]]
        assert str(fake["id"]) in told


@pytest.mark.parametrize("name", ["telegram_transcript.zh.md", "telegram_transcript.en.md"])
def test_a_transcript_is_read_whole(name: str) -> None:
    blocks = list(transcript(name, HOW))
    assert sum(len(block.lines) for block in blocks) == quoted_lines(name)
    assert all(block.lines for block in blocks if block.who)
