"""Accounts that are linked by a one-time code, and what people are told of their account, from raws to replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.case import CaseState, Priority
from gateway.identity import Account
from gateway.ports.customers import Customer, Health, SecurityCheck
from gateway.queues import Act
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.three_desk import (
    ANN,
    ANN_MAIL,
    ANN_X,
    GROUP,
    MALLORY,
    MALLORY_MAIL,
    UPLOAD,
    ThreeDesk,
    code_in,
)

WRONG = "ZZZZ-2222"
CUSTOMER = Customer(
    account_id="88230017",
    registered_mail=ANN_MAIL,
    kyc="pending",
    kyc_missing=("selfie", "video_call"),
    security=(SecurityCheck(name="password", health=Health.OK), SecurityCheck(name="two_factor", health=Health.WEAK)),
)


@pytest.fixture
async def desk(tmp_path: Path, clock: ManualClock) -> AsyncIterator[ThreeDesk]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield ThreeDesk(store, clock)


async def test_both_accounts_are_told_and_both_see_all_cases(desk: ThreeDesk) -> None:
    await desk.chat(ANN, "/new My deposit has not arrived")
    await desk.mail(ANN_MAIL, "My withdrawal", "It hangs since Monday.")
    code = code_in(given := await desk.chat(ANN, "/link"))
    assert "Never give such a code to anybody" in given[0].text
    linked = await desk.mail(ANN_MAIL, f"link {code}")
    assert {reply.to.address for reply in linked} == {ANN_MAIL, str(ANN)}
    told = next(reply for reply in linked if reply.to.address == str(ANN))
    assert (told.channel, "unlink" in told.text, code in told.text) == ("tg", True, False)
    numbers = {case.id for case in await desk.cases()}
    for replies in (await desk.chat(ANN, "/cases"), await desk.mail(ANN_MAIL, "my cases")):
        assert all(number in replies[0].text for number in numbers)


async def test_a_case_of_a_linked_account_is_closed_and_opened_again_from_the_other(desk: ThreeDesk) -> None:
    await desk.chat(ANN, "/new My deposit has not arrived")
    (case,) = await desk.cases()
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.chat(ANN, '/link'))}")
    await desk.mail(ANN_MAIL, "close", "")
    assert (await desk.case(case.id)).state is CaseState.SOLVED
    (told,) = await desk.mail(ANN_MAIL, f"Re: [{case.id}]", "reopen")
    assert (await desk.case(case.id)).state is CaseState.OPEN
    assert case.id in told.text
    assert "The user has opened this case again." in await desk.notes()


async def test_a_code_is_good_once_for_a_while_and_only_the_newest(desk: ThreeDesk) -> None:
    old = code_in(await desk.chat(ANN, "/link"))
    new = code_in(await desk.chat(ANN, "/link"))
    refused = (await desk.mail(MALLORY_MAIL, f"link {WRONG}"))[0].text
    assert (await desk.mail(MALLORY_MAIL, f"link {old}"))[0].text == refused
    desk.clock.advance(901)
    assert (await desk.mail(MALLORY_MAIL, f"link {new}"))[0].text == refused
    spent = code_in(await desk.chat(ANN, "/link"))
    await desk.mail(ANN_MAIL, f"link {spent}")
    assert (await desk.mail(MALLORY_MAIL, f"link {spent}"))[0].text == refused
    person = await desk.store.identities.of(Account("email", MALLORY_MAIL))
    assert person is None


async def test_whoever_guesses_is_stopped_before_a_code_is_looked_at(desk: ThreeDesk) -> None:
    good = code_in(await desk.chat(ANN, "/link"))
    for _ in range(5):
        assert "cannot be used" in (await desk.direct(2666, f"link {WRONG}"))[0].text
    assert "Too many codes" in (await desk.direct(2666, f"link {good}"))[0].text
    assert await desk.store.identities.of(Account("x", "2666")) is None
    again = code_in(await desk.chat(ANN, "/link"))
    assert any("Done" in reply.text for reply in await desk.direct(ANN_X, f"link {again}"))
    desk.clock.advance(3_600)
    assert "cannot be used" in (await desk.direct(2666, f"link {WRONG}"))[0].text


async def test_a_code_from_the_same_account_links_nothing(desk: ThreeDesk) -> None:
    code = code_in(await desk.chat(ANN, "/link"))
    assert "other account" in (await desk.chat(ANN, f"/link {code}"))[0].text
    assert await desk.store.identities.of(Account("telegram", str(ANN))) is None


async def test_a_code_that_is_said_in_a_group_is_good_no_more(desk: ThreeDesk) -> None:
    code = code_in(await desk.chat(ANN, "/link"))
    (told,) = await desk.chat(ANN, f"/link@examplex_support_bot {code}", chat=GROUP)
    assert code not in told.text
    assert "cannot be used" in (await desk.direct(2666, f"link {code}"))[0].text


@pytest.mark.parametrize("auth", ["fail", None])
async def test_a_mail_that_proves_nobody_links_nothing(desk: ThreeDesk, auth: str | None) -> None:
    code = code_in(await desk.chat(MALLORY, "/link"))
    told = await desk.mail(ANN_MAIL, f"link {code}", auth=auth)
    assert not [reply for reply in told if "Done" in reply.text]
    assert await desk.store.identities.of(Account("telegram", str(MALLORY))) is None


async def test_three_accounts_are_one_person_and_whoever_leaves_is_alone(desk: ThreeDesk) -> None:
    await desk.direct(ANN_X, f"link {code_in(await desk.chat(ANN, '/link'))}")
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.direct(ANN_X, 'link'))}")
    person = await desk.store.identities.of(Account("telegram", str(ANN)))
    assert person is not None
    assert {each.platform for each in person.accounts} == {"telegram", "x", "email"}
    told = await desk.direct(ANN_X, "unlink")
    assert {reply.to.address for reply in told} == {str(ANN_X), str(ANN), ANN_MAIL}
    assert await desk.store.identities.of(Account("x", str(ANN_X))) is None
    assert await desk.store.identities.of(Account("email", ANN_MAIL)) is not None
    await desk.mail(ANN_MAIL, "unlink")
    assert await desk.store.identities.of(Account("telegram", str(ANN))) is None


async def test_an_operator_unlinks_and_that_is_logged(desk: ThreeDesk, clock: ManualClock) -> None:
    await desk.direct(ANN_X, f"link {code_in(await desk.chat(ANN, '/link'))}")
    assert len(await desk.store.identities.page(10)) == 2
    act = Act(by="lena", at=clock.now(), reason="")
    assert len(await desk.store.identities.unlink(Account("x", str(ANN_X)), act)) == 2
    assert await desk.store.identities.page(10) == []
    assert await desk.store.identities.unlink(Account("x", str(ANN_X)), act) == ()


async def test_a_person_is_asked_for_and_machines_ask_no_more(desk: ThreeDesk) -> None:
    await desk.chat(ANN, "/new What are your fees?")
    (told,) = await desk.chat(ANN, "talk to a person")
    (case,) = await desk.cases()
    assert (case.priority, "wants-person" in case.tags) == (Priority.HIGH, True)
    assert case.id in told.text
    assert [note for note in await desk.notes() if "asks to talk to a person" in note]
    await desk.chat(ANN, "/agent")
    assert not [note for note in await desk.notes() if "asks to talk to a person" in note]


async def test_a_person_is_asked_for_without_a_case(desk: ThreeDesk) -> None:
    (told,) = await desk.mail(ANN_MAIL, "转人工", "")
    (case,) = await desk.cases()
    assert "wants-person" in case.tags
    assert case.id in told.text
    assert case.id in told.subject
    assert "24 小时" in told.text


async def test_kyc_and_security_are_told_to_the_proven_customer_alone(desk: ThreeDesk) -> None:
    desk.customers = {ANN_MAIL: CUSTOMER, str(ANN): CUSTOMER}
    (kyc,) = await desk.mail(ANN_MAIL, "KYC")
    assert "being looked at" in kyc.text
    assert "a photo of your face" in kyc.text
    assert UPLOAD in kyc.text
    (security,) = await desk.chat(ANN, "/security")
    assert "your two-step verification" in security.text
    assert "your password\n" not in security.text
    assert "safe" not in security.text
    (other,) = await desk.chat(MALLORY, "/kyc")
    assert "knows no account" in other.text
    forged = await desk.mail(ANN_MAIL, "KYC", auth="fail")
    assert not [reply for reply in forged if "looked at" in reply.text]
    in_group = await desk.chat(ANN, "/kyc@examplex_support_bot", chat=GROUP)
    assert not [reply for reply in in_group if "identity" in reply.text]


async def test_where_the_exchange_is_away_or_nobody_asks_it_that_is_said(desk: ThreeDesk) -> None:
    assert "cannot look that up here" in (await desk.chat(ANN, "/kyc"))[0].text
    desk.customers, desk.away = {str(ANN): CUSTOMER}, True
    assert "just now" in (await desk.chat(ANN, "/kyc"))[0].text


async def test_agents_are_told_what_is_proven_and_what_is_only_claimed(desk: ThreeDesk) -> None:
    desk.customers = {ANN_MAIL: CUSTOMER}
    text = "Please change the email address of my account, UID 90000001. I want to change my registered email."
    await desk.mail(ANN_MAIL, "Change my email address", text)
    (note,) = [note for note in await desk.notes() if note.startswith("Proven")]
    assert "the registered mail address" in note
    assert "Only claimed: account 90000001" in note
    assert "Before anything of the account: a second factor" in note
    await desk.mail(MALLORY_MAIL, "Change my email address", text.replace("90000001", "88230017"), auth=None)
    (note,) = [note for note in await desk.notes() if "roven" in note]
    assert note.startswith("Nothing is proven of the sender. Only claimed: account 88230017.")


async def test_a_document_in_a_chat_leads_to_the_upload_link_once(desk: ThreeDesk) -> None:
    photo = [{"file_id": "AgAC-s", "file_unique_id": "AQADs", "file_size": 1200, "width": 90, "height": 60}]
    await desk.chat(ANN, "My KYC identity verification was rejected, what is missing?")
    (case,) = await desk.cases()
    assert case.category == "kyc"
    said = await desk.chat(ANN, "", photo=photo, caption="Here is my passport for the KYC verification")
    assert [UPLOAD in reply.text for reply in said if "document" in reply.text] == [True]
    assert [note for note in await desk.notes() if "identity document" in note]
    again = await desk.chat(ANN, "", photo=photo, caption="And the other side")
    assert not [reply for reply in again if "document" in reply.text]


async def test_a_language_that_an_address_chose_holds_for_its_mails(desk: ThreeDesk) -> None:
    (told,) = await desk.mail(ANN_MAIL, "language", "language deutsch")
    assert "Deutsch" in told.text
    desk.clock.advance(600)
    receipt = (await desk.mail(ANN_MAIL, "My deposit", "Where is my deposit of yesterday?"))[0]
    assert receipt.language == "de"
    (status,) = await desk.mail(ANN_MAIL, "status")
    assert "Team" in status.text
    assert status.language == "de"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("status of my deposit?", ""),
        ("status", "My deposit has not arrived."),
        ("My account", "close my account now"),
        ("help", "my coins were stolen"),
        ("agent", "status\nand please hurry"),
    ],
)
async def test_an_ordinary_mail_is_a_case(desk: ThreeDesk, subject: str, text: str) -> None:
    await desk.mail(ANN_MAIL, subject, text)
    assert len(await desk.cases()) == 1


async def test_a_machines_mail_is_never_answered_as_a_command(desk: ThreeDesk) -> None:
    assert await desk.mail(ANN_MAIL, "status", headers=("Auto-Submitted: auto-replied",)) == []
    assert len(await desk.cases()) == 1


async def test_whoever_cannot_be_proven_is_told_how_to_ask(desk: ThreeDesk) -> None:
    (receipt,) = await desk.mail(ANN_MAIL, "status", auth=None)
    assert "only when your mail provider proves" in receipt.text


async def test_answers_by_mail_are_counted_with_the_other_automatic_mails(desk: ThreeDesk) -> None:
    desk.acknowledgement = desk.acknowledgement.model_copy(update={"per_sender_day": 2})
    answers = [await desk.mail(ANN_MAIL, "cases") for _ in range(3)]
    assert [len(each) for each in answers] == [1, 1, 0]
    assert len(await desk.cases()) == 1, "what is not answered any more is a message for the desk"


async def _moved_and_parted(desk: ThreeDesk, how: str) -> str:
    """Let a stranger talk Ann into a link, go on with her case, and be parted from her; return its number."""
    await desk.mail(ANN_MAIL, "My withdrawal", "My withdrawal of 500 USDT has not arrived, where is it?")
    (case,) = await desk.cases()
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.chat(MALLORY, '/link'))}")
    await desk.chat(MALLORY, "My withdrawal has not arrived")
    assert (await desk.case(case.id)).requester.id == str(MALLORY)
    match how:
        case "operator":
            await desk.store.identities.unlink(Account("email", ANN_MAIL), Act("lena", desk.clock.now(), ""))
        case "owner":
            await desk.mail(ANN_MAIL, "unlink")
        case _:
            await desk.chat(MALLORY, "/unlink")
    return case.id


@pytest.mark.parametrize("how", ["operator", "owner", "stranger"])
async def test_a_case_does_not_stay_with_the_account_that_is_parted(desk: ThreeDesk, how: str) -> None:
    number = await _moved_and_parted(desk, how)
    case = await desk.case(number)
    assert (case.channel, case.platform, case.requester.address) == ("support", "email", ANN_MAIL)
    assert [each.address for each in case.participants] == [ANN_MAIL]
    for said in ("/status", f"/status {number}", "/cases", f"/close {number}", f"/reopen {number}", f"/agent {number}"):
        assert number not in str(await desk.chat(MALLORY, said))
    await desk.chat(MALLORY, "Any news of it?")
    await desk.mail(ANN_MAIL, f"Re: My withdrawal [{number}]", "My new address is Main Street 5, please answer")
    case = await desk.case(number)
    assert (case.channel, case.requester.address, case.message_count) == ("support", ANN_MAIL, 3)
    assert number in str(await desk.mail(ANN_MAIL, "my cases"))


async def test_of_three_linked_accounts_the_others_keep_the_case(desk: ThreeDesk) -> None:
    await desk.mail(ANN_MAIL, "My withdrawal", "My withdrawal of 500 USDT has not arrived, where is it?")
    (case,) = await desk.cases()
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.direct(ANN_X, 'link'))}")
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.chat(MALLORY, '/link'))}")
    await desk.direct(ANN_X, "My withdrawal has not arrived")
    await desk.chat(MALLORY, "My withdrawal has not arrived")
    await desk.store.identities.unlink(Account("telegram", str(MALLORY)), Act("lena", desk.clock.now(), ""))
    left = await desk.case(case.id)
    assert (left.channel, left.requester.address) == ("support", ANN_MAIL)
    assert {each.platform for each in left.participants} == {"email", "x"}
    assert case.id in str(await desk.direct(ANN_X, "cases"))
    assert case.id not in str(await desk.chat(MALLORY, "/cases"))


async def test_who_takes_part_by_his_own_right_stays_when_parted(desk: ThreeDesk) -> None:
    await desk.chat(ANN, "/new My deposit has not arrived")
    (case,) = await desk.cases()
    await desk.mail(ANN_MAIL, f"link {code_in(await desk.chat(ANN, '/link'))}")
    await desk.mail(ANN_MAIL, "My deposit has not arrived", "My deposit has not arrived")
    assert (await desk.case(case.id)).requester.address == ANN_MAIL
    await desk.chat(ANN, "It is still not there")
    await desk.chat(ANN, "/unlink")
    left = await desk.case(case.id)
    assert (left.channel, [each.platform for each in left.participants]) == ("tg", ["telegram"])
    await desk.chat(ANN, "And now?")
    assert (await desk.case(case.id)).message_count == 4
