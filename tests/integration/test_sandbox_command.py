"""`gatehouse sandbox` as somebody plays with it: chat and post on its pages, answer as an agent, end it with Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
BOUND = 60
WANG = 7_000_000_001
"""The first person whom the sandbox makes."""


@asynccontextmanager
async def gatehouse(*arguments: str, temp: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command in a process of its own, ended by its id if it outlives the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments, cwd=ROOT, env={**os.environ, "TMPDIR": str(temp)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said_by(*arguments: str, temp: Path) -> str:
    """Run a command to its end and return what it says; it must be well."""
    async with gatehouse(*arguments, temp=temp) as process:
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        return out.decode()


async def told_until(process: asyncio.subprocess.Process, last: str) -> str:
    assert process.stdout is not None
    told = ""
    while last not in told:
        line = (await process.stdout.readline()).decode()
        assert line, told
        told += line
    return told


class Page:
    """The page's own calls, as a browser makes them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator[Self]:
        origin = {"origin": url.rstrip("/")}
        async with httpx.AsyncClient(base_url=url, headers=origin, timeout=40, trust_env=False) as client:
            yield cls(client)

    async def act(self, deed: str, **said: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/_/{deed}", json=said)
        answer.raise_for_status()
        done: dict[str, Any] = answer.json()
        return done

    async def say(self, text: str) -> None:
        await self.act("say", person=WANG, text=text)

    async def id_of(self, handle: str) -> str:
        people = (await self._state(""))["people"]
        return str(next(person["id"] for person in people if person["username"] == handle))

    async def answer_to(self, post: str) -> str:
        """Wait until the brand has answered a post on X; return what it said."""
        seen = ""
        while True:
            state = await self._state(seen)
            if found := [each for each in state["posts"] if (each["who"], each["answers"]) == (state["brand"], post)]:
                return str(found[0]["text"])
            seen = str(state["version"])

    async def heard(self, words: str) -> str:
        """Wait until the bot has said something with these words to Wang; return it."""
        seen = ""
        while True:
            state = await self._state(seen)
            texts = [str(each.get("text", "")) for each in state["messages"] if each["from"]["is_bot"]]
            if found := [text for text in texts if words in text]:
                return found[-1]
            seen = str(state["version"])

    async def _state(self, seen: str) -> dict[str, Any]:
        answer = await self.client.get("/_/state", params={"person": WANG, "chat": WANG, "seen": seen})
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
        return state


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
async def test_a_user_chats_an_agent_answers_and_it_ends_in_order(tmp_path: Path, end: signal.Signals) -> None:
    async with asyncio.timeout(BOUND), gatehouse("sandbox", temp=tmp_path) as process:
        told = await told_until(process, "keeps running until Ctrl-C")
        url = re.findall(r"http://127\.0\.0\.1:\d+/", told)[0]
        config = re.findall(r"-c (\S+)", told)[0]
        async with Page.at(url) as page:
            assert "<html" in (await page.client.get("/")).text
            await page.say("您好，我的提现没有到账，请帮我查一下。")
            number = re.findall(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}", await page.heard("GH-"))[0]
            (case,) = json.loads(await said_by("cases", "list", "--json", "-c", config, temp=tmp_path))
            assert (case["id"], case["platform"], case["language"]) == (number, "telegram", "zh-CN")
            await page.say("/verify @examp1ex_support_bot")
            assert "不是我们的" in await page.heard("@examplex_support_bot")
            await said_by("cases", "reply", number, "已经到账了，请刷新余额。", "-c", config, temp=tmp_path)
            assert "已经到账了" in await page.heard("请刷新余额")
            await page.say("/status")
            assert "已回复" in await page.heard(f"{number}：")
        process.send_signal(end)
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
    assert not [name for name in os.listdir(tmp_path) if name.startswith("gatehouse-sandbox-")]


async def test_who_asks_in_public_on_x_gets_a_receipt_there_and_a_case(tmp_path: Path) -> None:
    port = free_port()
    async with asyncio.timeout(BOUND), gatehouse("sandbox", "--x-port", str(port), temp=tmp_path) as process:
        told = await told_until(process, "keeps running until Ctrl-C")
        telegram, url = re.findall(r"http://127\.0\.0\.1:\d+/", told)
        assert url == f"http://127.0.0.1:{port}/"
        config = re.findall(r"-c (\S+)", told)[0]
        async with Page.at(url) as page:
            assert f'href="{telegram}"' in (await page.client.get("/")).text
            asked = await page.act(
                "post", person=await page.id_of("wangfang_t"), text="@examplex where is my withdrawal?"
            )
            receipt = await page.answer_to(asked["id"])
            assert receipt.startswith("@wangfang_t ")
            assert "by direct message to @examplex" in receipt
        (case,) = json.loads(await said_by("cases", "list", "--json", "-c", config, temp=tmp_path))
        assert (case["platform"], case["requester"]["handle"]) == ("x", "wangfang_t")
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 0


async def test_a_folder_that_is_named_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    async with asyncio.timeout(BOUND), gatehouse("sandbox", "--folder", str(folder), temp=tmp_path) as process:
        await told_until(process, "keeps running until Ctrl-C")
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 0
    kept = {"gatehouse.toml", "official.toml", "gatehouse.key", "gatehouse.db", "gatehouse.log"}
    kept |= {"telegram.token", "x.consumer_key", "x.access_token", "x.bearer_token"}
    assert kept <= set(os.listdir(folder))
