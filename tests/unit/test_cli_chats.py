"""`gatehouse cases` on what came by chat: versions, parts, files that are kept apart."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.case import Attachment, AttachmentState, Entry, ForwardOrigin, Message, Note, Party
from gateway.casework.changes import DELETED
from gateway.cli._show import account_of
from gateway.cli.main import app
from gateway.journal import Decision, Store
from gateway.ports import Key, Raw, StreamId
from gateway.settings import load
from tests.builders import case, provenance
from tests.desk import CONFIGURATION, Desk
from tests.unit.talks import somebody

runner = CliRunner()

NUMBER = "GH-AAAAA-AAAAA"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WANG = somebody("7700", handle="wangfang_t").model_copy(update={"name": "Wang Fang"})
TELEGRAM = '\n[channels.chat]\nconnector = "telegram"\nbot = "examplex_support_bot"\n'
PICTURE = bytes(range(256)) * 9000


def message(name: str, text: str, **fields: Any) -> Message:
    given: dict[str, Any] = {
        "id": f"telegram:1:7700:{name}",
        "content_key": f"telegram:1:7700:{name}",
        "provenance": provenance(key=f"1:{name}:0", lane="7700", source="chat").model_copy(
            update={"stream": "updates", "normalizer": "telegram/1"}
        ),
        "platform": "telegram",
        "sender": WANG,
        "text": text,
    }
    return Message(**(given | fields))


def entry(message: Message, minute: int = 0, part_of: str = "") -> Entry:
    at = NOW + timedelta(minutes=minute)
    return Entry(case_id=NUMBER, message=message, at=at, part_of=part_of and f"telegram:1:7700:{part_of}")


def photo(state: AttachmentState, name: str = "p1") -> Attachment:
    return Attachment(
        id=name, name="proof.jpg", declared_type="image/jpeg", size=len(PICTURE), state=state, ref="file-id"
    )


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


class Chat:
    """A desk whose store holds a case of a chat."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.desk.write(CONFIGURATION + TELEGRAM)

    def holds(self, *entries: Entry, **fields: Any) -> None:
        """Put the case into the store."""
        opened = case(NUMBER, WANG, channel="chat", platform="telegram", subject="", **fields)

        async def fill(store: Store) -> None:
            raw = Raw("chat", StreamId("updates"), Key("1:1:0"), "7700", b"{}", "application/json", NOW, 2)
            edit = Raw("chat", StreamId("updates"), Key("1:2:0"), "7700", b"[]", "application/json", NOW, 2)
            await store.put_page("chat", raw.stream, [raw, edit], None)
            (stored,) = await store.claim_raws(1, 1_000_000, NOW)
            await store.commit([Decision(stored.seq, cases=(opened,), entries=entries)])

        self.does(fill)

    def keeps(self, name: str, file_id: str = "p1") -> None:
        """Keep the picture as a file of a message."""

        async def keep(store: Store) -> None:
            await store.keep_file(f"telegram:1:7700:{name}", file_id, pieces(PICTURE), 10**9)

        self.does(keep)

    def does(self, work: Any) -> Any:
        async def once() -> Any:
            async with open_store_for(load(self.desk.path, credentials=False)) as store:
                return await work(store)

        return asyncio.run(once())


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chat:
    monkeypatch.chdir(tmp_path)
    for name in ("GATEHOUSE_SUPPORT_PASSWORD", "GATEHOUSE_CHAT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "olga")
    return Chat(tmp_path)


def invoke(*words: str) -> str:
    """Run a command that must succeed; return what it printed."""
    result = runner.invoke(app, [*words])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: str) -> str:
    """Run a command that must end with one sentence; return it."""
    result = runner.invoke(app, [*words])
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


# What is shown


def test_a_message_shows_its_newest_version_and_what_it_said_before(chat: Chat) -> None:
    edited = message("1", "It was 600 USDT", version=2, edited_at=NOW + timedelta(minutes=1))
    kept = edited.model_copy(update={"version": 3, "attachments": (photo(AttachmentState.STORED),)})
    gone = kept.model_copy(update={"version": 4, "notes": (Note(code=DELETED, detail="Withdrawn."),)})
    chat.holds(
        entry(message("1", "It was 500 USDT")),
        entry(edited, 1),
        entry(kept, 2),
        entry(gone, 3),
        entry(message("2", "Hi"), 4),
    )
    told = invoke("cases", "show", NUMBER)
    assert told.count("[1]") == told.count("[2]") == 1
    assert "[3]" not in told
    assert "edited 2026-11-20 12:01:00 UTC, version 4" in told
    assert "WITHDRAWN by its author, 2026-11-20 12:03:00 UTC" in told
    assert told.index("| It was 600 USDT") < told.index("version 1 said:") < told.index("| It was 500 USDT")
    assert told.count("600") == 1
    assert "note: deleted" not in told
    assert len(json.loads(invoke("cases", "show", NUMBER, "--json"))["entries"]) == 5


def test_what_joined_a_message_stands_under_it_with_a_number_of_its_own(chat: Chat) -> None:
    origin = ForwardOrigin(party=Party(platform="telegram", name="Examplex Help"), kind="hidden_user")
    chat.holds(
        entry(message("1", "My deposit")),
        entry(message("2", "Another matter"), 1),
        entry(message("3", "500 USDT", attachments=(photo(AttachmentState.NOT_FETCHED),), forwarded=(origin,)), 2, "1"),
    )
    lines = invoke("cases", "show", NUMBER).splitlines()
    order = [line.strip()[:3] for line in lines if line.strip().startswith("[")]
    assert order == ["[1]", "[3]", "[2]"]
    assert "    | 500 USDT" in lines
    assert '    hidden user: "Examplex Help"' in lines
    assert f"    attachment p1: proof.jpg, image/jpeg, {len(PICTURE)} bytes, not fetched yet" in lines


def test_a_part_whose_first_is_in_no_file_stands_by_itself(chat: Chat) -> None:
    chat.holds(entry(message("2", "500 USDT"), 0, "1"))
    assert "[1] from" in invoke("cases", "show", NUMBER)


def test_a_list_names_a_user_as_a_person_would(chat: Chat) -> None:
    chat.holds(entry(message("1", "Hi")))
    assert "@wangfang_t" in invoke("cases", "list")
    assert '"Wang Fang" <@wangfang_t>' in invoke("cases", "show", NUMBER)


@pytest.mark.parametrize(
    ("party", "named"),
    [
        (Party(platform="email", address="ann@mail.test", name="Ann"), "ann@mail.test"),
        (Party(platform="telegram", address="7700", id="7700", name="Wang"), '"Wang" 7700'),
        (Party(platform="telegram", address="7700", id="7700"), "7700"),
        (Party(platform="telegram", name="support@examplex.test", id="9"), '"support@examplex.test" 9'),
        (Party(platform="telegram", name="Ann"), '"Ann"'),
    ],
)
def test_an_account_is_named_by_what_the_platform_vouches_for(party: Party, named: str) -> None:
    assert account_of(party) == named


# Files


def test_a_file_that_is_kept_apart_comes_out_whole_and_the_opening_is_logged(chat: Chat) -> None:
    """Only the newest version of a message tells where its file is."""
    early = message("1", "See", attachments=(photo(AttachmentState.NOT_FETCHED),))
    kept = early.model_copy(update={"version": 2, "attachments": (photo(AttachmentState.STORED),)})
    chat.holds(entry(early), entry(kept, 1))
    chat.keeps("1")
    output = chat.desk.folder / "proof.jpg"
    invoke("cases", "attachment", NUMBER, "p1", "-o", str(output), "--reason", "a complaint")
    assert output.read_bytes() == PICTURE
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    (opened,) = json.loads(invoke("raws", "opened", "--json"))
    assert (opened["opened_by"], opened["reason"], opened["source"]) == ("olga", "a complaint", "chat")
    assert (opened["key"], opened["attachment_id"]) == ("1:1:0", "p1")
    assert "p1" in invoke("raws", "opened")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AttachmentState.NOT_FETCHED, "gatehouse queue list --target chat:files"),
        (AttachmentState.TOO_LARGE, "larger than"),
        (AttachmentState.UNAVAILABLE, "did not give it out"),
        (AttachmentState.STORED, "no longer kept"),
    ],
)
def test_a_file_that_is_not_there_is_a_sentence_and_leaves_none(chat: Chat, state: AttachmentState, said: str) -> None:
    chat.holds(entry(message("1", "See", attachments=(photo(state),))))
    output = chat.desk.folder / "proof.jpg"
    assert said in refused("cases", "attachment", NUMBER, "p1", "-o", str(output))
    assert not output.exists()
    assert invoke("raws", "opened") == "No original was opened.\n"


def test_a_file_that_breaks_off_leaves_none(chat: Chat) -> None:
    """Its bytes are proven whole only at their end: what was written before is not the file."""
    chat.holds(entry(message("1", "See", attachments=(photo(AttachmentState.STORED),))))
    chat.keeps("1")
    (blob,) = (
        path for path in (chat.desk.folder / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 10**6
    )
    body = bytearray(blob.read_bytes())
    body[-1] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(body)
    output = chat.desk.folder / "proof.jpg"
    result = runner.invoke(app, ["cases", "attachment", NUMBER, "p1", "-o", str(output)])
    assert result.exit_code == 1
    assert not output.exists()


def test_the_same_id_in_two_messages_asks_which_but_not_in_two_versions(chat: Chat) -> None:
    one, two = (message(name, "See", attachments=(photo(AttachmentState.STORED),)) for name in ("1", "2"))
    chat.holds(entry(one), entry(one.model_copy(update={"version": 2}), 1), entry(two, 2))
    chat.keeps("2")
    output = chat.desk.folder / "proof.jpg"
    result = runner.invoke(app, ["cases", "attachment", NUMBER, "p1", "-o", str(output)])
    assert result.exit_code == 2
    assert "--message 1 or --message 2" in result.stderr
    invoke("cases", "attachment", NUMBER, "p1", "-o", str(output), "--message", "2")
    assert output.read_bytes() == PICTURE


def test_raw_opens_the_newest_version_or_the_one_that_is_named(chat: Chat) -> None:
    second = provenance(key="1:2:0", lane="7700", source="chat")
    edited = message("1", "600", version=2, provenance=second)
    chat.holds(entry(message("1", "500")), entry(edited, 1))
    folder = chat.desk.folder
    invoke("cases", "raw", NUMBER, "-o", str(folder / "newest"))
    invoke("cases", "raw", NUMBER, "-o", str(folder / "first"), "--message", "1", "--version", "1")
    assert [(folder / name).read_bytes() for name in ("newest", "first")] == [b"[]", b"{}"]
    assert "no version 3" in refused("cases", "raw", NUMBER, "-o", str(folder / "third"), "--version", "3")
