"""The Jira backend on the sandbox's Jira Service Management."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from gateway.backends import jira
from gateway.backends._parts import MARK
from gateway.ports import Clock, Opening, TicketSystem
from gateway.sandbox.tickets import _base
from gateway.sandbox.tickets.jira import GATEWAY, Jira
from gateway.testing.backends import Fault, Held, Line
from tests.contract.zammad_harness import FAULTS, keys_of, seen

MAIL = "gateway@desk.example.test"
TOKEN = "jira-token-of-the-gateway"
SECRET = "what jira signs with"
OURS = {"Waiting for support": "open", "Waiting for customer": "waiting", "Resolved": "solved"}
Json = Mapping[str, Any]


class JiraHarness:
    """Jira that can be killed and comes back with its data, as far as a server in this process can."""

    plugin = jira.PLUGIN
    faults = frozenset(Fault)
    secrets: Sequence[str] = (TOKEN, SECRET)
    acts = 130
    loses_tickets = True

    def __init__(self, clock: Clock, **settings: Any) -> None:
        self.jira = Jira(clock, MAIL, TOKEN)
        self.clock = clock
        self.woken: list[str] = []
        self._settings = settings
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Serve."""
        await self._stack.enter_async_context(self.jira.running(self.jira.port))

    async def kill(self) -> None:
        """Cut every line and take no more."""
        self.jira.http.cut_all()
        await self._stack.aclose()

    async def restart(self) -> None:
        """Serve again at the same port."""
        self._stack = AsyncExitStack()
        await self.start()

    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.jira.url,
            "mail": MAIL,
            "token": {"env": "TEST_JIRA_TOKEN"},
            "webhook_secret": {"env": "TEST_JIRA_SECRET"},
            "project": "DESK",
            "service_desk": "1",
            "request_type": "7",
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'url = "{self.jira.url}"\nmail = "{MAIL}"\ntoken = {{ env = "TEST_JIRA_TOKEN" }}\n'
            'webhook_secret = { env = "TEST_JIRA_SECRET" }\nproject = "DESK"\nservice_desk = "1"\n'
            'request_type = "7"\npoll_secs = 1\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock, wake=self.woken.append))

    async def held(self) -> Sequence[Held]:
        held = []
        for key, issue in self.jira.issues.items():
            case_id = case_of(issue)
            keys = keys_of(case_id)
            marks = [described(issue)[1], *(marked(each) for each in self.jira.comments[key])]
            names = [keys[mark] for mark in marks if mark in keys]
            ours = [each for each in self.jira.changelog[key] if each["author"]["accountId"] == GATEWAY]
            names += [f"state:{each['id']}" for each in ours]
            held += [Held(name, key, case_id) for name in names]
        return held

    async def lines(self, case_id: str) -> Sequence[Line]:
        key = self.jira.by_case(case_id)
        text, mark = described(self.jira.issues[key])
        lines = [Line(text, for_agents=False)] if mark else []
        for comment in self.jira.comments[key]:
            text = text_of(comment["body"]["content"][0])
            if not MARK.fullmatch(text):
                lines.append(Line(text, for_agents=not comment["jsdPublic"]))
        return lines

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        comments = self.jira.comments[self.jira.by_case(case_id)]
        return [self.jira.files[number][:2] for each in comments for number in each["files"]]

    async def lose(self, case_id: str) -> None:
        self.jira.delete(self.jira.by_case(case_id))

    async def state(self, case_id: str) -> str:
        name = self.jira.issues[self.jira.by_case(case_id)]["fields"]["status"]["name"]
        return OURS.get(name, name)

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.kill()
        elif fault is Fault.REFUSED:
            self.jira.plan(_base.Fault(400, b'{"errorMessages":["no"]}', changes_only=True, of=case_id or ""))
        else:
            self.jira.plan(replace(FAULTS[fault], of=case_id or ""))

    async def mend(self) -> None:
        self.jira.mend()
        await self.kill()
        await self.restart()

    def sent(self) -> bytes:
        return b"\n".join(seen(call) for call in self.jira.calls)

    def forged(self) -> int:
        return sum(call.status == 401 for call in self.jira.calls)

    async def act(self, case_id: str, kind: str, text: str) -> None:
        key = self.jira.by_case(case_id)
        if kind in ("replied", "noted"):
            self.jira.reply(key, text, internal=kind == "noted")
        else:
            self.jira.set_status(key, "3" if kind == "solved" else "1")

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self.jira.reply(self.jira.by_case(case_id), text, files)


def text_of(paragraph: Json) -> str:
    """Return a paragraph's text as it was written."""
    return "".join("\n" if each["type"] == "hardBreak" else each["text"] for each in paragraph["content"])


def described(issue: Json) -> tuple[str, str]:
    """Return the user's text in a request's description and its mark, if there are."""
    first, line = issue["fields"]["description"]["content"]
    found = MARK.search(text_of(line))
    return text_of(first), found[0] if found is not None else ""


def case_of(issue: Json) -> str:
    """Return the case that a request is kept for; none for one that was given up."""
    if "gatehouse-double" in issue["fields"]["labels"]:
        return ""
    line = text_of(issue["fields"]["description"]["content"][1])
    return line.strip("[]").split(" ", maxsplit=1)[0].partition("/")[0]


def marked(comment: Json) -> str:
    """Return the mark of a whole part in a comment: its property, or its text where files came with it."""
    values = [each["value"] for each in comment["properties"] if each["key"] == "gatehouse"]
    if values:
        return "" if values[0]["files"] else str(values[0]["mark"])
    return text_of(comment["body"]["content"][0])


@asynccontextmanager
async def jira_harness(clock: Clock, **settings: Any) -> AsyncIterator[JiraHarness]:
    """Start a Jira and the harness on it; needs TEST_JIRA_TOKEN and TEST_JIRA_SECRET in the environment."""
    harness = JiraHarness(clock, **settings)
    await harness.start()
    try:
        yield harness
    finally:
        await harness.kill()
