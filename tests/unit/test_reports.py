"""Reports of impostors: counted once each, ruled on by operators, and known to every answer soon after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.case import Standing
from gateway.queues import Act
from gateway.reports import CASE, Accusation, Origin, Ruling
from gateway.rulings import EVERY, Overruled, Rulings, scam_named, scams_of, with_scams
from gateway.store import Sealer, SqlStore, open_store
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.verify import verify
from tests.builders import NOON
from tests.conftest import ManualClock

BRAND = {"id": "examplex", "name": "Examplex", "web": [{"domain": "examplex.test"}]}
DIRECTORY = parse_directory({"brands": [BRAND]})
LISTED = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [
                    {"platform": "x", "handle": "Examplex_DE", "id": "1001"},
                    {"platform": "telegram", "handle": "examplex_promo", "until": date(2027, 3, 1)},
                    {"platform": "telegram", "handle": "examplex_old", "until": date(2025, 1, 31)},
                    {"platform": "telegram", "handle": "examplex_soon", "since": date(2027, 1, 1)},
                ],
                "web": [
                    {"domain": "examplex.test"},
                    {"link": "https://desk.example.org/help?lang=en"},
                    {"link": "https://t.me/examplex_news"},
                    {"link": "https://wa.me/442079460001"},
                ],
                "mail": [{"domain": "mail.examplex.example"}, {"address": "examplex@freemail.example"}],
                "phones": [{"number": "+442079460000"}],
            }
        ]
    }
)
HANDLE = Accusation("handle", "examplex_help1", "telegram", "examplex", "affix", case_id="GH-1")
SITE = Accusation("domain", "examplex-desk.example.com", case_id="GH-2", origin=Origin.USER)


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    sealer = Sealer({"k": b"1" * 32}, "k")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as opened:
        yield opened


async def test_what_is_pointed_out_again_is_counted_in_its_row(store: SqlStore, clock: ManualClock) -> None:
    await store.reports.add([HANDLE, SITE])
    clock.advance(60)
    await store.reports.add([Accusation("handle", "examplex_help1", "telegram", case_id="GH-3")])
    first, second = await store.reports.page(Ruling.OPEN, 10)
    assert (first.accused.name, first.times, first.accused.case_id) == (HANDLE.name, 2, "GH-3")
    assert (first.accused.technique, first.last_at > first.first_at) == ("affix", True)
    assert (second.accused, second.times) == (SITE, 1)


async def test_one_case_counts_once_however_often_it_points_somebody_out(store: SqlStore) -> None:
    """Its first words may say little: what it imitates, and whether operators are told, may come later."""
    known = ["", "affix", "plural"]
    for technique in known:
        alarm = bool(technique)
        await store.reports.add(
            [Accusation("domain", "desk.example", "", technique=technique, case_id="1", alarm=alarm)]
        )
        assert await store.reports.alarming() == alarm
    await store.reports.add(
        [Accusation("domain", "desk.example", brand="examplex", reason="It was seen.", case_id="2")]
    )
    (report,) = await store.reports.page(None, 10)
    assert (report.times, report.accused.technique, report.accused.brand) == (2, "affix", "examplex")
    assert (report.accused.reason, report.accused.case_id) == ("It was seen.", "2")


async def test_what_names_no_case_counts_each_time(store: SqlStore) -> None:
    for _ in range(3):
        await store.reports.add([Accusation("domain", "desk.example")])
    assert [each.times for each in await store.reports.page(None, 10)] == [3]


async def test_a_case_that_was_ruled_on_waits_anew_when_it_grows_and_is_no_scam(store: SqlStore) -> None:
    alarm = Accusation(CASE, "GH-1", technique="official_address_forged", case_id="GH-1")
    await store.reports.add([alarm, SITE])
    assert await store.reports.alarming() == 2
    for report in await store.reports.page(None, 10):
        await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))
    assert [each.domain for each in scams_of(await store.reports.confirmed())] == [SITE.value]
    await store.reports.add([alarm, SITE])
    assert [each.accused.name for each in await store.reports.page(Ruling.OPEN, 10)] == [alarm.name]
    assert await store.reports.alarming() == 1


async def test_a_ruling_is_kept_with_who_made_it_and_can_be_taken_back(store: SqlStore) -> None:
    await store.reports.add([HANDLE])
    (report,) = await store.reports.page(None, 10)
    assert await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON, "seen it"))
    (confirmed,) = await store.reports.confirmed()
    assert (confirmed.ruled_by, confirmed.ruled_at, confirmed.note) == ("ann", NOON, "seen it")
    stamp = await store.reports.stamp()
    assert await store.reports.rule(report.number, Ruling.REFUSED, Act("bob", NOON))
    assert await store.reports.confirmed() == ()
    assert await store.reports.stamp() != stamp
    assert not await store.reports.rule(99, Ruling.REFUSED, Act("bob", NOON))


async def test_what_is_confirmed_is_a_reported_scam_for_everybody_who_asks(store: SqlStore, clock: ManualClock) -> None:
    told: list[Directory] = []
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: told.append(rulings.directory), clock)
    await rulings.step()
    told.clear()
    assert rulings.directory is DIRECTORY
    await store.reports.add([HANDLE, SITE])
    for report in await store.reports.page(None, 10):
        await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))
    await rulings.step()
    assert told == [rulings.directory]
    assert verify("telegram:@Examplex_Help1", rulings.directory).standing is Standing.REPORTED_SCAM
    assert verify("www.examplex-desk.example.com", rulings.directory).standing is Standing.REPORTED_SCAM
    assert verify("examplex.test", rulings.directory).standing is Standing.OFFICIAL
    assert rulings.directory is rulings.directory
    await rulings.step()
    assert len(told) == 1
    assert await rulings.due() == clock.now() + EVERY


async def test_one_that_cannot_be_read_stops_no_other(store: SqlStore, clock: ManualClock) -> None:
    await store.reports.add([Accusation("later", "what a newer release knows"), SITE])
    for report in await store.reports.page(None, 10):
        await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: None, clock)
    await rulings.step()
    assert verify("examplex-desk.example.com", rulings.directory).standing is Standing.REPORTED_SCAM


@pytest.mark.parametrize("name", ["host_index", "name_index"])
async def test_a_ruling_makes_no_index_anew(store: SqlStore, clock: ManualClock, name: str) -> None:
    kept = getattr(DIRECTORY, name)
    await store.reports.add([SITE])
    await store.reports.rule(1, Ruling.CONFIRMED, Act("ann", NOON))
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: None, clock)
    await rulings.step()
    assert getattr(rulings.directory, name) is kept


@pytest.mark.parametrize(
    ("kind", "value", "platform"),
    [
        ("handle", "examplex_de", "x"),
        ("handle", "1001", "x"),
        ("handle", "examplex_promo", "telegram"),
        ("handle", "examplex_soon", "telegram"),
        ("handle", "examplex_news", "telegram"),
        ("mail", "help@mail.examplex.example", ""),
        ("mail", "examplex@freemail.example", ""),
        ("mail", "anybody@help.examplex.test", ""),
        ("domain", "examplex.test", ""),
        ("domain", "help.examplex.test", ""),
        ("domain", "examplex.example", ""),
        ("domain", "example.org", ""),
        ("domain", "freemail.example", ""),
        ("link", "https://examplex.test/offer", ""),
        ("link", "https://desk.example.org/help", ""),
        ("link", "http://desk.example.org/help?lang=en", ""),
        ("link", "https://x.com/examplex_de", ""),
        ("phone", "+442079460000", ""),
        ("phone", "+442079460001", ""),
    ],
)
def test_no_ruling_overrules_the_directory(kind: str, value: str, platform: str) -> None:
    """Whatever was confirmed before it was listed: what is official today or later, what lies under it or above."""
    assert with_scams(LISTED, [scam_named(kind, value, platform)], NOON.date()) is LISTED


@pytest.mark.parametrize(
    ("kind", "value", "platform"),
    [
        ("handle", "examplex_de", "telegram"),
        ("handle", "examplex_old", "telegram"),
        ("mail", "another@freemail.example", ""),
        ("domain", "examplex.example.com", ""),
        ("domain", "other.example.org", ""),
        ("link", "https://desk.example.org/help?lang=de", ""),
        ("link", "https://desk.example.org/other", ""),
        ("link", "https://t.me/joinchat/abcdef", ""),
        ("link", "https://x.com/i/broadcasts/1", ""),
        ("phone", "+442079460002", ""),
        ("wallet", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", ""),
    ],
)
def test_what_is_beside_the_official_or_retired_may_be_a_scam(kind: str, value: str, platform: str) -> None:
    scam = scam_named(kind, value, platform)
    assert with_scams(LISTED, [scam], NOON.date()).scams
    assert not Overruled(LISTED, NOON.date()).by(scam)


def test_without_a_day_what_has_retired_is_official_too() -> None:
    assert Overruled(LISTED).by(scam_named("handle", "examplex_old", "telegram"))


async def test_an_account_that_retires_counts_as_reported_from_the_next_day_on(
    store: SqlStore, clock: ManualClock
) -> None:
    brand = BRAND | {"accounts": [{"platform": "x", "handle": "examplex_de", "until": NOON.date()}]}
    directory, told = parse_directory({"brands": [brand]}), list[date]()
    rulings = Rulings(store.reports, lambda: directory, lambda: told.append(clock.now().date()), clock)
    await store.reports.add([Accusation("handle", "examplex_de", "x")])
    await store.reports.rule(1, Ruling.CONFIRMED, Act("ann", NOON))
    await rulings.step()
    assert verify("x:@examplex_de", rulings.directory, NOON.date()).standing is Standing.OFFICIAL
    clock.advance(timedelta(days=1).total_seconds())
    await rulings.step()
    assert verify("x:@examplex_de", rulings.directory, clock.now().date()).standing is Standing.REPORTED_SCAM
    assert len(told) == 2
