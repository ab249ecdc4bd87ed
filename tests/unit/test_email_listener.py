"""The mail listener: what is promised only after the commit, what is taken, what is refused, and by whom."""

from __future__ import annotations

import asyncio
import random
import re
from typing import Any

import pytest

from connectors.email._listener_mail import is_ours
from gateway.case import Message, RecipientRole
from gateway.errors import TransientError
from gateway.ports import Raw
from normalizers.email import NORMALIZER
from tests.conftest import ManualClock
from tests.servers.smtp_talk import codes, talking
from tests.unit.email_listening import MAIL, US, Desk, listening, settings


async def brought(clock: ManualClock, mail: bytes, *recipients: str, **own: Any) -> Raw:
    """Return the raw of one mail that is pushed."""
    desk = Desk()
    async with listening(desk, clock, **own) as port, talking(port) as talk:
        await talk.begin(*recipients or (US,), hello="LHLO" if own.get("protocol", "lmtp") == "lmtp" else "EHLO")
        await talk.mail(mail)
    (raw,) = desk.taken
    return raw


def read(raw: Raw) -> Message:
    (event,) = NORMALIZER.normalize(raw)
    assert isinstance(event, Message)
    return event


async def test_success_is_answered_after_the_commit_alone_and_for_each_recipient(clock: ManualClock) -> None:
    desk = Desk()
    desk.open.clear()
    async with listening(desk, clock) as port, talking(port) as talk:
        await talk.begin(US, "billing@desk.example.test", US)
        talk.write(MAIL + b"\r\n.\r\n")
        async with asyncio.timeout(5):
            await desk.asked.wait()
        async with talking(port):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await talk.reader.readline()
        desk.open.set()
        assert codes([await talk.answer() for _ in range(3)]) == ["250"] * 3
        assert codes([await talk.say("NOOP")]) == ["250"], "and no answer more"
    assert len(desk.taken) == 1


async def test_by_smtp_there_is_one_answer(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock, protocol="smtp") as port, talking(port) as talk:
        await talk.begin(US, "billing@desk.example.test", hello="EHLO")
        assert codes(await talk.mail(MAIL)) == ["250"]
        assert codes([await talk.say("NOOP")]) == ["250"]


@pytest.mark.parametrize("error", [TransientError("the store is down"), RuntimeError("a fault of ours")])
async def test_what_cannot_be_kept_is_put_off_and_taken_when_it_comes_again(
    clock: ManualClock, error: Exception
) -> None:
    desk = Desk([error])
    async with listening(desk, clock) as port, talking(port) as talk:
        await talk.begin(US, "billing@desk.example.test")
        assert codes(await talk.mail(MAIL, 2)) == ["451", "451"]
        assert desk.taken == []
        await talk.address(US)
        assert codes(await talk.mail(MAIL)) == ["250"]
    assert len(desk.taken) == 1


async def test_a_journal_that_is_too_slow_puts_a_mail_off(clock: ManualClock) -> None:
    desk = Desk()
    desk.open.clear()
    async with listening(desk, clock, commit_secs=0.05) as port, talking(port) as talk:
        await talk.begin(US)
        assert codes(await talk.mail(MAIL)) == ["451"]
    assert desk.taken == []


async def test_a_line_that_ends_within_a_mail_leaves_nothing(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock) as port:
        for end in (b"", b"\r\n", b"\r\n.", b"\r\n.\r", b"\n.\n"):
            async with talking(port) as talk:
                await talk.begin(US)
                talk.write(MAIL + end)
                talk.writer.write_eof()
                assert await talk.is_over()
        async with talking(port) as talk:
            await talk.begin(US)
            await talk.mail(b"Subject: whole\r\n\r\n")
    assert [read(raw).subject for raw in desk.taken] == ["whole"]


async def test_a_line_that_ends_while_a_mail_is_kept_is_promised_nothing_and_harms_nothing(clock: ManualClock) -> None:
    desk = Desk()
    desk.open.clear()
    async with listening(desk, clock) as port:
        async with talking(port) as talk:
            await talk.begin(US)
            talk.write(MAIL + b"\r\n.\r\n")
            async with asyncio.timeout(5):
                await desk.asked.wait()
        desk.open.set()
        async with talking(port) as talk:
            await talk.begin(US)
            assert codes(await talk.mail(MAIL)) == ["250"]


async def test_p16_the_key_is_the_same_for_the_same_bytes_whatever_the_envelope(clock: ManualClock) -> None:
    first = await brought(clock, MAIL)
    clock.advance(3600)
    again = await brought(clock, MAIL, "billing@desk.example.test", protocol="smtp")
    other = await brought(clock, MAIL.replace(b"<1@", b"<2@"))
    assert (first.lane, first.key) == (again.lane, again.key)
    assert first.key != other.key
    assert first.lane == "ana@user.example"


async def test_the_envelope_counts_and_not_what_the_sender_wrote_of_it(clock: ManualClock) -> None:
    forged = b"Return-Path: <boss@desk.example.test>\r\nDelivered-To: other@desk.example.test\r\n"
    raw = await brought(clock, forged + MAIL, "help+tag@desk.example.test")
    assert raw.notes == {"mail_from": "user@user.example", "rcpt_to": "help+tag@desk.example.test", "protocol": "LMTP"}
    assert raw.body.endswith(forged + MAIL + b"\r\n"), "the mail itself is as it came"
    found = read(raw)
    assert found.envelope_sender == "user@user.example"
    assert found.recipients_as(RecipientRole.DELIVERED)[0].address == "help+tag@desk.example.test"


async def test_a_bounce_has_no_sender(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock) as port, talking(port) as talk:
        await talk.begin(US, sender="")
        await talk.mail(MAIL)
    assert desk.taken[0].notes["mail_from"] == ""
    assert read(desk.taken[0]).envelope_sender == ""


@pytest.mark.parametrize("first", [b" folded: qq\r\n", b"\tqq\r\n"])
async def test_a_mail_cannot_go_on_with_our_own_trace_line(clock: ManualClock, first: bytes) -> None:
    raw = await brought(clock, first + b"From: x@user.example\r\n\r\ntext")
    header = raw.body.split(b"\r\n\r\n")[0]
    assert b"qq" not in header


async def test_a_dot_that_was_doubled_is_one_and_a_mail_of_nothing_is_a_mail(clock: ManualClock) -> None:
    raw = await brought(clock, b"Subject: x\r\n\r\n..\r\n...x\r\n..\r\ny")
    assert raw.body.endswith(b"\r\n\r\n.\r\n..x\r\n.\r\ny\r\n")
    desk = Desk()
    async with listening(desk, clock) as port, talking(port) as talk:
        await talk.begin(US)
        talk.write(b".\r\n")
        assert (await talk.answer())[:3] == "250"
    assert read(desk.taken[0]).text == ""


async def test_however_a_mail_is_cut_into_pieces_it_is_the_same(clock: ManualClock) -> None:
    desk = Desk()
    said = b".\r\n..\r\n\r\n.\r\r\n..\n.\r\n..\r\n.\r\nNOOP\r\n"
    async with listening(desk, clock) as port, talking(port) as talk, talking(port) as other:
        for place in range(3, len(said)):
            await talk.begin(US)
            talk.write(b"." + said[:place])
            await other.say("NOOP")
            talk.write(said[place:])
            assert codes([await talk.answer(), await talk.answer()]) == ["250", "250"]
    assert len(desk.taken) == len(said) - 3
    assert {raw.body.split(b" +0000\r\n")[1] for raw in desk.taken} == {b".\r\n.\r\n\r\n\r\r\n.\n.\r\n.\r\n"}


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r\n\x00.\r\n", b"\r\n.\0\r\n"],
)
async def test_a_mail_ends_at_its_one_true_end(clock: ManualClock, end: bytes) -> None:
    """SMTP smuggling: what another server takes for one mail is one mail here, whatever stands in it."""
    desk = Desk()
    smuggled = (
        f"MAIL FROM:<boss@desk.example.test>\r\nRCPT TO:<{US}>\r\nDATA\r\nFrom: boss@desk.example.test\r\n\r\nPay."
    )
    async with listening(desk, clock) as port, talking(port) as talk:
        await talk.begin(US)
        assert codes(await talk.mail(MAIL + end + smuggled.encode())) == ["250"]
        assert codes([await talk.say("NOOP")]) == ["250"]
    (raw,) = desk.taken
    assert raw.notes["mail_from"] == "user@user.example"
    assert b"Pay." in raw.body


@pytest.mark.parametrize(
    "recipient",
    [
        "other@desk.example.test",
        "help@elsewhere.example",
        "help%elsewhere.example@desk.example.test.elsewhere.example",
        "elsewhere.example!user@elsewhere.example",
        '"help@desk.example.test"@elsewhere.example',
        "+help@desk.example.test",
        "helpx@desk.example.test",
        "help",
        "postmaster",
    ],
)
async def test_nothing_is_relayed(clock: ManualClock, recipient: str) -> None:
    async with listening(Desk(), clock, protocol="smtp") as port, talking(port) as talk:
        await talk.say("EHLO mx.user.example")
        await talk.say("MAIL FROM:<user@user.example>")
        assert (await talk.say(f"RCPT TO:<{recipient}>"))[:9] == "550 5.1.1"
        assert codes([await talk.say("DATA")]) == ["503"]


@pytest.mark.parametrize(
    "recipient", [US, US.upper(), "help+abc@desk.example.test", "Help+a+b@desk.example.test", "@other.example:" + US]
)
async def test_our_addresses_are_taken_in_whatever_case_and_with_tags(clock: ManualClock, recipient: str) -> None:
    assert (await brought(clock, MAIL, recipient)).notes["rcpt_to"].lower().startswith("help")


def test_an_alias_may_hold_a_plus_itself() -> None:
    own = frozenset({"help+vip@desk.example.test"})
    assert is_ours("Help+VIP@desk.example.test", own)
    assert not is_ours("help+other@desk.example.test", own)


async def test_p27_a_mail_that_is_said_to_be_too_large_is_refused_before_it_is_sent(clock: ManualClock) -> None:
    async with listening(Desk(), clock, max_mail_bytes=2000) as port, talking(port) as talk:
        assert " 250-SIZE 2000" in await talk.say("LHLO mx")
        assert codes([await talk.say("MAIL FROM:<a@user.example> SIZE=2001")]) == ["552"]
        assert codes([await talk.say("MAIL FROM:<a@user.example> SIZE=2000")]) == ["250"]


async def test_a_mail_that_grows_too_large_is_refused_for_good_and_the_next_is_taken(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock, max_mail_bytes=200_000, max_held_bytes=300_000) as port, talking(port) as talk:
        for data in (b"x" * 200_001, b"x\r\n" * 70_000, b"." * 90_000 + b"\r\n.\n" * 40_000):
            await talk.begin(US, "billing@desk.example.test")
            assert [each[:9] for each in await talk.mail(data, 2)] == ["552 5.3.4"] * 2
        await talk.address(US)
        talk.write(b"x" * 199_998 + b"\r\n.\r\nNOOP\r\n")
        assert codes([await talk.answer(), await talk.answer()]) == ["250", "250"], "a line of it may be long"
    assert len(desk.taken) == 1


async def test_mails_that_together_are_too_much_are_put_off(clock: ManualClock) -> None:
    desk = Desk()
    desk.open.clear()
    few = {"max_mail_bytes": 3000, "max_held_bytes": 4000}
    async with listening(desk, clock, **few) as port, talking(port) as one, talking(port) as two:
        await one.begin(US)
        one.write(b"x" * 2500 + b"\r\n.\r\n")
        async with asyncio.timeout(5):
            await desk.asked.wait()
        await two.begin(US)
        assert [each[:9] for each in await two.mail(b"x" * 2500)] == ["452 4.3.1"]
        desk.open.set()
        assert codes([await one.answer()]) == ["250"]
        await two.address(US)
        assert codes(await two.mail(b"x" * 2500)) == ["250"], "what was held is held no more"


async def test_too_many_recipients_come_separately(clock: ManualClock) -> None:
    async with listening(Desk(), clock, max_recipients=2) as port, talking(port) as talk:
        await talk.say("LHLO mx")
        await talk.say("MAIL FROM:<a@user.example>")
        answers = [await talk.say(f"RCPT TO:<help+{number}@desk.example.test>") for number in range(3)]
        assert [each[:9] for each in answers] == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


async def test_what_a_mail_server_asks_for_is_announced_and_kept(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock) as port, talking(port) as talk:
        offered = await talk.say("LHLO mx")
        for each in ("SIZE 26214400", "8BITMIME", "SMTPUTF8", "PIPELINING"):
            assert each in offered
        assert "AUTH" not in offered
        mail = "From: ünal@user.example\r\nSubject: größer\r\n\r\nÄ".encode()
        talk.write(
            b"MAIL FROM:<" + "ünal@user.example".encode() + b"> BODY=8BITMIME SMTPUTF8 SIZE=60\r\n"
            b"RCPT TO:<help@desk.example.test>\r\nDATA\r\n" + mail + b"\r\n.\r\nNOOP\r\n"
        )
        assert codes([await talk.answer() for _ in range(5)]) == ["250", "250", "354", "250", "250"]
    assert desk.taken[0].notes["mail_from"] == "ünal@user.example"
    assert desk.taken[0].body.endswith(mail + b"\r\n")


async def test_nobody_can_log_in_or_ask_who_is_there(clock: ManualClock) -> None:
    async with listening(Desk(), clock, protocol="smtp") as port, talking(port) as talk:
        await talk.say("EHLO mx")
        answers = [await talk.say(each) for each in ("AUTH PLAIN AGEAYg==", f"VRFY {US}", "EXPN all", "HELP")]
        assert codes(answers) == ["502", "252", "502", "214"]
        assert not any(US in each for each in answers)


async def test_lmtp_is_not_mistaken_for_smtp(clock: ManualClock) -> None:
    async with listening(Desk(), clock) as port, talking(port) as talk:
        assert codes([await talk.say("EHLO mx"), await talk.say("HELO mx")]) == ["500", "500"]
    async with listening(Desk(), clock, protocol="smtp") as port, talking(port) as talk:
        assert codes([await talk.say("LHLO mx")]) == ["500"]


HOSTILE = [
    b"\x00\x01\x02",
    b"",
    b"\xff\xfe",
    b"x" * 200_000,
    b"DATA now",
    b"HELP \xff",
    b"LHLO",
    b"LHLO \xff\xff",
    b"MAIL FROM:<",
    b"MAIL FROM:<a\xff@x.example>",
    b"MAIL FROM:<a\rb@x.example>",
    b'MAIL FROM:<"a\\"@x.example>',
    b"MAIL FROM:<a@x.example> SIZE=9\xc2\xb2",
    b"QUIT x",
    b"RCPT TO:<" + b"a" * 3000 + b"@x>",
    b"RSET x",
    b"VRFY \xff",
    b"XFORWARD",
    b"XFORWARD ADDR=\xff",
]


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
async def test_whatever_is_said_the_listener_goes_on(
    clock: ManualClock, said: bytes, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(Desk(), clock) as port, talking(port) as talk:
        await talk.say("LHLO mx")
        talk.write(said + b"\r\n")
        assert codes([await talk.answer()])[0][0] in "2345"
        await talk.begin(US)
        assert codes(await talk.mail(MAIL)) == ["250"]
    assert caplog.records == []
    assert "x.example" not in capsys.readouterr().out, "what was said stays out of the log"


SAYINGS = [
    b"LHLO mx.user.example",
    b"LHLO mx.user.example",
    b"MAIL FROM:<ana@user.example>",
    b"MAIL FROM:<> SIZE=100",
    b"MAIL FROM:<ana@user.example> SIZE=99999999999",
    b"RCPT TO:<help@desk.example.test>",
    b"RCPT TO:<billing@desk.example.test>",
    b"RCPT TO:<nobody@desk.example.test>",
    b"DATA",
    b"DATA",
    b"RSET",
    b"NOOP",
    b"STARTTLS",
    b"XFORWARD ADDR=203.0.113.7",
    b"Subject: x",
    b"",
    b".",
    b".",
    b"..",
    b"\x00\xff",
]


async def test_whatever_order_things_are_said_in_what_is_said_to_be_kept_is_kept(clock: ManualClock) -> None:
    rng, desk, promised = random.Random(8), Desk(), 0
    async with listening(desk, clock) as port:
        for _ in range(100):
            said = [b"LHLO mx", *rng.choices(SAYINGS, k=30)]
            async with talking(port) as talk:
                for cut in (said[: rng.randrange(31)], said):
                    talk.write(b"\r\n".join(cut) + b"\r\n")
                talk.write(b"\r\n.\r\nQUIT\r\n")
                async with asyncio.timeout(5):
                    answers = await talk.reader.read(-1)
            kept = set(re.findall(rb"250 2\.0\.0 kept as (\w{16})", answers))
            assert kept <= {raw.key[:16].encode() for raw in desk.taken}
            promised += len(kept)
    assert promised > 10
    assert all(raw.notes["rcpt_to"] for raw in desk.taken)


async def test_p28_a_line_that_says_nothing_is_closed(clock: ManualClock) -> None:
    async with listening(Desk(), clock, command_secs=0.05) as port, talking(port) as talk:
        assert await talk.is_over()


async def test_a_mail_that_does_not_end_is_cut_off(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock, data_secs=0.05) as port, talking(port) as talk:
        await talk.begin(US)
        talk.write(MAIL)
        assert await talk.is_over()
    assert desk.taken == []


async def test_the_end_lets_a_mail_be_answered_and_sends_everybody_else_away(clock: ManualClock) -> None:
    desk = Desk()
    desk.open.clear()
    begun, ending = asyncio.Event(), asyncio.Event()
    ports: list[Any] = []

    async def run() -> None:
        async with listening(desk, clock) as port:
            ports.append(port)
            begun.set()
            await ending.wait()

    running = asyncio.create_task(run())
    await begun.wait()
    async with talking(ports[0]) as busy, talking(ports[0]) as idle:
        await busy.begin(US)
        busy.write(MAIL + b"\r\n.\r\n")
        async with asyncio.timeout(5):
            await desk.asked.wait()
        ending.set()
        assert codes([await idle.answer()]) == ["421"]
        assert not running.done()
        desk.open.set()
        assert codes([await busy.answer(), await busy.answer()]) == ["250", "421"]
        async with asyncio.timeout(5):
            await running
    with pytest.raises(ConnectionError):
        async with talking(ports[0]):
            pass


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"listen": "localhost:25"}, "IP address"),
        ({"listen": "127.0.0.1:99999"}, "65535"),
        ({"listen": "/run/lmtp.sock"}, "IP address"),
        ({"allow": ["10.0.0.1/8"]}, "networks"),
        ({"allow": ["0.0.0.0/0"]}, "own mail server"),
        ({"allow": ["::/0"]}, "own mail server"),
        ({"socket": "/run/" + "x" * 100}, "100 bytes"),
        ({"socket": "/run/lmtp.sock", "proxies": ["10.0.0.1"]}, "PROXY"),
        ({"require_tls": True}, "tls_certificate"),
        ({"max_held_bytes": 2000}, "max_held_bytes"),
        ({"smtp_login": True}, "password"),
        ({"imap_host": "imap.example.test"}, "Extra inputs"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_or_would_be_unsafe_are_refused(own: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        settings(**own)


@pytest.mark.parametrize("allow", [["0.0.0.0/0"], ["127.0.0.1", "::/0"], ["126.0.0.0/7"]])
def test_p43_where_others_send_to_us_directly_no_authentication_results_are_believed(allow: list[str]) -> None:
    with pytest.raises(ValueError, match="authserv_ids"):
        settings(protocol="smtp", allow=allow, authserv_ids=["mx.desk.example.test"])


def test_the_desks_own_servers_are_believed_in_what_they_found() -> None:
    for own in ({"protocol": "smtp"}, {"protocol": "lmtp", "allow": ["10.0.0.0/8"]}):
        assert settings(**own, authserv_ids=["mx.desk.example.test"]).authserv_ids
