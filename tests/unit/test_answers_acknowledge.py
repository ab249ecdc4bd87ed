"""Automatic replies: sent to people who wrote to us, once, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.answers import signs
from gateway.answers.acknowledge import AckPolicy, AckReason, AckVerdict, Ledger, may_acknowledge, target
from gateway.answers.compose import acknowledgement
from gateway.answers.locales import load_locales
from gateway.answers.tokens import new_case_id, sign_token
from gateway.case import (
    Assessment,
    Case,
    Evidence,
    Fact,
    FactOutcome,
    Finding,
    Message,
    Party,
    PartyKind,
    Provenance,
    Recipient,
    RecipientRole,
    Severity,
    Standing,
    Thread,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = "support@examplex.test"
USER = "user@example.test"
SECRET = b"0123456789abcdef0123456789abcdef"
FOREIGN = f"<{sign_token(b'another', 'GH-00000-00000', 'n')}@other.test>"
TOKEN = f"<{sign_token(SECRET, 'GH-7K3MQ-9Q2XZ', 'n')}@examplex.test>"


def mail_auth(outcome: str) -> Fact:
    return Fact(kind="mail_auth", subject="example.test", outcome=FactOutcome(outcome))


PASSED = Assessment(facts=(mail_auth("pass"),))


def a_mail(*, sender: str = USER, name: str = "", said: tuple[tuple[str, str], ...] = (), **fields: Any) -> Message:
    """Return an ordinary mail of a person, changed as told."""
    party = Party(platform="email", address=sender, name=name)
    values: dict[str, Any] = {
        "id": "m1",
        "content_key": "c1",
        "provenance": Provenance(
            source="support", stream="INBOX", key="1:1", lane=sender, received_at=NOW, normalizer="email/1", size=1
        ),
        "platform": "email",
        "sender": party,
        "envelope_sender": sender,
        "recipients": (Recipient(role=RecipientRole.TO, party=Party(platform="email", address=OURS)),),
        "subject": "Withdrawal delayed",
        "text": "Please help.",
        "thread": Thread(own_ref="<1@example.test>"),
        "evidence": tuple(Evidence(name=key, value=value) for key, value in said),
    }
    return Message(**(values | fields))


def addressed_to(role: str, address: str) -> tuple[Recipient, ...]:
    return (Recipient(role=RecipientRole(role), party=Party(platform="email", address=address)),)


def received(at: datetime) -> Provenance:
    return a_mail().provenance.model_copy(update={"received_at": at})


def ask(
    message: Message,
    assessment: Assessment = PASSED,
    policy: AckPolicy | None = None,
    sent_to: tuple[int, ...] = (0, 0),
    sent_to_all: int = 0,
) -> AckVerdict:
    ledger = Ledger(sent_to=sent_to, sent_to_all=sent_to_all)
    return may_acknowledge(message, assessment, policy or AckPolicy(), {OURS}, ledger, NOW)


def header(name: str, value: str) -> Callable[[], Message]:
    return lambda: a_mail(said=((name, value),))


def sender(address: str) -> Callable[[], Message]:
    return lambda: a_mail(sender=address)


def subject(text: str) -> Callable[[], Message]:
    return lambda: a_mail(subject=text)


REFUSED: list[tuple[str, str, Callable[[], Message]]] = [
    ("null_sender", "envelope says null", lambda: a_mail(envelope_sender="")),
    ("null_sender", "envelope in brackets", lambda: a_mail(envelope_sender="<>")),
    ("null_sender", "header says null", lambda: a_mail(envelope_sender=None, said=(("return-path", " <> "),))),
    ("auto_submitted", "replied", header("auto-submitted", "auto-replied")),
    ("auto_submitted", "generated, with case and parameter", header("auto-submitted", "Auto-Generated; type=x")),
    ("auto_submitted", "notified", header("auto-submitted", "auto-notified; owner-email=a@b.test")),
    ("auto_submitted", "unknown word", header("auto-submitted", "yes")),
    ("auto_submitted", "empty", header("auto-submitted", "")),
    (
        "auto_submitted",
        "the second of two says so",
        lambda: a_mail(said=(("auto-submitted", "no"), ("auto-submitted", "auto-replied"))),
    ),
    ("report", "delivery report", header("content-type", 'multipart/report; report-type="delivery-status"')),
    ("report", "read receipt", header("content-type", "Multipart/Report; report-type=disposition-notification")),
    ("report", "abuse report", header("content-type", "multipart/report; report-type=feedback-report")),
    ("report", "bare status", header("content-type", "message/delivery-status")),
    ("suppressed", "all", header("x-auto-response-suppress", "All")),
    ("suppressed", "among others", header("x-auto-response-suppress", "DR, OOF, AutoReply")),
    ("precedence", "bulk", header("precedence", "bulk")),
    ("precedence", "list", header("precedence", "List")),
    ("precedence", "junk", header("precedence", " junk ")),
    ("precedence", "auto_reply", header("precedence", "auto_reply")),
    ("mailing_list", "id", header("list-id", "<news.example.test>")),
    ("mailing_list", "unsubscribe", header("list-unsubscribe", "<mailto:x@example.test>")),
    ("mailing_list", "post", header("list-post", "NO")),
    ("mailing_list", "mailman", header("x-mailman-version", "3")),
    ("mailing_list", "old style", header("mailing-list", "list x")),
    ("machine_header", "autoreply", header("x-autoreply", "yes")),
    ("machine_header", "autorespond", header("x-autorespond", "")),
    ("machine_header", "auto-reply-from", header("x-auto-reply-from", "x@example.test")),
    ("machine_header", "mail-autoreply", header("x-mail-autoreply", "1")),
    ("machine_header", "loop", header("x-loop", "support@other.test")),
    ("machine_header", "exchange rule", header("x-ms-exchange-inbox-rules-loop", "a@b.test")),
    ("machine_header", "cron", header("x-cron-env", "<SHELL=/bin/sh>")),
    ("machine_header", "another help desk", header("x-zendesk-from-account-id", "1")),
    ("failed_recipients", "bounce", header("x-failed-recipients", "a@b.test")),
    ("robot_address", "mailer-daemon", sender("MAILER-DAEMON@example.test")),
    ("robot_address", "postmaster", sender("postmaster@example.test")),
    ("robot_address", "noreply", sender("noreply@example.test")),
    ("robot_address", "no-reply with a tag", sender("no-reply+abc@example.test")),
    ("robot_address", "donotreply", sender("do_not_reply@example.test")),
    ("robot_address", "prefixed noreply", sender("billing-noreply@example.test")),
    ("robot_address", "bounce", sender("bounce-123@example.test")),
    ("robot_address", "verp", sender("bounces+user=b.test@example.test")),
    ("robot_address", "owner-", sender("owner-list@example.test")),
    ("robot_address", "-owner", sender("list-owner@example.test")),
    ("robot_address", "-request", sender("list-request@example.test")),
    ("robot_address", "listserv", sender("listserv@example.test")),
    ("robot_address", "majordomo", sender("majordomo@example.test")),
    ("robot_address", "root", sender("root@example.test")),
    ("list_return_path", "mailman", lambda: a_mail(envelope_sender="list-bounces+x=b@lists.test")),
    ("list_return_path", "owner", lambda: a_mail(envelope_sender="owner-list@lists.test")),
    ("list_return_path", "daemon", lambda: a_mail(envelope_sender="MAILER-DAEMON")),
    ("report_subject", "undelivered", subject("Undelivered Mail Returned to Sender")),
    ("report_subject", "undeliverable", subject("Undeliverable: your message")),
    ("report_subject", "status", subject("Delivery Status Notification (Failure)")),
    ("report_subject", "failure notice", subject("failure notice")),
    ("report_subject", "chinese", subject("系统退信/Systems bounce")),
    (
        "return_path_missing",
        "with words of absence",
        lambda: a_mail(envelope_sender=None, subject="Out of office: back on Monday"),
    ),
    (
        "return_path_missing",
        "with a machine's name",
        lambda: a_mail(envelope_sender=None, name="Mail Delivery System"),
    ),
    (
        "own_reference_automatic",
        "away, and it answers us",
        lambda: a_mail(subject="自动回复: 我们已收到您的来信", thread=Thread(parent=TOKEN)),
    ),
    (
        "own_reference_automatic",
        "a bulk sender's id, in the references",
        lambda: a_mail(said=(("feedback-id", "1:x"),), thread=Thread(ancestors=("<a@b.test>", TOKEN.lower()))),
    ),
    ("several_hints", "absence and name", lambda: a_mail(subject="Abwesenheitsnotiz", name="No Reply")),
    ("own_message", "our own comes back", lambda: a_mail(thread=Thread(own_ref=TOKEN))),
    ("own_message", "another gateway's", lambda: a_mail(thread=Thread(own_ref=FOREIGN))),
    ("own_address", "our address", sender(OURS)),
    ("own_address", "our alias, in capitals", sender("Support+sales@Examplex.TEST")),
    ("own_address", "our envelope", lambda: a_mail(envelope_sender=OURS)),
    ("several_authors", "two", header("from-count", "2")),
    ("no_address", "none", sender("")),
    ("no_address", "no domain", sender("user")),
    ("no_address", "a line break in it", sender("a@b.test\r\nBcc: c@d.test")),
    ("not_a_person", "bot", lambda: bot()),
    ("too_many_hops", "51", header("received-count", "51")),
    ("not_addressed", "blind copy", lambda: a_mail(recipients=addressed_to("to", "other@example.test"))),
    ("not_addressed", "nobody named", lambda: a_mail(recipients=())),
    ("too_old", "two days and a second", lambda: a_mail(provenance=received(NOW - timedelta(hours=48, seconds=1)))),
]  # fmt: skip


def bot() -> Message:
    party = Party(platform="telegram", address="77", kind=PartyKind.BOT)
    return a_mail(platform="telegram").model_copy(update={"sender": party})


@pytest.mark.parametrize(
    ("reason", "make"), [pytest.param(reason, make, id=f"{reason}: {what}") for reason, what, make in REFUSED]
)
def test_no_machine_answers(reason: str, make: Callable[[], Message]) -> None:
    assert ask(make()) == AckVerdict(allowed=False, reason=reason)


ALLOWED: dict[str, Callable[[], Message]] = {
    "a person": a_mail,
    "says that no machine wrote it": header("auto-submitted", "no"),
    "says so with a comment and a parameter": header("auto-submitted", "No (really); x=y"),
    "suppresses nothing": header("x-auto-response-suppress", "None"),
    "suppresses only receipts": header("x-auto-response-suppress", "DR, RN, NRN, OOF"),
    "first class": header("precedence", "first-class"),
    "an ordinary type": header("content-type", "multipart/alternative; boundary=report"),
    "no return path on this server": lambda: a_mail(envelope_sender=None),
    "answers us": lambda: a_mail(thread=Thread(own_ref="<2@example.test>", parent=TOKEN)),
    "asks about leave": subject("Locked out since my annual leave"),
    "asks about a bounce": subject("Fwd: Undelivered Mail Returned to Sender"),
    "asks about a deposit that did not come": subject("Undelivered deposit"),
    "sent through a relay": lambda: a_mail(envelope_sender="bounces+1-2@relay.test"),
    "a name like a robot's": sender("bouncer@example.test"),
    "a name with request in it": sender("requester@example.test"),
    "in copy": lambda: a_mail(recipients=addressed_to("cc", "Support@Examplex.test")),
    "delivered by an alias": lambda: a_mail(recipients=addressed_to("delivered", "support+web@examplex.test")),
    "50 hops": header("received-count", "50"),
    "an odd count": header("received-count", "many"),
    "two days old": lambda: a_mail(provenance=received(NOW - timedelta(hours=48))),
    "a clock ahead of ours": lambda: a_mail(provenance=received(NOW + timedelta(hours=1))),
}


@pytest.mark.parametrize("make", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_person_is_acknowledged(make: Callable[[], Message]) -> None:
    message = make()
    verdict = ask(message)
    assert verdict == AckVerdict(allowed=True, reason="allowed", to=message.sender)


@pytest.mark.parametrize(
    ("outcomes", "policy", "reason"),
    [
        (["pass"], "hold", "allowed"),
        (["fail"], "send", "authentication_failed"),
        (["pass", "fail"], "send", "authentication_failed"),
        (["could_not_check"], "send", "allowed"),
        (["could_not_check"], "hold", "authentication_unknown"),
        (["none"], "send", "allowed"),
        (["none"], "hold", "authentication_unknown"),
        ([], "send", "allowed"),
        ([], "hold", "authentication_unknown"),
    ],
)
def test_a_forged_sender_is_never_answered_and_an_unchecked_one_by_policy(
    outcomes: list[str], policy: Any, reason: str
) -> None:
    assessment = Assessment(facts=tuple(mail_auth(outcome) for outcome in outcomes))
    assert ask(a_mail(), assessment, AckPolicy(when_unchecked=policy)).reason == reason


def test_other_facts_say_nothing_of_the_sender() -> None:
    fact = Fact(kind="profile", subject="x", outcome=FactOutcome.FAIL)
    assert ask(a_mail(), Assessment(facts=(fact,))).allowed


def test_our_other_official_senders_are_not_answered() -> None:
    assert ask(a_mail(), Assessment(sender=Standing.OFFICIAL)).reason == "official_sender"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (AckPolicy(enabled=False), "disabled"),
        (AckPolicy(deny_addresses=("USER@example.test",)), "denied"),
        (AckPolicy(deny_domains=("example.test",)), "denied"),
        (AckPolicy(deny_domains=("@Test",)), "denied"),
        (AckPolicy(deny_domains=("ample.test", "x.example.test")), "allowed"),
    ],
)
def test_the_operator_decides_who_is_not_answered(policy: AckPolicy, reason: str) -> None:
    assert ask(a_mail(), policy=policy).reason == reason


def test_a_subdomain_and_an_envelope_of_a_denied_domain_are_denied_too() -> None:
    policy = AckPolicy(deny_domains=("desk.test",))
    assert ask(a_mail(sender="x@mail.desk.test"), policy=policy).reason == "denied"
    assert ask(a_mail(envelope_sender="x@desk.test"), policy=policy).reason == "denied"


def test_blind_copies_are_answered_when_the_operator_wants_it() -> None:
    assert ask(a_mail(recipients=()), policy=AckPolicy(to_bcc=True)).allowed


@pytest.mark.parametrize(
    ("sent_to", "sent_to_all", "reason"),
    [
        ((0, 9), 59, "allowed"),
        ((1, 1), 0, "sender_window"),
        ((0, 10), 0, "sender_day"),
        ((0, 0), 60, "everybody_minute"),
        ((), 0, "allowed"),
    ],
)
def test_replies_are_rationed_by_sender_and_over_all(sent_to: tuple[int, ...], sent_to_all: int, reason: str) -> None:
    assert ask(a_mail(), sent_to=sent_to, sent_to_all=sent_to_all).reason == reason


@pytest.mark.parametrize(("sent_to_all", "allowed"), [(60, True), (119, True), (120, False)])
def test_a_warning_of_danger_has_as_much_room_again_and_no_more(sent_to_all: int, allowed: bool) -> None:
    found = Finding(code="look_alike", severity=Severity.DANGER, subject="0kx.test", advice="advice-look-alike")
    warned = PASSED.model_copy(update={"findings": (found,)})
    assert ask(a_mail(), warned, sent_to_all=sent_to_all).allowed is allowed


@pytest.mark.parametrize(
    "path",
    [
        USER,
        "attacker@example.test",
        "srs0=ab=cd=example.test=user@forwarder.test",
        "victim@elsewhere.test",
        "bounces-77@example.test",
        None,
    ],
)
def test_the_reply_goes_to_from_whatever_the_return_path_is(path: str | None) -> None:
    """What we sign is for the one whose case it is, and never for who wrote in his name."""
    assert target(a_mail(envelope_sender=path)).address == USER


def test_the_reply_never_goes_to_reply_to() -> None:
    victim = Party(platform="email", address="victim@elsewhere.test")
    verdict = ask(a_mail(reply_to=victim))
    assert verdict.to is not None
    assert verdict.to.address == USER


def test_on_another_platform_the_rules_for_mail_find_nothing() -> None:
    party = Party(platform="telegram", address="4711", kind=PartyKind.PERSON)
    message = a_mail(platform="telegram", recipients=(), envelope_sender=None).model_copy(update={"sender": party})
    assert ask(message, Assessment(), AckPolicy(when_unchecked="hold")).to == party
    assert may_acknowledge(message, Assessment(), AckPolicy(), {"4711"}, Ledger(), NOW).reason == "own_address"


def reason_of(assessment: Assessment = PASSED, policy: AckPolicy | None = None, **ledger: Any) -> str:
    return may_acknowledge(a_mail(), assessment, policy or AckPolicy(), {OURS}, Ledger(**ledger), NOW).reason


DANGER = Assessment(
    facts=(mail_auth("pass"),),
    findings=(Finding(code="x", severity=Severity.DANGER, subject="0kx.test", advice="advice-look-alike"),),
)


@pytest.mark.parametrize(
    ("count", "policy", "assessment", "reason"),
    [
        (599, AckPolicy(), PASSED, "allowed"),
        (600, AckPolicy(), PASSED, "domain_hour"),
        (1199, AckPolicy(), DANGER, "allowed"),
        (1200, AckPolicy(), DANGER, "domain_hour"),
        (5, AckPolicy(per_domain_hour=5), PASSED, "domain_hour"),
        (29, AckPolicy(per_minute=3), PASSED, "allowed"),
        (30, AckPolicy(per_minute=3), PASSED, "domain_hour"),
    ],
)
def test_one_mail_domain_gets_its_share(count: int, policy: AckPolicy, assessment: Assessment, reason: str) -> None:
    assert reason_of(assessment, policy, sent_to_domain=count) == reason


def test_the_breaker_stops_receipts_and_no_warning_of_danger() -> None:
    assert reason_of(is_flooded=True) == "breaker"
    assert reason_of(DANGER, is_flooded=True) == "allowed"


@pytest.mark.parametrize(
    ("hours", "outcome", "reason"),
    [
        (1, "none", "address_failed"),
        (167, "could_not_check", "address_failed"),
        (168, "none", "allowed"),
        (1, "pass", "allowed"),
    ],
)
def test_an_address_that_failed_gets_nothing_until_its_owner_has_proven_himself_or_a_week_has_passed(
    hours: int, outcome: str, reason: str
) -> None:
    """A false sender cannot make well the address that he abuses by writing again."""
    judged = Assessment(facts=(mail_auth(outcome),))
    assert reason_of(judged, failed_at=NOW - timedelta(hours=hours)) == reason


def test_who_complained_gets_nothing_automatic() -> None:
    assert reason_of(DANGER, has_complained=True) == "complained"


def test_every_reason_has_a_case_here() -> None:
    """A rule without a row would be a rule that no test sees."""
    elsewhere = {
        *("allowed", "disabled", "denied", "official_sender", "authentication_failed", "authentication_unknown"),
        *("sender_window", "sender_day", "domain_hour", "everybody_minute", "breaker"),
        *("address_failed", "complained"),
    }
    assert {reason for reason, _, _ in REFUSED} | elsewhere == {reason.value for reason in AckReason}


def test_phrases_of_absence_are_written_as_they_are_compared() -> None:
    assert all(phrase == phrase.casefold() for phrase in signs.ABSENCE_PHRASES)


def test_a_mistyped_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        AckPolicy.model_validate({"per_sender_sec": 5})
    assert all(field.description for field in AckPolicy.model_fields.values())


@given(st.text(), st.text(), st.text(), st.one_of(st.none(), st.text()), st.text())
def test_hostile_mail_always_gets_a_verdict(address: str, title: str, name: str, path: str | None, value: str) -> None:
    said = tuple(
        (key, value) for key in ("auto-submitted", "content-type", "precedence", "received-count", "return-path")
    )
    verdict = ask(a_mail(sender=address, name=name, subject=title, envelope_sender=path, said=said))
    assert verdict.allowed == (verdict.to is not None)


# Two gateways that write to each other


@dataclass
class Desk:
    """One gateway, as far as acknowledgements go."""

    address: str
    secret: bytes

    def acknowledge(self, message: Message, sent: tuple[int, int] = (0, 0)) -> Message | None:
        """Return the acknowledgement as the other side gets it, or None."""
        verdict = may_acknowledge(message, PASSED, AckPolicy(), {self.address}, Ledger(sent_to=sent), NOW)
        if verdict.to is None:
            return None
        case_id = new_case_id(self.secret, message.id, 0)
        case = Case(
            id=case_id, channel="s", platform="email", requester=verdict.to, opened_at=NOW, updated_at=NOW
        )  # fmt: skip
        title, text = acknowledgement(case, Assessment(), load_locales(), "Examplex", ())
        own = f"<{sign_token(self.secret, case_id, message.id)}@{self.address.partition('@')[2]}>"
        return a_mail(
            id=own,
            sender=self.address,
            said=(
                ("auto-submitted", "auto-replied"),
                ("x-auto-response-suppress", "All"),
                ("precedence", "auto_reply"),
                ("x-loop", self.address),
            ),
            envelope_sender="",
            recipients=addressed_to("to", verdict.to.address),
            subject=title,
            text=text,
            thread=Thread(own_ref=own, parent=message.thread.own_ref),
        )


HERE, THERE = Desk(OURS, SECRET), Desk("help@other.test", b"another secret of another gateway")


def first_mail() -> Message:
    """A mail that one desk's person sends to the other desk."""
    return a_mail(sender=THERE.address)


def stripped(message: Message, keep: str) -> Message:
    """Return a mail that lost on its way every mark of a machine but one."""
    marked = tuple(item for item in message.evidence if item.name == keep)
    thread = (
        message.thread if keep == "message-id" else message.thread.model_copy(update={"own_ref": "<new@relay.test>"})
    )
    path = "" if keep == "return-path" else message.sender.address
    return message.model_copy(update={"evidence": marked, "thread": thread, "envelope_sender": path})


def test_a_gateway_never_acknowledges_another_gateways_acknowledgement() -> None:
    ours = HERE.acknowledge(first_mail())
    assert ours is not None
    assert THERE.acknowledge(ours) is None


@pytest.mark.parametrize(
    "keep", ["auto-submitted", "x-auto-response-suppress", "precedence", "x-loop", "message-id", "return-path"]
)
def test_any_single_mark_that_survives_the_way_ends_the_exchange(keep: str) -> None:
    ours = HERE.acknowledge(first_mail())
    assert ours is not None
    assert THERE.acknowledge(stripped(ours, keep)) is None


def test_with_every_mark_lost_the_window_still_ends_the_exchange() -> None:
    """The worst relay there is: each desk sends one in ten minutes, however often they are asked."""
    sent = {HERE.address: 0, THERE.address: 0}
    message, desk, other = first_mail(), HERE, THERE
    for _ in range(20):
        answer = desk.acknowledge(message, (sent[desk.address], sent[desk.address]))
        if answer is None:
            break
        sent[desk.address] += 1
        message, desk, other = stripped(answer, "nothing"), other, desk
    assert sent == {HERE.address: 1, THERE.address: 1}
