"""What misleads in a mail's header: it is told to agents, whomever it imitates, and honest mail is left alone."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from gateway.backends._parts import parts_of
from gateway.case import Assessment, Entry, Evidence, Fact, FactOutcome, Finding, Message, Party, Severity, Standing
from gateway.ports import Key, TicketAction, TicketWrite
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.mail_doubts import mail_doubts
from tests.builders import NOON, case, message

OURS = tomllib.loads("""
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.web]]
domain = "examplex.com"

[[brands.mail]]
address = "support@examplex.com"
""")
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return parse_directory(OURS)


def mail(address: str, name: str = "Ann", reply_to: str = "", *evidence: tuple[str, str]) -> Message:
    return message(
        sender=Party(platform="email", address=address, name=name),
        reply_to=Party(platform="email", address=reply_to) if reply_to else None,
        evidence=tuple(Evidence(name=key, value=value) for key, value in evidence),
    )


def codes(seen: Message) -> list[str]:
    return [each.code for each in mail_doubts(seen)]


def test_p41_answers_that_are_to_go_elsewhere_are_told_and_from_stays_the_sender(directory: Directory) -> None:
    seen = mail("ann@mail.test", reply_to="collect@evil.test")
    (finding,) = assess(seen, (), directory, DAY).findings
    assert (finding.code, finding.severity, finding.subject) == (
        "reply_to_elsewhere", Severity.NOTICE, "collect@evil.test",
    )  # fmt: skip
    assert "mail.test" in finding.reason
    assert finding.span is not None
    assert finding.span.field == "reply_to"
    assert seen.sender.address == "ann@mail.test"


@pytest.mark.parametrize("reply_to", ["", "ann@mail.test", "box@mail.test", "ann@eu.mail.test", "ann", "ann@"])
def test_p41_answers_within_one_organisation_are_nothing(reply_to: str) -> None:
    assert codes(mail("ann@mail.test", reply_to=reply_to)) == []


def test_p41_answers_to_a_look_alike_of_ours_are_worth_a_warning(directory: Directory) -> None:
    found = assess(mail("ann@mail.test", reply_to="support@examplex-help.com"), (), directory, DAY).findings
    assert {each.code for each in found} == {"reply_to_elsewhere", "look_alike_mentioned"}
    assert max(each.severity for each in found if each.code == "look_alike_mentioned") in ("warning", "danger")


def test_p44_a_list_that_sends_answers_to_the_author_is_no_deception() -> None:
    listed = (("list-id", "<traders.list.test>"), ("list-post", "<mailto:traders@list.test>"))
    assert codes(mail("traders@list.test", "Ann via Traders", "ann@mail.test", *listed)) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("help@bank.test", True),
        ("Bank <help@bank.test>", True),
        ("help＠bank.test", True),
        ("Ann (ann@mail.test)", False),
        ("Ann @ home", False),
        ("ann@home", False),
        ("ann@eu.mail.test", False),
        ("Ann", False),
        ("", False),
    ],
)
def test_p45_a_name_that_shows_another_address_is_told(name: str, found: bool) -> None:
    assert codes(mail("x@mail.test", name)) == ["name_shows_other_address"] * found


def test_p45_a_name_that_shows_an_address_of_ours_poses_as_us(directory: Directory) -> None:
    found = assess(mail("x@evil.test", "support@examplex.com"), (), directory, DAY)
    assert found.sender is Standing.LOOK_ALIKE
    assert [each.code for each in found.findings] == ["sender_poses_as_official"]


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("оnline.test", True),
        ("xn--nline-uye.test", True),
        ("mail.αpple.test", True),
        ("пример.test", False),
        ("bücher.test", False),
        ("日本abc.test", False),
        ("mail.test", False),
    ],
)
def test_p45_a_domain_that_mixes_scripts_is_told_and_one_in_a_language_is_not(domain: str, found: bool) -> None:
    assert codes(mail(f"x@{domain}")) == ["sender_domain_mixes_scripts"] * found


def test_a_chat_has_no_header() -> None:
    assert mail_doubts(mail("x@mail.test", "a@b.test").model_copy(update={"platform": "telegram"})) == ()


PROVEN = Fact(
    kind="mail_auth", subject="mail.test", outcome=FactOutcome.PASS, reason="mail.test was proven.",
    evidence=(Evidence(name="spf", value="pass"), Evidence(name="checked_by", value="gatehouse")),
)  # fmt: skip
FAILED = PROVEN.model_copy(update={"outcome": FactOutcome.FAIL, "reason": "DMARC failed."})
NOTICE = Finding(code="reply_to_elsewhere", severity=Severity.NOTICE, reason="Answers go elsewhere.")


@pytest.mark.parametrize(
    ("assessment", "told"),
    [
        (Assessment(facts=(PROVEN,)), ""),
        (Assessment(facts=(FAILED,)), "Sender authentication: fail. DMARC failed. (spf pass, checked by gatehouse)"),
        (
            Assessment(facts=(PROVEN,), findings=(NOTICE,)),
            "[notice] reply_to_elsewhere: Answers go elsewhere.\n"
            "Sender authentication: pass. mail.test was proven. (spf pass, checked by gatehouse)",
        ),
    ],
)
def test_p42_agents_read_in_the_ticket_what_the_checks_found(assessment: Assessment, told: str) -> None:
    entry = Entry(case_id="GH-1", message=message(), assessment=assessment, at=NOON)
    write = TicketWrite(key=Key("1"), action=TicketAction.MESSAGE, case=case(), entry=entry)
    assert "\n".join(part.text for part in parts_of(write) if part.for_agents) == told


@pytest.mark.parametrize(
    ("evidence", "forged"),
    [
        ({"dmarc": "fail", "policy": "none"}, True),
        ({"dmarc": "fail", "policy": "none", "relay": "a mailing list"}, False),
        ({"dmarc": "none", "spf": "none"}, False),
    ],
)
def test_p45_an_address_of_ours_that_failed_is_forged_even_where_its_policy_asks_for_nothing(
    directory: Directory, evidence: dict[str, str], forged: bool
) -> None:
    said = tuple(Evidence(name=key, value=value) for key, value in evidence.items())
    fact = Fact(kind="mail_auth", subject="examplex.com", outcome=FactOutcome.NONE, evidence=said)
    found = assess(mail("support@examplex.com"), (fact,), directory, DAY)
    assert [each.code for each in found.findings] == ["official_address_forged"] * forged
    assert (found.sender is Standing.COULD_NOT_CHECK) is not forged
