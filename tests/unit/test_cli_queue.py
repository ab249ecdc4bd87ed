"""`gatehouse queue`, `backfill` and `retention` on a real store: what they show, do, refuse and never show."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner, Result

from gateway import control
from gateway.app import open_store_for
from gateway.case import Party
from gateway.cli import backfill as backfill_command
from gateway.cli._items import PAGE
from gateway.cli.main import app
from gateway.journal import Decision, Effect, EffectKind, Fate, State, Store, TicketIntent
from gateway.ports import Channel, Cursor, Key, Page, Raw, Reply, ReplyKind, StreamId, TicketAction
from gateway.ports.events import Wake
from gateway.queues import Wanted
from gateway.settings import Settings, load
from tests.builders import case
from tests.desk import Desk

T = TypeVar("T")
runner = CliRunner()

NUMBER = "GH-AAAAA-AAAAA"
NOW = datetime.now(UTC)
WORDS = "Dear Ann, your coins are safe with us."
MAIL = b"From: ann@mail.test\r\nSubject: My deposit\r\n\r\nWhere is my \x1b[2J deposit?\r\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose store holds a settled, a buried and a waiting raw, and three effects; no credential in the shell."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEHOUSE_SUPPORT_PASSWORD", raising=False)
    monkeypatch.setenv("LOGNAME", "olga")
    made = Desk(tmp_path)
    on_store(made, _fill)
    return made


def on_store(desk: Desk, use: Callable[[Store], Awaitable[T]]) -> T:
    async def once() -> T:
        async with open_store_for(load(desk.path, credentials=False)) as store:
            return await use(store)

    return asyncio.run(once())


def raw(key: str, lane: str = "ann@mail.test", body: bytes = MAIL) -> Raw:
    return Raw("support", StreamId("INBOX"), Key(key), lane, body, "message/rfc822", NOW, len(body))


def reply_effect(key: str) -> Effect:
    reply = Reply(
        channel="support",
        kind=ReplyKind.ANSWER,
        to=Party(platform="email", address="ann@mail.test"),
        case_id=NUMBER,
        subject="Your deposit",
        text=WORDS,
        automatic=False,
        token="gh.old",
    )
    return Effect(key=key, kind=EffectKind.ANSWER, target="support", case_id=NUMBER, reply=reply)


def timer(key: str, after: timedelta = timedelta(days=1)) -> Effect:
    at = NOW + after
    wake = Wake(at=at, lane="deadline", reason="deadline")
    return Effect(key=key, kind=EffectKind.WAKE, target="engine", not_before=at, wake=wake)


async def _fill(store: Store) -> None:
    page = [raw("settled"), raw("buried", "bob@mail.test"), raw("waiting", "cleo@mail.test")]
    await store.put_page("support", StreamId("INBOX"), page, Cursor("1"))
    settled, buried, waiting = await store.claim_raws(10, 10**9, NOW)
    intent = TicketIntent(action=TicketAction.NOTE, note="n")
    ticket = Effect(key="t", kind=EffectKind.TICKET, target="desk", case_id=NUMBER, ticket=intent)
    effects = (ticket, reply_effect("sent"), reply_effect("doubtful"), timer("timer"))
    note = f"opened {NUMBER}; acknowledgement to be sent"
    await store.commit([Decision(settled.seq, note, cases=(case(NUMBER),), effects=effects)])
    late = NOW + timedelta(days=1)
    await store.release_raws(
        [
            Fate(buried.seq, State.BURIED, "ValueError", traceback="  File normalizers/email.py\n"),
            Fate(waiting.seq, State.POSTPONED, "the desk is away", late),
        ]
    )
    for state in (State.SETTLED, State.MAYBE_SENT):
        (claimed,) = await store.claim_effects("support", 1, NOW)
        await store.release_effects([Fate(claimed.id, state, "the line dropped", ref=f"<{claimed.id}@x.test>")])
    (claimed,) = await store.claim_effects("desk", 1, NOW)
    await store.release_effects([Fate(claimed.id, State.BURIED, "refused: 422")])


def run(*words: str, text: str | None = None) -> Result:
    return runner.invoke(app, list(words), input=text)


def queue(*words: str, status: int = 0, text: str | None = None) -> str:
    result = run("queue", *words, text=text)
    assert result.exit_code == status, result.output
    return result.stdout if not status else result.stderr


def listed(*words: str) -> dict[str, dict[str, Any]]:
    """Return the items of a list by their keys."""
    return {each["key"]: each for each in json.loads(queue("list", "--json", *words))}


def name(key: str) -> str:
    both = ("--state", "settled"), ()
    found = {key: each for words in both for key, each in listed(*words).items()}
    return str(found[key]["item"])


def test_a_timer_that_is_overdue_is_listed(desk: Desk) -> None:
    """An engine that does not set its timers off shows."""

    async def overdue(store: Store) -> None:
        await store.put_page("support", StreamId("INBOX"), [raw("late", "dora@mail.test")], None)
        (claimed,) = await store.claim_raws(1, 10**9, NOW)
        await store.commit([Decision(claimed.seq, effects=(timer("overdue", timedelta(days=-1)),))])

    on_store(desk, overdue)
    assert "overdue" in listed()
    assert "overdue" in listed("--state", "postponed")


def test_list_shows_what_is_not_settled_with_its_reason(desk: Desk) -> None:
    text = queue("list")
    for part in ("the desk is away", "ValueError", "refused: 422", "the line dropped", "maybe sent"):
        assert part in text
    assert "settled" not in text
    assert "coins" not in text
    assert set(listed()) == {"buried", "waiting", "t", "doubtful"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--state", "buried"), {"buried", "t"}),
        (("--state", "buried", "--state", "maybe_sent", "--effects"), {"t", "doubtful"}),
        (("--raws",), {"buried", "waiting"}),
        (("--target", "desk"), {"t"}),
        (("--source", "support", "--raws"), {"buried", "waiting"}),
        (("--kind", "answer"), {"doubtful"}),
        (("--kind", "wake"), {"timer"}),
        (("--state", "postponed"), {"waiting"}),
        (("--case", NUMBER.lower()), {"t", "doubtful"}),
        (("--since", "1d"), {"buried", "waiting", "t", "doubtful"}),
        (("--since", "2100-01-01"), set()),
        (("--state", "settled", "--effects"), {"sent"}),
    ],
)
def test_list_is_filtered(desk: Desk, words: tuple[str, ...], expected: set[str]) -> None:
    assert set(listed(*words)) == expected


def test_what_is_not_there_is_a_sentence(desk: Desk) -> None:
    assert queue("list", "--since", "2100-01-01") == "There is no such item.\n"
    assert "there is no raw:99" in queue("show", "raw:99", status=1)
    assert "names no item" in queue("show", "mail:1", status=2)
    assert "names no item" in queue("show", "raw:²", status=2)
    assert "is no time" in queue("list", "--since", "yesterday", status=2)


def test_show_tells_everything_but_words_of_users_and_agents(desk: Desk) -> None:
    buried = queue("show", name("buried"))
    for part in ("ValueError", "normalizers/email.py", "attempts: 1", "bob@mail.test", "key: buried"):
        assert part in buried
    doubtful = queue("show", name("doubtful")) + queue("show", name("doubtful"), "--json")
    assert NUMBER in doubtful
    for text in (buried, doubtful):
        assert "deposit" not in text
        assert "coins" not in text


def test_an_opening_is_logged_and_shown(desk: Desk) -> None:
    item = name("buried")
    text = queue("show", item, "--raw", "--reason", "asked by Bob")
    assert "Where is my <U+001B>[2J deposit?" in text
    output = desk.folder / "mail.eml"
    queue("show", item, "--raw", "--output", str(output))
    assert output.read_bytes() == MAIL
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert "opened by olga: asked by Bob" in queue("show", item)
    assert "is there already" in queue("show", item, "--raw", "-o", str(output), status=1)
    assert len(json.loads(queue("show", item, "--json"))["acts"]) == 2


def test_a_reply_is_opened_changed_and_sent_on_its_way(desk: Desk) -> None:
    item = name("doubtful")
    assert WORDS in queue("show", item, "--raw")
    queue("edit", item, "--text", "-", "--to", "anna@mail.test", "--reason", "typing error", text="New words\n")
    opened = queue("show", item, "--raw")
    assert "New words" in opened
    assert "To: anna@mail.test" in opened
    assert "may have arrived" in queue("replay", item, status=1)
    result = run("queue", "replay", item, "--even-if-sent")
    assert result.exit_code == 0
    assert "twice" in result.stderr
    assert listed()["doubtful"]["state"] == "new"
    shown = queue("show", item)
    assert "edited by olga: text, address; typing error" in shown
    assert "New words" not in shown


def test_only_what_fits_an_item_can_be_changed(desk: Desk) -> None:
    body = desk.folder / "mended.eml"
    body.write_bytes(b"Subject: mended\r\n\r\n")
    assert "--body" in queue("edit", name("buried"), "--text", "x", status=2)
    assert "--text" in queue("edit", name("doubtful"), "--body", str(body), status=2)
    assert "cannot be read" in queue("edit", name("buried"), "--body", str(desk.folder / "none"), status=1)
    assert "no reply" in queue("edit", name("t"), "--text", "x", status=1)
    assert "only a buried raw" in queue("edit", name("waiting"), "--body", str(body), status=1)


def test_a_buried_raw_is_mended_and_the_original_stays(desk: Desk) -> None:
    body = desk.folder / "mended.eml"
    body.write_bytes(b"Subject: mended\r\n\r\n")
    item = name("buried")
    queue("edit", item, "--body", str(body))
    assert queue("show", item, "--raw").startswith("Subject: mended")
    assert queue("show", item, "--raw", "--original").startswith("From: ann")
    assert "is new again" in queue("replay", item)


def test_replay_by_filters_needs_a_state_and_names_or_all(desk: Desk) -> None:
    assert "--state" in queue("replay", "--all", status=2)
    assert "--all" in queue("replay", status=2)
    assert "--all" in queue("replay", "raw:1", "--all", status=2)
    text = queue("replay", "--all", "--state", "buried", "--state", "postponed", "--reason", "mended")
    assert text.count("\n") == 3
    assert {key: each["state"] for key, each in listed("--state", "new", "--state", "unknown").items()} == {
        "buried": "new",
        "waiting": "new",
        "t": "unknown",
    }


def test_a_settled_reply_is_sent_once_more_with_a_token_of_its_own(desk: Desk) -> None:
    item = name("sent")
    assert "--again" in queue("replay", item, status=1)
    queue("replay", item, "--again")
    (successor,) = listed("--state", "new", "--effects").values()
    assert successor["key"].startswith("sent#again-")

    async def claim(store: Store) -> Any:
        return [item.effect for item in await store.claim_effects("support", 5, NOW)]

    (effect,) = on_store(desk, claim)
    assert effect.reply.text == WORDS
    assert effect.reply.token.startswith(f"gh.{NUMBER}.")


def test_bury_needs_a_reason_and_says_who(desk: Desk) -> None:
    assert "--reason" in queue("bury", name("waiting"), status=2)
    queue("bury", name("waiting"), "--reason", "spam")
    assert listed("--state", "buried")["waiting"]["reason"] == "by olga: spam"


def test_many_items_are_replayed_in_pages(desk: Desk) -> None:
    async def bury_many(store: Store) -> None:
        page = [raw(f"many{n}", f"lane {n}", b"x") for n in range(PAGE + 20)]
        await store.put_page("support", StreamId("INBOX"), page, Cursor("2"))
        claimed = await store.claim_raws(1000, 10**9, NOW)
        await store.release_raws([Fate(each.seq, State.BURIED) for each in claimed])

    on_store(desk, bury_many)
    text = queue("replay", "--all", "--state", "buried", "--raws")
    assert text.count("is new again") == PAGE + 21


def test_export_writes_everything_once_for_its_owner_alone(desk: Desk) -> None:
    folder = desk.folder / "out"
    assert "2 raws and 2 effects" in queue("export", str(folder), "--reason", "an audit")
    index = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    assert {line["key"] for line in index} == {"buried", "waiting"}
    assert all((folder / line["file"]).read_bytes() == MAIL for line in index)
    assert {line["file"].rpartition(".")[2] for line in index} == {"eml"}
    effects = [json.loads(line) for line in (folder / "effects.jsonl").read_text().splitlines()]
    assert {line["reply"] and line["reply"]["text"] for line in effects} == {WORDS, None}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "opened by olga: an audit" in queue("show", name("buried"))
    assert "is not empty" in queue("export", str(folder), status=1)


def test_the_engine_is_told_only_of_changes(desk: Desk) -> None:
    assert "No gateway is running" in run("queue", "replay", name("waiting")).stderr
    assert "No gateway is running" not in run("queue", "replay", name("sent")).stderr


@asynccontextmanager
async def engine(settings: Settings, poked: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """A control socket that answers as the engine does."""

    async def poke(asked: object) -> dict[str, object]:
        await poked()
        return {"poked": True}

    async with control.serve(settings.store.socket, {"poke": poke}):
        yield


async def test_a_backfill_is_left_to_the_running_engine(desk: Desk) -> None:
    settings = load(desk.path, credentials=False)

    async def obey() -> None:
        async with open_store_for(settings) as store:
            (asked,) = await store.backfills.list("support")
            await store.backfills.put(asked.id, [raw("found")], Cursor("9"), 3, done=True, now=NOW)

    async with engine(settings, obey):
        done = await asyncio.to_thread(runner.invoke, app, ["backfill", "support", "--since", "2026-01-01"])
    assert (done.exit_code, done.stdout) == (0, "INBOX: done; 1 new, 0 known, 3 older.\n")


async def test_a_backfill_that_is_asked_for_twice_or_cancelled(desk: Desk) -> None:
    async def nothing() -> None:
        return None

    async with engine(load(desk.path, credentials=False), nothing):
        first = await asyncio.to_thread(runner.invoke, app, ["backfill", "support", "--no-wait"])
        second = await asyncio.to_thread(runner.invoke, app, ["backfill", "support", "--no-wait"])
        ended = await asyncio.to_thread(runner.invoke, app, ["backfill", "support", "--cancel"])
        none = await asyncio.to_thread(runner.invoke, app, ["backfill", "support", "--cancel"])
    assert "under way" in first.stdout
    assert "olga asked for this" in second.stderr
    assert "1 ended" in ended.stdout
    assert "no backfill" in none.stdout


def test_without_an_engine_the_command_reads_the_channel_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole history is read, and what is known is not taken in again."""
    history = [raw("settled"), raw("new", "dora@mail.test")]

    class Connector:
        async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
            at = int(after or 0)
            return Page(tuple(history[at : at + 1]), Cursor(str(at + 1)), more=at + 1 < len(history))

    @asynccontextmanager
    async def opened(_: object) -> AsyncIterator[Channel]:
        yield Channel(connector=Connector())  # type: ignore[arg-type]

    def load_with(path: Path, **more: Any) -> Settings:
        settings = load(path, **more)
        channels = [replace(each, plugin=replace(each.plugin, open=opened)) for each in settings.channels]
        return replace(settings, channels=tuple(channels))

    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setattr(backfill_command, "load", load_with)
    done = run("backfill", "support")
    assert done.exit_code == 0, done.output
    assert "INBOX: done; 1 new, 1 known, 0 older." in done.stdout
    found = on_store(desk, lambda store: store.queues.raws(Wanted(states=(State.NEW,))))
    assert [each.key for each in found] == ["new"]


def test_a_channel_that_is_not_there_or_has_taken_nothing_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    assert "no channel that is enabled is named sales" in run("backfill", "sales").stderr
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    on_store(other, lambda store: store.tally())
    result = run("backfill", "support", "--config", str(other.path))
    assert result.exit_code == 1
    assert "has taken nothing in yet" in result.stderr


def test_retention_counts_first_and_then_removes(desk: Desk) -> None:
    desk.write(desk.path.read_text(encoding="utf-8") + "\n[retention]\nraws_days = 0.0000000001\n")
    counted = json.loads(run("retention", "run", "--dry-run", "--json").stdout)
    assert (counted["dry_run"], counted["bodies"], counted["raws"]) == (True, 1, 0)
    assert "1 originals of settled messages" in run("retention", "run").stdout
    assert json.loads(run("retention", "run", "--json").stdout)["bodies"] == 0
    result = run("queue", "show", name("settled"), "--raw")
    assert result.exit_code == 1
    assert "removed on" in result.stderr
    assert "retention policy" in result.stderr
