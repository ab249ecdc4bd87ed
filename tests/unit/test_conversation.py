"""Who joins which case: a table of all that a message can show for itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gateway.answers.tokens import sign_token
from gateway.case import Assessment, Case, Fact, FactOutcome, Message, Party, Thread
from gateway.conversation import Placing, place, references, signed_cases, takes_part
from gateway.past import Past
from tests.builders import case, mail_auth, message, party

SECRET = b"s" * 32
FIRST, SECOND = "GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB"
ANN, EVE, BOB = party("ann@mail.test"), party("eve@mail.test", "Ann"), party("bob@mail.test")


def token(number: str = FIRST, secret: bytes = SECRET) -> str:
    return f"<{sign_token(secret, number, 'n')}@examplex.test>"


@dataclass(frozen=True)
class Row:
    """A message, what is known, and where it must go."""

    name: str
    joins: str | None
    sender: Party = ANN
    thread: Thread = field(default_factory=Thread)
    subject: str = "My deposit"
    cases: tuple[Case, ...] = (case(FIRST),)
    by_ref: tuple[Case, ...] = ()
    facts: tuple[Fact, ...] = ()
    claims: tuple[str, ...] = ()

    def placed(self) -> Placing:
        seen: Message = message(sender=self.sender, thread=self.thread, subject=self.subject)
        return place(seen, Assessment(facts=self.facts), Past(cases=self.cases, by_ref=self.by_ref), SECRET)


CITES = f"Re: [{FIRST}] My deposit"
FAILED = (mail_auth(FactOutcome.FAIL),)
TABLE = (
    Row("says nothing", None),
    Row("signed parent", FIRST, EVE, Thread(parent=token())),
    Row("signed ancestor", FIRST, EVE, Thread(parent="<x@y>", ancestors=(token(), "<x@y>"))),
    Row("signed, of somebody whose mail failed", FIRST, EVE, Thread(parent=token()), facts=FAILED),
    Row("signed by somebody else", None, ANN, Thread(parent=token(secret=b"x" * 32))),
    Row("signed for a case that is gone", None, ANN, Thread(parent=token(SECOND))),
    Row("number in the place of a signed reference", None, EVE, Thread(parent=f"<gh.{FIRST}.aaaa.bbbb@examplex.test>")),
    Row(
        "signed for two: the nearest",
        FIRST,
        EVE,
        Thread(parent=token(FIRST), ancestors=(token(SECOND), token(FIRST))),
        cases=(case(SECOND), case(FIRST)),
    ),
    Row("participant cites", FIRST, subject=CITES),
    Row("participant cites, not checked", FIRST, subject=CITES, facts=(mail_auth(FactOutcome.COULD_NOT_CHECK),)),
    Row("participant cites, no word on it", FIRST, subject=CITES, facts=(mail_auth(FactOutcome.NONE),)),
    Row("participant cites, mail failed", None, subject=CITES, facts=FAILED, claims=(FIRST,)),
    Row(
        "participant cites, another fact failed",
        FIRST,
        subject=CITES,
        facts=(Fact(kind="profile", subject="ann", outcome=FactOutcome.FAIL),),
    ),
    Row("stranger cites", None, EVE, subject=CITES, claims=(FIRST,)),
    Row("participant answers", FIRST, cases=(), by_ref=(case(FIRST),)),
    Row("participant answers, mail failed", None, cases=(), by_ref=(case(FIRST),), facts=FAILED, claims=(FIRST,)),
    Row("stranger answers", None, EVE, cases=(), by_ref=(case(FIRST),), claims=(FIRST,)),
    Row("answers and cites the same", None, EVE, subject=CITES, by_ref=(case(FIRST),), claims=(FIRST,)),
    Row(
        "answers one and cites another: what it answers comes first",
        SECOND,
        subject=CITES,
        by_ref=(case(SECOND),),
    ),
    Row(
        "answers a stranger's and cites an own one",
        FIRST,
        subject=CITES,
        by_ref=(case(SECOND, requester=BOB),),
    ),
    Row("the second person of the case", FIRST, BOB, subject=CITES, cases=(case(FIRST, participants=(ANN, BOB)),)),
    Row("the requester, though not listed", FIRST, subject=CITES, cases=(case(FIRST, participants=(BOB,)),)),
)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_who_joins_what(row: Row) -> None:
    placed = row.placed()
    assert (placed.case.id if placed.case else None) == row.joins
    assert placed.claims == row.claims


def user(**fields: str) -> Party:
    return Party(platform=fields.pop("platform", "telegram"), **fields)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (user(id="7", address="7"), user(id="7", address="8"), True),
        (user(id="7", address="ann"), user(id="8", address="ann"), False),
        (user(id="7", address="ann"), user(address="ann"), True),
        (user(platform="email", address="a@mail.test"), user(platform="email", address="a@mail.test"), True),
        (user(platform="email", address="a@mail.test"), user(platform="x", address="a@mail.test"), False),
        (user(platform="x", id="7"), user(platform="telegram", id="7"), False),
        (user(platform="email"), user(platform="email"), False),
    ],
    ids=["id", "a handle that changed hands", "no id known", "address", "platform", "id elsewhere", "nobody"],
)
def test_a_person_is_known_by_the_platforms_id_and_else_by_the_address(one: Party, other: Party, same: bool) -> None:
    assert takes_part(one, case(requester=other)) is same


def test_references_are_told_nearest_first_and_each_once() -> None:
    thread = Thread(parent="<c@m>", ancestors=("<a@m>", "<b@m>", "<c@m>"))
    assert references(message(thread=thread)) == ("<c@m>", "<b@m>", "<a@m>")
    assert references(message(thread=Thread(ancestors=("<a@m>", "<b@m>")))) == ("<b@m>", "<a@m>")


def test_signed_cases_follow_the_order_of_the_references() -> None:
    thread = Thread(parent="<x@m>", ancestors=(token(FIRST), token(SECOND), token(FIRST)))
    assert signed_cases(message(thread=thread), SECRET) == (FIRST, SECOND)
