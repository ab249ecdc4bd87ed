"""The chat of the demo: a user and the bot on the sandbox's Telegram, and an agent on the case; every line as planned.

It drives the engine only from outside, as `gateway.sandbox.demo` does.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from gateway.case import CaseState
from gateway.sandbox._outcome import settled
from gateway.sandbox.chat_scene import CASE, CHAT, USER, Line
from gateway.sandbox.telegram import TelegramServer
from gateway.views import CaseView

_NUMBER = re.compile(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}")

Act = Callable[[str, str], Awaitable[None]]
"""Answer on a case as an agent: its number, the text."""
View = Callable[[str], Awaitable[CaseView | None]]
"""Return a case as it stands once all that follows from the last line has ended."""


@dataclass(slots=True)
class Chat:
    """What was said and heard, line by line, and how that differs from the plan."""

    case_id: str = ""
    heard: list[tuple[Line, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


async def hold(telegram: TelegramServer, act: Act, view: View, lines: Sequence[Line] = CHAT) -> Chat:
    """Say each line and wait for what comes back; it waits for as long as it is let."""
    chat = Chat()
    user = telegram.person(*USER)
    for line in lines:
        before = len(telegram.sent)
        if line.by_agent:
            await view(chat.case_id)
            await act(chat.case_id, line.says)
        else:
            telegram.says(user, line.says)
        text = await _next(telegram, before)
        chat.heard.append((line, text))
        if not chat.case_id and (number := _NUMBER.search(text)):
            chat.case_id = number[0]
        chat.problems += line_differences(line, text, chat.case_id)
    chat.problems += end_differences(await view(chat.case_id), len(telegram.sent), len(lines))
    return chat


async def _next(telegram: TelegramServer, before: int) -> str:
    await telegram.until(lambda: len(telegram.sent) > before)
    return telegram.sent[before].text


def line_differences(line: Line, text: str, case_id: str) -> list[str]:
    """Return how what came back after a line differs from the plan; none when all is well."""
    wanted = [case_id if words == CASE else words for words in line.hears]
    return [
        f"after {line.says[:40]!r}: expected {words or 'a case number'!r} in the answer"
        for words in wanted
        if not words or words not in text
    ]


def end_differences(view: CaseView | None, sent: int, lines: int) -> list[str]:
    """Return how the end differs from: one ticket, a case in Chinese that waits for the user, one message a line."""
    if view is None:
        return ["no case was opened"]
    found = {
        "the ticket: expected one": len(view.file.tickets) == 1,
        "the language: expected zh-CN": view.file.case.language == "zh-CN",
        "the case: expected to wait for the user": view.file.case.state is CaseState.WAITING,
        "an effect that did not end": settled(view),
        f"messages to the user: expected {lines}, got {sent}": sent == lines,
    }
    return [problem for problem, well in found.items() if not well]
