"""Who may push mail, by which way, how much and how often; and what is known of whom a mail is from."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
import stat
import struct
from pathlib import Path
from typing import Any

import pytest

from connectors.email import PLUGIN as EMAIL
from connectors.email._listener_limits import Peer, address_of
from connectors.email.lmtp import PLUGIN, open_lmtp
from gateway.errors import ConfigError
from gateway.ports import Opening, Report, Role
from tests.conftest import ManualClock, free_port
from tests.servers.smtp_sink import SmtpSink
from tests.servers.smtp_talk import Talk, codes, talking
from tests.servers.tls import self_signed
from tests.unit.email_listening import MAIL, US, Desk, listening, settings

OUTSIDE = {"protocol": "smtp", "relays": ["10.9.9.9"]}
"""A server on the loopback address then is a stranger's."""


def version_1(source: str = "203.0.113.7") -> bytes:
    return f"PROXY TCP4 {source} 192.0.2.1 40000 25\r\n".encode()


def version_2(source: str = "203.0.113.7", command: int = 1) -> bytes:
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address("192.0.2.1").packed
    body = addresses + struct.pack("!HH", 40000, 25) if command else b""
    head = b"\r\n\r\n\x00\r\nQUIT\n" + struct.pack("!BBH", 0x20 | command, 0x11 if command else 0, len(body))
    return head + body


async def pushed(talk: Talk, hello: str = "EHLO") -> None:
    await talk.begin(US, hello=hello)
    assert codes(await talk.mail(MAIL)) == ["250"]


async def test_who_is_not_allowed_is_sent_away_at_once(clock: ManualClock) -> None:
    async with listening(Desk(), clock, allow=["10.0.0.0/8"]) as port, talking(port, greeted=False) as talk:
        assert codes([await talk.answer()]) == ["554"]
        assert await talk.is_over()


async def test_of_a_stranger_his_own_address_and_name_are_known(clock: ManualClock) -> None:
    desk = Desk()
    async with listening(desk, clock, **OUTSIDE) as port, talking(port) as talk:
        assert "XFORWARD" not in await talk.say("EHLO mx.user.example")
        assert codes([await talk.say("XFORWARD ADDR=198.51.100.1 HELO=bank.example")]) == ["550"]
        await pushed(talk)
    assert desk.taken[0].notes["peer"] == "127.0.0.1"
    assert desk.taken[0].notes["helo"] == "mx.user.example"
    assert desk.taken[0].notes["protocol"] == "ESMTP"


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_of_a_relay_is_known_what_it_tells_and_nothing_else(clock: ManualClock, protocol: str) -> None:
    desk, hello = Desk(), "LHLO" if protocol == "lmtp" else "EHLO"
    async with listening(desk, clock, protocol=protocol) as port, talking(port) as talk:
        assert "XFORWARD" in await talk.say(f"{hello} relay.desk.example.test")
        told = ["ADDR=IPV6:2001:DB8::7 PORT=5 NAME=[UNAVAILABLE]", "HELO=mx+2Euser.example PROTO=ESMTP SOURCE=REMOTE"]
        assert codes([await talk.say(f"XFORWARD {each}") for each in told]) == ["250", "250"]
        await talk.address(US)
        await talk.mail(MAIL)
        await talk.address(US)
        await talk.mail(MAIL)
        await talk.say("XFORWARD ADDR=198.51.100.1")
        await talk.say("RSET")
        await talk.address(US)
        await talk.mail(MAIL)
        assert codes([await talk.say("XFORWARD ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]")]) == ["250"]
        await talk.address(US)
        await talk.mail(MAIL)
    told_of = [(raw.notes.get("peer"), raw.notes.get("helo")) for raw in desk.taken]
    assert told_of == [("2001:db8::7", "mx.user.example"), (None, None), (None, None), (None, None)]


async def test_a_relay_cannot_change_within_a_mail_whom_it_is_from(clock: ManualClock) -> None:
    async with listening(Desk(), clock) as port, talking(port) as talk:
        await talk.say("LHLO mx")
        await talk.say("MAIL FROM:<a@user.example>")
        assert codes([await talk.say("XFORWARD ADDR=198.51.100.1")]) == ["503"]


@pytest.mark.parametrize("head", [version_1(), version_2()])
async def test_a_load_balancer_tells_whom_it_connects(clock: ManualClock, head: bytes) -> None:
    desk = Desk()
    own = {**OUTSIDE, "proxies": ["127.0.0.1"], "allow": ["203.0.113.0/24"]}
    async with listening(desk, clock, **own) as port, talking(port, head) as talk:
        await pushed(talk)
    assert desk.taken[0].notes["peer"] == "203.0.113.7"
    assert b"([203.0.113.7])" in desk.taken[0].body


@pytest.mark.parametrize(
    "head",
    [
        version_1("198.51.100.1"), version_2("198.51.100.1"), version_2(command=0), b"PROXY UNKNOWN\r\n",
        b"EHLO mx.user.example\r\n", b"PROXY TCP4 nonsense\r\n", b"PROXY TCP4 " + b"x" * 100_000 + b"\r\n",
        b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff" + b"x" * 70_000,
    ],
)  # fmt: skip
async def test_a_line_from_a_load_balancer_that_tells_of_nobody_we_allow_is_closed(
    clock: ManualClock, head: bytes
) -> None:
    own = {**OUTSIDE, "proxies": ["127.0.0.1"], "allow": ["203.0.113.0/24"]}
    async with listening(Desk(), clock, **own) as port, talking(port, head, greeted=False) as talk:
        assert (await talk.answer())[:3] in ("554", "")
        assert await talk.is_over()


async def test_who_is_no_load_balancer_cannot_say_that_he_is_somebody_else(clock: ManualClock) -> None:
    async with listening(Desk(), clock, **OUTSIDE) as port, talking(port) as talk:
        assert codes([await talk.say(version_1().decode().strip())]) == ["500"]
    own = {**OUTSIDE, "proxies": ["192.0.2.1"], "allow": ["0.0.0.0/0"]}
    async with listening(Desk(), clock, **own) as port, talking(port, version_1(), greeted=False) as talk:
        assert (await talk.answer())[:3] in ("554", "")


async def test_there_are_so_many_lines_at_once_and_of_each_stranger_fewer(clock: ManualClock) -> None:
    async with listening(Desk(), clock, max_lines=2) as port, talking(port) as first, talking(port):
        async with talking(port, greeted=False) as third:
            assert codes([await third.answer()]) == ["421"]
        await first.say("QUIT")
        assert await first.is_over()
        async with talking(port):
            pass
    few = {"max_lines_each": 1, **OUTSIDE}
    async with listening(Desk(), clock, **few) as port, talking(port), talking(port, greeted=False) as second:
        assert codes([await second.answer()]) == ["421"]


async def test_so_many_mails_a_minute_are_taken_of_a_stranger_and_then_put_off(clock: ManualClock) -> None:
    async with listening(Desk(), clock, mails_per_minute=2, **OUTSIDE) as port, talking(port) as talk:
        await pushed(talk)
        await pushed(talk)
        assert (await talk.say("MAIL FROM:<a@user.example>"))[:9] == "451 4.7.1"
        async with talking(port) as other:
            await other.say("EHLO mx")
            assert codes([await other.say("MAIL FROM:<a@user.example>")]) == ["451"], "another line is no way round"
        clock.advance(30)
        await pushed(talk)
        assert codes([await talk.say("MAIL FROM:<a@user.example>")]) == ["451"]


async def test_a_relay_is_held_back_only_where_that_is_asked_for(clock: ManualClock) -> None:
    async with listening(Desk(), clock, mails_per_minute=1) as port, talking(port) as talk:
        for _ in range(5):
            await pushed(talk, "LHLO")
    async with listening(Desk(), clock, relay_mails_per_minute=1) as port, talking(port) as talk:
        await pushed(talk, "LHLO")
        assert codes([await talk.say("MAIL FROM:<a@user.example>")]) == ["451"]


def test_a_customer_of_a_network_has_one_measure_for_all_his_addresses() -> None:
    one, two = (Peer(address_of(f"2001:db8:1:2::{last}"), is_relay=False) for last in (1, 2))
    assert one.counted == two.counted
    assert Peer(address_of("::ffff:192.0.2.1"), is_relay=False).counted == "192.0.2.1"


@pytest.mark.parametrize(("mode", "bits"), [("0600", 0o600), ("0660", 0o660)])
async def test_a_socket_is_as_narrow_as_it_is_said_to_be_and_gone_at_the_end(
    clock: ManualClock, tmp_path: Path, mode: str, bits: int
) -> None:
    desk, path = Desk(), tmp_path / "lmtp.sock"
    async with listening(desk, clock, socket=path, socket_mode=mode) as place, talking(path) as talk:
        assert place == path
        assert stat.S_IMODE(path.stat().st_mode) == bits
        await talk.begin(US)
        await talk.mail(MAIL)
    assert not path.exists()
    assert set(desk.taken[0].notes) == {"mail_from", "rcpt_to", "protocol"}


async def test_a_socket_that_a_dead_process_left_is_taken_over_and_no_other(clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(os.fspath(path))
    async with listening(Desk(), clock, socket=path), talking(path):
        with pytest.raises(ConfigError, match="somebody listens"):
            async with listening(Desk(), clock, socket=path):
                pass
        async with talking(path):
            pass
    path.write_text("a file of somebody's")
    with pytest.raises(ConfigError, match="no socket"):
        async with listening(Desk(), clock, socket=path):
            pass
    assert path.read_text() == "a file of somebody's"
    with pytest.raises(ConfigError, match="cannot be listened on"):
        async with listening(Desk(), clock, socket=tmp_path / "absent" / "lmtp.sock"):
            pass


async def test_an_address_that_is_taken_is_said_to_be_so(clock: ManualClock) -> None:
    async with listening(Desk(), clock) as port:
        with pytest.raises(ConfigError, match="cannot be listened on"):
            async with listening(Desk(), clock, listen=f"127.0.0.1:{port}"):
                pass


async def test_engines_of_one_machine_listen_each_on_a_place_of_its_own(clock: ManualClock, tmp_path: Path) -> None:
    async with listening(Desk(), clock, seat=2, socket=tmp_path / "lmtp.sock"), talking(tmp_path / "lmtp.2.sock"):
        pass
    assert [settings(listen="[::1]:8024").port(seat) for seat in range(3)] == [8024, 8025, 8026]
    assert settings(listen="127.0.0.1:0").port(3) == 0
    opening = Opening("support", settings(listen=f"127.0.0.1:{(port := free_port()) - 3}"), clock, seat=3)
    async with open_lmtp(opening) as channel:
        assert channel.listener is not None
        async with channel.listener.listen(Desk().take), talking(port):
            pass


def secured(folder: Path, **own: Any) -> tuple[dict[str, Any], ssl.SSLContext]:
    """Return settings with a certificate, and what a client trusts it by."""
    _, certificate = self_signed(folder)
    trust = ssl.create_default_context(cafile=certificate)
    return {"tls_certificate": certificate, "tls_key": folder / "key.pem", **own}, trust


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
async def test_a_mail_can_be_pushed_under_tls_and_where_it_must_be_by_no_other_way(
    clock: ManualClock, tmp_path: Path, protocol: str
) -> None:
    desk, hello = Desk(), "LHLO" if protocol == "lmtp" else "EHLO"
    own, trust = secured(tmp_path, protocol=protocol, require_tls=True)
    async with listening(desk, clock, **own) as port, talking(port) as talk:
        assert "STARTTLS" in await talk.say(f"{hello} mx")
        assert codes([await talk.say("MAIL FROM:<a@user.example>")]) == ["530"]
        assert codes([await talk.say("XFORWARD ADDR=198.51.100.1")]) == ["250"]
        await talk.secure(trust)
        offered = await talk.say(f"{hello} mx")
        assert "STARTTLS" not in offered
        assert "AUTH" not in offered
        await pushed(talk, hello)
        await talk.say("QUIT")
    assert desk.taken[0].notes["protocol"] == ("LMTPS" if protocol == "lmtp" else "ESMTPS")
    assert "peer" not in desk.taken[0].notes, "what was said before TLS is forgotten (RFC 3207 section 4.2)"


async def test_what_was_slipped_in_before_tls_is_not_obeyed_under_it(clock: ManualClock, tmp_path: Path) -> None:
    desk = Desk()
    own, trust = secured(tmp_path)
    async with listening(desk, clock, **own) as port, talking(port) as talk:
        await talk.say("LHLO mx")
        talk.write(b"STARTTLS\r\nLHLO injected\r\nMAIL FROM:<a@user.example>\r\n")
        assert (await talk.answer())[:3] == "220"
        await talk.writer.start_tls(trust, server_hostname="localhost")
        assert codes([await talk.say(f"RCPT TO:<{US}>")]) == ["503"]


async def test_a_handshake_that_fails_harms_nobody(clock: ManualClock, tmp_path: Path) -> None:
    own, _ = secured(tmp_path)
    async with listening(Desk(), clock, **own) as port:
        async with talking(port) as talk:
            await talk.say("LHLO mx")
            await talk.say("STARTTLS")
            talk.write(b"no TLS at all\r\n" * 100)
            assert await talk.is_over()
        async with talking(port) as talk:
            await pushed(talk, "LHLO")


async def test_a_certificate_that_was_renewed_is_used_from_then_on(clock: ManualClock, tmp_path: Path) -> None:
    own, old = secured(tmp_path)
    async with listening(Desk(), clock, **own) as port:
        async with talking(port) as talk:
            await talk.say("LHLO mx")
            await talk.secure(old)
        (tmp_path / "cert.pem").write_text("half writ")
        async with talking(port) as talk:
            await talk.say("LHLO mx")
            await talk.secure(old)
        _, new = secured(tmp_path)
        async with talking(port) as talk:
            await talk.say("LHLO mx")
            with pytest.raises(ssl.SSLCertVerificationError):
                await talk.secure(old)
        async with talking(port) as talk:
            await talk.say("LHLO mx")
            await talk.secure(new)
            await pushed(talk, "LHLO")


async def test_a_certificate_that_cannot_be_used_stops_the_channel_with_a_sentence(
    clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match="tls_certificate"):
        async with open_lmtp(Opening("support", settings(tls_certificate=tmp_path / "cert.pem"), clock)):
            pass


async def test_an_open_channel_has_the_roles_that_its_plugin_declares_and_fetches_nothing(clock: ManualClock) -> None:
    async with open_lmtp(Opening("support", settings(), clock)) as channel:
        found = {role for role in ("sender", "listener", "ingress", "resolver", "downloader") if getattr(channel, role)}
        assert found == {str(role) for role in PLUGIN.roles}
        (stream,) = channel.connector.streams()
        page = await channel.connector.fetch(stream, None)
        assert (page.items, page.cursor, page.more) == ((), None, False)
        assert page.pause


def test_both_kinds_of_mail_channel_are_alike_in_all_but_the_way_in() -> None:
    own = settings(authserv_ids=["mx.desk.example.test"])
    for name in ("platform", "normalizer", "limits", "keeps"):
        assert getattr(PLUGIN, name) == getattr(EMAIL, name)
    for name in ("addresses", "receivers", "mail_checks", "manners", "account"):
        assert getattr(PLUGIN, name)(own) == getattr(EMAIL, name)(own)
    assert PLUGIN.roles - {Role.LISTENER} == EMAIL.roles


async def looked(clock: ManualClock, sink: SmtpSink, **own: Any) -> Report:
    async with open_lmtp(Opening("support", settings(smtp_port=sink.port, **own), clock)) as channel:
        return await channel.connector.check()


async def test_a_check_tells_where_who_and_how(clock: ManualClock, tmp_path: Path) -> None:
    async with SmtpSink().running() as sink:
        port = free_port()
        free = await looked(clock, sink, listen=f"127.0.0.1:{port}")
        told = {each.name: (each.ok, each.detail) for each in free.checks}
        assert free.ok
        assert told["listen"] == (True, f"127.0.0.1:{port} is free to listen on")
        assert "127.0.0.0/8" in told["access"][1]
        assert "no tls_certificate" in told["tls"][1]
        assert "smtp" in told
        async with listening(Desk(), clock, listen=f"127.0.0.1:{port}"):
            ours = await looked(clock, sink, listen=f"127.0.0.1:{port}")
            assert ours.ok
            assert "a gateway of this name listens" in ours.checks[0].detail
            others = await looked(clock, sink, listen=f"127.0.0.1:{port}", helo_name="other.example.test")
            assert not others.ok
        path = tmp_path / "lmtp.sock"
        assert (await looked(clock, sink, socket=path)).ok
        assert not path.exists(), "a check leaves nothing"
        async with listening(Desk(), clock, socket=path), talking(path):
            assert (await looked(clock, sink, socket=path)).ok
            assert path.exists()
        own, _ = secured(tmp_path)
        (told_of,) = (each for each in (await looked(clock, sink, **own)).checks if each.name == "tls")
        assert told_of.ok
        assert "offered, with a certificate until" in told_of.detail
        clock.advance(100 * 86_400)
        ended = await looked(clock, sink, **own)
        assert not ended.ok
        open_to_all = await looked(clock, sink, protocol="smtp", allow=["0.0.0.0/0"])
        assert any("anybody there may send" in each.detail for each in open_to_all.checks)


async def test_many_push_at_once_and_each_is_kept_once(clock: ManualClock) -> None:
    desk = Desk()

    async def one(port: int | Path, number: int) -> None:
        async with talking(port) as talk:
            for turn in range(5):
                await talk.begin(US)
                assert codes(await talk.mail(MAIL.replace(b"<1@", b"<%d.%d@" % (number, turn)))) == ["250"]

    async with listening(desk, clock) as port:
        await asyncio.gather(*(one(port, number) for number in range(20)))
    assert len({raw.key for raw in desk.taken}) == len(desk.taken) == 100
