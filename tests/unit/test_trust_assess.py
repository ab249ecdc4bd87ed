"""What is found in a message: impostors and what they send along; and nothing where nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import (
    Assessment,
    Evidence,
    Fact,
    FactOutcome,
    Finding,
    ForwardOrigin,
    Link,
    Message,
    Party,
    Severity,
    Span,
    Standing,
)  # fmt: skip
from gateway.trust.assess import MAX_CANDIDATES, MAX_FINDINGS, assess
from gateway.trust.directory import parse_directory
from tests.builders import message as a_message
from tests.unit.test_trust_directory import DAY, sample
from tests.unit.test_trust_mail_auth import mail as bare_mail

DIRECTORY = sample()


def mail(sender: str = "ann@mail.test", name: str = "", **more: Any) -> Message:
    return bare_mail().model_copy(update={"sender": Party(platform="email", address=sender, name=name), **more})


def chat(handle: str | None = None, name: str = "", number: str | None = None, **more: Any) -> Message:
    party = Party(platform="telegram", handle=handle, name=name, id=number, address=number or "")
    return bare_mail().model_copy(update={"platform": "telegram", "sender": party, **more})


def proof(domain: str, outcome: FactOutcome = FactOutcome.PASS) -> Fact:
    return Fact(kind="mail_auth", subject=domain, outcome=outcome)


def judge(message: Message, *facts: Fact) -> Assessment:
    return assess(message, facts, DIRECTORY, DAY)


def only(message: Message, *facts: Fact) -> Finding:
    (finding,) = judge(message, *facts).findings
    return finding


# The sender


def test_a_listed_address_is_official_only_when_its_domain_was_proven() -> None:
    message = mail("support@okx.com", "OKX Support")
    assert judge(message, proof("okx.com")).sender is Standing.OFFICIAL
    for facts in ((), (proof("evil.net"),), (proof("okx.com", FactOutcome.NONE),),
                  (proof("okx.com"), proof("okx.com", FactOutcome.COULD_NOT_CHECK)),
                  (Fact(kind="profile", subject="okx.com", outcome=FactOutcome.PASS),)):  # fmt: skip
        result = judge(message, *facts)
        assert result.sender is Standing.COULD_NOT_CHECK
        assert result.findings == ()


@pytest.mark.parametrize("sender", ["support@okx.com", "ceo@okx.com", "x@mail.okx.com", "a@notice.examplex.test"])
def test_our_domain_without_proof_of_it_is_forged(sender: str) -> None:
    result = judge(mail(sender), proof(sender.rpartition("@")[2], FactOutcome.FAIL))
    (finding,) = result.findings
    assert result.sender is Standing.LOOK_ALIKE
    assert (finding.code, finding.severity, finding.advice) == (
        "official_address_forged",
        Severity.DANGER,
        "advice-forged",
    )
    assert finding.brand in ("okx", "examplex")


def test_an_unlisted_address_at_our_domain_is_not_official_even_when_proven() -> None:
    assert judge(mail("ceo@okx.com", "OKX"), proof("okx.com")).sender is Standing.NOT_LISTED


@pytest.mark.parametrize(
    ("sender", "name", "severity", "technique"),
    [
        ("help@0kx.com", "", Severity.DANGER, "confusable"),
        ("help@оkx.com", "", Severity.DANGER, "confusable"),
        ("noreply@okx-support.com", "Security", Severity.DANGER, "embedded_brand"),
        ("a@okx.com.evil.net", "", Severity.DANGER, "embedded_domain"),
        ("examplex-support@gmail.com", "", Severity.DANGER, "brand_in_local_part"),
        ("joe@evil.net", "Examplex Support", Severity.DANGER, "display_name"),
        ("joe@evil.net", "ЕхаmрIех Supроrt", Severity.DANGER, "display_name"),
        ("joe@evil.net", "Examplex客服", Severity.DANGER, "display_name"),
        ("joe@evil.net", "OKX 官方", Severity.DANGER, "display_name"),
        ("joe@evil.net", "The OKX Help Desk ✅", Severity.DANGER, "display_name"),
        ("joe@evil.net", "Служба поддержки Examplex", Severity.DANGER, "display_name"),
        ("joe@evil.net", "Examplex", Severity.WARNING, "display_name"),
        ("joe@evil.net", "E x a m p l e x ✔", Severity.WARNING, "display_name"),
    ],
)
def test_a_sender_that_poses_as_us_is_found(sender: str, name: str, severity: Severity, technique: str) -> None:
    result = judge(mail(sender, name), proof(sender.rpartition("@")[2]))
    assert result.sender is Standing.LOOK_ALIKE
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.technique, finding.advice) == (
        "sender_poses_as_official", severity, technique, "advice-poses-as-us",
    )  # fmt: skip
    assert finding.official
    assert finding.span is not None
    assert finding.span.field == ("sender.name" if technique == "display_name" else "sender.address")


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "John (Examplex user)",
        "Examplex fan",
        "Ann Support",
        "Cookx Support",
        "Maria Kx",
        "Wang 客服",
        "X",
        "支持",
    ],
)
def test_an_honest_name_does_not_pose(name: str) -> None:
    result = judge(mail("joe@evil.net", name))
    assert (result.sender, result.findings) == (Standing.NOT_LISTED, ())


def test_answers_that_go_elsewhere_weigh_more_when_somebody_poses() -> None:
    aside = {"reply_to": Party(platform="email", address="box@collect.test")}
    alone, diverted = only(mail("joe@evil.net", "Examplex")), only(mail("joe@evil.net", "Examplex", **aside))
    assert "collect.test" in diverted.reason
    assert diverted.confidence > alone.confidence
    assert diverted.severity is Severity.DANGER
    assert [each.code for each in judge(mail("joe@evil.net", "Joe", **aside)).findings] == ["reply_to_elsewhere"]


def test_a_sender_that_was_reported_is_told() -> None:
    result = judge(mail("who@prize-desk.test"))
    assert result.sender is Standing.REPORTED_SCAM
    assert [(item.code, item.severity) for item in result.findings] == [("reported_scam_mentioned", Severity.DANGER)]


def several(*authors: str) -> Message:
    name, _, end = authors[0].rpartition(" <")
    said = [Evidence(name="from-count", value=str(len(authors)))]
    said += [Evidence(name="from-author", value=author) for author in authors]
    return mail(end.removesuffix(">"), name, evidence=tuple(said))


@pytest.mark.parametrize(
    ("authors", "code"),
    [
        (("support@okx.com", "h7@mail.test"), "official_address_forged"),
        (("h7@mail.test", "support@okx.com"), "official_address_forged"),
        (("h7@mail.test", "ceo@okx.com"), "official_address_forged"),
        (("h7@mail.test", "help@0kx.com"), "sender_poses_as_official"),
        (("h7@mail.test", "Examplex Support <joe@evil.net>"), "sender_poses_as_official"),
        (("h7@mail.test", "who@prize-desk.test"), "reported_scam_mentioned"),
        (("h7@mail.test", "joe@evil.net"), None),
    ],
)
def test_of_several_authors_each_is_judged_and_none_believed(authors: tuple[str, ...], code: str | None) -> None:
    result = judge(several(*authors), proof("okx.com"), proof("mail.test"))
    assert result.sender is Standing.COULD_NOT_CHECK
    assert "several authors" in result.sender_reason
    assert [finding.code for finding in result.findings] == ([code] if code else [])


def test_an_imitated_handle_is_marked_in_the_handle() -> None:
    finding = only(chat("examplex_heIp", "Ann"))
    assert finding.span == Span(field="sender.handle", start=0, end=len("examplex_heIp"))


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("see https://t.me/examplex_help/../evil_desk now", "@evil_desk"),
        ("see https://t.me/examplex_help%2f..%2fevil_desk now", "@evil_desk"),
        ("see https://okx.com\\@evil.net/ now", "evil.net"),
    ],
)
def test_a_link_that_is_ours_in_one_reading_alone_is_found(text: str, subject: str) -> None:
    finding = only(mail(text=text))
    assert (finding.code, finding.technique, finding.subject) == ("look_alike_mentioned", "ambiguous", subject)


def test_a_bare_name_of_ours_in_a_text_is_no_finding() -> None:
    assert judge(mail(text="follow @okx, write support@okx.com,ann@mail.test; https://okx.com/a%2Fb")).findings == ()


def test_accounts_are_known_by_id_before_handle() -> None:
    directory_x = {"platform": "x"}
    party = Party(platform="x", handle="examplex", id="1001")
    assert judge(chat().model_copy(update={**directory_x, "sender": party})).sender is Standing.OFFICIAL
    renamed = party.model_copy(update={"handle": "something_else"})
    assert judge(chat().model_copy(update={**directory_x, "sender": renamed})).sender is Standing.OFFICIAL
    stolen = party.model_copy(update={"id": "666"})
    result = judge(chat().model_copy(update={**directory_x, "sender": stolen}))
    assert (result.sender, result.findings[0].technique) == (Standing.LOOK_ALIKE, "other_id")
    silent = party.model_copy(update={"id": None})
    assert judge(chat().model_copy(update={**directory_x, "sender": silent})).sender is Standing.COULD_NOT_CHECK


def test_chat_senders_are_judged_by_handle_and_name() -> None:
    assert judge(chat("examplex_help", "Examplex Support")).sender is Standing.OFFICIAL
    assert judge(chat("examplex_heIp", "Ann")).sender is Standing.LOOK_ALIKE
    assert judge(chat("maria_k", "OKX Support")).sender is Standing.LOOK_ALIKE
    assert judge(chat("examplex_old", "Old desk")).sender is Standing.NOT_LISTED
    assert judge(chat(None, "Maria")).sender is Standing.NOT_LISTED


# What is mentioned


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("is support@0kx.com yours?", "support@0kx.com"),
        ("Ist 0kx.com. von euch", "0kx.com"),
        ("请看https://okx.com.evil.net/谢谢", "okx.com.evil.net"),
        ("联系support@0kx.com谢谢", "support@0kx.com"),
        ("they sent (https://okx.com@evil.net/a?b=1), help", "evil.net"),
        ("a man called @okx_help wrote", "@okx_help"),
        ("telegram t.me/okx_help!!", "@okx_help"),
        ("he is okx_support_desk there", "@okx_support_desk"),
        ("www.exarnplex.test/login", "www.exarnplex.test"),
        ("зашёл на оkx.com вчера", "xn--kx-emc.com"),
    ],
)
def test_a_look_alike_in_the_text_is_found_in_its_place(text: str, subject: str) -> None:
    finding = only(mail(text=text))
    assert (finding.code, finding.advice) == ("look_alike_mentioned", "advice-look-alike")
    assert finding.severity in (Severity.WARNING, Severity.NOTICE)
    if not subject.startswith("xn--"):
        assert finding.subject == subject
    assert finding.span is not None
    assert finding.span.field == "text"
    assert len(text[finding.span.start : finding.span.end]) >= 7
    assert not text[finding.span.start].isspace()
    assert judge(mail(text=text)).sender is Standing.NOT_LISTED


@pytest.mark.parametrize(
    "text",
    [
        "My Examplex withdrawal of 2 BTC has not arrived. txid " + "ab" * 32,
        "I opened examplex.test and https://www.okx.com/help and wrote to support@okx.com",
        "e.g. this and/or that.Then I saw olx.com, learn.microsoft.com and joe@gmail.com",
        "My account is ann+examplex@gmail.com, call +44 20 7946 0000 at 12:30",
        "Я пользуюсь биржей OKX, помогите вывести 100.50 USDT",
        "我的OKX账户无法提现，请帮忙。",
        "follow @examplex and @okx on X",
        "I trusted Examplex.Please help me. My exchange is OKX.Thanks",
        "file.txt report.pdf a.b.c 1.2.3.4 v1.2.3",
    ],
)
def test_an_honest_message_has_no_finding(text: str) -> None:
    result = judge(mail(text=text, subject="Examplex: my withdrawal", quoted="On Monday 0kx.com wrote"))
    assert (result.findings, result.sender) == ((), Standing.NOT_LISTED)


def test_a_reported_scam_in_the_subject_is_danger() -> None:
    finding = only(mail(subject="is www.prize-desk.test real?"))
    assert (finding.code, finding.severity, finding.advice) == (
        "reported_scam_mentioned",
        Severity.DANGER,
        "advice-reported-scam",
    )
    assert finding.span is not None
    assert finding.span.field == "subject"


def test_the_same_thing_is_told_once() -> None:
    assert len(judge(mail(text="0kx.com 0kx.com https://0kx.com/a 0KX.com", subject="0kx.com")).findings) == 1


@pytest.mark.parametrize(
    ("url", "text", "code"),
    [
        ("https://evil.net/a", "www.okx.com", "link_shows_other_target"),
        ("https://evil.net/a", "please open https://okx.com/login now", "link_shows_other_target"),
        ("https://okx.com.evil.net/", "okx.com", "link_shows_other_target"),
        ("https://0kx.com/", "click here", "look_alike_mentioned"),
        ("https://prize-desk.test/", "click here", "reported_scam_mentioned"),
        ("https://mail.test/", "0kx.com", "look_alike_mentioned"),
    ],
)
def test_links_are_judged_by_where_they_lead_and_by_what_they_show(url: str, text: str, code: str) -> None:
    finding = only(mail(links=(Link(url=url, text=text, span=Span(field="text", start=1, end=5)),)))
    assert finding.code == code
    if code == "link_shows_other_target":
        assert (finding.severity, finding.official, finding.advice) == (
            Severity.DANGER,
            "okx.com",
            "advice-link-mismatch",
        )


def test_honest_links_and_links_in_quoted_history_are_left_alone() -> None:
    links = (
        Link(url="https://www.okx.com/a", text="okx.com"),
        Link(url="https://examplex.test/b", text="https://okx.com/b"),
        Link(url="https://news.test/c", text="about OKX"),
        Link(url="https://clicks.mailer.test/d", text="examplex.test"),
    )
    assert judge(mail(links=links, quoted="> read examplex.test", text="thanks")).findings == ()


def test_a_forwarded_origin_is_judged() -> None:
    def forwarded(**party: Any) -> Message:
        return chat(
            "maria", "Maria", forwarded=(ForwardOrigin(party=Party(platform="telegram", **party), kind="user"),)
        )

    assert only(forwarded(handle="okx_help")).span == Span(field="forwarded")
    assert only(forwarded(name="Examplex Support")).technique == "display_name"
    assert judge(forwarded(handle="examplex_help", name="Examplex Support")).findings == ()
    assert judge(forwarded(name="Peter")).findings == ()
    origin = ForwardOrigin(party=Party(platform="email", address="a@0kx.com"), kind="mail", text="go to okx-login.net")
    found = {finding.subject for finding in judge(mail(forwarded=(origin,))).findings}
    assert found == {"a@0kx.com", "okx-login.net"}


def test_the_directory_that_was_asked_is_named_and_facts_are_kept() -> None:
    fact = proof("mail.test", FactOutcome.NONE)
    result = judge(mail(), fact)
    assert (result.directory, result.facts) == (DIRECTORY.digest, (fact,))


# Hostile input


def test_work_and_findings_are_bounded() -> None:
    text = " ".join(f"okx-login{number}.com" for number in range(MAX_CANDIDATES + 500))
    assert len(judge(mail(text=text)).findings) == MAX_FINDINGS


@pytest.mark.parametrize(
    "piece", ["a.", "@", "0kx.com", "://", "https://", "www.", "x@", "\u200b", ". ", "_a", "о.", "a:"]
)
def test_long_runs_are_taken_in_stride(piece: str) -> None:
    judge(mail(text=piece * 20_000, subject=piece * 100, name=piece * 100, quoted=piece))


@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=40))
def test_any_message_is_assessed_and_nobody_becomes_official_by_words(text: str, name: str, address: str) -> None:
    message = mail(address, name, text=text, subject=text, links=(Link(url=text, text=name),))
    assert judge(message).sender is not Standing.OFFICIAL


@pytest.mark.parametrize(
    "text",
    ["send it to 0x52908400098527886E0F7030069857D2E4169EE7 please", "call +12025550143 now", "+1 (202) 555-0143"],
)
def test_a_reported_number_is_told_of_wherever_it_is_written(text: str) -> None:
    scams = [{"wallet": "0x52908400098527886e0f7030069857d2e4169ee7"}, {"phone": "+12025550143"}]
    directory = parse_directory({"brands": [{"id": "examplex", "name": "Examplex"}], "scams": scams})
    (found,) = assess(a_message(text=text, subject=""), (), directory, DAY).findings
    assert (found.code, found.severity) == ("reported_scam_mentioned", Severity.DANGER)


def test_numbers_that_nobody_reported_are_nothing_to_speak_of() -> None:
    text = "0x52908400098527886E0F7030069857D2E4169EE8 and +12025550144 and " + "ab" * 32
    directory = parse_directory({"brands": [], "scams": [{"phone": "+12025550143"}]})
    assert assess(a_message(text=text, subject=""), (), directory, DAY).findings == ()


def test_a_look_alike_is_found_in_a_signature_and_in_the_subject_of_what_is_forwarded() -> None:
    finding = only(mail(text="Help", signature="-- \nwrite to support@0kx.com"))
    assert (finding.code, finding.subject) == ("look_alike_mentioned", "support@0kx.com")
    assert finding.span is not None
    assert finding.span.field == "signature"
    origin = ForwardOrigin(
        party=Party(platform="email", address="x@mail.test"), kind="mail", subject="Log in at 0kx.com"
    )
    assert "0kx.com" in {finding.subject for finding in judge(mail(text="Help", forwarded=(origin,))).findings}
