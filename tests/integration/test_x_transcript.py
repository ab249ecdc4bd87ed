"""Conversations on X, public and private, played from transcripts: what the account says is compared to the letter.

How a transcript is written: tests/transcripts.py. A person speaks by direct message unless it says that it is a post;
what the account says is in public, as an answer to the last post, where it says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typing_extensions import override

from tests.integration.playing import Player
from tests.integration.x_desk import Json, XDesk, x_desk
from tests.transcripts import CASE, Block, check, quoted_lines, transcript

HOW = {"公开": "public", "in public": "public"}
SETTINGS = 'privacy_url = "https://examplex.test/privacy"'


class Play(Player):
    """One transcript with the account."""

    def __init__(self, desk: XDesk, person: Json) -> None:
        super().__init__(desk)
        self.desk = desk
        self.person = person
        self._heard = {"": 0, "public": 0}

    @override
    async def says(self, block: Block) -> None:
        """Post, or write a direct message."""
        if block.how == "public":
            self.desk.server.post(self.person, block.text)
        else:
            self.desk.server.message(self.person, block.text)

    @override
    async def hears(self, how: str) -> str:
        """Wait for the account's next post or direct message."""
        place = self._heard[how]
        while len(self._said(how)) <= place:
            # Long steps until X was asked, short ones while something is on its way: bounds on time hold by those.
            await self.desk.until(lambda: len(self._said(how)) > place or self.desk.open(), step=2)
            await self.desk.until(lambda: len(self._said(how)) > place or not self.desk.open())
        self._heard[how] += 1
        return self._said(how)[place]

    @override
    async def ends(self) -> None:
        """Let all be worked off, and see that no more is said than is written."""
        await self.desk.settled()
        assert {how: len(self._said(how)) for how in self._heard} == self._heard, self._said("")[-1:]

    def _said(self, how: str) -> list[str]:
        server = self.desk.server
        return [each.text for each in (server.sent_posts if how == "public" else server.sent_messages)]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_conversation_from_a_post_to_an_opt_in(tmp_path: Path, language: str) -> None:
    async with x_desk(tmp_path, channel=SETTINGS) as desk:
        play = Play(desk, desk.server.person("wangfang_t", "Wang Fang"))
        pairs = await play.run(transcript(f"x_transcript.{language}.md", HOW))
        check(f"x_transcript.{language}.md", pairs)
        case = desk.case()
        assert set(play.numbers) == {case["id"]}
        assert case["language"] == {"zh": "zh-CN", "en": "en"}[language]
        assert "opted-out" not in case["tags"]
        # Nothing personal was said before everybody.
        assert not [each.text for each in desk.server.sent_posts if CASE.search(each.text) or "USDT" in each.text]


@pytest.mark.parametrize("name", ["x_transcript.zh.md", "x_transcript.en.md"])
def test_a_transcript_is_read_whole(name: str) -> None:
    blocks = list(transcript(name, HOW))
    assert sum(len(block.lines) for block in blocks) == quoted_lines(name)
    assert all(block.lines for block in blocks if block.who)
