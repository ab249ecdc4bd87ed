"""`gatehouse incidents`: opened, listed, changed and ended; whom one concerns that came before it was opened."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.case import CaseState, Entry
from gateway.cli.main import app
from gateway.journal import Decision
from gateway.queues import Wanted
from gateway.settings import load
from gateway.wake import ENGINE
from tests.builders import NOON, case, message, raw
from tests.contract.store_suite import INBOX
from tests.desk import CONFIGURATION, Desk

runner = CliRunner()
BARE = ("open", "--title", "en=Deposits are late")
OPEN = (*BARE, "--category", "deposit_not_credited")


class IncidentDesk:
    """A desk with three cases: one that fits, one of another matter, one that is solved."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.desk = Desk(folder)
        self.desk.write(CONFIGURATION)
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        fits = {"category": "deposit_not_credited"}
        cases = (case(**fits), case("GH-BBBBB-BBBBB"), case("GH-CCCCC-CCCCC", state=CaseState.SOLVED, **fits))
        said = Entry(case_id="GH-BBBBB-BBBBB", message=message("m2", text="Is it the maintenance?"), at=NOON)
        async with open_store_for(load(self.desk.path, credentials=False)) as store:
            await store.put_page("support", INBOX, [raw("1")], None)
            (claimed,) = await store.claim_raws(1, 10**9, NOON)
            await store.commit([Decision(claimed.seq, cases=cases, entries=(said,))])

    def run(self, *arguments: str) -> Any:
        return runner.invoke(app, ["incidents", *arguments, "--config", str(self.desk.path)])

    def told(self) -> list[str]:
        """Return what was put into the journal for the engine."""

        async def find() -> list[str]:
            async with open_store_for(load(self.desk.path, credentials=False)) as store:
                return [each.key for each in await store.queues.raws(Wanted(place=ENGINE))]

        return asyncio.run(find())


@pytest.fixture
def incidents(tmp_path: Path) -> IncidentDesk:
    return IncidentDesk(tmp_path / "desk")


def test_one_is_opened_listed_changed_and_ended(incidents: IncidentDesk) -> None:
    done = incidents.run(*OPEN, "--title", "de=Einzahlungen verspätet", "--expected", "2099-11-22T18:00+01:00")
    assert (done.exit_code, "1: open" in done.stdout) == (0, True)
    (listed,) = json.loads(incidents.run("list", "--json").stdout)
    assert (listed["number"], listed["expected"], listed["cases"]) == (1, "2099-11-22T17:00:00Z", 0)
    assert "Deposits are late" in incidents.run("list").stdout
    assert incidents.run("update", "1", "--title", "en=BTC deposits are late", "--no-expected").exit_code == 0
    shown = json.loads(incidents.run("show", "1", "--json").stdout)
    assert (shown["title"]["en"], shown["title"]["de"], shown["expected"]) == (
        "BTC deposits are late",
        "Einzahlungen verspätet",
        None,
    )
    ended = incidents.run("end", "1", "--text", "en=All are credited.")
    assert (ended.exit_code, "over" in ended.stdout) == (0, True)
    assert "no such incident" in incidents.run("list").stdout
    (over,) = json.loads(incidents.run("list", "--all", "--json").stdout)
    assert over["ending"] == {"en": "All are credited."}


def test_open_cases_that_came_before_are_linked_where_that_is_asked_for(incidents: IncidentDesk) -> None:
    done = incidents.run(*OPEN, "--since", "2026-11-20T00:00Z")
    assert "1 open cases belong to it" in done.stdout
    assert incidents.told() == ["incident:1:GH-AAAAA-AAAAA:linked"]
    assert "0 open cases" in incidents.run(*OPEN, "--since", "2026-11-21T00:00Z").stdout
    by_word = incidents.run(*BARE, "--term", "Maintenance", "--since", "2026-11-20T00:00Z")
    assert "1 open cases" in by_word.stdout
    assert "incident:3:GH-BBBBB-BBBBB:linked" in incidents.told()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (BARE, "whom it concerns"),
        (("open", "--title", "de=Verspätet", "--category", "kyc"), "--title en="),
        ((*BARE, "--title", "xx=Late", "--category", "kyc"), "LANGUAGE=TEXT"),
        ((*BARE, "--text", "Late", "--category", "kyc"), "LANGUAGE=TEXT"),
        ((*BARE, "--text", "en= ", "--category", "kyc"), "no text"),
        ((*BARE, "--category", " "), "whom it concerns"),
        ((*OPEN, "--expected", "soon"), "--expected must be a time"),
        ((*OPEN, "--since", "yesterday"), "--since must be a time"),
        ((*BARE, "--channel", "fax"), "no channel fax"),
        ((*OPEN, "--expected", "2020-11-22T18:00Z"), "in the past"),
        (("update", "1", "--expected", "2020-11-22T18:00Z"), "in the past"),
        ((*OPEN, "--expected", "9999-12-31T23:59-01:00"), "--expected must be a time"),
        ((*OPEN, "--since", "0001-01-01T00:00+01:00"), "--since must be a time"),
        ((*BARE, "--category", "kycc"), 'no category kycc; did you mean "kyc"?'),
        ((*OPEN, "--network", "etherium"), 'no network etherium; did you mean "ethereum"?'),
        ((*OPEN, "--language", "xx"), "no language xx"),
        ((*OPEN, "--region", "europe"), "no region europe"),
        ((*BARE, "--term", "\u200b\u0301"), "--term has nothing"),
        (("update", "1", "--expected", "2026-11-22T18:00Z", "--no-expected"), "not both"),
    ],
)
def test_what_cannot_be_meant_is_refused(incidents: IncidentDesk, arguments: tuple[str, ...], told: str) -> None:
    refused = incidents.run(*arguments)
    assert (refused.exit_code, told in refused.stderr) == (2, True), refused.stderr
    assert json.loads(incidents.run("list", "--json").stdout) == []


def test_what_is_not_there_or_is_over_is_said(incidents: IncidentDesk) -> None:
    assert "no incident 9" in incidents.run("show", "9").stderr
    assert "no open incident 9" in incidents.run("end", "9").stderr
    incidents.run(*OPEN)
    incidents.run("end", "1")
    for again in (("end", "1"), ("update", "1", "--title", "en=x")):
        done = incidents.run(*again)
        assert (done.exit_code, "no open incident 1" in done.stderr) == (1, True)


def test_cases_that_wait_are_listed_by_what_is_due_first(incidents: IncidentDesk) -> None:
    listed = runner.invoke(app, ["cases", "list", "--due", "--json", "--config", str(incidents.desk.path)])
    assert json.loads(listed.stdout) == []
    both = runner.invoke(app, ["cases", "list", "--due", "--state", "open", "--config", str(incidents.desk.path)])
    assert both.exit_code == 2


@pytest.mark.parametrize(
    "condition",
    [
        ("--network", "Bitcoin"), ("--network", "examplex-chain"), ("--language", "PT"), ("--language", "pt-BR"),
        ("--language", "zh"), ("--language", "it"), ("--language", "th"), ("--region", "EU"), ("--region", "DE"),
        ("--term", "充值"), ("--category", "KYC"),
    ],
)  # fmt: skip
def test_what_a_case_can_have_is_taken(incidents: IncidentDesk, condition: tuple[str, str]) -> None:
    incidents.desk.write(f'{CONFIGURATION}[triage]\nnetworks = {{ examplex-chain = ["Examplex Chain"] }}\n')
    done = incidents.run(*BARE, *condition)
    assert done.exit_code == 0, done.stderr
