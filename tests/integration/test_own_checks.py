"""A real Postfix pushes mail into the real gateway, which checks the senders itself: the verdict is in the case."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_pushed_mail import SECS, Desk, desk
from tests.mail_signing import ed_key, mail, record, signed
from tests.servers.dns_server import DnsServer

pytestmark = pytest.mark.timeout(120)

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@asynccontextmanager
async def checking(folder: Path) -> AsyncIterator[Desk]:
    """Run a desk whose users are at user.example, which asks for mail without proof to be refused."""
    async with DnsServer.start() as server:
        server.set("user.example", "TXT", f'"v=spf1 ip4:{HOME} -all"')
        server.set("_dmarc.user.example", "TXT", '"v=DMARC1; p=reject"')
        server.set("s1._domainkey.user.example", "TXT", f'"{record(ed_key())}"')
        async with desk(folder, f'own_checks = true\ndns_servers = ["127.0.0.1#{server.port}"]\n') as found:
            yield found


def text(subject: str) -> bytes:
    """Return a mail as its author's own server would sign it."""
    plain = mail(
        "From: Ana <ana@user.example>", "To: support@examplex.test", f"Subject: {subject}",
        f"Message-ID: <{subject}@user.example>", body="My account is locked.\r\n",
    )  # fmt: skip
    return signed(plain, "user.example", ed_key())


async def facts(found: Desk) -> dict[str, dict[str, Any]]:
    """Return the fact about the sender of each case by its subject, as `gatehouse cases show` tells it."""
    numbers = [number for (number,) in found.gateway.rows("SELECT id FROM cases")]
    return dict(await asyncio.gather(*(_fact(found, number) for number in numbers)))


async def _fact(found: Desk, number: str) -> tuple[str, dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "cases", "show", number, "--json", "--config", str(found.gateway.config),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate()
    file = json.loads(output)
    (fact,) = (each for each in file["entries"][0]["assessment"]["facts"] if each["kind"] == "mail_auth")
    return file["case"]["subject"], {each["name"]: each["value"] for each in fact["evidence"]} | fact


async def test_p42_p43_mail_that_is_pushed_is_checked_by_whom_it_came_from(tmp_path: Path) -> None:
    async with checking(tmp_path) as found:
        await _send(found, text("signed"), HOME)
        await _send(found, text("changed").replace(b"locked", b"open"), ELSEWHERE)
        await found.reached(lambda: found.cases() == 2)
        told = await facts(found)
    assert {name: (each["outcome"], each["spf"], each["dkim"]) for name, each in told.items()} == {
        "signed": ("pass", "pass", "pass"),
        "changed": ("fail", "fail", "fail"),
    }
    assert {each["subject"] for each in told.values()} == {"user.example"}


async def _send(found: Desk, raw: bytes, client: str) -> None:
    async with asyncio.timeout(SECS):
        await asyncio.to_thread(found.mail_server.send, raw, ["support@examplex.test"], "ana@user.example", client)
