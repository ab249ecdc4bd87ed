"""Names that the directory lists for accounts: of members of staff above all; whoever else bears one is found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.case import Finding, ForwardOrigin, Message, Party, PartyKind, Severity, Standing, Visibility
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, DirectoryError, parse_directory
from gateway.trust.schema import DirectoryFile
from tests.builders import message

DAY = date(2026, 11, 20)
LIN, NADIA, OLD, WANG = "7000000001", "7000000002", "7000000003", "7000000004"


def listed(**brand: Any) -> Directory:
    accounts = [
        {"platform": "telegram", "handle": "examplex_support_bot", "id": "7001", "name": "Examplex Support"},
        {"platform": "telegram", "handle": "lin_of_examplex", "id": LIN, "role": "staff", "name": "Lin Wei | Examplex"},
        {"platform": "telegram", "id": NADIA, "role": "staff", "name": "Nadia Ortega"},
        {"platform": "telegram", "id": OLD, "role": "staff", "name": "Otto Krause", "until": date(2025, 1, 31)},
        {"platform": "telegram", "id": WANG, "role": "staff", "name": "王小明"},
    ]
    web = [{"domain": "examplex.test"}]
    return parse_directory(
        {"brands": [{"id": "examplex", "name": "Examplex", "accounts": accounts, "web": web} | brand]}
    )


DIRECTORY = listed()


def seen(name: str, number: str = "9001", handle: str | None = None, platform: str = "telegram") -> Message:
    party = Party(platform=platform, id=number, address=number, handle=handle, name=name, kind=PartyKind.PERSON)
    return message(sender=party, platform=platform, text="", subject="", addressed=False, visibility=Visibility.GROUP)


def judge(message: Message) -> tuple[Standing, tuple[Finding, ...]]:
    found = assess(message, (), DIRECTORY, DAY)
    return found.sender, found.findings


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("Lin Wei | Examplex", Severity.DANGER),
        ("lin wei | EXAMPLEX", Severity.DANGER),
        ("Lin Wei - Examplex", Severity.DANGER),
        ("Lin Wei (Examplex) \u2705", Severity.DANGER),
        ("LinWei|Examplex", Severity.DANGER),
        ("L\u0456n W\u0435i | Examplex", Severity.DANGER),
        ("Lin Wei | Examp1ex", Severity.DANGER),
        ("L!n We\u0131 | Examplex", Severity.DANGER),
        ("Lin\u200b Wei | Exa\u0301mplex", Severity.DANGER),
        ("\U0001d40b\U0001d422\U0001d427 Wei | Examplex", Severity.DANGER),
        ("N\u0430dia Ortega", Severity.DANGER),
        ("Nadia Ortega", Severity.WARNING),
        ("NADIA_ORTEGA", Severity.WARNING),
        ("王小明", Severity.WARNING),
    ],
)
def test_whoever_bears_a_listed_name_under_another_id_is_a_look_alike(name: str, severity: Severity) -> None:
    standing, (finding,) = judge(seen(name))
    assert (standing, finding.code, finding.technique) == (
        Standing.LOOK_ALIKE,
        "sender_poses_as_official",
        "listed_name",
    )
    assert (finding.severity, finding.brand) == (severity, "examplex")


@pytest.mark.parametrize("name", ["Lin Wei | Examplex", "Lin", "Ann of Accounts"])
def test_the_member_of_staff_is_official_by_the_id_whatever_name_is_shown(name: str) -> None:
    assert judge(seen(name, LIN)) == (Standing.OFFICIAL, ())
    assert judge(seen(name, LIN, "renamed_since")) == (Standing.OFFICIAL, ())


@pytest.mark.parametrize(
    "name", ["Lin", "Wei Lin", "Lin Weiss", "Linwei Chen", "Nadia", "Ortega Nadia", "小明", "Nadia Ortega Ruiz"]
)  # fmt: skip
def test_only_the_whole_name_counts(name: str) -> None:
    assert judge(seen(name)) == (Standing.NOT_LISTED, ())


def test_a_name_is_guarded_as_long_as_its_account_is_listed() -> None:
    assert judge(seen("Otto Krause"))[0] is Standing.NOT_LISTED
    assert judge(seen("Otto Krause", OLD))[0] is Standing.NOT_LISTED


def test_a_name_is_guarded_on_every_platform_but_mail() -> None:
    assert judge(seen("Lin Wei | Examplex", platform="x"))[0] is Standing.LOOK_ALIKE
    ann = Party(platform="email", address="ann@mail.test", name="Nadia Ortega")
    assert assess(message(sender=ann), (), DIRECTORY, DAY).findings == ()


def test_the_name_of_a_listed_handle_under_another_id_is_told_once() -> None:
    standing, findings = judge(seen("Lin Wei | Examplex", "9001", "lin_of_examplex"))
    assert (standing, [finding.technique for finding in findings]) == (Standing.LOOK_ALIKE, ["other_id"])


def forwarded(**party: Any) -> tuple[Finding, ...]:
    origin = ForwardOrigin(party=Party(platform="telegram", **party), kind="user")
    return assess(message(platform="telegram", sender=Party(platform="telegram", id="5", address="5"), text="",
                          subject="", forwarded=(origin,)), (), DIRECTORY, DAY).findings  # fmt: skip


def test_a_forwarded_name_is_found_unless_its_account_is_hidden_or_listed() -> None:
    (finding,) = forwarded(id="9001", name="Lin Wei | Examplex")
    assert (finding.code, finding.technique) == ("look_alike_mentioned", "listed_name")
    assert forwarded(id=LIN, name="Lin Wei | Examplex") == ()
    assert forwarded(id="7001", name="Examplex Support") == ()
    assert forwarded(name="Lin Wei | Examplex") == ()


def test_a_forwarded_account_is_told_of_once_for_its_handle_and_its_name() -> None:
    (finding,) = forwarded(id="9001", handle="examplex_supp0rt_bot", name="Examplex Support")
    assert (finding.subject, finding.confidence) == ("@examplex_supp0rt_bot", 1.0)
    assert "looks like @examplex_support_bot" in finding.reason
    assert "the display name is that of" in finding.reason or "word of office" in finding.reason
    handle_alone = forwarded(id="9001", handle="examplex_supp0rt_bot", name="Ann")
    assert [each.subject for each in handle_alone] == ["@examplex_supp0rt_bot"]


def test_a_listed_handle_that_another_account_is_forwarded_with_is_found() -> None:
    (finding,) = forwarded(id="9001", handle="lin_of_examplex", name="Lin")
    assert (finding.technique, finding.official) == ("other_id", "@lin_of_examplex on Telegram")
    assert forwarded(id=LIN, handle="lin_of_examplex", name="Lin") == ()
    assert forwarded(handle="lin_of_examplex", name="Lin") == ()


@pytest.mark.parametrize(
    "name", ["Anna", "Li Na", "王芳", "Customer Support", "Alexander", "\u2705 \u2705", "Lin W\u0435i Examplex"]
)
def test_a_name_that_others_bear_by_chance_is_refused(name: str) -> None:
    account = {"platform": "telegram", "id": LIN, "name": name}
    with pytest.raises(DirectoryError) as caught:
        parse_directory({"brands": [{"id": "examplex", "name": "Examplex", "accounts": [account]}]})
    (problem,) = caught.value.problems
    assert problem.path == "brands[0].accounts[0].name"
    assert "others bear by chance" in problem.message or "several scripts" in problem.message


def test_the_schema_tells_of_names() -> None:
    account = DirectoryFile.model_json_schema()["$defs"]["Account"]["properties"]
    assert "member of staff" in account["name"]["description"]
