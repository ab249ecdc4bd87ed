"""The facts of pictures: looked at in a process of its own, within bounds, and told of when they could not be."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from typing_extensions import override

from gateway.case import Attachment, AttachmentState, Fact, FactOutcome, Message
from gateway.dispatch import Fates, Means
from gateway.enrich import gather, qr
from gateway.enrich.qr import MOST, NEEDS, QrEnricher, is_picture
from gateway.errors import FaultError, MalformedError, TransientError
from gateway.feedback import normalize
from gateway.fetching import FileDispatcher
from gateway.journal import Decision, Effect, EffectKind, FileIntent, files_of
from gateway.ports import Fetched, Raw
from gateway.reading import Apart, Bounds, ReaderAwayError, Seen, Setup
from gateway.reading.apart import _Turn
from gateway.reading.pictures import MOST_BYTES
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.trust.directory import Directory
from normalizers.email import NORMALIZER
from tests.builders import raw
from tests.conftest import ManualClock
from tests.pictures import LINK, drawn, noise, saved
from tests.unit.test_fetching import Platform
from tests.unit.test_pictures import png

pytestmark = pytest.mark.timeout(60)

SETUP = Setup({"support": "email"}, Directory(""))


@pytest_asyncio.fixture
async def apart() -> AsyncIterator[Apart]:
    found = Apart(lambda: SETUP, Bounds(secs=30, memory_bytes=500_000_000))
    yield found
    await found.close()


def mail(*files: tuple[str, str, bytes]) -> tuple[Raw, Message]:
    """Return a mail with files, each by its type, name and bytes, and the message that it is."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ann@mail.test", "support@examplex.test", "A picture"
    made["Date"], made["Message-ID"] = "Fri, 20 Nov 2026 12:00:00 +0000", "<1@mail.test>"
    made.set_content("See the picture.")
    for kind, name, body in files:
        maintype, _, subtype = kind.partition("/")
        made.add_attachment(body, maintype=maintype, subtype=subtype, filename=name)
    body = made.as_bytes()
    found = replace(raw("k1"), source="support", body=body, size=len(body))
    (message,) = NORMALIZER.normalize(found)
    assert isinstance(message, Message)
    return found, message


def said(facts: Sequence[Fact]) -> list[tuple[str, list[str]]]:
    return [(each.outcome.value, [item.value for item in each.evidence]) for each in facts]


CODE = saved(drawn())


class Scripted(Apart):
    """A reading process that answers as it is told, and remembers what it was asked."""

    def __init__(self, *answers: Seen | Exception) -> None:
        super().__init__(lambda: SETUP)
        self.answers = list(answers)
        self.asked: list[tuple[str, ...]] = []

    @override
    async def look(self, body: bytes, ids: Sequence[str] = ("",), raw: Raw | None = None) -> list[Seen | Exception]:
        self.asked.append(tuple(ids))
        return [self.answers.pop(0) for _ in ids]


async def test_pictures_of_a_mail_are_looked_at_where_they_lie(apart: Apart) -> None:
    found, message = mail(
        ("image/png", "code.png", CODE),
        ("text/plain", "notes.txt", b"https://examplex-bonus.test"),
        ("image/jpeg", "cat.jpg", saved(noise(200, 100))),
        ("image/png", "broken.png", b"no picture"),
        ("application/octet-stream", "photo.jpg", saved(drawn("a second"))),
        ("application/pdf", "scan.png", saved(drawn("a third"), "GIF")),
    )
    looker = QrEnricher(apart)
    assert looker.concerns(message)
    facts = await gather(message, [looker.of(found)], 30)
    assert said(facts) == [
        ("pass", [LINK]),
        ("none", []),
        ("could_not_check", []),
        ("pass", ["a second"]),
        ("pass", ["a third"]),
    ]
    names = {each.id: each.name for each in message.attachments}
    assert [names[each.subject] for each in facts] == ["code.png", "cat.jpg", "broken.png", "photo.jpg", "scan.png"]
    assert "no picture that can be read" in facts[2].reason


async def test_a_bomb_is_the_trouble_of_its_picture_alone(apart: Apart) -> None:
    found, message = mail(
        ("image/png", "bomb.png", png(60_000, 60_000, bytes(10_000))), ("image/png", "code.png", CODE)
    )
    facts = await QrEnricher(apart).facts(message, found)
    assert said(facts) == [("could_not_check", []), ("pass", [LINK])]
    assert "pixels" in facts[0].reason


async def test_a_picture_that_needs_too_much_memory_is_told_as_such() -> None:
    apart = Apart(lambda: SETUP, Bounds(secs=30, memory_bytes=320_000_000))
    try:
        large = png(6300, 6300, bytes(6300 * 6301 * 4), colour=6)
        found, message = mail(("image/png", "code.png", CODE), ("image/png", "large.png", large))
        facts = await QrEnricher(apart).facts(message, found)
        assert said(facts) == [("pass", [LINK]), ("could_not_check", [])]
        assert "memory" in facts[1].reason
    finally:
        await apart.close()


ROOT = Path(__file__).resolve().parents[2]


@pytest_asyncio.fixture
async def trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Apart]:
    """A process that finds a plugin whose files make trouble, by an entry point."""
    info = tmp_path / "trouble-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[gatehouse.normalizers]\ntests.pictures = tests.pictures:PLUGIN\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    found = Apart(lambda: Setup({"trouble": "tests.pictures"}, Directory("")), Bounds(secs=1.2))
    yield found
    await found.close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("hang", "takes more time or memory"), ("die", "broke the process"), ("fault", "because of a bug")],
)
async def test_what_ends_the_process_is_the_trouble_of_its_picture_alone(
    trouble: Apart, name: str, reason: str
) -> None:
    found = replace(raw("k1"), source="trouble", body=CODE, size=len(CODE))
    files = tuple(Attachment(id=each, declared_type="image/png", size=1) for each in (name, "code"))
    message = mail()[1].model_copy(update={"attachments": files})
    with capture_logs() as lines:
        facts = await QrEnricher(trouble).facts(message, found)
    assert said(facts) == [("could_not_check", []), ("pass", [LINK])]
    assert reason in facts[0].reason
    assert "a user's words" not in repr((facts, lines))


async def test_a_raw_of_a_channel_that_has_gone_is_looked_at_by_nobody(trouble: Apart) -> None:
    found, message = mail(("image/png", "code.png", CODE))
    with capture_logs():
        (fact,) = await QrEnricher(trouble).facts(message, found)
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert "knows no channel" in fact.reason


async def test_no_more_pictures_than_that_and_none_that_is_too_large() -> None:
    apart = Scripted(*[Seen()] * MOST)
    large = Attachment(id="large", declared_type="image/png", size=MOST_BYTES + 1)
    files = [large, *(Attachment(id=f"f{number}", declared_type="image/png", size=1) for number in range(8))]
    found, message = mail()
    message = message.model_copy(update={"attachments": tuple(files)})
    facts = await QrEnricher(apart).facts(message, found)
    assert apart.asked == [("f0", "f1", "f2", "f3")]
    assert [each.subject for each in facts] == ["large", "f0", "f1", "f2", "f3", "f4"]
    assert "10 MB" in facts[0].reason
    assert "first 5" in facts[-1].reason
    assert {each.outcome for each in facts[1:-1]} == {FactOutcome.NONE}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (MalformedError("it is broken"), "it is broken"),
        (ReaderAwayError("no process"), "no process"),
        (TransientError("it was with others", item=True), "it was with others"),
        (FaultError("ValueError", "places"), "because of a bug"),
    ],
)
async def test_what_could_not_be_looked_at_is_never_called_empty(answer: Exception, reason: str) -> None:
    found, message = mail(("image/png", "code.png", CODE))
    with capture_logs() as lines:
        (fact,) = await QrEnricher(Scripted(answer)).facts(message, found)
    assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert reason in fact.reason
    assert [each["event"] for each in lines] == (["picture.failed"] if isinstance(answer, FaultError) else [])


async def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "can_look", lambda: False)
    apart = Scripted()
    found, message = mail(("image/png", "code.png", CODE))
    (fact,) = await QrEnricher(apart).facts(message, found)
    assert (fact.outcome, fact.reason) == (FactOutcome.COULD_NOT_CHECK, NEEDS)
    assert apart.asked == []
    assert (await QrEnricher(apart).fact_of("a1", 1, chunks(CODE))).reason == NEEDS


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (Attachment(id="a", declared_type="image/svg+xml"), True),
        (Attachment(id="a", name="Code.PNG"), True),
        (Attachment(id="a", name="bild"), True),
        (Attachment(id="a", name="table.xlsx"), False),
        (Attachment(id="a", declared_type="application/pdf", name="scan.pdf"), False),
        (Attachment(id="a", declared_type="text/plain", detected_type="image/gif"), True),
    ],
)
def test_a_picture_is_known_by_anything_that_is_said_of_it(file: Attachment, expected: bool) -> None:
    assert is_picture(file) is expected


def test_a_message_without_pictures_in_its_original_is_left_alone() -> None:
    looker = QrEnricher(Scripted())
    _, plain = mail()
    assert not looker.concerns(plain)
    fetched = Attachment(id="a", declared_type="image/png", state=AttachmentState.STORED)
    assert not looker.concerns(plain.model_copy(update={"attachments": (fetched,)}))


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body[:100]
    yield body[100:]


async def lost() -> AsyncIterator[bytes]:
    yield b"x"
    raise OSError("the disk is gone")


async def test_a_fetched_picture_is_looked_at_whatever_becomes_of_it(apart: Apart) -> None:
    looker = QrEnricher(apart)
    assert said([await looker.fact_of("a1", len(CODE), chunks(CODE))]) == [("pass", [LINK])]
    assert "10 MB" in (await looker.fact_of("a1", MOST_BYTES + 1, chunks(b""))).reason
    with capture_logs():
        assert "because of a bug" in (await looker.fact_of("a1", 5, lost())).reason


@pytest.mark.parametrize(("body", "expected"), [(CODE, [("pass", [LINK])]), (b"%PDF-1.7 " + CODE, [])])
async def test_what_is_kept_is_looked_at_once_and_told_with_the_file(
    store: SqlStore, clock: ManualClock, body: bytes, expected: list[tuple[str, list[str]]]
) -> None:
    platform = Platform()
    platform.body = body
    apart = Scripted(Seen(texts=(LINK,)))
    retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=3, bug_attempts=2)
    means = Means(clock, Fates(clock, retry, random.Random(1)))
    look = QrEnricher(apart).fact_of
    dispatcher = FileDispatcher(store, "telegram", platform, 100_000, means, lambda: None, look)
    file = FileIntent(channel="telegram", lane="7", message_id="m1", attachment_id="a1", ref="ref-1", size=1)
    effect = Effect(key="m1:file:a1", kind=EffectKind.FILE, target=files_of("telegram"), file=file)
    await store.put_page("telegram", raw().stream, [raw("k1")], None)
    (claimed,) = await store.claim_raws(1, 10**6, clock.now())
    await store.commit([Decision(claimed.seq, effects=(effect,))])
    assert await dispatcher.step(lambda error, again: None) == 1
    assert await dispatcher.step(lambda error, again: None) == 0
    (told,) = [normalize(each.raw) for each in await store.claim_raws(10, 10**6, clock.now())]
    (event,) = told
    assert isinstance(event, Fetched)
    assert event.state is AttachmentState.STORED
    assert said([event.codes] if event.codes else []) == expected


async def test_who_gives_up_waiting_leaves_a_process_that_answers_the_next(apart: Apart) -> None:
    looker = QrEnricher(apart)
    slow = saved(noise(2850, 2850), compress_level=1)
    task = asyncio.ensure_future(looker.fact_of("a1", len(slow), chunks(slow)))
    while apart._process is None or apart._told is None:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert said([await looker.fact_of("a2", len(CODE), chunks(CODE))]) == [("pass", [LINK])]


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b'[{"texts":["a"]},{"texts":["b"]}]',
        b'[{"texts":["%s"]}]' % (b"x" * 2049),
        b'[{"texts":%s}]' % (b'["a"' + b',"a"' * 20 + b"]"),
    ],
    ids=["too few", "too many", "a long text", "many texts"],
)
def test_an_answer_that_cannot_be_is_not_believed(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = Apart(lambda: SETUP)
    monkeypatch.setattr(apart, "_ask", lambda task, parts, answers: [answer])
    with pytest.raises(ValueError, match=r"answer|validation"):
        apart._look(b"", ["a"], None, _Turn(SETUP, 1.0))
