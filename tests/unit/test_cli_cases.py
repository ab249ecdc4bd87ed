"""`gatehouse cases` and `gatehouse channels`, on a real store that holds one real mail."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway import control
from gateway.app import open_store_for
from gateway.case import Assessment, Entry, Evidence, Fact, FactOutcome, Finding, Message, Party, Severity, Standing
from gateway.cli._common import harmless
from gateway.cli._show import _party
from gateway.cli.main import app
from gateway.journal import Decision, Effect, EffectKind, Fate, State, Store, TicketIntent
from gateway.ports import Cursor, Key, Raw, StreamId, TicketAction, TicketWrite
from gateway.registry import installed
from gateway.settings import Settings, load
from tests.builders import case
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()

NUMBER = "GH-AAAAA-AAAAA"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MAIL = (
    b"Return-Path: <ann@mail.test>\r\n"
    b"From: Ann \x1b[2J <ann@mail.test>\r\nTo: support@examplex.test\r\nSubject: My deposit\r\n"
    b"Message-ID: <1@mail.test>\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Where is my deposit?\x07 \xe2\x80\xaeylper\r\n"
    b"--b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=list.csv\r\n\r\nYSxiLGMK\r\n--b--\r\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose store holds one case; the shell holds no credential."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEHOUSE_SUPPORT_PASSWORD", raising=False)
    monkeypatch.setenv("LOGNAME", "olga")
    made = Desk(tmp_path)
    asyncio.run(_fill(load(made.path, credentials=False)))
    return made


async def _fill(settings: Settings) -> None:
    raw = Raw("support", StreamId("INBOX"), Key("1:1"), "ann@mail.test", MAIL, "message/rfc822", NOW, len(MAIL))
    async with open_store_for(settings) as store:
        await store.put_page("support", raw.stream, [raw], Cursor("1:1"))
        (stored,) = await store.claim_raws(1, 1_000_000, NOW)
        (message,) = installed().normalizer("email").normalize(raw)
        assert isinstance(message, Message)
        await store.commit([_decision(stored.seq, message, settings.backend.target)])
        await _write(store, settings.backend.target)


def _decision(seq: int, message: Message, target: str) -> Decision:
    finding = Finding(code="look_alike_mentioned", severity=Severity.WARNING, reason="examp1ex.test is not ours")
    proof = Evidence(name="dmarc", value="fail")
    fact = Fact(
        kind="mail_auth", subject="mail.test", outcome=FactOutcome.FAIL, reason="DMARC failed.", evidence=(proof,)
    )
    assessment = Assessment(sender=Standing.NOT_LISTED, findings=(finding,), facts=(fact,))
    intent = TicketIntent(action=TicketAction.MESSAGE, message_id=message.id)
    return Decision(
        seq,
        cases=(case(NUMBER, message.sender),),
        entries=(Entry(case_id=NUMBER, message=message, assessment=assessment, at=NOW),),
        effects=(
            Effect(key="1", kind=EffectKind.TICKET, target=target, case_id=NUMBER, ticket=intent),
            Effect(key="2", kind=EffectKind.ANSWER, target="support", case_id=NUMBER),
        ),
    )


async def _write(store: Store, target: str) -> None:
    (claimed,) = await store.claim_effects(target, 1, NOW)
    assert claimed.case is not None
    write = TicketWrite(Key("1"), TicketAction.MESSAGE, claimed.case, entry=claimed.entry)
    (ticket,) = await store.desk.write([write])
    await store.release_effects([Fate(claimed.id, State.SETTLED, ref=ticket)])
    (reply,) = await store.claim_effects("support", 1, NOW)
    await store.release_effects([Fate(reply.id, State.BURIED, "the address does not exist")])


def invoke(*words: str, text: str | None = None) -> str:
    """Run a command that must succeed; return what it printed."""
    result = runner.invoke(app, ["cases", *words], input=text)
    assert result.exit_code == 0, result.output
    return result.stdout


def shown() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(invoke("show", NUMBER, "--json"))
    return found


def test_list_shows_each_case_and_filters_by_state(desk: Desk) -> None:
    assert NUMBER in invoke("list")
    assert NUMBER in invoke("list", "--state", "open")
    assert invoke("list", "--state", "solved") == "There is no case.\n"
    assert [each["id"] for each in json.loads(invoke("list", "--json"))] == [NUMBER]


def test_show_tells_the_message_its_findings_its_files_and_every_fate(desk: Desk) -> None:
    text = invoke("show", NUMBER.lower())
    for part in (
        "Where is my deposit?",
        "WARNING: examp1ex.test is not ours",
        "not listed",
        "list.csv, text/csv, 6 bytes",
        "ticket at backend:embedded: done",
        "answer at support: BURIED: the address does not exist",
    ):
        assert part in text


def test_p42_show_tells_whether_the_sender_was_authenticated_and_by_what(desk: Desk) -> None:
    assert "  authentication: fail DMARC failed. (dmarc fail)\n" in invoke("show", NUMBER)


def test_what_a_user_wrote_cannot_steer_the_terminal(desk: Desk) -> None:
    text = invoke("show", NUMBER) + invoke("list")
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "a\u202eb", "a\u2066b", "a\u200bb", "\ud800", "a\rb", "\x9b31m"])
def test_harmless_lets_no_steering_character_through(text: str) -> None:
    safe = harmless(text)
    assert all(char.isprintable() for char in safe)
    assert safe.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1cb", "a<U+001C>b"),
        ("a\x85b", "a<U+0085>b"),
        ("a\u2028b", "a<U+2028>b"),
        ("exam\u200dple", "exam<U+200D>ple"),
        ("\u200cx", "<U+200C>x"),
        (" a \r\n\t b ", "a b"),
    ],
)
def test_nothing_that_cannot_be_seen_is_left_out_of_a_line(text: str, shown: str) -> None:
    assert harmless(text, one_line=True) == shown


def test_harmless_leaves_every_script_as_it_is() -> None:
    text = "你好\nمی‌خواهم\t👩‍👧 Grüße"
    assert harmless(text) == text


def test_an_unknown_case_is_a_sentence(desk: Desk) -> None:
    result = runner.invoke(app, ["cases", "show", "GH-ZZZZZ-ZZZZZ"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "there is no case GH-ZZZZZ-ZZZZZ\n"


def test_an_answer_that_cannot_leave_is_refused_at_once(desk: Desk) -> None:
    """Nothing stands on the ticket as if it had been sent."""
    asyncio.run(_forget_address(load(desk.path, credentials=False)))
    result = runner.invoke(app, ["cases", "reply", NUMBER, "Hello"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the user left no address" in result.stderr
    assert [line["kind"] for line in shown()["desk"]] == ["message"]
    invoke("note", NUMBER, "Cannot be answered.")


def test_an_answer_by_a_channel_that_is_off_is_refused(desk: Desk) -> None:
    off = '\n[channels.other]\nconnector = "email"\naddress = "other@examplex.test"\n'
    desk.write(CONFIGURATION + "enabled = false\n" + off)
    result = runner.invoke(app, ["cases", "reply", NUMBER, "Hello"])
    assert result.exit_code == 1
    assert 'the channel "support" is switched off' in result.stderr


async def _forget_address(settings: Settings) -> None:
    raw = Raw("support", StreamId("INBOX"), Key("1:2"), "x", b"x", "message/rfc822", NOW, 1)
    async with open_store_for(settings) as store:
        (kept,) = await store.list_cases(None, 1)
        await store.put_page("support", raw.stream, [raw], None)
        (stored,) = await store.claim_raws(1, 1_000_000, NOW)
        nobody = kept.requester.model_copy(update={"address": ""})
        changed = kept.model_copy(update={"requester": nobody, "version": kept.version + 1})
        await store.commit([Decision(stored.seq, cases=(changed,))])


@pytest.mark.parametrize("command", ["reply", "note"])
def test_a_text_that_is_too_long_or_no_text_is_refused(desk: Desk, command: str) -> None:
    for content, said in ((b"x" * 100_001, "longer than 100000 bytes"), (b"caf\xe9", "not UTF-8")):
        result = runner.invoke(app, ["cases", command, NUMBER, "-"], input=content)
        assert result.exit_code == 2
        assert said in result.stderr
    assert runner.invoke(app, ["cases", command, NUMBER, "é" * 50_001]).exit_code == 2
    assert [line["kind"] for line in shown()["desk"]] == ["message"]


@pytest.mark.parametrize("words", [["cases", "list"], ["cases", "show", NUMBER], ["channels", "list"]])
def test_a_command_that_looks_makes_nothing(tmp_path: Path, words: list[str]) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    made = Desk(fresh)
    before = sorted(fresh.iterdir())
    result = runner.invoke(app, [*words, "-c", str(made.path)])
    assert sorted(fresh.iterdir()) == before
    assert "gatehouse run" in result.output


def test_whoever_has_no_address_is_named_without_one() -> None:
    assert _party(Party(platform="email", name="Gatehouse")) == '"Gatehouse"'
    assert _party(Party(platform="email")) == "<unknown>"


def test_reply_note_solve_and_reopen_stand_on_the_ticket_under_the_operators_name(desk: Desk) -> None:
    invoke("reply", NUMBER, "It is on its way.")
    invoke("reply", NUMBER, "-", text="Two\nlines\n")
    invoke("note", NUMBER, "Looked it up.")
    invoke("solve", NUMBER)
    invoke("reopen", NUMBER)
    lines = [line for line in shown()["desk"] if line["author"] == "olga"]
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("replied", "It is on its way."),
        ("replied", "Two\nlines"),
        ("noted", "Looked it up."),
        ("solved", ""),
        ("reopened", ""),
    ]


def test_an_empty_answer_is_refused(desk: Desk) -> None:
    result = runner.invoke(app, ["cases", "reply", NUMBER, "-"], input="  \n")
    assert result.exit_code == 2
    assert not [line for line in shown()["desk"] if line["author"] == "olga"]


def test_an_answer_given_while_no_gateway_runs_says_so(desk: Desk) -> None:
    assert "No gateway is running" in runner.invoke(app, ["cases", "reply", NUMBER, "Hello"]).stderr


def test_with_another_backend_agents_act_there_but_may_look_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(CONFIGURATION.replace('"embedded"', '"webhook"\nurl = "https://desk.examplex.test/in"'))
    result = runner.invoke(app, ["cases", "reply", NUMBER, "Hello"])
    assert result.exit_code == 1
    assert 'tickets live in the backend "webhook"' in result.stderr
    assert NUMBER in invoke("list")
    assert NUMBER in invoke("show", NUMBER)


def test_raw_gives_the_mail_byte_for_byte_to_its_reader_alone(desk: Desk) -> None:
    output = desk.folder / "mail.eml"
    invoke("raw", NUMBER, "-o", str(output), "--reason", "asked by Ann")
    assert output.read_bytes() == MAIL
    assert stat.S_IMODE(output.stat().st_mode) == 0o600


def test_an_attachment_comes_out_decoded(desk: Desk) -> None:
    (attachment,) = json.loads(invoke("show", NUMBER, "--json"))["entries"][0]["message"]["attachments"]
    output = desk.folder / "list.csv"
    invoke("attachment", NUMBER, attachment["id"], "--output", str(output))
    assert output.read_bytes() == b"a,b,c\n"


def test_nothing_is_overwritten_and_then_nothing_is_opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    output = desk.folder / "mail.eml"
    output.write_bytes(b"precious")
    monkeypatch.setattr("gateway.cli.cases._open", lambda *_: pytest.fail("the original was opened"))
    result = runner.invoke(app, ["cases", "raw", NUMBER, "-o", str(output)])
    assert result.exit_code == 1
    assert output.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "words", [("raw", NUMBER, "--message", "9"), ("attachment", NUMBER, "nine"), ("raw", "GH-ZZZZZ-ZZZZZ")]
)
def test_what_is_not_there_is_a_sentence_and_leaves_no_file(desk: Desk, words: tuple[str, ...]) -> None:
    output = desk.folder / "out"
    result = runner.invoke(app, ["cases", *words, "-o", str(output)])
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert not output.exists()


def test_without_a_running_gateway_channels_are_listed_from_the_store(desk: Desk) -> None:
    result = runner.invoke(app, ["channels", "list", "--json"])
    found = json.loads(result.stdout)
    assert found["running"] is False
    support, backend = found["channels"]
    assert (support["name"], support["connector"], support["state"]) == ("support", "email", "not running")
    assert (support["taken"], support["waiting"], support["buried"]) == (1, 0, 0)
    assert backend["connector"] == "embedded"
    assert found["outbox"] == {"buried": 1}


@asynccontextmanager
async def engine(settings: Settings, poked: asyncio.Event) -> AsyncIterator[None]:
    """A control socket that answers as the engine does."""

    async def status(asked: object) -> dict[str, object]:
        well = {"part": "support:INBOX", "condition": "running", "last_error": "", "action": ""}
        ill = {"part": "support:send", "condition": "auth_failed", "last_error": "refused", "action": "renew it"}
        return {"parts": [well, ill]}

    async def poke(asked: object) -> dict[str, object]:
        poked.set()
        return {"poked": True}

    async with control.serve(settings.store.socket, {"status": status, "poke": poke}):
        yield


async def test_the_running_gateway_is_asked_for_states_and_told_of_an_answer(desk: Desk) -> None:
    poked = asyncio.Event()
    async with engine(load(desk.path, credentials=False), poked):
        listed = await asyncio.to_thread(runner.invoke, app, ["channels", "list", "--json"])
        replied = await asyncio.to_thread(runner.invoke, app, ["cases", "reply", NUMBER, "Hello"])
    support = json.loads(listed.stdout)["channels"][0]
    assert (support["state"], support["last_error"], support["action"]) == ("auth failed", "refused", "renew it")
    assert (replied.exit_code, replied.stderr) == (0, "")
    assert poked.is_set()


def test_disabled_channels_are_listed_too(desk: Desk) -> None:
    desk.write(CONFIGURATION + '\n[channels.off]\nconnector = "email"\nenabled = false\n')
    result = runner.invoke(app, ["channels", "list"])
    assert result.exit_code == 0
    assert "disabled" in result.stdout
