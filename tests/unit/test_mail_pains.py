"""What other desks do wrong with mail, by its number in the list of pains: from raw mails to cases on a real store."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import pytest_asyncio

from gateway.case import Message, Standing
from gateway.journal import EffectKind
from gateway.queues import Retention
from gateway.store import SqlStore
from gateway.trust.assess import assess
from normalizers.email import NORMALIZER
from tests.conftest import ManualClock
from tests.contract import queue_suite
from tests.mail_cases import DIRECTORY, CaseDesk, raw_of
from tests.samples import mail
from tests.samples.mail_writing import HEAD, attached, multipart

PLAIN = HEAD + b"Subject: Withdrawal\n\nWhere is it?\n"


@pytest_asyncio.fixture
async def desk(store: SqlStore, clock: ManualClock) -> CaseDesk:
    return CaseDesk(store, clock)


async def test_p3_a_mail_without_message_id_is_a_case_and_stays_the_same_one(desk: CaseDesk) -> None:
    """Its name is made of what it holds: fetched again under another key it is a copy, and another mail is none."""
    bare = mail.SAMPLES["no_message_id"]
    await desk.take({"1:1": bare})
    await desk.take({"2:1": bare, "2:2": bare.replace(b"Subject: none", b"Subject: none") + b"more\n"})
    entries = await desk.entries()
    assert set(entries) == {"1:1", "2:2"}
    assert len({entry.case_id for entry in entries.values()}) == 2
    assert {entry.message.thread.own_ref for entry in entries.values()} == {None}


async def test_p5_another_mail_under_a_used_message_id_is_kept(desk: CaseDesk) -> None:
    await desk.take({"1": PLAIN, "2": PLAIN.replace(b"Where is it?", b"Never mind.")})
    texts = {entry.message.text for entry in (await desk.entries()).values()}
    assert texts == {"Where is it?", "Never mind."}


async def test_p6_a_mail_that_cannot_be_read_is_a_case_and_blocks_nobody(desk: CaseDesk) -> None:
    await desk.take({"1": PLAIN, "2": b"\r\n\r\n", "3": PLAIN.replace(b"<m1@", b"<m3@")})
    entries = await desk.entries()
    assert set(entries) == {"1", "2", "3"}
    assert [note.code for note in entries["2"].message.notes] == ["unreadable"]


async def test_p12_copies_that_came_by_two_of_our_addresses_are_one_case(desk: CaseDesk) -> None:
    ways = {name: b"Delivered-To: %s@examplex.test\n" % name.encode() + PLAIN for name in ("support", "help")}
    await desk.take(ways)
    assert (len(await desk.views()), len(await desk.entries())) == (1, 1)
    assert [item.effect.kind for item in await desk.effects()].count(EffectKind.TICKET) == 1


@pytest.mark.parametrize("fresh_keys", [True, False])
async def test_p16_what_is_fetched_again_is_no_second_ticket_nor_answer(desk: CaseDesk, fresh_keys: bool) -> None:
    """After a change of UIDVALIDITY every mail comes under a new key; without one, under its own."""
    mails = {f"1:{n}": PLAIN.replace(b"ada@", b"u%d@" % n) for n in range(5)}
    await desk.take(mails)
    first = [item.effect.key for item in await desk.effects()]
    for _ in range(3):
        await desk.take({key.replace("1:", "2:") if fresh_keys else key: body for key, body in mails.items()})
    assert len(await desk.views()) == 5
    assert len(first) == len(set(first)) == 10
    assert await desk.effects() == []


async def test_p18_what_was_stored_and_not_settled_before_a_restart_is_settled_once(
    desk: CaseDesk, store: SqlStore, clock: ManualClock
) -> None:
    await desk.store_page([raw_of("1", PLAIN)])
    again = CaseDesk(store, clock)
    await again.take({"1": PLAIN})
    await again.take({"1": PLAIN})
    assert (len(await again.views()), len(await again.entries()), len(await again.effects())) == (1, 1, 2)


async def test_p20_empty_references_join_nothing(desk: CaseDesk) -> None:
    """Not even mails of one writer, who takes part in each case: an empty Message-ID is none."""
    empty = b"In-Reply-To: <>\nReferences: <> < >  \n"
    mails = {
        str(n): empty + PLAIN.replace(b"<m1@users.test>", b"<>" if n % 2 else b"").replace(b"it?", b"%d?" % n)
        for n in range(6)
    }
    await desk.take(mails)
    assert len(await desk.views()) == 6


async def test_p25_references_of_anothers_case_do_not_join_it_whatever_the_subject(desk: CaseDesk) -> None:
    await desk.take({"1": PLAIN})
    stranger = PLAIN.replace(b"ada@", b"eve@").replace(b"<m1@", b"<m2@").replace(b"Withdrawal", b"Another thing")
    await desk.take({"2": b"In-Reply-To: <m1@users.test>\nReferences: <m1@users.test>\n" + stranger})
    entries = await desk.entries()
    assert entries["1"].case_id != entries["2"].case_id
    other = next(view for view in await desk.views() if view.file.case.id == entries["2"].case_id)
    assert [(link.kind, link.case_id) for link in other.file.case.links] == [("claims", entries["1"].case_id)]


async def test_p26_a_thousand_parts_deep_or_wide_take_no_neighbour_with_them(desk: CaseDesk) -> None:
    wide = HEAD.replace(b"<m1@", b"<m2@") + multipart(
        "mixed", b"Content-Type: text/plain\n\nwords\n", *[b"\nx"] * 1_000
    )
    deep = mail.SAMPLES["bytes_nested_1000"].replace(b"<m1@", b"<m3@")
    broken = mail.SAMPLES["bytes_file_broken_base64"].replace(b"<m1@", b"<m4@")
    await desk.take({"1": PLAIN, "2": wide, "3": deep, "4": broken})
    notes = {key: {note.code for note in entry.message.notes} for key, entry in (await desk.entries()).items()}
    assert notes["1"] == set()
    assert "parts_over_cap" in notes["2"]
    assert "nesting_over_cap" in notes["3"]
    assert "base64_broken" in notes["4"]


async def test_p32_nul_is_nowhere_in_a_case(desk: CaseDesk) -> None:
    """Not in the subject, the text, a name or a file's name: no database takes it, nor any ticket system."""
    file = attached('"=?utf-8?q?re=00port.pdf?="', "application/pdf", b"%PDF\x00")
    head = (
        HEAD.replace(b"Ada Lin", b"Ada\x00 =?utf-8?q?L=00in?=")
        + b"Subject: Where\x00 =?utf-8?q?is=00it?=\nX-Loop: a\x00b\n"
    )
    body = head + multipart(
        "mixed", b"Content-Type: text/html\n\n<p>Te\x00xt &#0; <a href='https://a.test/\x00b'>x</a></p>\n", file
    )
    await desk.take({"1": body})
    (view,) = await desk.views()
    shown = view.file.model_dump_json()
    assert "Where" in shown
    assert "\\u0000" not in shown
    for item in await desk.effects():
        assert "\x00" not in repr(item.effect).replace("\\x00", "\x00")


async def test_p40_a_mail_whose_original_was_removed_is_not_imported_again(
    desk: CaseDesk, store: SqlStore, clock: ManualClock
) -> None:
    """What the desk no longer keeps still lies in the mailbox: a sweep over it brings nothing back."""
    await desk.take({"1": PLAIN})
    assert len(await desk.effects()) == 2
    clock.advance(timedelta(days=400).total_seconds())
    for _ in range(4):
        await queue_suite.sweep(store, Retention(), clock.now())
        clock.advance(timedelta(days=2).total_seconds())
    await desk.take({"1": PLAIN})
    assert await desk.effects() == []
    assert len(await desk.views()) <= 1


@pytest.mark.parametrize(
    "name", ["from_badge", "from_cyrillic", "from_name_carries_address", "from_look_alike", "phish_brand", "from_idn"]
)
def test_p45_a_name_or_badge_proves_nothing(name: str) -> None:
    """Whoever looks like the brand, by letters, badge or name, is never official, and the agent is told."""
    (message,) = NORMALIZER.normalize(mail.raw_of(mail.SAMPLES[name]))
    assert isinstance(message, Message)
    found = assess(message, (), DIRECTORY, mail.RECEIVED_AT.date())
    assert found.sender is not Standing.OFFICIAL
    assert found.findings


async def test_p46_what_must_not_be_known_is_masked_whole_and_what_the_desk_needs_is_not(desk: CaseDesk) -> None:
    names = ("trade_seed_typed", "trade_password_typed", "trade_phrase_in_quote", "trade_card", "trade_hashes")
    await desk.take({name: mail.SAMPLES[name].replace(b"<m1@", b"<%s@" % name.encode()) for name in names})
    told = " ".join([view.file.model_dump_json() for view in await desk.views()])
    told += " ".join(repr(item.effect) for item in await desk.effects())
    for secret in ("abandon", "correct-Horse", "legal winner", "4111", "1111 1111"):
        assert secret not in told, secret
    kept = re.findall(r"0x[0-9a-fA-F]{40,64}|bc1\w+|f4184f\w+", mail.SAMPLES["trade_hashes"].decode())
    assert len(kept) == 5
    assert all(each in told for each in kept)
