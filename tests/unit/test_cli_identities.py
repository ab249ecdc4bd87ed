"""`gatehouse identities`: what is linked is listed; what an operator unlinks stands for itself."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.cli.main import app
from gateway.identity import Identity
from gateway.journal import Decision
from gateway.settings import load
from tests.builders import raw
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Linked:
    """A desk on which three accounts are one person's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.desk = Desk(folder)
        self.desk.write(CONFIGURATION)
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        names = (("telegram", "7"), ("email", "ann@mail.test"), ("x", "7"))
        identities = tuple(
            Identity(platform=platform, account=account, person="p1", channel="c", proven_at=AT)
            for platform, account in names
        )
        async with open_store_for(load(self.desk.path, credentials=False)) as store:
            item = raw()
            await store.put_page(item.source, item.stream, [item], None)
            (claimed,) = await store.claim_raws(1, 10_000, datetime.now(UTC))
            await store.commit([Decision(seq=claimed.seq, identities=identities)])

    def run(self, *arguments: str) -> Any:
        return runner.invoke(app, ["identities", *arguments, "--config", str(self.desk.path)])


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path / "desk")


def test_linked_accounts_are_listed_and_parted(linked: Linked) -> None:
    listed = json.loads(linked.run("list", "--json").stdout)
    assert {(each["platform"], each["account"], each["person"]) for each in listed} == {
        ("telegram", "7", "p1"),
        ("email", "ann@mail.test", "p1"),
        ("x", "7", "p1"),
    }
    assert "telegram:7" in linked.run("list").stdout
    done = linked.run("unlink", "email:Ann@mail.test", "--reason", "asked by letter")
    assert (done.exit_code, "email:ann@mail.test stands for itself" in done.stdout) == (0, True)
    last = linked.run("unlink", "x:7")
    assert "telegram:7 stands for itself" in last.stdout
    assert "No accounts are linked." in linked.run("list").stdout


@pytest.mark.parametrize("account", ["telegram:8", "telegram", ":7", "x:"])
def test_what_is_not_linked_is_said(linked: Linked, account: str) -> None:
    assert linked.run("unlink", account).exit_code != 0
