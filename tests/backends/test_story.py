"""The story on every ticket system: each ticket once, each message once, in order, every byte equal, answers back."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.sandbox.mail import MailServer
from tests.backends import story
from tests.backends.story import FULL, Story, System, tell
from tests.backends.story_audit import audit
from tests.backends.story_mails import NAMES
from tests.gateway_process import ROOT

pytestmark = [pytest.mark.timeout(3_600 if FULL else 600)]

HELPDESK = """
select distinct v.ticket_id from helpdesk_ticketcustomfieldvalue v join helpdesk_customfield f on f.id = v.field_id
where f.name = 'external_key' and (v.value = ? or v.value like ? || '/%')
"""


@asynccontextmanager
async def minidesk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    async with patched_minidesk(folder, monkeypatch, "", "") as system:
        yield system


@asynccontextmanager
async def patched_minidesk(folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> AsyncIterator[System]:
    """Yield Minidesk with a backend in which something is written otherwise."""
    from tests.backends.minidesk_story import MinideskStory
    from tests.contract.example_backend import MODULE, install

    site = folder / "site"
    install(site)
    source = (site / MODULE.name).read_text(encoding="utf-8")
    assert old in source
    (site / MODULE.name).write_text(source.replace(old, new), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(ROOT)]))
    harness = MinideskStory(folder)
    await harness.start()
    try:
        yield System(harness, harness.tickets)
    finally:
        await harness.close()


@asynccontextmanager
async def zammad(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.contract.zammad_harness import SECRET, TOKEN, zammad_harness

    monkeypatch.setenv("TEST_ZAMMAD_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZAMMAD_SECRET", SECRET)
    async with zammad_harness(SystemClock()) as harness:
        tickets = harness.zammad.tickets

        def of(case_id: str) -> list[int]:
            return [each["id"] for each in tickets.values() if (each["gatehouse_key"] or "").split("/")[0] == case_id]

        yield System(harness, of)


class Passing(SystemClock):
    """The system's time, which passes without anybody's help."""

    def advance(self, seconds: float) -> None:
        """Do nothing: what was to pass passes."""


@asynccontextmanager
async def zendesk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.contract.zendesk_harness import SECRET, TOKEN, case_of, zendesk_harness

    monkeypatch.setenv("TEST_ZENDESK_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZENDESK_SECRET", SECRET)
    async with zendesk_harness(Passing()) as harness:
        tickets = harness.zendesk.desk.tickets
        yield System(harness, lambda case: [each.id for each in tickets.values() if case_of(each) == case])


@asynccontextmanager
async def freshdesk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.contract.freshdesk_harness import ENVIRONMENT, FreshdeskHarness

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with FreshdeskHarness(SystemClock()) as harness:
        yield System(harness, lambda case: [each.id for each in harness.tickets(case)])


@asynccontextmanager
async def chatwoot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.contract.chatwoot_harness import ENVIRONMENT, ChatwootHarness

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with ChatwootHarness(SystemClock()) as harness:
        yield System(harness, lambda case: [each.id for each in harness.tickets(case)])


@asynccontextmanager
async def jira(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.contract.jira_harness import SECRET, TOKEN, case_of, jira_harness

    monkeypatch.setenv("TEST_JIRA_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_JIRA_SECRET", SECRET)
    async with jira_harness(SystemClock()) as harness:
        issues = harness.jira.issues
        yield System(harness, lambda case: [key for key, issue in issues.items() if case_of(issue) == case])


@asynccontextmanager
async def rt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.backends.rt_harness import TOKEN, rt_harness
    from tests.backends.rt_server import RequestTracker, Template

    with Template.make() as template:
        server = RequestTracker.start(template, "story")
        try:
            monkeypatch.setenv(TOKEN, server.token("gateway"))
            async with rt_harness(server, SystemClock()) as harness:
                yield System(harness, harness.tickets)
        finally:
            server.kill()


@asynccontextmanager
async def redmine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.backends.redmine_harness import redmine_harness, secrets_in
    from tests.backends.redmine_server import Redmine, Template

    with Template.make() as template:
        server = Redmine.start(template, "story")
        try:
            secrets_in(monkeypatch, server)
            async with redmine_harness(server, SystemClock()) as harness:
                yield System(harness, harness.tickets)
        finally:
            server.kill()


@asynccontextmanager
async def roundup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.backends.roundup_harness import PASSWORD, roundup_harness

    monkeypatch.setenv("TEST_ROUNDUP_PASSWORD", PASSWORD)
    async with roundup_harness(folder, SystemClock()) as harness:
        query = "select id from _issue where _external_key = ? or _external_key like ? || '/%'"
        yield System(harness, lambda case: [row[0] for row in harness.server.rows(query, case, case)])


@asynccontextmanager
async def helpdesk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    from tests.backends.helpdesk_harness import helpdesk_harness

    async with helpdesk_harness(folder, SystemClock()) as harness:
        monkeypatch.setenv("TEST_HELPDESK_TOKEN", harness.server.token("gateway"))
        rows = harness.server.rows
        names = [each for each in NAMES if re.search(r"^[^.]+$|\.(txt|pdf|png|bin)$", each[0])]
        yield System(harness, lambda case: [row[0] for row in rows(HELPDESK, case, case)], names)


SYSTEMS: dict[str, Callable[[Path, pytest.MonkeyPatch], AbstractAsyncContextManager[System]]] = {
    "minidesk": minidesk,
    "rt": rt,
    "redmine": redmine,
    "roundup": roundup,
    "django-helpdesk": helpdesk,
    "zendesk": zendesk,
    "freshdesk": freshdesk,
    "chatwoot": chatwoot,
    "zammad": zammad,
    "jira": jira,
}
"""Each imports what it needs when it is asked for, so that one that is not installed stops no other."""


REAL = ("rt", "redmine", "roundup", "django-helpdesk")
"""What the story is told of every day; of our own emulators with FULL=1 alone."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ticket system keeps what it has."""
    made = tmp_path / "server"
    made.mkdir()
    return made


@pytest.mark.parametrize("name", SYSTEMS if FULL else REAL)
async def test_a_story(name: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        SYSTEMS[name](folder, monkeypatch) as system,
        MailServer.start(password=story.PASSWORD) as server,
    ):
        await tell(Story(system, server, tmp_path / "desk"))


FAULTS = {
    "names what is in doubt anew": (
        "lines/{quote(write.key, safe='')}",
        "lines/{quote(write.key, safe='')}{'.' * write.doubtful}",
        "messages doubled",
    ),
    "loses a file": ("for file in write.files:", "for file in write.files[:1]:", "files lost or changed"),
    "publishes what agents must know": ('"public": False', '"public": True', "public lines that no user wrote"),
    "says that it wrote": (
        "if ticket is None:",
        'if write.doubtful:\n            return "1"\n        if ticket is None:',
        "lost",
    ),
}
"""What stands in the backend, what stands there instead, and how the audit names what comes of it."""


@pytest.mark.parametrize("fault", FAULTS if FULL else ["loses a file"])
async def test_a_broken_backend_is_found_out(
    fault: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, named = FAULTS[fault]
    size = replace(story.SMALL, messages=40, conversations=12, answers=0)
    async with (
        patched_minidesk(folder, monkeypatch, old, new) as system,
        MailServer.start(password=story.PASSWORD) as server,
    ):
        found = audit(await Story(system, server, tmp_path / "desk", size).play())
    assert any(named in sentence for sentence in found), found
