"""Copies of one mail: told once where they went, and never more of them than one mail can name."""

from __future__ import annotations

from dataclasses import replace

from gateway.case import Entry, Message, Recipient, RecipientRole
from gateway.casework.copies import MAX_RECIPIENTS
from tests.builders import DESK, NOON, case, message, party
from tests.unit.test_casework import NUMBER, POLICY, past, run

HELP = "help@examplex.test"
BOTH = replace(POLICY, own_addresses=frozenset({DESK, HELP}))


def to(*addresses: str) -> Message:
    return message(recipients=tuple(Recipient(role=RecipientRole.TO, party=party(each)) for each in addresses))


def on_file(first: Message) -> Entry:
    return Entry(case_id=NUMBER, message=first, at=NOON)


def test_a_mail_sent_again_to_other_tags_and_strangers_adds_nothing() -> None:
    """To and Cc are no part of what makes a copy: one mail can come a thousand times, to as many others each."""
    strangers = [f"u{number}@mail.test" for number in range(499)]
    outcome = run(
        to(DESK.replace("@", "+7@"), *strangers), past(copy_of=on_file(to(DESK)), cases=(case(),)), policy=BOTH
    )
    assert (outcome.cases, outcome.entries, outcome.effects) == ((), (), ())


def test_a_copy_adds_our_own_address_once_and_nobody_elses() -> None:
    copy = to(DESK, HELP, HELP.replace("@", "+1@"), "eve@mail.test")
    outcome = run(copy, past(copy_of=on_file(to(DESK)), cases=(case(),)), policy=BOTH)
    (entry,) = outcome.entries
    assert len(entry.message.recipients) == 2
    (effect,) = outcome.effects
    assert effect.ticket is not None
    assert effect.ticket.note.count("came to help") == 1
    again = run(copy, past(copy_of=entry, cases=outcome.cases), policy=BOTH)
    assert again.entries == ()


def test_a_mail_with_as_many_recipients_as_are_kept_takes_no_more() -> None:
    full = to(DESK, *(f"u{number}@mail.test" for number in range(MAX_RECIPIENTS - 1)))
    outcome = run(to(HELP), past(copy_of=on_file(full), cases=(case(),)), policy=BOTH)
    assert (outcome.entries, outcome.effects) == ((), ())
