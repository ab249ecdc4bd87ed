"""Who joins which case: a table of all that a message can show for itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gateway.answers.tokens import sign_tag, sign_token
from gateway.case import (
    Assessment,
    Case,
    CaseState,
    Evidence,
    Fact,
    FactOutcome,
    Message,
    Party,
    Recipient,
    RecipientRole,
    Thread,
)
from gateway.casework.threads import awaited
from gateway.conversation import (
    COPIES_WITHIN,
    MAIL_AUTH,
    TAG_REOPENS_FOR,
    Channel,
    Placing,
    bare_subject,
    cited_cases,
    place,
    references,
    signed_cases,
    tagged_cases,
    takes_part,
)
from gateway.identity import OF_ACCOUNT
from gateway.past import AWAITED, OF_THING, Past
from tests.builders import DESK, NOON, case, mail_auth, message, party

SECRET = b"s" * 32
FIRST, SECOND = "GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB"
ANN, EVE, BOB = party("ann@mail.test"), party("eve@mail.test", "Ann"), party("bob@mail.test")


def token(number: str = FIRST, secret: bytes = SECRET) -> str:
    return f"<{sign_token(secret, number, 'n')}@examplex.test>"


def sent_to(address: str, role: RecipientRole = RecipientRole.TO) -> tuple[Recipient, ...]:
    return (Recipient(role=role, party=party(DESK)), Recipient(role=role, party=party(address)))


def tagged(number: str = FIRST, secret: bytes = SECRET) -> str:
    return f"support+{sign_tag(secret, number)}@examplex.test"


ANY = Channel()


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
    to: str = DESK
    text: str = "Where is my deposit?"
    channel: Channel = ANY
    same_ref: tuple[Case, ...] = ()
    awaiting: tuple[Case, ...] = ()
    follows: tuple[str, ...] = ()
    cited_by: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    refused: str = ""

    def placed(self) -> Placing:
        seen: Message = message(
            sender=self.sender, thread=self.thread, subject=self.subject, text=self.text, recipients=sent_to(self.to)
        )
        past = Past(cases=self.cases, by_ref=self.by_ref, same_ref=self.same_ref, awaiting=self.awaiting)
        return place(seen, Assessment(facts=self.facts), past, SECRET, self.channel)


CITES = f"Re: [{FIRST}] My deposit"
FAILED = (mail_auth(FactOutcome.FAIL),)
PASSED = (mail_auth(FactOutcome.PASS),)
JUDGED = Channel(proves=True)
REFUTED = Evidence(name=MAIL_AUTH, value="fail")
LONG_SOLVED = case(FIRST, state=CaseState.SOLVED, updated_at=NOON - TAG_REOPENS_FOR * 2)
BOTH = (case(FIRST), case(SECOND))
TABLE = (
    Row("says nothing", None),
    Row("signed parent", FIRST, EVE, Thread(parent=token())),
    Row("signed ancestor", FIRST, EVE, Thread(parent="<x@y>", ancestors=(token(), "<x@y>"))),
    Row(
        "signed, of somebody whose mail failed",
        None,
        EVE,
        Thread(parent=token()),
        facts=FAILED,
        claims=(FIRST,),
        refused="failed",
    ),
    Row(
        "signed, in the name of a participant whose mail failed",
        None,
        ANN,
        Thread(parent=token()),
        facts=FAILED,
        claims=(FIRST,),
        refused="failed",
    ),
    Row(
        "signed, of somebody whose mail failed from the first",
        FIRST,
        ANN,
        Thread(parent=token()),
        facts=FAILED,
        cases=(case(FIRST, requester=ANN.model_copy(update={"evidence": (REFUTED,)})),),
    ),
    Row("tagged", FIRST, EVE, to=tagged()),
    Row("tagged, in another case of letters", FIRST, EVE, to=tagged().upper()),
    Row("tagged by somebody else", None, EVE, to=tagged(secret=b"x" * 32)),
    Row("tagged for a case that is gone", None, EVE, to=tagged(SECOND)),
    Row(
        "tagged, of somebody whose mail failed", None, ANN, to=tagged(), facts=FAILED, claims=(FIRST,), refused="failed"
    ),
    Row(
        "tagged for one, signed for another: what it answers",
        SECOND,
        EVE,
        Thread(parent=token(SECOND)),
        to=tagged(),
        cases=BOTH,
        also=(FIRST,),
    ),
    Row("tagged for one, cites another", FIRST, to=tagged(), subject=f"Re: {SECOND}", cases=BOTH),
    Row("tagged, and long solved: an address book", None, to=tagged(), cases=(LONG_SOLVED,), follows=(FIRST,)),
    Row("tagged and signed, and long solved", FIRST, EVE, Thread(parent=token()), to=tagged(), cases=(LONG_SOLVED,)),
    Row("tagged, and lately solved", FIRST, to=tagged(), cases=(case(FIRST, state=CaseState.SOLVED),)),
    Row("signed by somebody else", None, ANN, Thread(parent=token(secret=b"x" * 32))),
    Row("signed for a case that is gone", None, ANN, Thread(parent=token(SECOND))),
    Row("number in the place of a signed reference", None, EVE, Thread(parent=f"<gh.{FIRST}.aaaa.bbbb@examplex.test>")),
    Row(
        "signed for two: the nearest",
        FIRST,
        EVE,
        Thread(parent=token(FIRST), ancestors=(token(SECOND), token(FIRST))),
        cases=(case(SECOND), case(FIRST)),
        also=(SECOND,),
    ),
    Row("participant cites", FIRST, subject=CITES),
    Row("participant cites, not checked", FIRST, subject=CITES, facts=(mail_auth(FactOutcome.COULD_NOT_CHECK),)),
    Row("participant cites, no word on it", FIRST, subject=CITES, facts=(mail_auth(FactOutcome.NONE),)),
    Row("participant cites, mail failed", None, subject=CITES, facts=FAILED, claims=(FIRST,), refused="failed"),
    Row("participant cites, proven where that can be", FIRST, subject=CITES, facts=PASSED, channel=JUDGED),
    Row(
        "participant cites, not proven where that can be",
        None,
        subject=CITES,
        facts=(mail_auth(FactOutcome.NONE),),
        channel=JUDGED,
        claims=(FIRST,),
        refused="unproven",
    ),
    Row("our own address cites", None, subject=CITES, channel=Channel(ours=True), claims=(FIRST,), refused="unproven"),
    Row("participant cites in the text", FIRST, text=f"It is about {FIRST.lower()}."),
    Row("stranger cites in the text", None, EVE, text=f"It is about {FIRST}.", claims=(FIRST,)),
    Row("what the subject cites comes before the text", SECOND, subject=f"Re: {SECOND}", text=FIRST, cases=BOTH),
    Row("what it answers came later, by the same sender", FIRST, cases=(), awaiting=(case(FIRST),)),
    Row("what it answers came later, by another", None, EVE, cases=(), awaiting=(case(FIRST),), cited_by=(FIRST,)),
    Row("the same mail once more, changed on its way", FIRST, cases=(), same_ref=(case(FIRST),)),
    Row("its Message-ID on another's mail", None, EVE, cases=(), same_ref=(case(FIRST),)),
    Row("its Message-ID on another mail of the sender", None, subject="Fees", cases=(), same_ref=(case(FIRST),)),
    Row(
        "its Message-ID on a mail of the sender long after",
        None,
        cases=(),
        same_ref=(case(FIRST, opened_at=NOON - 2 * COPIES_WITHIN),),
    ),
    Row(
        "participant cites, another fact failed",
        FIRST,
        subject=CITES,
        facts=(Fact(kind="profile", subject="ann", outcome=FactOutcome.FAIL),),
    ),
    Row("stranger cites", None, EVE, subject=CITES, claims=(FIRST,)),
    Row("participant answers", FIRST, cases=(), by_ref=(case(FIRST),)),
    Row(
        "participant answers, mail failed",
        None,
        cases=(),
        by_ref=(case(FIRST),),
        facts=FAILED,
        claims=(FIRST,),
        refused="failed",
    ),
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
    assert (placed.follows, placed.cited_by, placed.also) == (row.follows, row.cited_by, row.also)
    assert placed.refused == row.refused


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


@pytest.mark.parametrize("prefix", [OF_ACCOUNT, OF_THING, AWAITED])
def test_no_message_bears_a_reference_that_is_made_here_alone(prefix: str) -> None:
    thread = Thread(parent=f"{prefix}abc", ancestors=(f"{prefix}def", "<a@m>"))
    assert references(message(thread=thread)) == ("<a@m>",)


def test_signed_cases_follow_the_order_of_the_references() -> None:
    thread = Thread(parent="<x@m>", ancestors=(token(FIRST), token(SECOND), token(FIRST)))
    assert signed_cases(message(thread=thread), SECRET) == (FIRST, SECOND)


@pytest.mark.parametrize("role", [RecipientRole.TO, RecipientRole.CC, RecipientRole.DELIVERED])
def test_p4_a_tag_is_read_wherever_a_mail_says_that_it_went(role: RecipientRole) -> None:
    assert tagged_cases(message(recipients=sent_to(tagged(), role)), SECRET) == (FIRST,)


def test_a_tag_counts_where_a_mail_went_alone() -> None:
    mentioned = message(recipients=sent_to(tagged(), RecipientRole.MENTION), sender=party(tagged()))
    assert tagged_cases(mentioned, SECRET) == ()


@pytest.mark.parametrize("ref", ["", " ", "<>", "< >", "<\t>"])
def test_p20_a_reference_without_content_refers_to_nothing(ref: str) -> None:
    assert references(message(thread=Thread(parent=ref, ancestors=(ref, ref)))) == ()


def test_numbers_are_read_from_a_mails_text_only_where_its_subject_has_none() -> None:
    assert cited_cases(message(text=f"{FIRST} {SECOND}")) == (FIRST, SECOND)
    assert cited_cases(message(subject=SECOND, text=FIRST)) == (SECOND,)
    assert cited_cases(message(text=FIRST, platform="telegram", subject="")) == ()
    assert cited_cases(message(text="x" * 20_000 + FIRST)) == ()


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("My deposit", "my deposit"),
        ("RE: Re: Fwd:  My   deposit", "my deposit"),
        (f"AW: [{FIRST}] My deposit", "my deposit"),
        ("回复：My deposit", "my deposit"),
        ("[list] SV: My deposit [#12]", "my deposit"),
        ("Re:", ""),
        ("Order 12: lost", "order 12: lost"),
        ("Re:" * 300 + "x", "x"),
    ],
)
def test_what_a_subject_is_about(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_p23_what_nobody_has_is_remembered_unless_something_of_it_is_known() -> None:
    answer = message(thread=Thread(parent="<d@m>", ancestors=("<a@m>", "<b@m>", "<c@m>", token())))
    nearest = tuple((AWAITED + ref, FIRST) for ref in ("<d@m>", "<c@m>", "<b@m>"))
    assert awaited(answer, case(FIRST), Past()) == nearest
    assert awaited(answer, case(FIRST), Past(by_ref=(case(SECOND),))) == ()
