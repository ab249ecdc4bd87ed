"""The benchmarks' own parts: what they hand over can be read, what they check can be found wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.telegram._updates import Maker
from gateway.case import Message
from gateway.ports import Key, Raw
from normalizers.telegram import NORMALIZER
from tests.benchmarks import chats, stock
from tests.benchmarks.mails import SIZE, mail
from tests.benchmarks.outcome import assert_chats_agree, assert_each_once, assert_store_agrees, rows_of
from tests.benchmarks.plugins import STREAM
from tests.benchmarks.report import Target
from tests.benchmarks.shapes import TELEGRAM, Shape, X
from tests.benchmarks.told import Listener, Teller


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path / "pipe")
    yield listener
    listener.close()


def read(shape: Shape, number: int, known: int = 0) -> Message:
    lane, key, body = shape.make(number, known)
    raw = Raw("chat", STREAM, Key(key), lane, body, "application/json", datetime(2026, 11, 20, tzinfo=UTC), len(body))
    (message,) = shape.normalizer.normalize(raw)
    assert isinstance(message, Message)
    return message


@pytest.mark.parametrize("shape", [TELEGRAM, X], ids=["telegram", "x"])
def test_every_made_message_is_read_and_answers_cite_one_of_the_same_writer(shape: Shape) -> None:
    messages = [read(shape, number, known=1000) for number in range(2000, 2020)]
    assert len({message.id for message in messages}) == len(messages)
    assert all(message.text and message.sender.id for message in messages)
    for number, cited in ((2009, 2002), (2004, 2004 * 7919 % 1000 // 10 * 10)):
        message, other = read(shape, number, known=1000), read(shape, cited, known=1000)
        assert message.thread.parent == other.thread.own_ref
        assert message.sender.id == other.sender.id


def test_people_write_each_update_once_in_bursts_and_are_read_as_they_wrote() -> None:
    lines = chats.backlog(40, commands=True)
    assert [line.number for line in lines] == list(range(len(lines)))
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert {line.person for line in lines} == set(range(40))
    assert 0 < sum(line.is_command for line in lines) <= 10
    body = json.dumps({"ok": True, "result": [line.update(1e9) for line in lines]}).encode()
    raws = Maker("tg", str(chats.BOT), chats.USERNAME).page(body, datetime(2026, 11, 20, tzinfo=UTC)).raws
    messages = [event for raw in raws for event in NORMALIZER.normalize(raw)]
    assert [message.id for message in messages if isinstance(message, Message)] == [line.name for line in lines]


def test_steady_messages_come_from_known_people_but_for_one_in_so_many() -> None:
    lines = chats.steady(100, rate=10.0, first_number=7, new=20)
    assert [line.number for line in lines] == list(range(7, 107))
    assert len({line.person for line in lines}) == 100
    assert sum(line.person >= 100 for line in lines) == 5
    assert [line.at for line in lines] == [number / 10 for number in range(100)]


def test_a_message_that_is_twice_on_file_or_has_no_ticket_yet_is_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db")) as line, line:
        line.execute("create table raws (key, state)")
        line.execute("create table effects (kind, state)")
        line.execute("create table entries (message_id, direction)")
        line.execute("insert into raws values ('a', 'settled'), ('b', 'settled')")
        line.execute("insert into effects values ('ticket', 'settled')")
        line.execute("insert into entries values ('a', 'in'), ('b', 'in')")
    assert_chats_agree(rows_of(tmp_path / "db"), 2)
    faults = (
        "update entries set message_id = 'a'",
        "update effects set state = 'new'",
        "update raws set key = 'a'",
        "update raws set state = 'new' where key = 'b'",
    )
    for fault in faults:
        broken = tmp_path / "broken"
        broken.write_bytes((tmp_path / "db").read_bytes())
        with closing(sqlite3.connect(broken)) as line, line:
            line.execute(fault)
        with pytest.raises(AssertionError):
            assert_chats_agree(rows_of(broken), 2)


def test_mails_are_of_about_the_size_that_is_told() -> None:
    sizes = [len(mail(number)) for number in range(50)]
    assert 0.75 * SIZE < min(sizes) <= max(sizes) < 1.1 * SIZE


def test_a_message_without_or_with_two_tickets_is_found(listener: Listener) -> None:
    teller = Teller(str(listener.path))
    teller.tell("took", [f"m{number}" for number in range(40)])
    listener.wait("took", 40, 10)
    assert_each_once(listener, 40)
    with pytest.raises(AssertionError, match="40 messages have a ticket, of 41"):
        assert_each_once(listener, 41)
    teller.tell("took", ["m7"])
    listener.wait("took", 41, 10)
    with pytest.raises(AssertionError, match="1 messages were written more than once"):
        assert_each_once(listener, 40)


def test_a_store_with_something_left_to_do_is_found(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db")) as line, line:
        line.execute("create table raws (key, state)")
        line.execute("create table effects (kind, state, document)")
        line.execute("insert into raws values ('a', 'settled')")
        line.execute("insert into effects values ('ticket', 'settled', '{}')")
        line.execute("insert into effects values ('ticket', 'settled', '{\"action\":\"note\"}')")
    assert_store_agrees(rows_of(tmp_path / "db"), 1)
    for fault in ("update effects set state = 'new'", "update raws set state = 'claimed'", "delete from raws"):
        with closing(sqlite3.connect(tmp_path / "db")) as line, line:
            line.execute(fault)
        with pytest.raises(AssertionError):
            assert_store_agrees(rows_of(tmp_path / "db"), 1)


def test_a_copy_of_a_stored_row_has_names_and_numbers_of_its_own() -> None:
    row = stock._Row({"id": 3, "ref": "1860000000000000002", "case_id": "GH-AAAAA-BBBBB", "created_at": 90}, "id")
    names = {name: stock._renamed(name, 2) for name in row.names()}
    number, ref, case, at = row.copy(names, shift=100, ago=40)
    assert (number, ref, at) == (103, str(1860000000000000002 + 2 * stock.SEED), 50)
    assert case != "GH-AAAAA-BBBBB"
    assert case == stock._renamed("GH-AAAAA-BBBBB", 2)


def test_a_target_is_met_or_missed() -> None:
    assert Target(25, at_least=True).met(25)
    assert not Target(25, at_least=True).met(24.9)
    assert Target(100, at_least=False).met(99.9)
    assert not Target(100, at_least=False).met(100)
