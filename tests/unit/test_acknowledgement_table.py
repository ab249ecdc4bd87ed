"""Whom a machine answers: mails as bytes, through the normalizer and casework, row by row of what is to be checked.

Each row of PLATFORMS.md D.1 has mails that it silences and mails that it must not. Whatever it says, a case is opened
and its ticket is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.tokens import sign_token
from gateway.case import Assessment, Fact, FactOutcome, Standing, Triage
from gateway.casework import Judged, Outcome, decide
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import DeliveryReport, Key, Raw, StreamId
from normalizers.email import normalize
from tests.unit.test_casework import POLICY, SECRET

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DESK = "support@examplex.test"
OURS = f"<{sign_token(SECRET, 'GH-AAAAA-AAAAA', 'n')}@examplex.test>"
FOREIGN = f"<{sign_token(b'x' * 32, 'GH-AAAAA-AAAAA', 'n')}@other.test>"
FRESH = Past(sent_to=(0, 0), sent_to_all=(0,))


@dataclass(frozen=True)
class Row:
    """A mail, and the reason for which nobody answers it; `allowed` when its writer is answered."""

    check: str
    what: str
    reason: str
    lines: tuple[str, ...] = ()
    sender: str = "Ann <ann@mail.test>"
    path: str | None = "ann@mail.test"
    to: str = DESK
    subject: str = "Where is my deposit?"
    body: str = "Please help.\r\n"
    outcome: FactOutcome = FactOutcome.PASS
    standing: Standing = Standing.NOT_LISTED
    seen: Past = FRESH
    policy: AckPolicy = field(default_factory=AckPolicy)
    age: timedelta = timedelta(0)

    def raw(self) -> Raw:
        """Return it as it is fetched."""
        path = [f"Return-Path: <{self.path}>"] if self.path is not None else []
        head = [
            *path,
            *self.lines,
            f"From: {self.sender}",
            f"To: {self.to}",
            f"Subject: {self.subject}",
            *([] if any(line.startswith("Message-ID") for line in self.lines) else ["Message-ID: <1@mail.test>"]),
        ]
        data = ("\r\n".join(head) + "\r\n\r\n" + self.body).encode()
        return Raw("support", StreamId("INBOX"), Key("1:1"), "ann@mail.test", data, "message/rfc822",
                   NOW - self.age, len(data))  # fmt: skip

    def decided(self) -> Outcome:
        """Return what follows from it."""
        (event,) = normalize(self.raw())
        fact = Fact(kind="mail_auth", subject="mail.test", outcome=self.outcome)
        judged = Judged(event, Assessment(sender=self.standing, facts=(fact,)), Triage())
        return decide(judged, self.seen, replace(POLICY, acknowledgement=self.policy), NOW)


def dsn(kind: str = "delivery-status") -> dict[str, Any]:
    """Return what makes a mail a report."""
    return {
        "lines": (f'Content-Type: multipart/report; report-type={kind}; boundary="r"',),
        "body": f"--r\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n--r\r\nContent-Type: message/{kind}\r\n\r\n"
        "Final-Recipient: rfc822; x@mail.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r--\r\n",
    }


ENVELOPE, AUTO, REPORT, SUPPRESS = "Return-Path", "Auto-Submitted", "report", "X-Auto-Response-Suppress"
PRECEDENCE, LIST, MACHINE, LOCAL = "Precedence", "List-*", "responders' headers", "sender's local part"
OWN, OWN_ID, RECIPIENT, AUTHENTICATION = "our own addresses", "our own id", "recipient", "authentication"
SUBJECT, RATE, AGE = "subject", "rate", "age"

TABLE = (
    Row(ENVELOPE, "null sender", "null_sender", path=""),
    Row(ENVELOPE, "missing, with a hint", "return_path_missing", path=None, subject="Out of office: back on Monday"),
    Row(ENVELOPE, "missing, without one", "allowed", path=None),
    Row(ENVELOPE, "a relay's that collects bounces", "allowed", path="bounces+1@relay.test"),
    Row(ENVELOPE, "a mailing list's", "list_return_path", path="list-bounces+a=b@lists.test"),
    Row(AUTO, "replied", "auto_submitted", ("Auto-Submitted: auto-replied",)),
    Row(AUTO, "generated, with case and parameter", "auto_submitted", ("Auto-Submitted: Auto-Generated; type=x",)),
    Row(AUTO, "a word of its own", "auto_submitted", ("Auto-Submitted: yes",)),
    Row(AUTO, "p36: no", "allowed", ("Auto-Submitted: no",)),
    Row(AUTO, "p36: no, with a comment and a parameter", "allowed", ("Auto-Submitted: No (really); x=y",)),
    Row(REPORT, "delivery report", "report", **dsn()),
    Row(REPORT, "abuse report", "report", **dsn("feedback-report")),
    Row(REPORT, "read receipt", "report", **dsn("disposition-notification")),
    Row(REPORT, "an ordinary type that names a report", "allowed", ('Content-Type: text/plain; name="report"',)),
    Row(SUPPRESS, "all", "suppressed", ("X-Auto-Response-Suppress: All",)),
    Row(SUPPRESS, "automatic replies among others", "suppressed", ("X-Auto-Response-Suppress: DR, AutoReply",)),
    Row(SUPPRESS, "only receipts and absences", "allowed", ("X-Auto-Response-Suppress: DR, RN, NRN, OOF",)),
    Row(PRECEDENCE, "bulk", "precedence", ("Precedence: bulk",)),
    Row(PRECEDENCE, "list", "precedence", ("Precedence: List",)),
    Row(PRECEDENCE, "auto_reply", "precedence", ("Precedence: auto_reply",)),
    Row(PRECEDENCE, "p35: first class", "allowed", ("Precedence: first-class",)),
    Row(LIST, "id", "mailing_list", ("List-Id: <news.mail.test>",)),
    Row(LIST, "unsubscribe", "mailing_list", ("List-Unsubscribe: <mailto:x@mail.test>",)),
    Row(LIST, "mailman", "mailing_list", ("X-Mailman-Version: 3",)),
    Row(LIST, "a bulk sender's id alone", "allowed", ("Feedback-ID: 1:x",)),
    Row(LIST, "a bulk sender's id and words of absence", "several_hints", ("Feedback-ID: 1:x",), subject="Auto reply"),
    Row(MACHINE, "autoreply", "machine_header", ("X-Autoreply: yes",)),
    Row(MACHINE, "loop", "machine_header", ("X-Loop: support@other.test",)),
    Row(MACHINE, "another help desk", "machine_header", ("X-Zendesk-From-Account-Id: 1",)),
    Row(MACHINE, "Exchange's rule", "machine_header", ("X-MS-Exchange-Inbox-Rules-Loop: a@b.test",)),
    Row(MACHINE, "a challenge", "machine_header", ("X-TMDA-Fingerprint: x",)),
    Row(MACHINE, "failed recipients", "failed_recipients", ("X-Failed-Recipients: a@b.test",)),
    Row(MACHINE, "a mail program's", "allowed", ("X-Mailer: Example Mail 1.0", "X-Priority: 1")),
    Row(LOCAL, "mailer-daemon", "robot_address", sender="MAILER-DAEMON@mail.test"),
    Row(LOCAL, "no reply", "robot_address", sender="Shop <do-not-reply@mail.test>"),
    Row(LOCAL, "a list's owner", "robot_address", sender="list-owner@mail.test"),
    Row(LOCAL, "root", "robot_address", sender="root@mail.test"),
    Row(LOCAL, "a name with a robot's in it", "allowed", sender="requester@mail.test", path="requester@mail.test"),
    Row(OWN, "ours", "own_address", sender=f"Support <{DESK}>", path=DESK),
    Row(OWN, "our alias", "own_address", sender="Support+Sales@Examplex.TEST", path=None),
    Row(OWN, "another desk on the deny list", "denied", policy=AckPolicy(deny_domains=("mail.test",))),
    Row(OWN, "a domain that only ends alike", "allowed", policy=AckPolicy(deny_domains=("il.test",))),
    Row(OWN, "a colleague", "official_sender", standing=Standing.OFFICIAL),
    Row(OWN_ID, "our own mail comes back", "own_message", (f"Message-ID: {OURS}",)),
    Row(OWN_ID, "another gateway's mail", "own_message", (f"Message-ID: {FOREIGN}",)),
    Row(OWN_ID, "answers us, with a hint", "own_reference_automatic", (f"In-Reply-To: {FOREIGN}",), subject="自动回复"),
    Row(OWN_ID, "answers another gateway", "allowed", (f"In-Reply-To: {FOREIGN}",)),
    Row(RECIPIENT, "blind copy", "not_addressed", to="undisclosed-recipients:;"),
    Row(RECIPIENT, "blind copy, wanted", "allowed", to="other@mail.test", policy=AckPolicy(to_bcc=True)),
    Row(RECIPIENT, "in copy", "allowed", (f"Cc: {DESK}",), to="other@mail.test"),
    Row(RECIPIENT, "by an alias", "allowed", ("Delivered-To: support+web@examplex.test",), to="other@mail.test"),
    Row(AUTHENTICATION, "p39: failed", "authentication_failed", outcome=FactOutcome.FAIL),
    Row(AUTHENTICATION, "unknown", "allowed", outcome=FactOutcome.COULD_NOT_CHECK),
    Row(AUTHENTICATION, "p39: unknown, and the desk wants proof", "authentication_unknown", outcome=FactOutcome.NONE,
        policy=AckPolicy(when_unchecked="hold")),
    Row(AUTHENTICATION, "proven, and the desk wants proof", "allowed", policy=AckPolicy(when_unchecked="hold")),
    Row(AUTHENTICATION, "several authors", "several_authors", sender="a@mail.test, b@mail.test"),
    Row(SUBJECT, "undelivered", "report_subject", subject="Undelivered Mail Returned to Sender"),
    Row(SUBJECT, "delivery status", "report_subject", subject="Delivery Status Notification (Failure)"),
    Row(SUBJECT, "a person forwards one", "allowed", subject="Fwd: Undelivered Mail Returned to Sender"),
    Row(SUBJECT, "a person was on leave", "allowed", subject="Locked out since my annual leave"),
    Row(SUBJECT, "absence, from a machine by its name", "several_hints", sender="Mail Delivery System <x@mail.test>",
        subject="Abwesenheitsnotiz"),
    Row(RATE, "the sender's window", "sender_window", seen=replace(FRESH, sent_to=(1, 1))),
    Row(RATE, "the sender's day", "sender_day", seen=replace(FRESH, sent_to=(0, 10))),
    Row(RATE, "p39: the domain's hour", "domain_hour", seen=replace(FRESH, sent_to_domain=600)),
    Row(RATE, "p39: everybody's minute", "everybody_minute", seen=replace(FRESH, sent_to_all=(60,))),
    Row(RATE, "p39: the breaker", "breaker", seen=replace(FRESH, pace=(0,) * 600 + (60,) + (0,) * 60)),
    Row(RATE, "within all of them", "allowed",
        seen=replace(FRESH, sent_to=(0, 9), sent_to_domain=599, sent_to_all=(59,), pace=(5,) * 720)),
    Row(RATE, "51 hops", "too_many_hops", ("Received: from a.test by b.test",) * 51),
    Row(RATE, "50 hops", "allowed", ("Received: from a.test by b.test",) * 50),
    Row(AGE, "D21: older than two days", "too_old", age=timedelta(hours=48, seconds=1)),
    Row(AGE, "D21: two days old", "allowed", age=timedelta(hours=48)),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.check}: {row.what}" for row in TABLE])
def test_p36_p39_the_table_of_acknowledgement_rules(row: Row) -> None:
    """D11."""
    outcome = row.decided()
    replies = [effect.reply for effect in outcome.effects if effect.kind is EffectKind.ACKNOWLEDGEMENT]
    assert len(outcome.cases) == 1, "whatever the rules say, nobody's words are lost"
    assert [effect.kind for effect in outcome.effects if effect.ticket] == [EffectKind.TICKET]
    if row.reason == "allowed":
        (reply,) = replies
        assert reply is not None
        assert reply.to.address.rpartition("@")[2] == "mail.test"
    else:
        assert replies == []
        assert outcome.note.endswith(f"not acknowledged: {row.reason}")


def test_every_check_has_mails_that_it_silences_and_mails_that_it_does_not() -> None:
    assert len(TABLE) >= 40
    for check in {row.check for row in TABLE}:
        reasons = [row.reason for row in TABLE if row.check == check]
        assert "allowed" in reasons, check
        assert set(reasons) != {"allowed"}, check


def test_the_reports_of_the_table_are_read_as_reports() -> None:
    (event,) = normalize(next(row for row in TABLE if row.what == "delivery report").raw())
    assert isinstance(event, DeliveryReport)
