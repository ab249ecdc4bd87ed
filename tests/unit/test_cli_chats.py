"""`gatehouse cases` on chats: versions, parts, files that are kept apart or go with an answer, invitations."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.answers.asking import Command
from gateway.answers.commands import token_of
from gateway.app import open_store_for
from gateway.case import Attachment, AttachmentState, CaseState, Direction, Entry, ForwardOrigin, Message, Note, Party
from gateway.casework.changes import DELETED
from gateway.cli._show import account_of
from gateway.cli.main import app
from gateway.dialogue import TOKEN_LASTS, Token
from gateway.files import KeptFile, of_desk
from gateway.journal import Decision, Store
from gateway.past import Query
from gateway.ports import Key, Raw, ReplyFile, StreamId, TicketAction, TicketWrite
from gateway.settings import load
from gateway.store import SqlStore
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


# Answers with files


def has_ticket(chat: Chat) -> None:
    """Let the gateway have written the case's ticket."""

    async def write(store: Store) -> None:
        await store.desk.write([TicketWrite(Key("w"), TicketAction.NOTE, case(NUMBER), note="opened")])

    chat.does(write)


def files_of(chat: Chat) -> list[list[ReplyFile]]:
    async def entries(store: Store) -> list[list[ReplyFile]]:
        return [list(entry.files) for entry in await store.desk.entries(0, 10)]

    found: list[list[ReplyFile]] = chat.does(entries)
    return found


@pytest.fixture
def open_case(chat: Chat) -> Chat:
    chat.holds(entry(message("1", "My bill, please")))
    has_ticket(chat)
    return chat


def test_an_answer_takes_files_along_and_their_bytes_tell_what_they_are(open_case: Chat) -> None:
    folder = open_case.desk.folder
    (folder / "bill.exe").write_bytes(b"%PDF-1.7\n" + bytes(300_000))
    (folder / "notes\n.bin").write_bytes(b"\x01\x02 nothing that anybody knows")
    words = ("--attach", str(folder / "bill.exe"), "--attach", str(folder / "notes\n.bin"))
    invoke("cases", "reply", NUMBER, "Here.", *words)
    ((bill, notes),) = files_of(open_case)
    assert (bill.name, bill.media_type, bill.size) == ("bill.exe", "application/pdf", 300_009)
    assert (notes.name, notes.media_type) == ("notes_.bin", "application/octet-stream")

    async def read(store: Store) -> bytes:
        return b"".join([chunk async for chunk in store.files.open(bill.sha256)])

    assert open_case.does(read) == (folder / "bill.exe").read_bytes()
    assert "file: bill.exe, application/pdf, 300009 bytes" in invoke("cases", "show", NUMBER)
    (line,) = (each for each in json.loads(invoke("cases", "show", NUMBER, "--json"))["desk"] if each["files"])
    assert line["files"][0]["sha256"] == bill.sha256


def test_a_file_that_an_agent_sent_can_be_opened(open_case: Chat) -> None:
    async def send(store: Store) -> str:
        kept = await store.keep_file(of_desk(NUMBER), "0" * 64, pieces(PICTURE), 10**9)
        raw = Raw("backend:embedded", StreamId("desk"), Key("entry:1"), NUMBER, b"{}", "application/json", NOW, 2)
        await store.put_page(raw.source, raw.stream, [raw], None)
        claimed = {each.raw.key: each.seq for each in await store.claim_raws(9, 10**9, NOW)}
        sent = message("out", "Here.", attachments=(photo(AttachmentState.STORED, "0" * 64),))
        out = entry(sent.model_copy(update={"id": "out:1"})).model_copy(update={"direction": Direction.OUT})
        await store.commit([Decision(claimed[Key("entry:1")], entries=(out,))])
        return kept.sha256

    open_case.does(send)
    output = open_case.desk.folder / "sent.jpg"
    invoke("cases", "attachment", NUMBER, "0" * 64, "-o", str(output))
    assert output.read_bytes() == PICTURE


@pytest.mark.parametrize("kind", ["none", "folder", "empty", "large", "pipe"])
def test_what_cannot_go_along_is_refused_before_anything_is_done(
    open_case: Chat, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.cli._attach.MOST_BYTES", 1_000_000)
    path = open_case.desk.folder / "file"
    match kind:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "large":
            path.write_bytes(bytes(1_000_001))
        case "pipe":
            os.mkfifo(path)
    assert "nothing was sent" in refused("cases", "reply", NUMBER, "Here.", "--attach", str(path))
    assert files_of(open_case) == []


def test_more_than_ten_files_are_refused(open_case: Chat) -> None:
    path = open_case.desk.folder / "file"
    path.write_bytes(b"x")
    result = runner.invoke(app, ["cases", "reply", NUMBER, "Here.", *("--attach", str(path)) * 11])
    assert result.exit_code == 2
    assert "at most 10 files" in result.stderr
    assert files_of(open_case) == []


def test_a_file_that_changes_while_it_is_read_is_not_sent(open_case: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    path = open_case.desk.folder / "file"
    path.write_bytes(b"what was looked over")
    real = SqlStore.keep_file

    async def changed(store: SqlStore, message_id: str, attachment_id: str, chunks: Any, most: int) -> KeptFile:
        path.write_bytes(b"what is there at last")
        return await real(store, message_id, attachment_id, chunks, most)

    monkeypatch.setattr(SqlStore, "keep_file", changed)
    assert "was changed while it was read" in refused("cases", "reply", NUMBER, "Here.", "--attach", str(path))
    assert files_of(open_case) == []


# Invitations


def tokens_of(chat: Chat, link: str) -> Token | None:
    token = link.partition("?start=")[2]

    async def look(store: Store) -> Token | None:
        hashed = token_of(Command("start", token))
        (past,) = await store.look_up([Query(token=hashed)])
        return past.token

    found: Token | None = chat.does(look)
    return found


def test_an_invitation_is_a_link_with_a_token_for_whoever_has_it(chat: Chat) -> None:
    chat.holds(entry(message("1", "Hi")))
    before = datetime.now(UTC)
    link, *rest = invoke("cases", "invite", NUMBER.lower()).splitlines()
    assert link.startswith("https://t.me/examplex_support_bot?start=")
    token = tokens_of(chat, link)
    assert token is not None
    assert (token.case_id, token.bearer, token.spent_at) == (NUMBER, "", None)
    assert before <= token.expires_at - TOKEN_LASTS <= datetime.now(UTC)
    assert f"until {token.expires_at:%Y-%m-%d %H:%M} UTC" in rest[0]
    assert "olga made a link" in invoke("cases", "show", NUMBER)
    (made,) = json.loads(invoke("cases", "show", NUMBER, "--json"))["invites"]
    assert made["by"] == "olga"
    assert link.partition("=")[2] not in invoke("cases", "show", NUMBER, "--json")


def test_the_channel_of_an_invitation_may_be_named_and_must_be_where_several_could_be_meant(chat: Chat) -> None:
    chat.holds(entry(message("1", "Hi")))
    both = CONFIGURATION + TELEGRAM + TELEGRAM.replace(".chat]", ".vip]").replace("_support_", "_vip_")
    chat.desk.write(both)
    assert "examplex_support_bot" in invoke("cases", "invite", NUMBER)
    assert "examplex_vip_bot" in invoke("cases", "invite", NUMBER, "--channel", "vip")
    chat.desk.write(both.replace(".chat]", ".help]"))
    result = runner.invoke(app, ["cases", "invite", NUMBER])
    assert result.exit_code == 2
    assert "--channel help or --channel vip" in result.stderr


def test_nobody_is_invited_where_nobody_could_come_to(chat: Chat) -> None:
    chat.holds(entry(message("1", "Hi")))
    assert "no private chat" in refused("cases", "invite", NUMBER, "--channel", "support")
    assert 'no channel "elsewhere"' in refused("cases", "invite", NUMBER, "--channel", "elsewhere")
    assert "there is no case" in refused("cases", "invite", "GH-ZZZZZ-ZZZZZ")
    chat.desk.write(CONFIGURATION)
    assert "no private chat" in refused("cases", "invite", NUMBER)
    assert json.loads(invoke("cases", "show", NUMBER, "--json"))["invites"] == []


def test_nobody_is_invited_to_a_case_that_is_solved(chat: Chat) -> None:
    chat.holds(entry(message("1", "Hi")), state=CaseState.SOLVED)
    assert "is solved" in refused("cases", "invite", NUMBER)
