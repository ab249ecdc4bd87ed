"""The sample mails of machines, as mail systems write them: none is answered, those on a mail of ours find its case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.answers.tokens import sign_token
from gateway.case import Assessment, Case, CaseState, Message, Triage
from gateway.casework import Judged, Outcome, ask, decide
from gateway.casework.failures import FAILED
from gateway.casework.filing import SILENCED
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import DeliveryReport, Raw
from normalizers.email import normalize
from tests.builders import case, party
from tests.samples import mail
from tests.samples.mail_writing import OUR_ID
from tests.unit.test_casework import NUMBER, POLICY, SECRET

SIGNED = f"<{sign_token(SECRET, NUMBER, 'n')}@examplex.test>".encode()
ANSWERED = {"says_auto_no", "mailing_list_rewrites_from", "group_forwards", "away_without_a_header"}
"""Sample mails that a person may have written: whether they are answered is not told by a machine's marks."""
MACHINES = sorted(
    name
    for name in mail.SAMPLES
    if name.startswith(("bounce", "away", "challenge", "complaint", "receipt", "newsletter", "cron", "notification"))
    and name not in ANSWERED
)


def decided(body: bytes, known: tuple[Case, ...] = ()) -> tuple[Message | DeliveryReport, Outcome]:
    raw: Raw = mail.raw_of(body)
    (event,) = normalize(raw)
    assert isinstance(event, (Message, DeliveryReport))
    now = raw.received_at + timedelta(minutes=1)
    asked = ask(event, POLICY, now)
    seen = Past(sent_to=(0, 0), sent_to_all=(0,), cases=tuple(each for each in known if each.id in asked.case_ids))
    return event, decide(Judged(event, Assessment(), Triage()), seen, POLICY, now)


def waiting() -> Case:
    return case(requester=party("ada@users.test"), state=CaseState.WAITING)


@pytest.mark.parametrize("name", MACHINES)
def test_no_sample_of_a_machine_is_answered_and_all_are_kept(name: str) -> None:
    """D11, D12."""
    _, outcome = decided(mail.SAMPLES[name])
    kinds = {effect.kind for effect in outcome.effects}
    assert kinds <= {EffectKind.TICKET}
    assert outcome.cases, "as nothing signed is in it, it is a case of its own"


@pytest.mark.parametrize("name", [each for each in MACHINES if OUR_ID in mail.SAMPLES[each]])
def test_a_sample_on_a_mail_of_ours_is_filed_on_its_case_and_opens_none(name: str) -> None:
    """D12: Postfix, Exchange, Gmail, Exim, SES, Courier and qmail; absence notices, challenges and complaints."""
    event, outcome = decided(mail.SAMPLES[name].replace(OUR_ID, SIGNED), (waiting(),))
    assert {each.id for each in outcome.cases} <= {NUMBER}
    assert {effect.kind for effect in outcome.effects} <= {EffectKind.TICKET}
    if isinstance(event, DeliveryReport):
        changed = outcome.cases[0] if outcome.cases else waiting()
        assert (FAILED in changed.tags) == (event.outcome == "failed" and not event.status.startswith("4")), name
        assert (SILENCED in changed.tags) == (event.outcome == "complained")


def test_there_are_samples_of_every_kind() -> None:
    ours = [name for name in MACHINES if OUR_ID in mail.SAMPLES[name]]
    for kind in ("bounce_postfix", "bounce_exchange", "bounce_gmail", "bounce_qmail", "complaint", "challenge", "away"):
        assert any(name.startswith(kind) for name in ours), kind
