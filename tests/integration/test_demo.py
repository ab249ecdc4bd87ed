"""`gatehouse demo` as a newcomer runs it, and that it cannot say that all is well when it is not."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from gateway.case import Severity, Standing
from gateway.cli import demo as command
from gateway.cli import main
from gateway.errors import TransientError
from gateway.sandbox import _story, chat, demo
from gateway.sandbox._outcome import Outcome, Received, answer_differences, differences
from gateway.sandbox.chat import Act, Chat, View
from gateway.sandbox.chat_scene import CASE, CHAT, LOOK_ALIKE
from gateway.sandbox.scenario import Expected, demo_mails
from gateway.sandbox.telegram import TelegramServer

ROOT = Path(__file__).parents[2]
BOUND = 60
NUMBER = "GH-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}"


@asynccontextmanager
async def gatehouse(*arguments: str, temp: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command in a process of its own, ended by its id if it outlives the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temp), "COLUMNS": "80"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def finished(*arguments: str, temp: Path) -> tuple[int | None, str]:
    async with asyncio.timeout(BOUND), gatehouse(*arguments, temp=temp) as process:
        out, _ = await process.communicate()
        return process.returncode, out.decode()


async def test_the_demo_ends_well_tells_its_story_and_leaves_nothing_behind(tmp_path: Path) -> None:
    status, out = await finished("demo", temp=tmp_path)
    assert status == 0, out
    assert "Every mail ended as it should. So did the chat." in out
    assert len(set(re.findall(NUMBER, out))) == 7
    for line in (
        "danger: sender poses",
        "look alike",
        "Important, please read this first:",
        "To wang.fang@mail.test: 我们已收到您的来信",
        "agent Lin answers, and the user gets: Re: 提现没有到账",
        "The user's reply lands on the same case",
        "is solved.",
        f"On Telegram the user writes: /verify @{LOOK_ALIKE}",
        "外形相似的字母或数字",
        "and the user gets on Telegram",
        "：已回复",
    ):
        assert line in out
    assert out.count("no, rightly") == 2
    assert "\x1b" not in out, "no colours and no progress where nobody watches"
    assert "engine.started" not in out, "the log stays in its file"
    assert _left_behind(tmp_path) == []


async def test_a_stay_can_be_played_with_as_it_says_and_ends_in_order(tmp_path: Path) -> None:
    async with asyncio.timeout(BOUND), gatehouse("demo", "--stay", temp=tmp_path) as process:
        assert process.stdout is not None
        told = ""
        while "The gateway's log:" not in told:
            line = (await process.stdout.readline()).decode()
            assert line, told
            told += line
        config = re.findall(r"-c (\S+)", told)[0]
        for title, url in zip(
            ("Sandbox Telegram", "Sandbox X"), re.findall(r"  (http://127\.0\.0\.1:\d+/)", told), strict=True
        ):
            async with httpx.AsyncClient(trust_env=False) as client:
                assert f"<title>{title}</title>" in (await client.get(url)).text
        send = next(line.strip() for line in told.splitlines() if "gateway.sandbox.send" in line)
        assert await _shell(send) == 0
        number = await _listed("you@mail.test", config, tmp_path)
        status, out = await finished("cases", "show", number, "-c", config, temp=tmp_path)
        assert status == 0
        assert "reported" in out
        status, out = await finished("verify", "support@exampIex.test", "-c", config, temp=tmp_path)
        assert "look" in out.lower()
        process.send_signal(signal.SIGTERM)
        await process.communicate()
        assert process.returncode == 0
    assert _left_behind(tmp_path) == []


def _left_behind(temp: Path) -> list[str]:
    return [name for name in os.listdir(temp) if name.startswith("gatehouse-demo-")]


async def _shell(command: str) -> int | None:
    """Run a line as it is meant to be copied, anywhere."""
    words = shlex.split(command)
    assert words[0] == sys.executable
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT)
    return await process.wait()


async def _listed(sender: str, config: str, temp: Path) -> str:
    """The number of a sender's case, as soon as it is listed."""
    while True:
        status, out = await finished("cases", "list", "--json", "-c", config, temp=temp)
        assert status == 0, out
        for case in json.loads(out):
            if case["requester"]["address"] == sender:
                return str(case["id"])


async def test_a_wrong_expectation_makes_the_real_demo_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same mails and the same chat on the real engine; only the plan is wrong, in four places."""
    wrong = {"question": {"language": "en"}, "away": {"acknowledged": True}, "forged": {"findings": frozenset()}}

    def planted(now: datetime) -> tuple[Any, ...]:
        mails = demo_mails(now)
        return tuple(
            replace(mail, expected=replace(mail.expected, **wrong.get(mail.name, {})))  # type: ignore[arg-type]
            for mail in mails
        )

    async def hold(telegram: TelegramServer, act: Act, view: View) -> Chat:
        return await chat.hold(telegram, act, view, (*CHAT[:3], replace(CHAT[3], hears=(CASE, "已关闭"))))

    monkeypatch.setattr(demo, "demo_mails", planted)
    monkeypatch.setattr(demo, "hold", hold)
    out = StringIO()
    async with asyncio.timeout(BOUND):
        assert await demo.run(stay=False, console=Console(file=out, width=120)) == 1
    text = out.getvalue()
    assert "question: language: expected en, got zh-CN" in text
    assert "away: acknowledgements in the user's mailbox: expected 1, got 0" in text
    assert "forged: findings: expected none, got official_address_forged" in text
    assert "Every mail ended as it should" not in text
    assert "citation:" not in text
    assert "chat: after '/status': expected '已关闭' in the answer" in text


async def test_a_mail_that_never_becomes_a_case_fails_the_demo_within_its_bound() -> None:
    async with asyncio.timeout(BOUND), demo.world() as made:
        made.engine.cancel()
        await asyncio.wait({made.engine})
        result = await demo.play(made, demo_mails(datetime.now(UTC)), bound_secs=0.5)
    assert not result.well
    assert result.problems["question"] == ["no case was opened"]
    assert "in time" in result.problems
    assert result.chat is None


@pytest.mark.parametrize("after_mail", [False, True])
async def test_an_engine_that_stops_early_ends_the_demo_at_once(
    monkeypatch: pytest.MonkeyPatch, after_mail: bool
) -> None:
    sent = threading.Event()

    def hand_in(*arguments: object) -> None:
        sent.set()

    async def failing(settings: object, *, ready: asyncio.Event) -> None:
        if after_mail:
            ready.set()
            await asyncio.to_thread(sent.wait, BOUND)
        raise TransientError("the disk is full")

    monkeypatch.setattr(demo.app, "run", failing)
    monkeypatch.setattr(demo, "hand_in", hand_in)
    out = StringIO()
    async with asyncio.timeout(BOUND / 2):
        assert await demo.run(stay=False, console=Console(file=out, width=120)) == 1
    assert "The demo could not run: the disk is full" in out.getvalue()


def test_the_command_ends_with_the_demos_own_status(monkeypatch: pytest.MonkeyPatch) -> None:
    async def bad(stay: bool) -> int:
        return 1

    monkeypatch.setattr(demo, "run", bad)
    assert CliRunner().invoke(main.app, ["demo"]).exit_code == 1


ACK = Received("We received it [GH-00000-00000]", "case GH-00000-00000", "<a@b.test>", automatic=True, null_sender=True)
WARNED = replace(ACK, text=ACK.text + "\n\nImportant, please read this first:\n\nNot ours")
GOOD = Outcome(
    case_id="GH-00000-00000",
    tickets=("GH-00000-00000",),
    sender=Standing.NOT_LISTED,
    authentication="pass",
    findings=(),
    language="zh-CN",
    attachments=1,
    notes=("charset_unknown",),
    received=(ACK,),
    acknowledged=True,
)
PLAN = Expected(acknowledged=True, language="zh-CN", attachments=1, noted=True)


def test_an_outcome_as_planned_has_no_difference() -> None:
    assert differences(PLAN, GOOD) == []
    silent = replace(GOOD, received=(), acknowledged=False)
    assert differences(replace(PLAN, acknowledged=False), silent) == []
    danger = (("sender_poses_as_official", Severity.DANGER),)
    plan = replace(PLAN, findings=frozenset({"sender_poses_as_official"}), worst=Severity.DANGER, warned=True)
    assert differences(plan, replace(GOOD, findings=danger, received=(WARNED,))) == []


@pytest.mark.parametrize(
    ("doctored", "said"),
    [
        ({"tickets": ()}, "the ticket: expected one, got 0"),
        ({"tickets": ("a", "b")}, "the ticket: expected one, got 2"),
        ({"received": ()}, "acknowledgements in the user's mailbox: expected 1, got 0"),
        ({"received": (ACK, ACK)}, "acknowledgements in the user's mailbox: expected 1, got 2"),
        ({"received": (replace(ACK, null_sender=False),)}, "the acknowledgement's envelope sender"),
        ({"received": (replace(ACK, subject="hi"),)}, "the case number in the acknowledgement"),
        ({"received": (WARNED,)}, "the warning: expected none, got there"),
        ({"findings": (("look_alike_mentioned", Severity.WARNING),)}, "findings: expected none"),
        ({"language": "en"}, "language: expected zh-CN, got en"),
        ({"attachments": 0}, "attachments: expected 1, got 0"),
        ({"notes": ()}, "a note on what could not be read"),
        ({"sender": Standing.OFFICIAL}, "the sender: expected not called official"),
        ({"unsettled": ("ticket is buried: x",)}, "ticket is buried: x"),
    ],
)
def test_every_doctored_outcome_is_told_apart(doctored: Mapping[str, Any], said: str) -> None:
    (found,) = differences(PLAN, replace(GOOD, **doctored))
    assert found.startswith(said)


def test_a_missing_case_and_a_missing_warning_are_differences() -> None:
    assert differences(PLAN, None) == ["no case was opened"]
    plan = replace(PLAN, findings=frozenset({"look_alike_mentioned"}), worst=Severity.WARNING, warned=True)
    notice = replace(GOOD, findings=(("look_alike_mentioned", Severity.NOTICE),))
    warning, worst = differences(plan, notice)
    assert warning == "the warning: expected there, got missing"
    assert worst == "the gravest finding: expected warning, got notice"
    assert differences(replace(PLAN, acknowledged=False), GOOD) == [
        "an acknowledgement: expected none, got 1 mails to the user"
    ]
    assert answer_differences(None, (), 6, 6) == ["the case of the conversation is gone"]


def test_no_result_at_all_is_not_a_good_one() -> None:
    assert not demo.Result().well
    out = StringIO()
    _story.verdict(Console(file=out, width=120), {})
    assert "Every mail ended as it should" not in out.getvalue()


def test_a_missing_library_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "NEEDED", ("aiosmtpd", "no_such_library"))
    assert command.demo(stay=False) == 1
    told = capsys.readouterr().err
    assert "needs no_such_library;" in told
    assert "gatehouse[sandbox,email,telegram,x]" in told
