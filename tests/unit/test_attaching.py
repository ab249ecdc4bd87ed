"""What of a user's files goes to a ticket system: text without its secrets, others by policy, all else named."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from gateway.attaching import MOST_BYTES, Attacher
from gateway.case import Assessment, Attachment, AttachmentState, Entry, Evidence, Fact, FactOutcome, Message
from gateway.errors import TransientError
from gateway.files import FilePolicy
from gateway.journal import Effect, EffectKind, State, StoredEffect, TicketIntent
from gateway.ports import Cursor, Key, TicketAction, TicketFile
from gateway.reading import Apart, Bounds, ReaderAwayError
from gateway.store import SqlStore
from gateway.trust.secrets import LABELS, marker
from tests.builders import NOON, message
from tests.unit.test_enrich_qr import SETUP, Scripted, mail

pytestmark = pytest.mark.timeout(60)

CASE = "GH-AAAAA-AAAAA"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
"""A phrase of the published test vectors of BIP-39: nobody's."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest_asyncio.fixture
async def apart() -> AsyncIterator[Apart]:
    found = Apart(lambda: SETUP, Bounds(secs=30, memory_bytes=500_000_000))
    yield found
    await found.close()


def effect(held: Message, action: TicketAction = TicketAction.MESSAGE, file_id: str | None = None) -> StoredEffect:
    intent = TicketIntent(action=action, message_id=held.id, file_id=file_id)
    wanted = Effect(key="k", kind=EffectKind.TICKET, target="backend:t", case_id=CASE, ticket=intent)
    return StoredEffect(1, wanted, State.NEW, 1, entry=Entry(case_id=CASE, message=held, at=NOON))


async def kept_mail(store: SqlStore, *files: tuple[str, str, bytes]) -> Message:
    raw, held = mail(*files)
    await store.put_page("support", raw.stream, [raw], Cursor("1"))
    return held


async def body_of(file: TicketFile) -> bytes:
    return b"".join([chunk async for chunk in file.open()])


async def test_a_picture_goes_byte_for_byte_where_the_policy_passes_it(store: SqlStore, apart: Apart) -> None:
    held = await kept_mail(store, ("image/png", "größe 提现.png", PICTURE))
    (file,), withheld = await Attacher(store, apart, FilePolicy.PASS)(effect(held))
    assert withheld == []
    assert (file.name, file.media_type, file.size) == ("größe 提现.png", "image/png", len(PICTURE))
    for _ in range(2):
        assert await body_of(file) == PICTURE
    assert file.sha256 == hashlib.sha256(PICTURE).hexdigest()


@pytest.mark.parametrize(
    ("policy", "why"), [(FilePolicy.READABLE, "cannot be read for secrets"), (FilePolicy.NONE, "not passed on")]
)
async def test_else_a_picture_stays_and_is_named(store: SqlStore, apart: Apart, policy: FilePolicy, why: str) -> None:
    held = await kept_mail(store, ("image/png", "a.png", PICTURE))
    files, (withheld,) = await Attacher(store, apart, policy)(effect(held))
    assert files == []
    assert "a.png" in withheld
    assert why in withheld
    assert f"gatehouse cases attachment {CASE} {held.attachments[0].id}" in withheld


@pytest.mark.parametrize("policy", [FilePolicy.READABLE, FilePolicy.PASS])
async def test_a_text_goes_without_its_secrets(store: SqlStore, apart: Apart, policy: FilePolicy) -> None:
    text = f"my phrase is {PHRASE}\n".encode()
    held = await kept_mail(store, ("text/plain", "notes.txt", text))
    (file,), withheld = await Attacher(store, apart, policy)(effect(held))
    sent = await body_of(file)
    assert b"sausage" not in sent
    assert (len(sent), hashlib.sha256(sent).hexdigest()) == (file.size, file.sha256)
    assert sent.startswith(b"my phrase is")
    assert withheld == []


@pytest.mark.parametrize(("policy", "reads"), [(FilePolicy.READABLE, 1), (FilePolicy.PASS, 1), (FilePolicy.NONE, 0)])
async def test_the_original_of_many_files_is_read_once(
    store: SqlStore, apart: Apart, policy: FilePolicy, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [("text/plain", f"{number}.txt", b"hello\n") for number in range(3)]
    held = await kept_mail(store, *files, ("image/png", "a.png", PICTURE))
    read = store.get_raw
    asked: list[str] = []

    async def counted(source: str, key: Key) -> Any:
        asked.append(key)
        return await read(source, key)

    monkeypatch.setattr(store, "get_raw", counted)
    await Attacher(store, apart, policy)(effect(held))
    assert len(asked) == reads


async def test_a_stored_text_is_masked_and_a_stored_picture_is_streamed(store: SqlStore, apart: Apart) -> None:
    async def chunks(data: bytes) -> AsyncIterator[bytes]:
        yield data[:7]
        yield data[7:]

    bodies = {"t": ("note.txt", "text/plain", f"{PHRASE}".encode()), "p": ("p.png", "image/png", PICTURE)}
    attachments = []
    for name, (file_name, kind, data) in bodies.items():
        kept = await store.keep_file("mail:m1", name, chunks(data), 10**6)
        attachments.append(
            Attachment(
                id=name,
                name=file_name,
                declared_type=kind,
                size=kept.size,
                sha256=kept.sha256,
                state=AttachmentState.STORED,
                ref="r",
            )
        )
    held = message(attachments=tuple(attachments))
    attach = Attacher(store, apart, FilePolicy.PASS)
    assert await attach(effect(held)) == ([], [])
    (text,), _ = await attach(effect(held, TicketAction.FILE, "t"))
    (picture,), _ = await attach(effect(held, TicketAction.FILE, "p"))
    assert b"sausage" not in await body_of(text)
    assert await body_of(picture) == PICTURE


async def test_what_is_not_kept_or_too_large_is_named(store: SqlStore, apart: Apart) -> None:
    gone: dict[str, Any] = {"id": "1", "name": "a.png", "declared_type": "image/png", "sha256": "ab", "size": 3}
    held = message(
        attachments=(
            Attachment(**gone),
            Attachment(**gone | {"id": "2", "size": MOST_BYTES + 1}),
            Attachment(**gone | {"id": "3", "state": AttachmentState.UNAVAILABLE}),
        )
    )
    files, withheld = await Attacher(store, apart, FilePolicy.PASS)(effect(held))
    assert files == []
    assert len(withheld) == 3
    assert "its original is not kept any more" in withheld[0]
    assert "too large" in withheld[1]
    readable, _ = await Attacher(store, apart, FilePolicy.PASS)(
        effect(message(attachments=(Attachment(id="4", name="a.txt", declared_type="text/plain", size=3),)))
    )
    assert readable == []


async def test_nobody_to_read_it_passes_and_what_cannot_be_read_is_named(store: SqlStore) -> None:
    held = await kept_mail(store, ("text/plain", "notes.txt", b"hello"))
    away = _Away(ReaderAwayError("no process"))
    with pytest.raises(TransientError):
        await Attacher(store, away, FilePolicy.PASS)(effect(held))
    broken = _Away(ValueError("a fault"))
    files, (withheld,) = await Attacher(store, broken, FilePolicy.PASS)(effect(held))
    assert files == []
    assert "notes.txt" in withheld


class _Away(Scripted):
    """A reading process that takes nothing out."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def take(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return self.error


async def test_a_picture_whose_code_holds_a_secret_stays_whatever_the_policy(store: SqlStore, apart: Apart) -> None:
    held = await kept_mail(store, ("image/png", "a.png", PICTURE))
    item = effect(held)
    evidence = (Evidence(name="code", value=f"words: {marker(next(iter(LABELS)))}"),)
    fact = Fact(kind="qr", subject=held.attachments[0].id, outcome=FactOutcome.PASS, evidence=evidence)
    assert item.entry is not None
    item = replace(item, entry=item.entry.model_copy(update={"assessment": Assessment(facts=(fact,))}))
    files, (withheld,) = await Attacher(store, apart, FilePolicy.PASS)(item)
    assert files == []
    assert "holds a secret" in withheld


async def test_a_note_and_a_state_bring_no_files(store: SqlStore, apart: Apart) -> None:
    held = await kept_mail(store, ("image/png", "a.png", PICTURE))
    for action in (TicketAction.NOTE, TicketAction.STATE):
        assert await Attacher(store, apart, FilePolicy.PASS)(effect(held, action)) == ([], [])
