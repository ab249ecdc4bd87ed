"""The story on every ticket system: each ticket once, each message once, in order, every byte equal, answers back."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from gateway.sandbox.mail import MailServer
from tests.backends.minidesk_story import MinideskStory
from tests.backends.story import FULL, PASSWORD, Story, StoryHarness, tell
from tests.contract.example_backend import install
from tests.gateway_process import ROOT

pytestmark = [pytest.mark.timeout(3_600 if FULL else 600)]


@asynccontextmanager
async def minidesk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StoryHarness]:
    site = folder / "site"
    install(site)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(ROOT)]))
    harness = MinideskStory(folder)
    try:
        yield harness
    finally:
        await harness.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "server"
    made.mkdir()
    return made


async def on(harness: AbstractAsyncContextManager[StoryHarness], folder: Path) -> None:
    async with harness as opened, MailServer.start(password=PASSWORD) as server:
        await opened.start()
        await tell(Story(opened, server, folder))


async def test_minidesk(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await on(minidesk(folder, monkeypatch), tmp_path / "desk")
