"""Two gateways that write to each other, each a process of its own, over one mail server."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from gateway.sandbox.mail import MailServer
from tests.gateway_process import GatewayProcess

ONE, OTHER = "support@examplex.test", "help@other.test"
WAIT = 30.0


def written(sender: str, to: str) -> bytes:
    """Return a mail as a person writes it in a mail program of his own, under the desk's address."""
    lines = (f"From: {sender}", f"To: {to}", "Subject: A question", f"Message-ID: <1@{sender.rpartition('@')[2]}>")
    return ("\r\n".join(lines) + "\r\n\r\nWhere is our deposit?\r\n").encode()


def inbox(server: MailServer, address: str) -> list[EmailMessage]:
    return [message_from_bytes(mail.body, policy=policy.default) for mail in server.inbox(address)]  # type: ignore[misc]


async def test_p34_two_gateways_that_write_to_each_other_stop_after_one_acknowledgement_each(tmp_path: Path) -> None:
    """D10: each takes the other for a person who has written, and then its acknowledgement for a machine's."""
    desks = {ONE: GatewayProcess(tmp_path / "one"), OTHER: GatewayProcess(tmp_path / "other")}
    async with MailServer.start(password="made-up-pass") as server, asyncio.timeout(WAIT):
        server.deliver(ONE, written(OTHER, ONE))
        server.deliver(OTHER, written(ONE, OTHER))
        try:
            for address, desk in desks.items():
                desk.configure(server.imap_port, server.smtp_port, "made-up-pass", address=address)
                await desk.start()
            for desk in desks.values():
                await desk.until(lambda desk=desk: desk.count("raw.settled") == 2)
            for desk in desks.values():
                assert await desk.stop() == 0
        finally:
            for desk in desks.values():
                await desk.close()
        for address, desk in desks.items():
            first, answer = inbox(server, address)
            assert first["Subject"] == "A question"
            assert answer["Auto-Submitted"] == "auto-replied"
            assert answer["Return-Path"] in ("<>", None)
            notes = [event["note"] for event in desk.events if event["event"] == "raw.settled"]
            assert sum("acknowledgement to be sent" in note for note in notes) == 1
            assert sum("not acknowledged" in note for note in notes) == 1
            kinds = desk.rows("select kind, state from effects where kind not in ('ticket', 'wake')")
            assert kinds == [("acknowledgement", "settled")]
