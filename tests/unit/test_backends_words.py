"""What a ticket says of a message: the user's own words, with what stands below them."""

from __future__ import annotations

from gateway.backends._parts import parts_of
from gateway.case import Case, CaseState, Entry, Party
from gateway.ports import Key, TicketAction, TicketWrite
from tests.builders import NOON, message


def test_the_signature_stands_below_the_text() -> None:
    party = Party(platform="email", address="ann@mail.test")
    case = Case(
        id="GH-7K3MQ-9Q2XZ", channel="support", platform="email", requester=party, opened_at=NOON, updated_at=NOON,
        state=CaseState.OPEN,
    )  # fmt: skip
    for fields, text in (
        ({"text": "Help", "signature": "-- \nAnn"}, "Help\n\n-- \nAnn"),
        ({"text": "Help"}, "Help"),
        ({"text": ""}, "(no text)"),
    ):
        entry = Entry(case_id=case.id, message=message().model_copy(update=fields), at=NOON)
        write = TicketWrite(key=Key("k"), action=TicketAction.MESSAGE, case=case, entry=entry)
        assert parts_of(write)[0].text == text
