"""The matrix of who may see which case: each way to ask for one, by each who may ask, from raws to replies.

In a cell stands whether the asker sees the case or nothing; nothing is the same, to the letter, as for a number that no
case has. `test_the_matrix_is_whole` counts the cells.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from gateway.case import Case, CaseState
from gateway.ports import Reply
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.three_desk import (
    ANN,
    ANN_MAIL,
    ANN_X,
    GROUP,
    MALLORY,
    MALLORY_MAIL,
    MALLORY_X,
    ThreeDesk,
    code_in,
    guessed,
    numbers_in,
    plain,
    signed_reference,
)

SEES, NOTHING = "sees", "nothing"
Asks = Callable[[ThreeDesk, str], Awaitable[list[Reply]]]

WAYS = {
    "status by number": "status {number}",
    "list": "cases",
    "close": "close {number}",
    "reopen": "reopen {number}",
    "a person": "agent {number}",
}
"""What is said; the number is the victim's, or one that no case has."""


def _chat(person: int, **more: object) -> Asks:
    return lambda desk, said: desk.chat(person, f"/{said}", **more)


def _in_group(person: int) -> Asks:
    def asks(desk: ThreeDesk, said: str) -> Awaitable[list[Reply]]:
        name, _, rest = said.partition(" ")
        return desk.chat(person, f"/{name}@examplex_support_bot {rest}".strip(), chat=GROUP)

    return asks


async def _forwarded(desk: ThreeDesk, said: str, by: int, of: int) -> list[Reply]:
    origin = {"type": "user", "date": 1795155300, "sender_user": {"id": of, "is_bot": False, "first_name": "Ada"}}
    return await desk.chat(by, f"/{said}", forward_origin=origin)


async def _edited(desk: ThreeDesk, said: str) -> list[Reply]:
    await desk.chat(MALLORY, "Hello there", message_id=77)
    return await desk.edits(MALLORY, 77, f"/{said}")


async def _answering(desk: ThreeDesk, said: str) -> list[Reply]:
    anns = {"id": ANN, "is_bot": False, "first_name": "Ada", "username": f"user{ANN}"}
    group = {"id": GROUP, "title": "Traders", "type": "supergroup"}
    hers = {"message_id": 5, "from": anns, "chat": group, "date": 1795155300, "text": "My deposit is late"}
    name, _, rest = said.partition(" ")
    return await desk.chat(MALLORY, f"/{name}@examplex_support_bot {rest}", chat=GROUP, reply_to_message=hers)


def _mail(sender: str, *, auth: str | None = "pass", headers: Sequence[str] = ()) -> Asks:
    return lambda desk, said: desk.mail(sender, said, auth=auth, headers=headers)


def _mail_text(sender: str, *, auth: str | None = "pass") -> Asks:
    return lambda desk, said: desk.mail(sender, "Re: a question", said, auth=auth)


async def _unlinked(desk: ThreeDesk, said: str) -> list[Reply]:
    await desk.direct(ANN_X, "unlink")
    return await desk.direct(ANN_X, said)


async def _unlinked_mail(desk: ThreeDesk, said: str) -> list[Reply]:
    await desk.mail(ANN_MAIL, "unlink")
    return await desk.mail(ANN_MAIL, said)


WHO: dict[str, tuple[Asks, str]] = {
    "the owner": (_chat(ANN), SEES),
    "the owner in words": (lambda desk, said: desk.chat(ANN, said), SEES),
    "the owner's linked account on X": (lambda desk, said: desk.direct(ANN_X, said), SEES),
    "the owner's linked address": (_mail(ANN_MAIL), SEES),
    "the owner's linked address, in an answer": (_mail_text(ANN_MAIL), SEES),
    "the owner's address, with answers asked for elsewhere": (
        _mail(ANN_MAIL, headers=("Reply-To: mallory@other.test",)),
        SEES,
    ),
    "the owner in a group": (_in_group(ANN), NOTHING),
    "the owner in a group on X": (lambda desk, said: desk.direct(ANN_X, said, group=True), NOTHING),
    "the owner in public": (lambda desk, said: desk.post(ANN_X, f"@examplex {said}"), NOTHING),
    "the owner, who forwards another's words": (lambda desk, said: _forwarded(desk, said, ANN, MALLORY), NOTHING),
    "an account that was linked": (_unlinked, NOTHING),
    "an address that was linked": (_unlinked_mail, NOTHING),
    "a stranger": (_chat(MALLORY), NOTHING),
    "a stranger in words": (lambda desk, said: desk.chat(MALLORY, said), NOTHING),
    "a stranger with the owner's old handle": (_chat(MALLORY, handle=f"user{ANN}"), NOTHING),
    "a member of a shared group": (_in_group(MALLORY), NOTHING),
    "a member who answers the owner": (_answering, NOTHING),
    "a stranger who edits a message": (_edited, NOTHING),
    "a stranger who forwards the owner's command": (lambda desk, said: _forwarded(desk, said, MALLORY, ANN), NOTHING),
    "a stranger on X": (lambda desk, said: desk.direct(MALLORY_X, said), NOTHING),
    "a stranger in public": (lambda desk, said: desk.post(MALLORY_X, f"@examplex {said}"), NOTHING),
    "a stranger by mail": (_mail(MALLORY_MAIL), NOTHING),
    "a stranger by mail, in an answer": (_mail_text(MALLORY_MAIL), NOTHING),
    "the owner's address, forged": (_mail(ANN_MAIL, auth="fail"), NOTHING),
    "the owner's address, unproven": (_mail(ANN_MAIL, auth=None), NOTHING),
    "the owner's address, not judged by our server": (
        _mail(
            ANN_MAIL, auth=None, headers=("Authentication-Results: mx.other.test; dmarc=pass header.from=mail.test",)
        ),
        NOTHING,
    ),
    "the owner's address beside another author": (_mail(f"{MALLORY_MAIL}, {ANN_MAIL}"), NOTHING),
    "the owner's name at another address": (_mail(f'"{ANN_MAIL}" <{MALLORY_MAIL}>'), NOTHING),
    "another mailbox of the owner's name": (_mail("ann+x@mail.test"), NOTHING),
    "the owner's provider, another user": (_mail("annn@mail.test"), NOTHING),
}
CELLS = [(who, way) for who in WHO for way in WAYS]


@pytest.fixture
async def desk(tmp_path: Path, clock: ManualClock) -> AsyncIterator[ThreeDesk]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield ThreeDesk(store, clock)


async def opened(desk: ThreeDesk, state: CaseState = CaseState.OPEN) -> Case:
    """Let Ann open a case in her chat; her account on X and her address are linked with it."""
    await desk.chat(ANN, "/new My deposit of last night has not arrived")
    (case,) = await desk.cases()
    code = code_in(await desk.chat(ANN, "/link"))
    assert "link" in (await desk.direct(ANN_X, f"link {code}"))[0].text
    code = code_in(await desk.chat(ANN, "/link"))
    await desk.mail(ANN_MAIL, f"link {code}")
    if state is CaseState.SOLVED:
        (asked,) = await desk.chat(ANN, f"/close {case.id}")
        await desk.press(ANN, asked.buttons[0][0].data)
    return await desk.case(case.id)


def test_the_matrix_is_whole() -> None:
    assert (len(WHO), len(WAYS), len(CELLS)) == (30, 5, 150)
    assert sum(expected == SEES for _, expected in WHO.values()) == 6


@pytest.mark.parametrize(("who", "way"), CELLS, ids=[f"{who}-{way}" for who, way in CELLS])
async def test_who_sees_a_case_by_which_way(desk: ThreeDesk, who: str, way: str) -> None:
    asks, expected = WHO[who]
    before = await opened(desk, CaseState.SOLVED if way == "reopen" else CaseState.OPEN)
    replies = await asks(desk, WAYS[way].format(number=before.id))
    after = await desk.case(before.id)
    if expected == SEES:
        assert before.id in numbers_in(replies)
        assert {each.to.address for each in replies} <= {str(ANN), str(ANN_X), ANN_MAIL}
        return
    assert before.id not in numbers_in(replies)
    assert (after.state, after.priority, after.tags) == (before.state, before.priority, before.tags)
    assert not {"My deposit", "last night"} & {part for each in replies for part in (each.subject, each.text)}


@pytest.mark.parametrize("who", [who for who, (_, expected) in WHO.items() if expected == NOTHING])
async def test_a_number_that_there_is_reads_like_one_that_there_is_not(desk: ThreeDesk, who: str) -> None:
    asks, _ = WHO[who]
    case = await opened(desk)
    if "was linked" in who:
        await desk.direct(ANN_X, "unlink")
        await desk.mail(ANN_MAIL, "unlink")
    for way in (each for each in WAYS.values() if "{number}" in each):
        if way.startswith("reopen"):
            (asked,) = await desk.chat(ANN, f"/close {case.id}")
            await desk.press(ANN, asked.buttons[0][0].data)
        # Once before, so that a first message with its receipt is compared with no second one.
        await asks(desk, way.format(number=guessed()))
        desk.clock.advance(86_400)
        none = await asks(desk, way.format(number=guessed()))
        desk.clock.advance(86_400)
        there = await asks(desk, way.format(number=case.id))
        assert plain(none) == plain(there), way


@pytest.mark.parametrize("presser", [MALLORY, ANN_X])
async def test_a_button_of_another_does_nothing(desk: ThreeDesk, presser: int) -> None:
    case = await opened(desk)
    (asked,) = await desk.chat(ANN, f"/close {case.id}")
    (told,) = await desk.press(presser, asked.buttons[0][0].data)
    assert "not meant for you" in told.text
    assert (await desk.case(case.id)).state is CaseState.OPEN


async def test_a_button_pressed_in_a_group_tells_nothing_there(desk: ThreeDesk) -> None:
    case = await opened(desk)
    (asked,) = await desk.chat(ANN, f"/close {case.id}")
    told = await desk.press(ANN, asked.buttons[0][0].data, chat=GROUP)
    assert case.id not in numbers_in(told)
    assert (await desk.case(case.id)).state is CaseState.OPEN


@pytest.mark.parametrize(("sender", "auth"), [(MALLORY_MAIL, "pass"), (ANN_MAIL, "fail"), (ANN_MAIL, None)])
@pytest.mark.parametrize("said", ["status", "close", "reopen", "cases", "agent"])
async def test_whoever_has_our_signed_reference_alone_sees_nothing(
    desk: ThreeDesk, sender: str, auth: str | None, said: str
) -> None:
    case = await opened(desk)
    answers = (f"In-Reply-To: {signed_reference(case.id)}",)
    replies = await desk.mail(sender, "Re: your case", said, auth=auth, headers=answers)
    assert not [each for each in replies if case.id in each.text and "deposit" in each.text]
    assert not [each for each in replies if "last changed" in each.text.lower()]
    assert (await desk.case(case.id)).state is CaseState.OPEN


async def test_the_owner_who_answers_a_mail_of_ours_needs_no_number(desk: ThreeDesk) -> None:
    await desk.mail(ANN_MAIL, "My withdrawal", "It hangs since Monday.")
    case = (await desk.cases())[0]
    await desk.mail(ANN_MAIL, "Another matter entirely", "Where do I find the fee table?")
    (told,) = await desk.mail(ANN_MAIL, f"Re: My withdrawal [{case.id}]", "status")
    assert numbers_in([told]) == {case.id}
    assert (told.automatic, told.thread.parent is not None, told.to.address) == (True, True, ANN_MAIL)


async def test_a_token_that_leads_from_a_group_opens_for_its_bearer_alone(desk: ThreeDesk) -> None:
    told = await desk.chat(ANN, "@examplex_support_bot my deposit is late", chat=GROUP, entities=MENTION)
    (case,) = await desk.cases()
    assert case.id not in numbers_in(told)
    (token,) = {each.url.rpartition("=")[2] for reply in told for row in reply.buttons for each in row if each.url}
    stolen = await desk.chat(MALLORY, f"/start {token}")
    assert case.id not in numbers_in(stolen)
    assert case.id not in numbers_in(await desk.chat(MALLORY, "/status"))
    assert case.id in numbers_in(await desk.chat(ANN, f"/start {token}"))
    assert (
        plain(await desk.chat(ANN, f"/start {token}"))[0].partition("|")[2].partition("|")[2]
        == (plain(stolen)[0].partition("|")[2].partition("|")[2])
    )


MENTION = [{"type": "mention", "offset": 0, "length": 21}]


@pytest.mark.parametrize(
    "who", ["the owner in a group", "a member of a shared group", "a member who answers the owner"]
)
async def test_in_a_group_everybody_is_led_to_a_private_chat(desk: ThreeDesk, who: str) -> None:
    case = await opened(desk)
    (told,) = await WHO[who][0](desk, f"status {case.id}")
    assert told.to.address == str(GROUP)
    assert "here everybody reads along" in told.text
