"""Alerts: one message a key until it is over, repeated after a while, taken back, and told again after a failure."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from gateway.backends.signatures import flaw
from gateway.case import Party
from gateway.errors import ConfigError, OutcomeUnknownError, RejectedError, TransientError
from gateway.health import Condition, PartState
from gateway.journal import State
from gateway.metrics import Metrics
from gateway.ports import Key, Receipt, Reply
from gateway.settings.watching import AlertRule, AlertsTable
from gateway.store import SqlStore
from gateway.views import Backlog
from gateway.watching.alerter import Alerter
from gateway.watching.alerts import AlertState, Kind, Notice, decide
from gateway.watching.observation import Observation
from gateway.watching.polls import Poll
from gateway.watching.telling import ChannelTarget, open_targets, subject
from tests.conftest import ManualClock
from tests.servers.http_sink import Answer, HttpSink

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "a made-up secret of many bytes"
TABLE = AlertsTable.model_validate(
    {"mail_channel": "support", "mail_to": ["ops@example.test"], "down_secs": 300, "repeat_secs": 3600, "calm_secs": 60}
)


def part(name: str, condition: Condition, since: datetime = START, error: str = "it is away") -> PartState:
    return PartState(name, condition, since, last_error=error, action="wait")


def stands(queue: Any, name: str, state: State, count: int, oldest: datetime = START) -> Backlog:
    return Backlog(queue, name, state, count, oldest)


class Story:
    """Feeds one observation after another, and keeps what was told."""

    def __init__(self, table: AlertsTable = TABLE) -> None:
        self.table = table
        self.now = START
        self.states: Mapping[str, AlertState] = {}
        self.told: list[Notice] = []

    def see(self, after_secs: float = 0, **what: Any) -> list[tuple[str, str]]:
        """Observe that much later; return what is told of which key."""
        self.now += timedelta(seconds=after_secs)
        what = {name: tuple(value) if isinstance(value, list) else value for name, value in what.items()}
        self.states, notices = decide(self.states, Observation(self.now, **what), self.table)
        self.told.extend(notices)
        return [(notice.key, notice.kind.value) for notice in notices]


DOWN = [part("support:INBOX", Condition.RETRYING)]
WELL = [part("support:INBOX", Condition.RUNNING)]
KEY = "part_down:support:INBOX"


def test_a_part_that_is_down_is_told_once_after_its_time_then_repeated_then_taken_back() -> None:
    story = Story()
    assert story.see(parts=DOWN) == []
    assert story.see(299, parts=DOWN) == []
    assert story.see(1, parts=DOWN) == [(KEY, "raised")]
    assert story.see(3599, parts=DOWN) == []
    assert story.see(1, parts=DOWN) == [(KEY, "repeated")]
    assert story.see(10, parts=WELL) == []
    assert story.see(59, parts=WELL) == []
    assert story.see(1, parts=WELL) == [(KEY, "recovered")]
    assert story.see(10_000, parts=WELL) == []
    assert story.states == {}
    assert {(notice.text, notice.since) for notice in story.told} == {
        ("support:INBOX does not work: it is away", START)
    }


def test_a_short_failure_is_told_to_nobody() -> None:
    story = Story()
    story.see(parts=DOWN)
    assert story.see(100, parts=WELL) == []
    assert story.states == {}


def test_a_part_that_flutters_is_one_alert() -> None:
    story = Story()
    story.see(300, parts=DOWN)
    for _ in range(20):
        assert story.see(30, parts=WELL) == []
        assert story.see(30, parts=DOWN) == []
    assert len(story.told) == 1


def test_doubt_is_no_recovery() -> None:
    """While a part starts, or has another trouble, nobody is told that it works."""
    story = Story()
    story.see(300, parts=DOWN)
    for condition in (Condition.STARTING, Condition.AUTH_FAILED, Condition.MISCONFIGURED):
        told = story.see(1000, parts=[part("support:INBOX", condition)])
        assert (KEY, "recovered") not in told
    assert KEY in story.states


def test_one_refused_credential_is_one_alert_however_many_parts_it_opens() -> None:
    story = Story()
    parts = [part(name, Condition.AUTH_FAILED) for name in ("support:INBOX", "support:send")]
    assert story.see(parts=parts) == [("auth_failed:support", "raised")]
    half = [part("support:INBOX", Condition.RUNNING), part("support:send", Condition.AUTH_FAILED)]
    assert story.see(1000, parts=half) == []


def test_only_newly_buried_items_are_news_and_are_folded() -> None:
    story = Story()

    def buried(count: int) -> dict[str, Any]:
        return {"backlog": [stands("raws", "support", State.BURIED, count)] if count else []}

    key = "buried:raws:support"
    assert story.see(**buried(3)) == [(key, "raised")]
    assert story.see(7200, **buried(3)) == []
    assert story.see(10, **buried(4)) == [(key, "repeated")]
    assert story.see(10, **buried(9)) == []
    assert story.see(3600, **buried(9)) == [(key, "repeated")]
    assert story.see(3600, **buried(2)) == []
    assert story.see(3600, **buried(3)) == [(key, "repeated")], "replayed, and one buried anew"
    assert story.see(1, **buried(0)) == []
    assert story.see(60, **buried(0)) == [(key, "recovered")]


def test_each_rule_finds_what_it_is_there_for() -> None:
    """Every rule is raised by its own symptom, and names what to do."""
    old = START - timedelta(hours=1)
    story = Story(TABLE.model_copy(update={"down_secs": 0.0}))
    story.see(
        parts=[
            part("a:x", Condition.RETRYING),
            part("b", Condition.MISCONFIGURED),
            part("c:x", Condition.AUTH_FAILED),
            part("d", Condition.FAULTY),
            part("f:mentions", Condition.NO_CREDITS),
        ],
        backlog=[
            stands("effects", "support", State.MAYBE_SENT, 1),
            stands("raws", "support", State.BURIED, 1),
            stands("effects", "risk", State.BURIED, 1),
            stands("effects", "desk", State.POSTPONED, 7, old),
        ],
        free_bytes=5,
        polls=[Poll("e:updates", START - timedelta(hours=12), timedelta(hours=24))],
        impostors=1,
        altered=1,
        overdue=1,
        flooded=True,
    )
    story.see(store_error="it is locked")
    assert {notice.rule for notice in story.told} == set(AlertRule)
    assert all(notice.action for notice in story.told)


def test_a_store_that_does_not_answer_takes_no_alert_back() -> None:
    story = Story()
    story.see(backlog=[stands("raws", "support", State.BURIED, 1), stands("raws", "vip", State.NEW, 1, START)])
    story.see(1000, backlog=[stands("raws", "support", State.BURIED, 1), stands("raws", "vip", State.NEW, 1, START)])
    assert {notice.rule for notice in story.told} == {AlertRule.BURIED, AlertRule.WAITING_LONG}
    assert story.see(1000, store_error="locked") == [("store_silent:store", "raised")]
    assert story.see(1000, store_error="locked", free_bytes=None) == []


def test_a_rule_that_is_switched_off_tells_nothing_and_forgets() -> None:
    story = Story()
    story.see(300, parts=DOWN)
    story.table = TABLE.model_copy(update={"off": (AlertRule.PART_DOWN,)})
    assert story.see(1000, parts=DOWN) == []
    assert story.states == {}


MOMENTS = st.lists(
    st.tuples(
        st.floats(min_value=1, max_value=2000),
        st.sampled_from([*Condition]),
        st.integers(min_value=0, max_value=5),
        st.sampled_from([None, 1, 10**12]),
        st.sampled_from(["", "locked"]),
    ),
    max_size=60,
)


@given(MOMENTS)
def test_whatever_happens_each_alert_is_raised_before_it_is_repeated_or_taken_back(moments: list[Any]) -> None:
    """Never two beginnings without an end, no end without a beginning, and repeats at least their time apart."""
    story = Story()
    for secs, condition, buried, free, error in moments:
        backlog = [stands("raws", "support", State.BURIED, buried)] if buried and not error else []
        story.see(secs, parts=[part("a:x", condition)], backlog=backlog, free_bytes=free, store_error=error)
    running: dict[str, datetime] = {}
    for notice in story.told:
        if notice.kind is Kind.RAISED:
            assert notice.key not in running
            running[notice.key] = notice.at
        elif notice.kind is Kind.REPEATED:
            assert notice.at - running[notice.key] >= timedelta(seconds=TABLE.repeat_secs)
            running[notice.key] = notice.at
        else:
            del running[notice.key]
    assert set(running) == {key for key, state in story.states.items() if state.told_at is not None}


class Recorder:
    """A target that keeps what it is told, or fails as planned."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.error: BaseException | None = None

    async def tell(self, notice: Notice) -> None:
        if self.error is not None:
            raise self.error
        self.notices.append(notice)


def seen(clock: ManualClock, *parts: PartState) -> Observation:
    return Observation(clock.now(), parts)


async def test_what_was_told_survives_a_restart(store: SqlStore, clock: ManualClock) -> None:
    """A new process tells nothing again, and takes back what the old one told."""
    mail = Recorder()
    clock.advance(400)
    for _ in range(2):
        await Alerter(store, TABLE, {"mail": mail.tell}, Metrics()).note(seen(clock, *DOWN))
    assert len(mail.notices) == 1
    alerter = Alerter(store, TABLE, {"mail": mail.tell}, Metrics())
    for _ in range(2):
        clock.advance(60)
        await alerter.note(seen(clock, *WELL))
    assert [notice.kind for notice in mail.notices] == [Kind.RAISED, Kind.RECOVERED]
    assert await store.marks("alert:") == {}


async def test_a_target_that_fails_is_told_later_and_holds_no_other_back(store: SqlStore, clock: ManualClock) -> None:
    """It is tried again with growing pauses, across a restart too, and told once."""
    mail, webhook = Recorder(), Recorder()
    mail.error = TransientError("the server is away")
    alerter = Alerter(store, TABLE, {"mail": mail.tell, "webhook": webhook.tell}, Metrics())
    clock.advance(400)
    await alerter.note(seen(clock, *DOWN))
    assert len(webhook.notices) == 1
    mail.error = None
    await alerter.note(seen(clock, *DOWN))
    assert mail.notices == [], "tried again without a pause"
    await Alerter(store, TABLE, {"mail": mail.tell, "webhook": webhook.tell}, Metrics()).note(seen(clock, *DOWN))
    clock.advance(60)
    await alerter.note(seen(clock, *DOWN))
    assert [notice.kind for notice in mail.notices] == [Kind.RAISED, Kind.RAISED], "one each, in two processes"
    assert len(webhook.notices) == 1


@pytest.mark.parametrize("error", [RuntimeError("a user's words"), asyncio.CancelledError()])
async def test_a_target_that_fails_over_a_fault_of_its_own_is_one_that_fails(
    store: SqlStore, clock: ManualClock, error: BaseException
) -> None:
    mail, webhook = Recorder(), Recorder()
    mail.error = error
    alerter = Alerter(store, TABLE, {"mail": mail.tell, "webhook": webhook.tell}, Metrics())
    clock.advance(400)
    with structlog.testing.capture_logs() as logs:
        await alerter.note(seen(clock, *DOWN))
    assert len(webhook.notices) == 1
    name = "RuntimeError" if isinstance(error, RuntimeError) else "LeakedCancelError"
    assert [line["error"] for line in logs if line["event"] == "alert.failed"] == [name]
    assert "a user's words" not in str(logs)
    mail.error = None
    clock.advance(60)
    await alerter.note(seen(clock, *DOWN))
    assert len(mail.notices) == 1


async def test_who_is_told_to_end_while_it_tells_ends(store: SqlStore, clock: ManualClock) -> None:
    begun = asyncio.Event()

    async def slow(notice: Notice) -> None:
        begun.set()
        await asyncio.Event().wait()

    clock.advance(400)
    noting = asyncio.create_task(Alerter(store, TABLE, {"mail": slow}, Metrics()).note(seen(clock, *DOWN)))
    await asyncio.wait_for(begun.wait(), 20)
    noting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await noting


async def test_an_outcome_that_is_not_known_is_not_told_twice(store: SqlStore, clock: ManualClock) -> None:
    mail = Recorder()
    mail.error = OutcomeUnknownError("the line dropped")
    alerter = Alerter(store, TABLE, {"mail": mail.tell}, Metrics())
    clock.advance(400)
    await alerter.note(seen(clock, *DOWN))
    mail.error = None
    clock.advance(60)
    await alerter.note(seen(clock, *DOWN))
    assert mail.notices == []


class Sender:
    """Takes replies, and refuses those to one address."""

    def __init__(self, refuses: str = "") -> None:
        self.sent: list[Reply] = []
        self.refuses = refuses

    async def send(self, reply: Reply, key: Key) -> Receipt:
        if reply.to.address == self.refuses:
            raise RejectedError("no such mailbox")
        self.sent.append(reply)
        return Receipt(f"<{reply.token}@example.test>")


NOTICE = Notice(KEY, Kind.RAISED, AlertRule.PART_DOWN, "support:INBOX does not work", "wait", START, START)


def by_mail(*addresses: str) -> list[Party]:
    return [Party(platform="email", address=address) for address in addresses]


async def test_a_mail_says_what_since_when_and_what_to_do_and_is_marked_as_a_machines() -> None:
    sender = Sender()
    await ChannelTarget("support", {"support": sender}.get, by_mail("ops@example.test", "lead@example.test")).tell(
        NOTICE
    )
    assert [reply.to.address for reply in sender.sent] == ["ops@example.test", "lead@example.test"]
    first = sender.sent[0]
    assert first.automatic
    assert first.subject == subject(NOTICE) == "[Gatehouse] ALERT: support:INBOX does not work"
    assert all(each in first.text for each in ("does not work", "2026-11-20 12:00:00 UTC", "What to do: wait"))
    assert len({reply.token for reply in sender.sent}) == 2


async def test_each_address_is_told_through_the_sender_that_the_channel_has_then() -> None:
    """A channel that changed while the first mail was sent has another line."""
    senders: dict[str, Sender] = {}
    after = Sender()

    class Leaving(Sender):
        @override
        async def send(self, reply: Reply, key: Key) -> Receipt:
            senders["support"] = after
            return await super().send(reply, key)

    before = senders["support"] = Leaving()
    await ChannelTarget("support", senders.get, by_mail("a@example.test", "b@example.test")).tell(NOTICE)
    assert [reply.to.address for sender in (before, after) for reply in sender.sent] == [
        "a@example.test",
        "b@example.test",
    ]
    assert len(before.sent) == len(after.sent) == 1


@pytest.mark.parametrize(
    ("addresses", "fails"), [(("a@example.test", "b@example.test"), False), (("a@example.test",), True)]
)
async def test_an_address_that_is_refused_holds_up_nobody_else(addresses: Sequence[str], fails: bool) -> None:
    target = ChannelTarget("support", {"support": Sender(refuses="a@example.test")}.get, by_mail(*addresses))
    if fails:
        with pytest.raises(RejectedError):
            await target.tell(NOTICE)
    else:
        await target.tell(NOTICE)


def webhook_table(url: str, monkeypatch: pytest.MonkeyPatch, secret: str = SECRET) -> AlertsTable:
    monkeypatch.setenv("ALERTS_SECRET", secret)
    return AlertsTable.model_validate({"webhook_url": url, "webhook_secret": {"env": "ALERTS_SECRET"}})


async def test_a_webhook_gets_a_signed_event(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpSink(SECRET.encode()) as sink:
        async with open_targets(webhook_table(sink.url, monkeypatch), {}.get, clock, {}) as targets:
            sink.plan(Answer(takes=False))
            await targets["webhook"](NOTICE)
        (request,) = sink.requests
    assert flaw(SECRET.encode(), request.headers, request.body, clock.now()) is None
    told = json.loads(request.body)
    assert (told["type"], told["subject"], told["data"]["action"]) == ("gatehouse.alert.raised", KEY, "wait")
    assert base64.b64encode(SECRET.encode()).decode() not in f"{request.headers}{request.body!r}"


@pytest.mark.parametrize(
    "answer", [Answer(500), Answer(404), Answer(then="drop")], ids=["fails", "is not there", "drops"]
)
async def test_a_webhook_that_did_not_say_yes_was_not_told(
    answer: Answer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with HttpSink(SECRET.encode()) as sink:
        sink.plan(answer)
        async with open_targets(webhook_table(sink.url, monkeypatch), {}.get, clock, {}) as targets:
            with pytest.raises(TransientError):
                await targets["webhook"](NOTICE)


async def test_targets_that_cannot_work_are_a_configuration_error(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = webhook_table("http://127.0.0.1:1/in", monkeypatch, secret="short")
    for table in (short, short.model_copy(update={"webhook_secret": None})):
        with pytest.raises(ConfigError):
            async with open_targets(table, {}.get, clock, {}):
                pass


async def test_a_channel_that_is_not_open_for_sending_is_told_when_it_should_send() -> None:
    with pytest.raises(ConfigError, match="support is not open"):
        await ChannelTarget("support", {}.get, by_mail("ops@example.test")).tell(NOTICE)


def test_impostors_that_wait_for_a_ruling_are_told_of_when_there_are_more() -> None:
    story = Story()
    assert story.see(impostors=2) == [("impostors:reports", "raised")]
    assert story.see(7200, impostors=2) == []
    assert story.see(7200, impostors=3) == [("impostors:reports", "repeated")]
    assert story.see(impostors=0) == []
    assert story.see(600, impostors=0) == [("impostors:reports", "recovered")]


def test_what_is_official_and_in_danger_is_told_of_once_a_find_and_never_taken_back() -> None:
    story = Story()
    assert story.see(altered=1) == [("official_altered:patrol", "raised")]
    assert story.see(7200, altered=1) == []
    assert story.see(7200, altered=3) == [("official_altered:patrol", "repeated")]
    assert story.see(86_400, altered=3) == []


def test_a_breaker_that_has_stopped_acknowledgements_is_told_and_taken_back() -> None:
    story = Story()
    assert story.see(flooded=True) == [("acknowledgements_stopped:replies", "raised")]
    assert story.see(60, flooded=True) == []
    assert story.see(60, store_error="away") == [("store_silent:store", "raised")]
    assert story.see(600, flooded=False) == []
    assert ("acknowledgements_stopped:replies", "recovered") in story.see(600, flooded=False)


def test_users_who_wait_too_long_are_told_of_when_there_are_more() -> None:
    story = Story()
    assert story.see(overdue=1) == [("answers_overdue:cases", "raised")]
    assert story.see(86_400, overdue=1) == []
    assert story.see(60, overdue=2) == [("answers_overdue:cases", "repeated")]
    assert story.see(overdue=0) == []
    assert story.see(600, overdue=0) == [("answers_overdue:cases", "recovered")]
