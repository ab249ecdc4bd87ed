"""The audit of the backends' story can fail: whatever is changed in a sound record is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from gateway.testing.backends import Line
from tests.backends.story_audit import Mail, Named, OnTicket, Record, Said, audit
from tests.backends.story_mails import Conversation, File, Written, crowd

PICTURE = File("größer 提现.png", "image/png", 1, 5_000)
PAPER = File("paper.pdf", "application/pdf", 2, 300)
ANN = Conversation(
    0,
    "ann@mail.test",
    "提现没有到账",
    (Written(0, "one\n\n größer"), Written(1, "two 🙏", (PICTURE, PAPER)), Written(2, "three")),
)
BOB = Conversation(1, "bob@mail.test", "Hello", (Written(3, "four", (PAPER,)),))
A, B = "GH-7K3MQ-00001", "GH-7K3MQ-00002"
NOTE = Line("It joined by its sender's name alone.", for_agents=True)
ANSWER, LATER = "Answer-0001: größer\n\nYour desk", "Answer-0002: done"
GIVEN: Named = ("отчёт.pdf", "1" * 64)


def public(text: str) -> Line:
    return Line(text, for_agents=False)


def named(file: File) -> Named:
    return file.name, file.sha256


LINES = (public("one\n\n größer"), public("two 🙏"), NOTE, public("three"))
FILES = (named(PAPER), named(PICTURE))
TOLD = Mail("we have it", automatic=True)
FIRST = Mail(f"{ANSWER}\r\n\r\n-- \r\nExamplex", automatic=False, refers=("<gh@x.test>", ANN.first), files=(GIVEN,))
SECOND = Mail(LATER, automatic=False, refers=(ANN.first,))

SOUND = Record(
    conversations=(ANN, BOB),
    cases=[*((written.message_id, A) for written in ANN.messages), (BOB.first, B)],
    desk={A: OnTicket(("7",), LINES, FILES), B: OnTicket(("8",), (public("four"),), (named(PAPER),))},
    automatic={"ann@mail.test": Counter(settled=1), "bob@mail.test": Counter(maybe_sent=1)},
    boxes={"ann@mail.test": [TOLD, FIRST, SECOND], "bob@mail.test": []},
    said=[Said(A, ANSWER, (GIVEN,)), Said(A, LATER)],
    noted=["internal-0001 请勿外传"],
    kills=1,
)


def on_ticket(
    tickets: tuple[str, ...] = ("7",), lines: tuple[Line, ...] = LINES, files: tuple[Named, ...] = FILES
) -> Record:
    return replace(SOUND, desk={**SOUND.desk, A: OnTicket(tickets, lines, files)})


def in_box(*mails: Mail) -> Record:
    return replace(SOUND, boxes={**SOUND.boxes, "ann@mail.test": list(mails)})


def other_case(message_id: str, case: str) -> Record:
    return replace(SOUND, cases=[(each, case if each == message_id else old) for each, old in SOUND.cases])


WRONG: dict[str, tuple[Record, str]] = {
    "a line is lost": (on_ticket(lines=(*LINES[:1], *LINES[2:])), "messages lost"),
    "a line is doubled": (on_ticket(lines=(*LINES, LINES[0])), "messages doubled"),
    "lines are swapped": (on_ticket(lines=(LINES[1], LINES[0], NOTE, LINES[3])), "order is broken"),
    "a letter is changed": (on_ticket(lines=(public("one\n\n grösser"), *LINES[1:])), "messages lost"),
    "an indent is tidied up": (on_ticket(lines=(public("one\n\ngrößer"), *LINES[1:])), "messages lost"),
    "an internal note is public": (
        on_ticket(lines=(*LINES[:2], replace(NOTE, for_agents=False), LINES[3])),
        "public lines that no user wrote",
    ),
    "a file is named that no user sent": (
        on_ticket(lines=(*LINES, public(f"File: {PICTURE.name}, secret.txt"))),
        "public lines that no user wrote",
    ),
    "a message is an internal note": (
        on_ticket(lines=(replace(LINES[0], for_agents=True), *LINES[1:])),
        "messages lost",
    ),
    "a case has no ticket": (replace(SOUND, desk={B: SOUND.desk[B]}), "not exactly one ticket"),
    "a case has two tickets": (on_ticket(tickets=("7", "9")), "not exactly one ticket"),
    "a byte is changed": (on_ticket(files=(named(PAPER), (PICTURE.name, "0" * 64))), "files lost or changed"),
    "a file is lost": (on_ticket(files=FILES[:1]), "files lost or changed"),
    "a file is doubled": (on_ticket(files=(*FILES, FILES[0])), "files doubled"),
    "a file is renamed": (on_ticket(files=(named(PAPER), ("gr__er.png", PICTURE.sha256))), "files lost or changed"),
    "files are swapped between tickets": (
        replace(SOUND, desk={**SOUND.desk, B: replace(SOUND.desk[B], files=(named(PICTURE),))}),
        "files lost or changed",
    ),
    "a message is in no case": (replace(SOUND, cases=SOUND.cases[:-1]), "messages in no case"),
    "a message is filed again": (replace(SOUND, cases=[*SOUND.cases, SOUND.cases[0]]), "messages filed again"),
    "a conversation is in two cases": (other_case(ANN.messages[2].message_id, B), "in several cases"),
    "two conversations are one case": (other_case(BOB.first, A), "cases of several conversations"),
    "something is stuck": (replace(SOUND, stuck=["effect:7 buried"]), "what stands in the queues"),
    "nobody told a user": (replace(SOUND, automatic={"bob@mail.test": Counter(settled=0)}), "nothing was meant"),
    "a user was told twice": (in_box(TOLD, TOLD, FIRST, SECOND), "more or fewer automatic mails"),
    "a user was not told": (in_box(FIRST, SECOND), "more or fewer automatic mails"),
    "more in doubt than kills": (replace(SOUND, kills=0), "in doubt, with 0 kills"),
    "an answer is lost": (in_box(TOLD, FIRST), "answers lost"),
    "an answer is sent again": (in_box(TOLD, FIRST, FIRST, SECOND), "answers sent again"),
    "answers are swapped": (in_box(TOLD, SECOND, FIRST), "arrived in another order"),
    "an answer reached somebody else": (
        replace(SOUND, boxes={"ann@mail.test": [TOLD, FIRST], "bob@mail.test": [SECOND]}),
        "answers that no agent gave to this user",
    ),
    "a byte of an agent's file is changed": (
        in_box(TOLD, replace(FIRST, files=(("отчёт.pdf", "2" * 64),)), SECOND),
        "files are not those that the agent gave",
    ),
    "an agent's file is lost": (in_box(TOLD, replace(FIRST, files=()), SECOND), "files are not those"),
    "an agent's file is doubled": (in_box(TOLD, replace(FIRST, files=(GIVEN, GIVEN)), SECOND), "files are not those"),
    "an answer is not threaded": (in_box(TOLD, replace(FIRST, refers=("<gh@x.test>",)), SECOND), "not threaded"),
    "an internal note is sent": (
        in_box(TOLD, FIRST, SECOND, Mail("internal-0001 请勿外传", automatic=False)),
        "internal notes that reached a user",
    ),
    "an internal note is sent within an answer": (
        in_box(TOLD, replace(FIRST, text=f"{FIRST.text}\ninternal-0001\n请勿外传"), SECOND),
        "internal notes that reached a user",
    ),
}


def test_a_sound_record_is_sound() -> None:
    assert audit(SOUND) == []


def test_what_ticket_systems_may_do_is_no_fault() -> None:
    shown = tuple(replace(line, text=line.text.replace("\n", "\r\n") + "\r\n") for line in LINES)
    assert audit(on_ticket(lines=shown)) == [], "they may end lines as they like"
    named_apart = public(f"File: {PICTURE.name}, {PAPER.name}")
    assert audit(on_ticket(lines=(*LINES[:2], named_apart, *LINES[2:]))) == [], "they may take files apart"
    odd = File('quote "s"?.png', "image/png", 1, 5_000)
    talk = replace(BOB, messages=(replace(BOB.messages[0], files=(odd,)),))
    desk = {**SOUND.desk, B: replace(SOUND.desk[B], files=(("quote _s_.png", odd.sha256),))}
    assert audit(replace(SOUND, conversations=(ANN, talk), desk=desk)) == [], "they may replace what no path holds"


@pytest.mark.parametrize("fault", WRONG)
def test_whatever_is_wrong_is_named(fault: str) -> None:
    record, named_as = WRONG[fault]
    found = audit(record)
    assert any(named_as in sentence for sentence in found), found


def test_one_line_among_a_thousand_is_missed() -> None:
    everybody = crowd(1_000, 300, seed=7).conversations
    cases = [(written.message_id, f"GH-{talk.number}") for talk in everybody for written in talk.messages]
    desk = {
        f"GH-{talk.number}": OnTicket(
            (str(talk.number),),
            tuple(public(written.text) for written in talk.messages),
            tuple(named(file) for written in talk.messages for file in written.files),
        )
        for talk in everybody
    }
    assert audit(Record(everybody, cases, desk)) == []
    talk = next(talk for talk in everybody if len(talk.messages) > 2)
    case = f"GH-{talk.number}"
    broken = {**desk, case: replace(desk[case], lines=desk[case].lines[:1] + desk[case].lines[2:])}
    assert len(audit(Record(everybody, cases, broken))) == 1


def test_a_crowd_is_what_it_is_said_to_be() -> None:
    made = crowd(1_000, 300, seed=7)
    assert len(made.order) == 1_000
    assert len(made.conversations) == 300
    assert [talk.messages[index].number for talk, index in made.order] == list(range(1_000))
    files = [file for talk in made.conversations for written in talk.messages for file in written.files]
    assert len(files) > 400
    assert sum(file.size >= 200_000 for file in files) >= 20
    assert len({talk.user for talk in made.conversations}) < 300, "some have two matters at once"
    texts = "".join(written.text for talk in made.conversations for written in talk.messages)
    assert [word for word in ("größer", "提现", "🙏", "<b>") if word not in texts] == []
    assert made.order == crowd(1_000, 300, seed=7).order
