"""The question how our help was, on the real engine and store: once a case, on three channels, across restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from gateway.case import CaseState
from gateway.casework.rated import UNHAPPY
from gateway.queues import Retention
from gateway.ratings import Rating, tally
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.mail_desk import MailDesk, answered, mail, verdict
from tests.integration.moved_desk import MovedDesk
from tests.integration.telegram_desk import TelegramDesk, button, message_of, telegram_desk
from tests.integration.test_threading import reply_to
from tests.integration.x_desk import x_desk

ANN = "ann@mail.test"
QUESTION = "How was our help?"
HOUR = 3600.0


async def solves(desk: MovedDesk) -> None:
    """Let an agent say that the only case is solved, and wait until it is."""
    store, number = await desk._opened(), desk.case()["id"]
    assert await store.agent_act(number, "solved", "", "agent", desk.clock.now()) is not None
    await desk.until(lambda: desk.case()["state"] == CaseState.SOLVED)


async def ratings(desk: MovedDesk) -> list[Rating]:
    return list(await (await desk._opened()).ratings.page(None, None))


# Telegram: buttons


async def helped(desk: TelegramDesk, ann: dict[str, Any]) -> None:
    """Let Ann write, be answered by an agent, and her case be solved."""
    desk.server.says(ann, "Where is my deposit?")
    await desk.settled()
    await desk.answers(desk.case()["id"], "It has arrived.")
    await desk.settled()
    await solves(desk)


def questions(desk: TelegramDesk, ann: dict[str, Any]) -> list[Any]:
    return [sent for sent in desk.to(ann) if QUESTION in sent.text]


async def test_telegram_asks_once_across_restarts_and_further_solutions_and_takes_a_pressed_button(
    tmp_path: Path,
) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        await helped(desk, ann)
        await desk.passes(HOUR / 2, step=60)
        desk.server.says(ann, "Not there yet after all.")
        await desk.until(lambda: desk.case()["state"] == CaseState.OPEN)
        await desk.passes(HOUR, step=60)
        assert questions(desk, ann) == [], "it was opened again meanwhile"
        await solves(desk)
        await desk.passes(HOUR * 0.9, step=60)
        await desk.restart()
        assert questions(desk, ann) == []
        await desk.until(lambda: questions(desk, ann), step=60)
        await desk.settled()
        (question,) = questions(desk, ann)
        assert [key["text"] for key in message_of(question)["reply_markup"]["inline_keyboard"][0]] == list("12345")
        desk.server.presses(ann, message_of(question), button(question, "2")["callback_data"])
        await desk.settled()
        assert "What could be better?" in desk.to(ann)[-1].text
        (rated,) = await ratings(desk)
        assert (rated.score, rated.word, rated.channel, rated.language) == (2, "", "tg", "en")
        assert (desk.case()["state"], UNHAPPY in desk.case()["tags"]) == (CaseState.SOLVED, True)
        assert "The user gives our help 2 of 5." in desk.notes()
        said = len(desk.to(ann))
        desk.server.says(ann, "You were slow")
        await desk.settled()
        assert len(desk.to(ann)) == said, "thanks are said once"
        desk.server.presses(ann, message_of(question), button(question, "4")["callback_data"])
        await desk.settled()
        (rated,) = await ratings(desk)
        assert (rated.score, UNHAPPY in desk.case()["tags"]) == (4, False)
        await desk.restart()
        desk.server.says(ann, "Now I have another deposit that is missing, where is it?")
        await desk.until(lambda: desk.case()["state"] == CaseState.OPEN)
        await solves(desk)
        await desk.passes(HOUR * 3, step=120)
        assert len(questions(desk, ann)) == 1
        assert len(await ratings(desk)) == 1


async def test_telegram_never_asks_whom_nobody_has_answered(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        ann = desk.server.person("Ann", language_code="en")
        desk.server.says(ann, "Where is my deposit?")
        await desk.settled()
        await solves(desk)
        await desk.passes(HOUR * 2, step=60)
        assert questions(desk, ann) == []


# X: written words


async def test_x_asks_by_direct_message_and_takes_a_written_number_and_the_word_after_it(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann = desk.server.person("ann_t")
        desk.server.message(ann, "Where is my deposit?")
        await desk.settled()
        await desk.answers(desk.case()["id"], "It has arrived.")
        await desk.settled()
        await solves(desk)

        def asked() -> list[str]:
            return [text for text in desk.to(ann) if QUESTION in text]

        await desk.until(asked, step=60)
        assert "write the number" in asked()[0]
        desk.server.message(ann, "５")
        await desk.settled()
        assert "What was good?" in desk.to(ann)[-1]
        desk.server.message(ann, "So kind and quick")
        await desk.settled()
        (rated,) = await ratings(desk)
        assert (rated.score, rated.word, rated.channel) == (5, "So kind and quick", "x")
        assert desk.case()["state"] == CaseState.SOLVED
        assert any("So kind and quick" in note for note in desk.notes())
        assert not any("So kind and quick" in text for text in desk.texts()), "it is told as a note, once"
        assert len(asked()) == 1


async def test_x_never_asks_whom_it_has_answered_in_public_alone(tmp_path: Path) -> None:
    async with x_desk(tmp_path) as desk:
        ann = desk.server.person("ann_t")
        desk.server.post(ann, "@examplex where is my deposit?")
        await desk.settled()
        await desk.answers(desk.case()["id"], "Please write to us directly.")
        await desk.settled()
        await solves(desk)
        await desk.passes(HOUR * 2, step=60)
        said = [*desk.to(ann), *(each.text for each in desk.server.sent_posts)]
        assert not any(QUESTION in text for text in said)
        assert await ratings(desk) == []


# Mail: a number in the first line


@pytest_asyncio.fixture
async def desks(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Callable[[], Any]]:
    """Give what opens the desk anew on the same store, as after a restart."""
    sealer = Sealer({"test": b"k" * 32}, "test")
    yield lambda: open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock)


async def test_mail_asks_on_the_thread_and_takes_the_number_that_answers_it(
    desks: Callable[[], Any], clock: ManualClock
) -> None:
    async with desks() as store:
        desk = MailDesk(store, clock)
        case, _ = await desk.placed(mail("a1", ANN, verdict("pass")))
        await desk.answer(case.id)
        await desk.act(case.id, "solved")
        await desk.sent()
        clock.advance(HOUR - 1)
        assert await desk.wakes() == 0
    async with desks() as store:
        desk = MailDesk(store, clock)
        desk._number = 100  # what comes in from now on has other keys
        clock.advance(1)
        assert await desk.wakes() == 1
        ((reply, written),) = await desk.sent()
        assert QUESTION in reply.text
        assert b"Auto-Submitted: auto-" in written.data
        ref, address = answered(written)
        answer = mail("a2", ANN, *reply_to(ref), to=address, subject="Re: x", text="★★★★☆\n\nThank you, Ann")
        (entry,) = await desk.receive(answer)
        assert (entry.case_id, (await desk.case(case.id)).state) == (case.id, CaseState.SOLVED)
        ((thanks, _),) = await desk.sent()
        assert thanks.text == "Thank you, this helps us."
        await desk.receive(answer)
        assert await desk.sent() == [], "a mail that comes again is thanked once"
        (rated,) = await store.ratings.page(None, None)
        assert (rated.score, rated.word) == (4, "Thank you, Ann")
        told = mail("a3", ANN, *reply_to(ref), subject="Re: x", text="1\n\nMy deposit of 300 USDT is still missing!")
        await desk.receive(told)
        assert (await desk.case(case.id)).state is CaseState.OPEN
        assert UNHAPPY in (await desk.case(case.id)).tags
        await desk.act(case.id, "solved")
        clock.advance(HOUR)
        await desk.wakes()
        assert [reply for reply, _ in await desk.sent() if QUESTION in reply.text] == []
        assert [each.score for each in await store.ratings.page(None, None)] == [1]


async def test_a_person_is_asked_once_for_two_cases_that_are_solved_at_once(
    desks: Callable[[], Any], clock: ManualClock
) -> None:
    async with desks() as store:
        desk = MailDesk(store, clock)
        numbers = [(await desk.placed(mail(name, ANN, verdict("pass"), subject=name)))[0].id for name in ("one", "two")]
        for number in numbers:
            await desk.answer(number)
            await desk.act(number, "solved")
        await desk.sent()
        clock.advance(HOUR)
        assert await desk.wakes() == 2
        assert len([reply for reply, _ in await desk.sent() if QUESTION in reply.text]) == 1
        assert tally(await store.ratings.page(None, None))[()].asked == 1


async def test_words_go_with_retention_and_scores_stay(desks: Callable[[], Any], clock: ManualClock) -> None:
    async with desks() as store:
        desk = MailDesk(store, clock)
        case, _ = await desk.placed(mail("a1", ANN, verdict("pass")))
        await desk.answer(case.id)
        await desk.act(case.id, "solved")
        await desk.sent()
        clock.advance(HOUR)
        await desk.wakes()
        ((_, written),) = await desk.sent()
        ref, address = answered(written)
        await desk.receive(mail("a2", ANN, *reply_to(ref), to=address, subject="Re: x", text="3, so so"))

        async def sweeps(days: int, *, dry_run: bool = False) -> int:
            place: str | None = ""
            words = 0
            while place is not None:
                swept = await store.sweeps.sweep(
                    Retention(), clock.now() + timedelta(days=days), place, dry_run=dry_run
                )
                words, place = words + swept.words, swept.place
            return words

        assert await sweeps(399) == 0
        assert await sweeps(401, dry_run=True) == 1
        assert [each.word for each in await store.ratings.page(None, None)] == ["so so"]
        assert await sweeps(401) == 1
        assert [(each.score, each.word) for each in await store.ratings.page(None, None)] == [(3, "")]
