"""What one event of a chat leads to: the case that its person is at, parts of one message, edits, files, impostors."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import (
    Assessment,
    Attachment,
    AttachmentState,
    Case,
    CaseState,
    Entity,
    Entry,
    Evidence,
    Finding,
    Message,
    Party,
    PartyKind,
    Priority,
    Provenance,
    Recipient,
    RecipientRole,
    Severity,
    Standing,
    Thread,
    Triage,
    Visibility,
)
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.dialogue import Dialogue, Hold, Joining, Place, Token
from gateway.journal import Effect, EffectKind
from gateway.past import Past
from gateway.ports import (
    Deleted,
    Edited,
    Fetched,
    Manners,
    MemberSeen,
    Moved,
    Pressed,
    Reachable,
    ReplyKind,
    TicketAction,
    Undelivered,
)
from tests.builders import NOON

SECRET = b"s" * 32
CHANNEL = "telegram"
NOW = NOON + timedelta(seconds=1)
MANNERS = Manners(
    chats=True,
    join_for=timedelta(seconds=2),
    join_most=timedelta(seconds=15),
    handle="examplex_support_bot",
    invite="https://t.me/examplex_support_bot?start={token}",
)
POLICY = Policy(
    brand="Examplex",
    official=("@examplex_support_bot on Telegram",),
    locales=load_locales(),
    secret=SECRET,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({"123456", "examplex_support_bot"}),
    sending=frozenset({CHANNEL}),
    manners={CHANNEL: MANNERS},
)
NUMBER = "GH-AAAAA-AAAAA"
WANG = Party(
    platform="telegram", address="7000000001", id="7000000001", handle="wangfang_t", name="Wang", kind=PartyKind.PERSON
)
GROUP = Party(platform="telegram", address="-1001", id="-1001", name="Examplex Community", kind=PartyKind.GROUP)
IMPOSTOR = Party(platform="telegram", address="7000000666", id="7000000666", handle="examplex_supp0rt", name="Support")
FOUND = Assessment(
    sender=Standing.LOOK_ALIKE,
    findings=(Finding(code="sender_poses_as_official", severity=Severity.DANGER, advice="advice-poses-as-us"),),
)


def provenance(key: str = "123456:1:", lane: str = WANG.address) -> Provenance:
    return Provenance(
        source=CHANNEL, stream="updates", key=key, lane=lane, received_at=NOON, normalizer="telegram/1", size=100
    )


def said(number: int = 1, text: str = "Where is my deposit?", **fields: Any) -> Message:
    """Return a message in the private chat with Wang, sent at noon unless told otherwise."""
    name = f"telegram:123456:7000000001:{number}"
    given: dict[str, Any] = {
        "id": name,
        "content_key": name,
        "provenance": provenance(f"123456:{number}:"),
        "platform": "telegram",
        "sender": WANG,
        "text": text,
        "sent_at": NOON,
        "thread": Thread(own_ref=name, group=WANG.address),
        "join_key": "7000000001:7000000001",
    }
    return Message(**(given | fields))


def in_group(number: int = 1, text: str = "hello", sender: Party = WANG, **fields: Any) -> Message:
    name = f"telegram:-1001:{number}"
    given: dict[str, Any] = {
        "id": name,
        "content_key": name,
        "provenance": provenance(f"123456:{number}:", "-1001"),
        "sender": sender,
        "visibility": Visibility.GROUP,
        "recipients": (Recipient(role=RecipientRole.TO, party=GROUP),),
        "thread": Thread(own_ref=name, group="-1001"),
        "addressed": False,
    }
    return said(number, text, **(given | fields))


def chat_case(number: str = NUMBER, **fields: Any) -> Case:
    given: dict[str, Any] = {
        "id": number,
        "brand": "Examplex",
        "channel": CHANNEL,
        "platform": "telegram",
        "requester": WANG,
        "participants": (WANG,),
        "opened_at": NOON,
        "updated_at": NOON,
        "message_count": 1,
        "version": 1,
    }
    return Case(**(given | fields))


def at_case(number: str = NUMBER, **fields: Any) -> Dialogue:
    given: dict[str, Any] = {
        "channel": CHANNEL,
        "address": WANG.address,
        "case_id": number,
        "cases": (number,),
    }
    return Dialogue(**(given | fields))


def waiting(**fields: Any) -> Joining:
    """Return what is remembered of message 1, whose ticket waits until noon and three seconds."""
    given: dict[str, Any] = {
        "case_id": NUMBER,
        "message_id": said().id,
        "key": f"{said().id}:ticket:backend:embedded",
        "join_key": said().join_key,
        "sent_at": NOON,
        "first_at": NOW,
        "until": NOON + timedelta(seconds=3),
        "chars": 20,
    }
    return Joining(**(given | fields))


def past(**fields: Any) -> Past:
    return Past(**({"sent_to": (0, 0), "sent_to_all": (0,)} | fields))


def run(
    event: Any,
    seen: Past | None = None,
    assessment: Assessment | None = None,
    policy: Policy = POLICY,
    now: datetime = NOW,
    triage: Triage | None = None,
) -> Outcome:
    return decide(Judged(event, assessment or Assessment(), triage or Triage()), seen or past(), policy, now)


def kinds(outcome: Outcome) -> list[EffectKind]:
    return [effect.kind for effect in outcome.effects]


def only(outcome: Outcome, kind: EffectKind) -> Effect:
    (found,) = (effect for effect in outcome.effects if effect.kind is kind)
    return found


def test_a_first_message_opens_a_case_whose_ticket_waits_for_more_of_it() -> None:
    outcome = run(said())
    (case,) = outcome.cases
    assert only(outcome, EffectKind.TICKET).not_before == NOW + timedelta(seconds=2)
    reply = only(outcome, EffectKind.ACKNOWLEDGEMENT).reply
    assert reply is not None
    assert case.id in reply.text
    (dialogue,) = outcome.dialogues
    assert (dialogue.place, dialogue.case_id) == (Place(CHANNEL, WANG.address), case.id)
    assert dialogue.joining is not None
    assert dialogue.joining.key == only(outcome, EffectKind.TICKET).key


def test_casework_asks_for_the_dialogue_of_a_chat_and_never_of_mail() -> None:
    assert ask(said(), POLICY, NOW).place == Place(CHANNEL, WANG.address)
    assert ask(said(), replace(POLICY, manners={}), NOW).place is None


def test_what_follows_at_once_is_a_part_of_it() -> None:
    seen = past(dialogue=at_case(joining=waiting()), cases=(chat_case(),))
    outcome = run(said(2, "It was 500 USDT.", sent_at=NOON + timedelta(seconds=1)), seen)
    assert kinds(outcome) == []
    (entry,) = outcome.entries
    assert entry.part_of == said().id
    (hold,) = outcome.holds
    assert hold == Hold(waiting().key, NOW + timedelta(seconds=2))
    assert outcome.cases[0].message_count == 2


def test_parts_never_put_a_ticket_off_beyond_the_most() -> None:
    late = NOON + timedelta(seconds=15)
    joining = waiting(sent_at=late, until=late + timedelta(milliseconds=500), parts=8)
    outcome = run(said(9, sent_at=late), past(dialogue=at_case(joining=joining), cases=(chat_case(),)), now=late)
    assert outcome.holds[0].until == NOW + timedelta(seconds=15)


@pytest.mark.parametrize(
    ("joining", "message", "why"),
    [
        (waiting(until=NOW), said(2), "its ticket may have gone"),
        (waiting(), said(2, sent_at=NOON + timedelta(hours=1)), "sent an hour later, though it came at the same time"),
        (waiting(parts=50), said(2), "too many parts"),
        (waiting(chars=31_990), said(2, "x" * 20), "too long"),
        (waiting(case_id="GH-BBBBB-BBBBB"), said(2), "another case"),
    ],
)
def test_what_does_not_belong_to_it_is_a_message_of_its_own(joining: Joining, message: Message, why: str) -> None:
    outcome = run(message, past(dialogue=at_case(joining=joining), cases=(chat_case(),)))
    assert only(outcome, EffectKind.TICKET).key.startswith(message.id), why
    assert outcome.holds == ()


def test_an_albums_parts_belong_together_whenever_they_were_sent() -> None:
    album = (Evidence(name="media_group_id", value="77"),)
    joining = waiting(join_key="7000000001:77")
    seen = past(dialogue=at_case(joining=joining), cases=(chat_case(),))
    late = said(2, "", join_key="7000000001:77", evidence=album, sent_at=NOON + timedelta(minutes=1))
    assert run(late, seen).entries[0].part_of == said().id


def test_what_is_written_later_goes_on_with_the_case_that_its_person_is_at() -> None:
    outcome = run(said(2), past(dialogue=at_case(), cases=(chat_case(),)))
    assert [each.id for each in outcome.cases] == [NUMBER]
    assert kinds(outcome) == [EffectKind.TICKET]


@pytest.mark.parametrize(("hours", "same"), [(71, True), (73, False)])
def test_a_solved_case_is_opened_again_only_for_a_while(hours: int, same: bool) -> None:
    solved = chat_case(state=CaseState.SOLVED, updated_at=NOW - timedelta(hours=hours))
    outcome = run(said(2), past(dialogue=at_case(), cases=(solved,)))
    assert (outcome.cases[0].id == NUMBER) is same


def test_after_new_the_next_message_opens_a_case() -> None:
    outcome = run(said(2), past(dialogue=at_case(case_id=None), cases=(chat_case(),)))
    assert outcome.cases[0].id != NUMBER
    assert outcome.dialogues[0].cases == (outcome.cases[0].id, NUMBER)


def test_an_answer_to_a_message_of_another_own_case_goes_there() -> None:
    other = chat_case("GH-BBBBB-BBBBB")
    asked = said(2, thread=Thread(own_ref="telegram:123456:7000000001:2", parent="telegram:123456:7000000001:90"))
    outcome = run(asked, past(dialogue=at_case(joining=waiting()), cases=(chat_case(), other), by_ref=(other,)))
    assert [each.id for each in outcome.cases] == ["GH-BBBBB-BBBBB"]


def test_a_language_chosen_by_command_is_the_cases() -> None:
    outcome = run(said(), past(dialogue=at_case(None, cases=(), language="zh-CN")))  # type: ignore[arg-type]
    assert outcome.cases[0].language == "zh-CN"


def test_our_own_account_is_never_a_user() -> None:
    ours = Party(platform="telegram", address="7000000001", id="123456", handle="examplex_support_bot")
    assert run(said(sender=ours)).cases == ()


def test_files_are_fetched_and_their_bytes_named_when_they_are_there() -> None:
    photo = Attachment(id="u1", ref="f1", name="a.png", size=10, state=AttachmentState.NOT_FETCHED)
    outcome = run(said(attachments=(photo,)))
    file = only(outcome, EffectKind.FILE).file
    assert file is not None
    assert (file.message_id, file.attachment_id, file.ref, file.lane) == (said().id, "u1", "f1", WANG.address)
    known = outcome.entries[0]
    came = Fetched(
        message_id=said().id,
        attachment_id="u1",
        state=AttachmentState.STORED,
        size=12,
        sha256="ab",
        provenance=provenance(),
    )
    after = run(came, past(entry=known, cases=outcome.cases))
    (entry,) = after.entries
    assert (entry.message.attachments[0].sha256, entry.message.version) == ("ab", 2)
    assert kinds(after) == []
    assert run(came, past(entry=entry, cases=after.cases)).entries == ()


def test_a_file_that_is_too_large_leaves_the_case_and_tells_agent_and_user() -> None:
    video = Attachment(id="u1", name="a.mp4", size=30 << 20, state=AttachmentState.TOO_LARGE)
    outcome = run(said(attachments=(video,)))
    assert kinds(outcome) == [
        EffectKind.TICKET,
        EffectKind.TICKET,
        EffectKind.RESPONSE,
        EffectKind.ACKNOWLEDGEMENT,
    ]
    fetching = filed(run(said(attachments=(video.model_copy(update={"ref": "f", "state": "not_fetched"}),))))
    came = Fetched(
        message_id=said().id,
        attachment_id="u1",
        state=AttachmentState.TOO_LARGE,
        reason="Too big.",
        provenance=provenance(),
    )
    after = run(came, fetching)
    assert kinds(after) == [EffectKind.TICKET, EffectKind.RESPONSE]


def filed(outcome: Outcome) -> Past:
    return past(entry=outcome.entries[0], cases=outcome.cases, dialogue=outcome.dialogues[0])


def test_an_edit_before_the_ticket_is_written_is_in_it() -> None:
    first = run(said())
    seen = past(entry=first.entries[0], cases=first.cases, dialogue=first.dialogues[0])
    edited = Edited(message=said(text="Where are my 500 USDT?", edited_at=NOON + timedelta(seconds=1)))
    outcome = run(edited, seen)
    (entry,) = outcome.entries
    assert (entry.message.version, entry.message.text) == (2, "Where are my 500 USDT?")
    assert kinds(outcome) == []
    assert [hold.key for hold in outcome.holds] == [only(first, EffectKind.TICKET).key]


def test_a_later_edit_is_written_as_a_version_once() -> None:
    known = Entry(case_id=NUMBER, message=said(), at=NOON)
    edited = Edited(message=said(text="Sorry: 600 USDT", edited_at=NOON + timedelta(hours=1)))
    outcome = run(edited, past(entry=known, cases=(chat_case(),), dialogue=at_case()))
    assert only(outcome, EffectKind.TICKET).key == f"{said().id}:v2:ticket:backend:embedded"
    again = run(edited, past(entry=outcome.entries[0], cases=outcome.cases, dialogue=at_case()))
    assert (again.entries, again.effects) == ((), ())


def test_an_edit_knows_what_was_fetched_before_and_fetches_what_is_new() -> None:
    photo = Attachment(id="u1", ref="f1", declared_type="image/jpeg", state=AttachmentState.NOT_FETCHED)
    stored = photo.model_copy(update={"state": AttachmentState.STORED, "size": 7, "sha256": "a" * 64})
    other = photo.model_copy(update={"id": "u2", "ref": "f2"})
    known = Entry(case_id=NUMBER, message=said(attachments=(stored,)), at=NOON)
    message = said(text="look at both", attachments=(photo, other), edited_at=NOON + timedelta(hours=1))
    outcome = run(Edited(message=message), past(entry=known, cases=(chat_case(),), dialogue=at_case()))
    assert outcome.entries[0].message.attachments == (stored, other)
    assert f"{said().id}:file:u2" in [each.key for each in outcome.effects]


def test_an_edit_that_nobody_sees_changes_nothing() -> None:
    known = Entry(case_id=NUMBER, message=said(), at=NOON)
    outcome = run(Edited(message=said(edited_at=NOON + timedelta(hours=1))), past(entry=known, cases=(chat_case(),)))
    assert (outcome.entries, outcome.effects) == ((), ())


def test_an_edit_that_comes_before_its_message_stands_for_it() -> None:
    edited = said(text="the last word", edited_at=NOON)
    first = run(Edited(message=edited))
    assert kinds(first) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    known = first.entries[0]
    outcome = run(said(), past(copy_of=known, entry=known, cases=first.cases))
    assert (outcome.entries, outcome.effects) == ((), ())


def test_a_withdrawn_message_stays_on_file_and_the_agent_is_told() -> None:
    known = Entry(case_id=NUMBER, message=said(), at=NOON)
    event = Deleted(message_id=said().id, provenance=provenance())
    outcome = run(event, past(entry=known, cases=(chat_case(),)))
    assert outcome.entries[0].message.text == said().text
    assert only(outcome, EffectKind.TICKET).ticket is not None
    again = run(event, past(entry=outcome.entries[0], cases=outcome.cases))
    assert again.effects == ()


def test_what_others_say_in_a_group_is_not_ours() -> None:
    outcome = run(in_group())
    assert (outcome.cases, outcome.entries, outcome.effects) == ((), (), ())


def test_who_speaks_to_us_in_a_group_gets_a_case_and_is_asked_to_go_on_in_private() -> None:
    outcome = run(in_group(addressed=True, text="@examplex_support_bot my UID is 12345678, where is my money?"))
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.RESPONSE]
    reply = only(outcome, EffectKind.RESPONSE).reply
    assert reply is not None
    assert reply.to.address == GROUP.address
    assert "12345678" not in reply.text
    assert outcome.cases[0].id not in reply.text
    (token,) = outcome.tokens
    url = reply.buttons[0][0].url
    assert url.startswith("https://t.me/examplex_support_bot?start=")
    assert token.hash not in url
    assert (token.bearer, token.case_id) == (WANG.id, outcome.cases[0].id)
    again = run(in_group(2, addressed=True), past(dialogue=outcome.dialogues[0], cases=outcome.cases))
    assert EffectKind.RESPONSE not in kinds(again)


def test_the_token_binds_the_private_chat_to_the_case_once() -> None:
    group = run(in_group(addressed=True))
    reply = only(group, EffectKind.RESPONSE).reply
    assert reply is not None
    start = said(5, f"/start {reply.buttons[0][0].url.partition('=')[2]}")
    assert ask(start, POLICY, NOW).token == group.tokens[0].hash
    outcome = run(start, past(token=group.tokens[0], cases=group.cases))
    (spent,) = outcome.tokens
    assert spent.spent_at == NOW
    assert outcome.dialogues[0].case_id == group.cases[0].id
    assert outcome.cases[0].requester.address == WANG.address
    later = run(start, past(token=spent, cases=outcome.cases))
    assert (later.tokens, later.cases) == ((), ())
    other = said(5, start.text, sender=WANG.model_copy(update={"id": "8", "address": "8"}))
    assert run(other, past(token=group.tokens[0], cases=group.cases)).cases == ()


def test_a_mail_case_bound_to_a_chat_is_answered_in_the_chat() -> None:
    ann = Party(platform="email", address="ann@mail.test")
    token = Token(hash="h", case_id=NUMBER, expires_at=NOW + timedelta(hours=1))
    mail = chat_case(channel="support", platform="email", requester=ann, participants=(ann,))
    outcome = run(said(5, "/start " + "a" * 32), past(token=token, cases=(mail,)))
    (bound,) = outcome.cases
    assert (bound.channel, bound.requester, bound.participants) == (CHANNEL, WANG, (WANG, ann))


def test_a_command_is_answered_and_opens_no_case() -> None:
    outcome = run(said(3, "/help"))
    assert kinds(outcome) == [EffectKind.RESPONSE]
    assert outcome.cases == ()


def test_a_forged_button_does_nothing() -> None:
    pressed = Pressed(sender=WANG, place=WANG, data="close:x", press_id="9", provenance=provenance())
    outcome = run(pressed, past(dialogue=at_case(), cases=(chat_case(),)))
    assert outcome.cases == ()
    reply = only(outcome, EffectKind.RESPONSE).reply
    assert reply is not None
    assert reply.press_id == "9"


def test_close_takes_two_steps_and_closes_the_own_case() -> None:
    asked = run(said(3, "/close"), past(dialogue=at_case(), cases=(chat_case(),)))
    reply = only(asked, EffectKind.RESPONSE).reply
    assert reply is not None
    button = reply.buttons[0][0]
    pressed = Pressed(sender=WANG, place=WANG, data=button.data, press_id="9", provenance=provenance())
    outcome = run(pressed, past(dialogue=asked.dialogues[0], cases=(chat_case(),)))
    assert outcome.cases[0].state is CaseState.SOLVED
    actions = [effect.ticket.action for effect in outcome.effects if effect.ticket is not None]
    assert actions == [TicketAction.NOTE, TicketAction.STATE]
    assert outcome.dialogues[0].case_id is None
    foreign = Pressed(
        sender=WANG.model_copy(update={"id": "8", "address": "8"}),
        place=WANG,
        data=button.data,
        press_id="10",
        provenance=provenance(),
    )
    assert run(foreign, past(dialogue=at_case(), cases=(chat_case(),))).cases == ()


@pytest.mark.parametrize("joined", [True, False])
def test_an_impostor_in_a_group_is_told_of_once(joined: bool) -> None:
    warns = replace(MANNERS, operators="-500", warns_groups=True)
    policy = replace(POLICY, manners={CHANNEL: warns})
    sighting = in_group(sender=IMPOSTOR, text="" if joined else "I am support, send me your codes")
    seen = MemberSeen(party=IMPOSTOR, place=GROUP, status="member", message=sighting, provenance=provenance())
    event = seen if joined else sighting
    outcome = run(event, assessment=FOUND, policy=policy)
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.NOTICE, EffectKind.NOTICE]
    told, warned = (effect.reply for effect in outcome.effects if effect.reply is not None)
    assert (told.to.address, warned.to.address) == ("-500", GROUP.address)
    assert IMPOSTOR.id in told.text
    assert outcome.cases[0].id in told.text
    assert outcome.cases[0].id not in warned.text
    assert outcome.cases[0].queue == "impersonation"
    quiet = replace(POLICY, manners={CHANNEL: replace(warns, warns_groups=False)})
    assert kinds(run(event, assessment=FOUND, policy=quiet)) == [EffectKind.TICKET, EffectKind.NOTICE]
    again = run(event, past(copy_of=outcome.entries[0]), assessment=FOUND, policy=policy)
    assert again.effects == ()
    renamed = in_group(7, sender=IMPOSTOR.model_copy(update={"name": "Examplex Helpdesk"}))
    assert ask(renamed, policy, NOW).message_id == ask(sighting, policy, NOW).message_id
    tomorrow = renamed.provenance.model_copy(update={"received_at": NOON + timedelta(days=1)})
    later = ask(renamed.model_copy(update={"provenance": tomorrow}), policy, NOW)
    assert later.message_id != ask(sighting, policy, NOW).message_id


def test_who_left_a_group_is_nobodys_impostor() -> None:
    seen = MemberSeen(
        party=IMPOSTOR, place=GROUP, status="left", message=in_group(sender=IMPOSTOR), provenance=provenance()
    )
    assert run(seen, assessment=FOUND).cases == ()


def test_an_answer_that_did_not_arrive_is_told_on_the_ticket() -> None:
    event = Undelivered(
        case_id=NUMBER,
        channel=CHANNEL,
        to=WANG,
        kind=ReplyKind.ANSWER,
        unreachable=True,
        reason="the user blocked us",
        provenance=provenance(),
    )
    outcome = run(event, past(cases=(chat_case(),), dialogue=at_case()))
    assert "did not reach" in str(only(outcome, EffectKind.TICKET).ticket)
    assert outcome.dialogues == ()


def test_who_blocks_us_and_comes_back_is_told_of_both_times() -> None:
    gone = Reachable(place=WANG, can_send=False, status="kicked", provenance=provenance())
    outcome = run(gone, past(cases=(chat_case(),), dialogue=at_case()))
    (dialogue,) = outcome.dialogues
    assert kinds(outcome) == [EffectKind.TICKET]
    assert run(gone, past(cases=(chat_case(),), dialogue=dialogue)).effects == ()
    back = Reachable(place=WANG, can_send=True, status="member", provenance=provenance())
    again = run(back, past(cases=(chat_case(),), dialogue=dialogue))
    assert again.dialogues[0].unreachable == ""
    assert kinds(again) == [EffectKind.TICKET]
    assert run(back, past()).effects == ()


def test_a_group_that_moves_takes_its_conversations_along() -> None:
    new = GROUP.model_copy(update={"address": "-2002"})
    outcome = run(Moved(old=GROUP, new=new, provenance=provenance()))
    assert (Place(CHANNEL, "-1001:"), Place(CHANNEL, "-2002:")) in outcome.moved


def test_an_edit_of_what_a_command_took_changes_nothing() -> None:
    first = run(said(3, "/help"))
    (dialogue,) = first.dialogues
    edited = Edited(message=said(3, "/status", edited_at=NOON + timedelta(seconds=5)))
    outcome = run(edited, past(dialogue=dialogue))
    assert (outcome.effects, outcome.dialogues) == ((), ())
    again = run(said(3, "/help"), past(dialogue=dialogue))
    assert (again.effects, again.dialogues) == ((), ())


def test_two_edits_within_a_second_both_count() -> None:
    second = NOON + timedelta(hours=1)
    known = Entry(case_id=NUMBER, message=said(text="to address A", edited_at=second), at=NOON)
    outcome = run(Edited(message=said(text="to address B", edited_at=second)), past(entry=known, cases=(chat_case(),)))
    assert outcome.entries[0].message.text == "to address B"


def test_without_a_key_to_join_by_nothing_waits_and_nothing_joins() -> None:
    outcome = run(said(join_key=None))
    assert only(outcome, EffectKind.TICKET).not_before is None
    assert outcome.dialogues[0].joining is None
    seen = past(dialogue=at_case(joining=waiting()), cases=(chat_case(),))
    assert run(said(2, join_key=None), seen).holds == ()


def test_a_part_ends_whatever_step_there_was() -> None:
    dialogue = at_case(joining=waiting(), step="verify", draft=(("at", NOW.isoformat()),))
    long = said(2, "I sent it all to somebody and now nobody answers me. " * 5)
    outcome = run(long, past(dialogue=dialogue, cases=(chat_case(),)))
    assert outcome.dialogues[0].step == ""


def test_an_album_of_large_files_is_told_of_once() -> None:
    video = Attachment(id="u2", name="b.mp4", state=AttachmentState.TOO_LARGE)
    seen = past(dialogue=at_case(joining=waiting()), cases=(chat_case(),))
    key = only(run(said(2, attachments=(video,)), seen), EffectKind.RESPONSE).key
    assert key == only(run(said(3, attachments=(video,)), seen), EffectKind.RESPONSE).key


ADMIN = GROUP.model_copy(update={"name": "Examplex Official"})


def test_a_group_that_speaks_in_itself_is_no_impostor_and_is_not_answered_in_public() -> None:
    assert run(in_group(sender=ADMIN), assessment=FOUND).cases == ()
    outcome = run(in_group(sender=ADMIN, addressed=True))
    assert outcome.cases[0].requester.address == ""
    assert EffectKind.RESPONSE not in kinds(outcome)


def test_an_impostor_who_gives_a_command_is_told_of_all_the_same() -> None:
    policy = replace(POLICY, manners={CHANNEL: replace(MANNERS, operators="-500")})
    command = in_group(text="/help", sender=IMPOSTOR, addressed=True)
    query = ask(command, policy, NOW)
    assert query.sighting.startswith("seen:")
    outcome = run(command, assessment=FOUND, policy=policy)
    assert kinds(outcome) == [EffectKind.RESPONSE, EffectKind.TICKET, EffectKind.NOTICE]
    known = outcome.entries[0]
    again = run(command.model_copy(update={"id": "telegram:-1001:9"}), past(sighting=known), FOUND, policy)
    assert kinds(again) == [EffectKind.RESPONSE]


def test_only_what_is_as_good_as_sure_is_said_before_everybody() -> None:
    policy = replace(POLICY, manners={CHANNEL: replace(MANNERS, warns_groups=True)})
    mild = FOUND.findings[0].model_copy(update={"severity": Severity.WARNING})
    guess = FOUND.model_copy(update={"findings": (mild,)})
    assert kinds(run(in_group(sender=IMPOSTOR), assessment=guess, policy=policy)) == [EffectKind.TICKET]


def test_who_is_nobody_in_a_group_breaks_nothing() -> None:
    nobody = Party(platform="telegram")
    assert len(run(in_group(sender=nobody, addressed=True)).cases) == 1


def test_an_edit_of_a_command_that_opened_a_case_comes_after_what_it_said() -> None:
    first = run(said(3, "/new my deposit of 5 BTC"))
    edited = Edited(message=said(3, "/new my deposit of 6 BTC", edited_at=NOON + timedelta(seconds=5)))
    outcome = run(edited, past(entry=first.entries[0], cases=first.cases, dialogue=first.dialogues[0]))
    (entry,) = outcome.entries
    assert "5 BTC" in entry.message.text
    assert "6 BTC" in entry.message.text
    assert kinds(outcome) == [EffectKind.TICKET]


def sayings(outcome: Outcome) -> list[str]:
    return [effect.reply.text for effect in outcome.effects if effect.kind is EffectKind.RESPONSE and effect.reply]


def test_a_question_in_plain_words_is_answered_and_filed_all_the_same() -> None:
    outcome = run(said(text="is @some_helper really you?"))
    assert EffectKind.TICKET in kinds(outcome)
    assert ["list of official accounts" in each for each in sayings(outcome)] == [True]


def test_an_ordinary_message_gets_no_verdict() -> None:
    assert sayings(run(said(text="please check my withdrawal https://explorer.example.com/tx/0f0f"))) == []


def test_a_question_is_not_answered_twice_where_the_warning_says_it() -> None:
    danger = Assessment(
        findings=(Finding(code="look_alike_mentioned", severity=Severity.WARNING, advice="advice-look-alike"),)
    )
    outcome = run(said(text="is @examplex_supp0rt you?"), assessment=danger)
    assert EffectKind.ACKNOWLEDGEMENT in kinds(outcome)
    assert sayings(outcome) == []


def test_questions_without_end_are_met_with_silence() -> None:
    asked = at_case(minute_at=NOW, asked=20)
    outcome = run(said(text="@some_name"), past(dialogue=asked, cases=(chat_case(),)))
    assert EffectKind.TICKET in kinds(outcome)
    assert sayings(outcome) == []


@pytest.mark.parametrize(
    ("advice", "words"), [("advice-secret-key", "recovery phrase"), ("advice-secret-code", "verification code")]
)
def test_who_sends_a_secret_with_a_command_is_told_at_once_what_to_do(advice: str, words: str) -> None:
    shared = Finding(code="secret_shared", severity=Severity.DANGER, advice=advice)
    outcome = run(said(text="/help"), assessment=Assessment(findings=(shared,)))
    assert words in sayings(outcome)[0]


def test_the_same_answer_is_not_given_again_within_the_hour_nor_without_end() -> None:
    case, first = chat_case(), run(said(text="@some_name"), past(dialogue=at_case(), cases=(chat_case(),)))
    assert len(sayings(first)) == 1
    (after,) = first.dialogues
    again = past(dialogue=after, cases=(case,))
    assert sayings(run(said(2, text="@some_name"), again)) == []
    assert len(sayings(run(said(2, text="@some_name"), again, now=NOW + timedelta(hours=2)))) == 1
    full = after.model_copy(update={"verdicts": tuple((str(number), NOW) for number in range(30))})
    later = past(dialogue=full, cases=(case,))
    assert sayings(run(said(3, text="@other_name"), later, now=NOW + timedelta(hours=2))) == []


def test_who_opted_out_is_not_answered_by_itself() -> None:
    silent = at_case().model_copy(update={"silenced": True})
    assert sayings(run(said(text="@some_name"), past(dialogue=silent, cases=(chat_case(),)))) == []


SHARED = Finding(code="secret_shared", technique="seed_phrase", severity=Severity.DANGER, advice="advice-secret-key")


def test_an_edit_that_brings_a_danger_raises_the_case_and_warns_once() -> None:
    opened = run(said())
    before = replace(filed(opened), sent_to=(0, 0), sent_to_all=(0,))
    edit = Edited(message=said(text="my phrase is [removed: seed phrase]", edited_at=NOW))
    outcome = run(edit, before, Assessment(findings=(SHARED,)))
    (case,) = outcome.cases
    assert (case.priority, case.tags, case.worst_severity) == (Priority.URGENT, ("secret-shared",), Severity.DANGER)
    (warning,) = (each for each in outcome.effects if each.kind is EffectKind.WARNING)
    assert warning.reply is not None
    assert "recovery phrase" in warning.reply.text
    known = replace(before, entry=outcome.entries[0], cases=outcome.cases)
    again = Edited(message=said(text="my phrase is [removed: seed phrase]!", edited_at=NOW + timedelta(seconds=5)))
    assert EffectKind.WARNING not in kinds(run(again, known, Assessment(findings=(SHARED,))))


def test_who_shows_an_account_number_in_a_group_is_asked_to_delete_it_even_if_asked_in_before() -> None:
    triage = Triage(entities=(Entity(kind="account_id", value="48210734"),))
    shown = in_group(text="my uid is 48210734", addressed=True)
    outcome = run(shown, triage=triage)
    sent = only(outcome, EffectKind.RESPONSE).reply
    assert sent is not None
    assert "delete" in sent.text
    assert "48210734" not in sent.text
    before = outcome.dialogues[0].model_copy(update={"invited_at": NOW - timedelta(minutes=11)})
    again = run(
        in_group(2, "my uid is 48210734", addressed=True), past(dialogue=before, cases=outcome.cases), triage=triage
    )
    assert EffectKind.RESPONSE in kinds(again)
    quiet = run(in_group(2, "hello again", addressed=True), past(dialogue=before, cases=outcome.cases))
    assert EffectKind.RESPONSE not in kinds(quiet)
