"""One run after the other: what is found, told once, remembered; budgets, stops, and faults that hide nothing else."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.case import Severity
from gateway.errors import ConfigError
from gateway.patrol.filed import FiledLog, dump_memory, read_memory
from gateway.patrol.impersonations import write_csv, write_jsonl
from gateway.patrol.patrol import Patrol, run
from gateway.patrol.ports import Budgets, Certificate, Failed, Looker
from gateway.patrol.values import Alike, Impersonation, Kind, Memory, Place, Report, Seen, Subject
from tests.conftest import ManualClock
from tests.unit.patrol_fakes import NOW, WELL, FakeCertificates, FakeDns, FakePlatform, KeptLog, directory, party

OURS = {"platform": "x", "handle": "examplex", "id": "1000"}
OWN = party("examplex", "1000", "Examplex", verified="true", verified_type="business")
IMPOSTOR = party(
    "examplex_help", "666", "Examplex Support", verified="false", description="Write to us at examplex.test"
)
SHOWN = Certificate(datetime(2027, 6, 1, tzinfo=UTC), ("examplex.test",), "Made-up Authority", matches=True)


def patrol(platform: FakePlatform | None = None, dns: FakeDns | None = None, **more: object) -> Patrol:
    """Return a patrol of one account and, with a DNS, of one domain."""
    made = Patrol(
        directory=directory(OURS, web=["examplex.test"] if dns else []),
        clock=ManualClock(),
        log=KeptLog(),
        lookers={"x": (Looker(platform),)} if platform else {},
        dns=dns,
        certificates=FakeCertificates(SHOWN),
        budgets=Budgets(domains=200, handles=50),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def codes(report: Report) -> list[str]:
    return [change.code for change in report.changes]


async def test_a_look_alike_account_is_found_once_with_its_evidence() -> None:
    platform = FakePlatform(OWN, IMPOSTOR)
    made = patrol(platform)
    first = await run(made)
    assert codes(first) == ["look_alike_found"]
    assert first.exit_status == 3
    (found,) = first.impersonations
    assert (found.kind, found.platform, found.value, found.of) == ("handle", "x", "examplex_help", "@examplex on X")
    assert (found.technique, found.url, found.first_seen) == ("affix", "https://x.com/examplex_help", NOW)
    assert dict(found.evidence)["id"] == "666"
    assert dict(found.evidence)["name"] == "Examplex Support"
    assert found.severity is Severity.DANGER
    second = await run(made)
    assert (codes(second), [each.code for each in second.standing]) == ([], ["look_alike_found"])
    assert second.exit_status == 0
    assert [each.value for each in second.impersonations] == ["examplex_help"]


async def test_what_the_profile_says_of_itself_makes_it_surer() -> None:
    alone = party("examplex_help", "666", "Anna", verified="false")
    fan = party("examplex_help", "666", "Examplex fan page", verified="false", description="unofficial", parody="true")
    sure = {}
    for name, each in {"alone": alone, "named": IMPOSTOR, "fan": fan}.items():
        (found,) = (await run(patrol(FakePlatform(OWN, each)))).impersonations
        sure[name] = found.confidence
    assert sure["fan"] < sure["alone"] < sure["named"]


async def test_all_candidates_have_their_turn_within_the_budget() -> None:
    platform = FakePlatform(OWN)
    made = patrol(platform)
    asked: set[str] = set()
    for _ in range(40):
        before = len(platform.asked)
        await run(made)
        candidates = platform.asked[before + 2 :]
        assert len(candidates) <= 50
        asked.update(candidates)
    assert {"examplexsupport", "examplex_help", "ezamplex", "examplex_jp"} <= asked
    assert len(asked) > 400


async def test_a_known_look_alike_is_looked_at_again_and_told_when_it_goes() -> None:
    platform = FakePlatform(OWN, IMPOSTOR)
    made = patrol(platform)
    await run(made)
    platform.known.remove(IMPOSTOR)
    gone = await run(made)
    assert codes(gone) == ["look_alike_gone"]
    assert gone.impersonations == ()
    assert codes(await run(made)) == []


async def test_one_of_ours_under_another_name_is_no_impostor() -> None:
    platform = FakePlatform(party("examplex_help", "1000", "Examplex"))
    report = await run(patrol(platform))
    assert report.impersonations == ()
    assert sorted(codes(report)) == ["account_name_free", "account_renamed"]


async def test_a_platform_that_tells_nothing_of_strangers_is_searched_all_the_same() -> None:
    """As Telegram: what is not told is counted, has had its turn, and is nothing that an operator could mend."""
    platform = FakePlatform(OWN, IMPOSTOR, unknown="not told to a bot")
    made = patrol(platform)
    report = await run(made)
    assert (codes(report), report.unchecked) == (["look_alike_found"], ())
    (coverage,) = report.coverage
    assert (coverage.looked_up, coverage.untold, coverage.found) == (1, 49, 1)
    before = set(platform.asked)
    await run(made)
    assert len(set(platform.asked) - before) >= 40


async def test_a_search_stops_when_the_platform_does_and_nobody_loses_his_turn() -> None:
    platform = FakePlatform(OWN)
    made = patrol(platform)
    calls = 0
    real = platform.look_up

    async def spent(handles: Sequence[str]) -> object:
        nonlocal calls
        calls += 1
        platform.down = "The day's budget is spent" if calls > 1 else ""
        return await real(handles)  # type: ignore[arg-type]

    platform.look_up = spent  # type: ignore[method-assign, assignment]
    stopped = await run(made)
    assert stopped.exit_status == 5
    assert [(each.part, each.reason) for each in stopped.unchecked] == [
        ("look-alike handles on X", "The day's budget is spent")
    ]
    missed = platform.asked[2:][:50]
    platform.look_up, platform.down = real, ""  # type: ignore[method-assign]
    platform.calls.clear()
    report = await run(made)
    assert report.exit_status == 0
    assert set(missed) <= set(platform.asked)


async def test_without_any_channel_that_is_said_and_no_search_begun() -> None:
    report = await run(patrol())
    assert [(each.part, each.reason) for each in report.unchecked] == [("@examplex on X", "no channel on X")]
    assert (report.exit_status, report.coverage) == (5, ())


def taken(*names: str) -> FakeDns:
    dns = FakeDns(WELL)
    for name in names:
        dns.records |= {(name, "NS"): [f"ns1.{name}."], (name, "A"): ["198.51.100.7"]}
    return dns


async def test_a_look_alike_domain_is_found_with_its_records() -> None:
    dns = taken("examplex-support.com")
    dns.records["examplex-support.com", "MX"] = ["10 Mail.examplex-support.com."]
    report = await run(patrol(FakePlatform(OWN), dns))
    (found,) = report.impersonations
    assert (found.kind, found.value, found.of, found.technique) == (
        "domain",
        "examplex-support.com",
        "examplex.test",
        "affix",
    )
    assert dict(found.evidence) == {
        "a": "198.51.100.7",
        "mx": "mail.examplex-support.com",
        "ns": "ns1.examplex-support.com",
    }
    assert codes(report) == ["look_alike_found"]


async def test_domains_are_asked_for_a_few_at_a_time() -> None:
    dns = taken()
    await run(patrol(FakePlatform(OWN), dns))
    assert 2 <= dns.most <= 20


async def test_a_suffix_that_answers_for_every_name_proves_nothing() -> None:
    dns = taken("examplex.ws")
    dns.wildcard = {"net": {"A": ("203.0.113.9",)}}
    report = await run(patrol(FakePlatform(OWN), dns))
    assert report.impersonations == ()
    dns.records["examplex-support.net", "A"] = ["198.51.100.8"]
    report = await run(patrol(FakePlatform(OWN), dns))
    assert [each.value for each in report.impersonations] == ["examplex-support.net"]


async def test_a_dns_that_goes_away_stops_the_search_and_changes_nothing() -> None:
    dns = taken("examplex-support.com")
    made = patrol(FakePlatform(OWN), dns)
    await run(made)
    dns.down = True
    report = await run(made)
    assert (report.changes, report.exit_status) == ((), 5)
    assert {each.part for each in report.unchecked} == {"examplex.test: DNS", "look-alike domains"}
    assert [each.value for each in report.impersonations] == ["examplex-support.com"]
    dns.down = False
    assert (await run(made)).exit_status == 0


async def test_one_name_that_cannot_be_asked_for_stops_nothing() -> None:
    dns = taken("examplex-help.com")
    dns.failing = {"examplex-support.com"}
    report = await run(patrol(FakePlatform(OWN), dns))
    assert [each.value for each in report.impersonations] == ["examplex-help.com"]
    assert (report.unchecked, sum(each.untold for each in report.coverage)) == ((), 1)


async def test_one_broken_domain_of_ours_is_no_dns_that_is_away() -> None:
    dns = taken("examplex-help.com")
    dns.failing = {"examplex.test", "examplex-support.com"}
    dns.records["examplex.net", "SOA"] = ["x"]
    ours = directory(OURS, web=["examplex.test", "examplex.net"])
    report = await run(patrol(FakePlatform(OWN), dns, directory=ours))
    assert [each.part for each in report.unchecked] == ["examplex.test: DNS", "examplex.net: certificate"]
    assert [each.value for each in report.impersonations] == ["examplex-help.com"]


async def test_a_look_alike_that_becomes_official_is_forgotten() -> None:
    made = patrol(FakePlatform(OWN, IMPOSTOR))
    await run(made)
    ours = directory(OURS, {"platform": "x", "handle": "examplex_help", "id": "666"})
    report = await run(replace(made, directory=ours))
    assert report.impersonations == ()
    assert "look_alike_gone" not in codes(report)


class Breaking:
    """Sightings that break, or cannot be told, or are told."""

    def __init__(self, does: Exception | Failed | Sequence[Impersonation]) -> None:
        self.does = does
        self.since_when: list[datetime | None] = []

    async def since(self, at: datetime | None) -> Sequence[Impersonation] | Failed:
        self.since_when.append(at)
        if isinstance(self.does, Exception):
            raise self.does
        return self.does


MEMBER = Impersonation("member", "examplex_lena", "@examplex on X", "affix", (), "", NOW, "telegram", "examplex", 0.9)


async def test_members_of_own_groups_are_told_of_since_the_last_run() -> None:
    sightings = Breaking([MEMBER])
    made = patrol(FakePlatform(OWN), sightings=sightings)
    report = await run(made)
    assert (codes(report), report.impersonations) == (["member_seen"], (MEMBER,))
    sightings.does = []
    assert codes(await run(made)) == []
    assert sightings.since_when == [None, NOW]


@pytest.mark.parametrize("does", [Failed("the store does not answer"), KeyError("somebody")])
async def test_a_fault_in_one_part_hides_nothing_of_the_others(does: Exception | Failed) -> None:
    with capture_logs() as logs:
        report = await run(patrol(FakePlatform(OWN, IMPOSTOR), sightings=Breaking(does)))
    assert codes(report) == ["look_alike_found"]
    assert [each.part for each in report.unchecked] == ["members of own groups"]
    assert "somebody" not in json.dumps([each.get("error") for each in logs])


async def test_each_change_is_an_event_without_the_words_of_others() -> None:
    platform = FakePlatform(OWN)
    made = patrol(platform, sightings=Breaking([MEMBER]))
    await run(replace(made, budgets=Budgets(handles=0)))
    platform.known[:] = [party("examplex", "1000", "Planted name", verified="false", affiliation="Planted group")]
    platform.known.append(party("examplexsupport", "667", "Planted Examplex Support"))
    with capture_logs() as logs:
        await run(made)
    events = [each for each in logs if each["event"] == "patrol.change"]
    assert {each["code"] for each in events} >= {"mark_lost", "name_changed", "look_alike_found", "member_seen"}
    assert all(each["log_level"] == "warning" for each in events)
    assert "lanted" not in json.dumps(events)
    assert "examplex_lena" not in json.dumps(events)
    lost = next(each for each in events if each["code"] == "mark_lost")
    assert (lost["subject"], lost["platform"], lost["before"], lost["after"]) == ("examplex", "x", "true", "false")


# The memory in a file


def remembered() -> Memory:
    subject = Subject(Kind.ALIKE_ACCOUNT, "examplex_help", "x")
    alike = Alike("examplex", "@examplex on X", "affix", 0.9)
    seen = Seen(subject, "examplex", {"state": "there", "name": "Ex\u202eamplex 😀"}, NOW, NOW, alike)
    own = Seen(Subject(Kind.DOMAIN, "examplex.test"), "examplex", {}, NOW, NOW + timedelta(1))
    return Memory({subject: seen, own.subject: own}, {"s/likely": Place(0.9, "examplexvip", 2)}, NOW)


def test_a_memory_is_read_as_it_was_kept_by_its_owner_alone(tmp_path: Path) -> None:
    log = FiledLog(tmp_path / "patrol.json")
    assert asyncio.run(log.load()) == Memory()
    asyncio.run(log.save(remembered()))
    assert asyncio.run(log.load()) == remembered()
    assert stat.S_IMODE((tmp_path / "patrol.json").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["patrol.json"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 2}', '{"version": 1, "ran_at": null, "places": {}, "seen": [1]}', "\ud800"],
)
async def test_a_damaged_memory_is_said_and_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "patrol.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match="damaged; move it away"):
        await FiledLog(path).load()
    with pytest.raises(ConfigError):
        await run(patrol(FakePlatform(OWN), log=FiledLog(path)))
    assert path.read_bytes() == text.encode("utf-8", "surrogatepass")


async def test_a_memory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        await FiledLog(tmp_path / "none" / "patrol.json").save(Memory())


def test_a_memory_without_a_time_zone_is_none() -> None:
    found = dump_memory(remembered())
    found["ran_at"] = "2026-11-20T12:00:00"
    with pytest.raises(ValueError, match="zone"):
        read_memory(found)


# Files for takedown


def test_what_an_impostor_wrote_is_computed_by_no_spreadsheet() -> None:
    evil = replace(MEMBER, value="=HYPERLINK(1)", evidence=(("name", "+1"), ("bio", "a\nb")))
    file = StringIO()
    write_csv([evil], file)
    head, row = file.getvalue().split("\r\n")[:2]
    assert head.startswith("kind,platform,value,url,of,brand,technique,confidence")
    assert row.startswith("member,telegram,'=HYPERLINK(1),,'@examplex on X,")
    lines = StringIO()
    write_jsonl([evil, MEMBER], lines)
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert (first["value"], first["evidence"]) == ("=HYPERLINK(1)", {"name": "+1", "bio": "a\nb"})
    assert second["first_seen"] == "2026-11-20T12:00:00+00:00"
