"""Which case a mail comes to, from its bytes to the store: what help desks got wrong, by the number of the pain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.answers.tokens import sign_tag, sign_token
from gateway.case import Standing
from gateway.past import Query
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.mail_desk import (
    AGENT,
    DESK,
    OTHER_DESK,
    SECRET,
    MailDesk,
    answered,
    codes,
    mail,
    verdict,
)

ANN, BOB, EVE = "ann@mail.test", "bob@mail.test", "eve@evil.test"
PASSED = verdict("pass")
EVES = verdict("pass", "evil.test")


@pytest_asyncio.fixture
async def desk(tmp_path: Path, clock: ManualClock) -> AsyncIterator[MailDesk]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield MailDesk(store, clock)


def reply_to(ref: str, *more: str) -> tuple[str, ...]:
    return (PASSED, f"In-Reply-To: {ref}", f"References: {ref}", *more)


async def test_a_conversation_stays_on_one_case_by_what_we_signed(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ref, address = answered(sent[1])
    assert address.startswith("support+gh")
    again, entry = await desk.placed(mail("a2", ANN, *reply_to(ref), to=address, subject="Re: My deposit"))
    assert (again.id, codes(entry)) == (case.id, set())
    await desk.answer(case.id)
    ((reply, written),) = await desk.sent()
    assert reply.to.address == ANN
    third, _ = await desk.placed(mail("a3", ANN, *reply_to(answered(written)[0])))
    assert third.id == case.id
    assert len(await desk.cases()) == 1


async def test_p4_a_tag_alone_finds_its_case_wherever_it_stands(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    address = f"support+{sign_tag(SECRET, case.id)}@examplex.test"
    for name, headers, to in (
        ("to", (), f"Examplex <{address.upper()}>"),
        ("cc", (f"Cc: someone@mail.test, {address}",), DESK),
        ("delivered", (f"Delivered-To: {address}",), "undisclosed-recipients:;"),
        ("original", (f"X-Original-To: {address}",), DESK),
    ):
        found, entry = await desk.placed(mail(name, ANN, PASSED, *headers, to=to))
        assert (found.id, codes(entry)) == (case.id, set()), name


async def test_p4_an_unknown_tag_is_a_new_case_and_no_error(desk: MailDesk) -> None:
    await desk.placed(mail("a1", ANN, PASSED))
    for name, tag in (("made-up", "gh" + "a" * 30), ("foreign", sign_tag(b"x" * 32, "GH-AAAAA-AAAAA")), ("vip", "vip")):
        found, entry = await desk.placed(
            mail(name, BOB, PASSED, to=f"support+{tag}@examplex.test", subject=f"About {name}", text=f"Hello, {name}.")
        )
        assert found.requester.address == BOB
        assert found.links == ()
        assert codes(entry) == set()
    assert len(await desk.cases()) == 4


async def test_a_stranger_with_a_tag_is_heard_and_told_nothing(desk: MailDesk) -> None:
    """A tagged address is seen by all who get a copy: it lets them write, never read."""
    case, _ = await desk.placed(mail("a1", ANN, PASSED, text="My number is 4711."))
    ((_, acknowledged),) = await desk.sent()
    _, address = answered(acknowledged)
    joined, entry = await desk.placed(mail("e1", EVE, EVES, to=address, text="Send it to me instead."))
    assert joined.id == case.id
    assert "joined_by_another" in codes(entry)
    assert entry.message.sender.address == EVE
    assert [party.address for party in joined.participants] == [ANN]
    assert await desk.sent() == []
    await desk.answer(case.id, "Your deposit is there.")
    ((reply, written),) = await desk.sent()
    assert (reply.to.address, written.recipient) == (ANN, ANN)
    assert EVE.encode() not in written.data
    cited, _ = await desk.placed(mail("e2", EVE, EVES, subject=f"Re: [{case.id}]"))
    assert cited.id != case.id


async def test_what_a_mail_answers_comes_before_the_address_that_it_went_to(desk: MailDesk) -> None:
    """An address book may hold the address of another case."""
    one, _ = await desk.placed(mail("a1", ANN, PASSED))
    two, _ = await desk.placed(mail("b1", ANN, PASSED, subject="My card"))
    token = f"<{sign_token(SECRET, two.id, 'n')}@examplex.test>"
    address = f"support+{sign_tag(SECRET, one.id)}@examplex.test"
    found, entry = await desk.placed(mail("a2", ANN, *reply_to(token), to=address, subject="Re: My card"))
    assert found.id == two.id
    (finding,) = entry.assessment.findings
    assert (finding.code, finding.subject) == ("signed_for_several", one.id)


async def test_p5_a_reused_message_id_is_a_second_case_and_flagged(desk: MailDesk) -> None:
    """Whoever sends first must not have the other overlooked."""
    one, _ = await desk.placed(mail("a1", ANN, PASSED))
    two, entry = await desk.placed(mail("a1", EVE, EVES, text="Something else"))
    assert two.id != one.id
    (finding,) = entry.assessment.findings
    assert (finding.code, finding.subject) == ("message_id_reused", one.id)
    third, entry = await desk.placed(mail("a1", ANN, PASSED, subject="Another matter", text="And this?"))
    assert third.id not in (one.id, two.id)
    assert "message_id_reused" in codes(entry)
    joined, _ = await desk.placed(mail("a2", ANN, *reply_to("<a1@mail.test>")))
    assert joined.id == one.id
    stranger, _ = await desk.placed(mail("b2", BOB, *reply_to("<a1@mail.test>")))
    assert stranger.id not in (one.id, two.id, third.id)
    assert {link.kind for link in stranger.links} == {"claims"}


async def test_p5_a_message_id_that_every_mail_bears_names_no_case(desk: MailDesk) -> None:
    """Some programs give each mail the same: every one is a case, and what is looked up for the next stays little."""
    same = "<always-the-same@mail.test>"
    bodies = [mail(str(at), f"u{at}@mail.test", PASSED, message_id=same, text=f"It is {at}.") for at in range(12)]
    found = await desk.flood(bodies)
    assert len({entry.case_id for entry in found}) == 12
    (past,) = await desk.store.look_up([Query(own_ref=same)])
    assert [case.id for case in past.same_ref] == [entry.case_id for entry in found[:5]]
    joined, _ = await desk.placed(mail("r", "u3@mail.test", *reply_to(same)))
    assert joined.id == found[3].case_id


async def test_p5_a_mail_without_message_id_is_a_case_that_goes_on(desk: MailDesk) -> None:
    case, entry = await desk.placed(mail("a1", ANN, PASSED, message_id=""))
    assert [note.code for note in entry.message.notes] == ["message_id_missing"]
    (sent,) = await desk.sent()
    joined, _ = await desk.placed(mail("a2", ANN, *reply_to(answered(sent[1])[0])))
    assert joined.id == case.id
    other, entry = await desk.placed(mail("b1", BOB, PASSED, message_id=""))
    assert other.id != case.id
    assert codes(entry) == set()


async def test_p12_one_mail_to_two_addresses_and_channels_is_one_case_that_names_both(desk: MailDesk) -> None:
    first = mail("a1", ANN, PASSED, f"Delivered-To: {DESK}", to=f"{DESK}, someone@mail.test")
    case, _ = await desk.placed(first)
    copy = mail("a1", ANN, PASSED, f"Delivered-To: {OTHER_DESK}", to=f"{DESK}, someone@mail.test")
    for _ in range(3):
        again, entry = await desk.placed(copy, by="help")
        assert again.id == case.id
    assert OTHER_DESK in {each.party.address for each in entry.message.recipients}
    assert [note.code for note in entry.message.notes].count("also_received") == 1
    notes = await desk.notes(case.id)
    assert len(notes) == 1
    assert OTHER_DESK in notes[0]
    assert "channel help" in notes[0]
    assert (await desk.case(case.id)).message_count == 1
    assert len(await desk.sent()) == 1
    assert await desk.sent("help") == []


async def test_p12_a_mail_fetched_again_is_told_to_nobody(desk: MailDesk) -> None:
    body = mail("a1", ANN, PASSED, f"Delivered-To: {DESK}")
    case, _ = await desk.placed(body)
    again, _ = await desk.placed(body)
    assert again == case
    assert await desk.notes(case.id) == []


async def test_p12_a_mail_that_comes_again_with_its_sender_proven_says_so(desk: MailDesk) -> None:
    """Else somebody's forged copy, sent first, would lend the true one its bad name."""
    case, forged = await desk.placed(mail("a1", ANN, verdict("fail")))
    again, entry = await desk.placed(mail("a1", ANN, PASSED))
    assert again.id == case.id
    assert [fact.outcome for fact in forged.assessment.facts] == ["fail"]
    assert [fact.outcome for fact in entry.assessment.facts] == ["pass"]
    assert await desk.notes(case.id) == ["The same mail came again, and its sender is proven now."]


async def test_p14_a_copy_by_way_of_a_list_is_no_second_case(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED, to=f"{DESK}, team@lists.test"))
    by_list = mail(
        "a1",
        ANN,
        PASSED,
        "List-Id: <team.lists.test>",
        to=f"{DESK}, team@lists.test",
        subject="[team] My deposit",
        text="Where is it?\r\n-- \r\nThe team's list",
    )
    again, entry = await desk.placed(by_list)
    assert again.id == case.id
    assert codes(entry) == set()


async def test_p19_a_number_that_a_stranger_guessed_is_a_claim(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    for name, subject, text in (("e1", f"Re: [{case.id}]", "x"), ("e2", "Help", f"It is about {case.id}.")):
        found, entry = await desk.placed(mail(name, EVE, EVES, subject=subject, text=text))
        assert found.id != case.id
        assert [(link.kind, link.case_id) for link in found.links] == [("claims", case.id)]
        assert codes(entry) == set()
    own, _ = await desk.placed(mail("a2", ANN, PASSED, subject="Once more", text=f"It is about {case.id}."))
    assert own.id == case.id


@pytest.mark.parametrize("nothing", ["", "<>", "< >", "<\t>", '""', "<<>>"])
async def test_p20_references_without_content_join_nothing(desk: MailDesk, nothing: str) -> None:
    first, _ = await desk.placed(mail("a1", ANN, PASSED, f"References: {nothing}", message_id=nothing))
    found, entry = await desk.placed(
        mail("b1", BOB, PASSED, f"In-Reply-To: {nothing}", f"References: {nothing}", message_id=nothing)
    )
    mine, _ = await desk.placed(mail("a2", ANN, PASSED, f"In-Reply-To: {nothing}", subject="Another"))
    assert len({first.id, found.id, mine.id}) == 3
    assert (found.links, codes(entry)) == ((), set())


async def test_p21_what_an_agent_writes_in_copy_is_the_agents(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ours = verdict("pass", "examplex.test")
    copied = mail(
        "x1", AGENT, ours, f"In-Reply-To: {answered(sent[1])[0]}", f"Cc: {DESK}", to=ANN, text="I called her."
    )
    joined, entry = await desk.placed(copied)
    assert joined.id == case.id
    assert (entry.message.sender.address, entry.assessment.sender) == (AGENT, Standing.OFFICIAL)
    assert joined.requester.address == ANN
    assert [party.address for party in joined.participants] == [ANN]
    unsigned, _ = await desk.placed(mail("x2", AGENT, ours, "In-Reply-To: <a1@mail.test>", f"Cc: {DESK}", to=ANN))
    assert unsigned.requester.address == AGENT
    assert [(link.kind, link.case_id) for link in unsigned.links] == [("claims", case.id)]


async def test_p22_references_alone_are_enough_where_the_parent_is_unknown(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ref, _ = answered(sent[1])
    found, entry = await desk.placed(
        mail("a2", ANN, PASSED, "In-Reply-To: <nowhere@client.test>", f"References: <a1@mail.test>\r\n {ref}")
    )
    assert (found.id, codes(entry)) == (case.id, set())
    own, _ = await desk.placed(
        mail("a3", ANN, PASSED, "In-Reply-To: <other@client.test>", "References: <a1@mail.test> <other@client.test>")
    )
    assert own.id == case.id


async def test_p23_a_reply_that_came_before_its_parent_is_on_the_same_case(desk: MailDesk) -> None:
    reply, _ = await desk.placed(mail("a2", ANN, *reply_to("<a1@mail.test>"), subject="Re: My deposit"))
    parent, entry = await desk.placed(mail("a1", ANN, PASSED))
    assert (parent.id, codes(entry)) == (reply.id, set())
    assert (await desk.case(reply.id)).message_count == 2
    next_one, _ = await desk.placed(mail("a3", ANN, *reply_to("<a1@mail.test>")))
    assert next_one.id == reply.id


async def test_p23_reply_parent_and_copy_of_one_page_are_on_one_case(desk: MailDesk) -> None:
    """What is decided in one batch sees what was decided before it in that batch."""
    reply = mail("a2", ANN, *reply_to("<a1@mail.test>"), subject="Re: My deposit")
    parent, copy = mail("a1", ANN, PASSED), mail("a1", ANN, PASSED, f"Delivered-To: {OTHER_DESK}")
    found = await desk.flood([reply, parent, copy, mail("a1", EVE, EVES, subject="Else")])
    assert len({entry.case_id for entry in found[:3]}) == 1
    assert found[3].case_id != found[0].case_id
    assert codes(found[3]) == {"message_id_reused"}
    assert len(await desk.notes(found[0].case_id)) == 1


async def test_p23_anothers_reply_that_came_before_is_linked(desk: MailDesk) -> None:
    reply, _ = await desk.placed(mail("b1", BOB, *reply_to("<a1@mail.test>")))
    parent, _ = await desk.placed(mail("a1", ANN, PASSED))
    assert parent.id != reply.id
    assert [(link.kind, link.case_id) for link in parent.links] == [("cited_by", reply.id)]


async def test_p23_an_answer_names_what_it_answers_and_not_what_has_not_come(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("b1", BOB, verdict("none"), "References: <a0@mail.test> <a1@mail.test>"))
    await desk.answer(case.id)
    head = (await desk.sent())[-1][1].data.partition(b"\r\n\r\n")[0]
    assert b"\r\nIn-Reply-To: <b1@mail.test>\r\n" in head
    assert b"awaited" not in head


async def test_p24_our_own_mail_that_comes_back_opens_nothing(desk: MailDesk) -> None:
    """In a Sent folder, as a copy to ourselves, or under a tagged address."""
    await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ref, address = answered(sent[1])
    for sender in (DESK, OTHER_DESK, address):
        assert await desk.receive(mail("s", f"Examplex <{sender}>", message_id=ref)) == []
    assert len(await desk.cases()) == 1


async def test_p24_a_mail_of_our_own_address_that_we_did_not_write_is_kept_and_joins_nothing(desk: MailDesk) -> None:
    """A form on the web site writes so; it must neither vanish nor be taken for the one before."""
    first, _ = await desk.placed(mail("f1", DESK, subject="Contact form", text="I am locked out."))
    second, _ = await desk.placed(mail("f2", DESK, "References: <f1@mail.test>", subject="Contact form"))
    third, _ = await desk.placed(mail("f3", DESK, subject=f"Re: [{first.id}]"))
    assert len({first.id, second.id, third.id}) == 3
    assert await desk.sent() == []


async def test_p24_an_equal_subject_joins_nothing(desk: MailDesk) -> None:
    """Two people are two cases, and so is a name that nobody has proven; a proven person goes on with the own."""
    one, _ = await desk.placed(mail("a1", ANN, PASSED, subject="Deposit"))
    stranger, _ = await desk.placed(mail("b1", BOB, PASSED, subject="Re: Deposit"))
    forged, _ = await desk.placed(mail("a2", ANN, verdict("fail"), subject="Deposit"))
    assert len({one.id, stranger.id, forged.id}) == 3
    again, _ = await desk.placed(mail("a3", ANN, PASSED, subject="Deposit"))
    assert again.id == one.id


async def test_p25_another_matter_under_known_references_is_marked(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ref, _ = answered(sent[1])
    same, entry = await desk.placed(mail("a2", ANN, *reply_to(ref), subject="My card was stolen"))
    assert (same.id, codes(entry)) == (case.id, {"subject_changed"})
    hijacked, _ = await desk.placed(mail("e1", EVE, EVES, "References: <a1@mail.test>", subject="Invoice"))
    assert hijacked.id != case.id
    assert [(link.kind, link.case_id) for link in hijacked.links] == [("claims", case.id)]


async def test_p41_a_reply_to_elsewhere_makes_nobody_else_the_sender(desk: MailDesk) -> None:
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    stranger, entry = await desk.placed(
        mail("e1", EVE, EVES, f"Reply-To: {ANN}", "In-Reply-To: <a1@mail.test>", subject=f"Re: [{case.id}]")
    )
    assert stranger.id != case.id
    assert stranger.requester.address == EVE
    assert entry.message.reply_to is not None
    await desk.sent()
    await desk.answer(stranger.id)
    ((reply, _),) = await desk.sent()
    assert reply.to.address == EVE


async def test_p44_a_mail_that_a_forwarder_rewrote_still_joins_by_what_we_signed(desk: MailDesk) -> None:
    """Not proven is not refuted: what we signed counts, and the agents are told what could not be proven."""
    case, _ = await desk.placed(mail("a1", ANN, PASSED))
    (sent,) = await desk.sent()
    ref, _ = answered(sent[1])
    rewritten = mail("a2", "Ann via Team <team@lists.test>", verdict("none", "lists.test"), f"In-Reply-To: {ref}")
    joined, entry = await desk.placed(rewritten)
    assert joined.id == case.id
    assert codes(entry) == {"joined_by_another"}


async def test_p44_a_list_that_writes_in_its_own_name_joins_nobody_to_anothers_case(desk: MailDesk) -> None:
    """All its members share that address, and the list's own signature passes for each of them."""
    shared = ("List-Id: <team.lists.test>", "List-Post: <mailto:team@lists.test>", verdict("pass", "lists.test"))
    case, _ = await desk.placed(mail("a1", "Ann via Team <team@lists.test>", *shared))
    other, _ = await desk.placed(
        mail("b1", "Bob via Team <team@lists.test>", *shared, "In-Reply-To: <a1@mail.test>", subject=f"Re: {case.id}")
    )
    assert other.id != case.id
    assert [(link.kind, link.case_id) for link in other.links] == [("claims", case.id)]


async def test_who_failed_from_the_first_goes_on_by_what_we_signed(desk: MailDesk) -> None:
    """Some domains never pass; whoever holds what we sent to their address is who reads there."""
    case, _ = await desk.placed(mail("a1", ANN, verdict("fail")))
    await desk.answer(case.id)
    (sent,) = await desk.sent()
    ref, _ = answered(sent[1])
    joined, entry = await desk.placed(mail("a2", ANN, verdict("fail"), f"In-Reply-To: {ref}"))
    assert (joined.id, codes(entry)) == (case.id, {"unproven_join"})
    cited, entry = await desk.placed(mail("a3", ANN, verdict("fail"), subject=f"Re: [{case.id}]"))
    assert cited.id != case.id
    assert "join_refused" in codes(entry)
