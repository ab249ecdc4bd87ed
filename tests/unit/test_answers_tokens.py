"""Case numbers and signed references: a stranger can neither make one nor bend one to another case."""

from __future__ import annotations

import base64
import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.answers import tokens
from gateway.answers.tokens import (
    CASE_ID,
    TAG_CHARS,
    cited_case_ids,
    looks_like_token,
    new_case_id,
    read_tag,
    read_token,
    sign_tag,
    sign_token,
)

SECRET = b"0123456789abcdef0123456789abcdef"
OTHER = b"fedcba9876543210fedcba9876543210"
CASE = "GH-7K3MQ-9Q2XZ"
SENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

five = st.text(alphabet=ALPHABET, min_size=5, max_size=5)
case_ids = st.builds(lambda a, b: f"GH-{a}-{b}", five, five)


@given(case_ids, st.text(), st.randoms(use_true_random=False))
def test_a_token_names_its_case_through_a_mail_and_any_change_of_case(
    case_id: str, nonce: str, dice: random.Random
) -> None:
    token = sign_token(SECRET, case_id, nonce)
    bent = "".join(dice.choice((character.lower(), character.upper())) for character in token)
    assert len(token) <= 64
    for ref in (token, f"<{token}@support.example.test>", f"{bent}@EXAMPLE.test", f" <{bent}@example.test> "):
        assert read_token(SECRET, ref) == case_id


@given(case_ids, case_ids, st.text())
def test_a_token_for_one_case_never_verifies_for_another(one: str, other: str, nonce: str) -> None:
    assume(one != other)
    token = sign_token(SECRET, one, nonce)
    assert read_token(SECRET, token.replace(one, other)) is None


@given(case_ids, st.text(), st.data())
def test_a_token_with_any_other_character_in_it_is_refused(case_id: str, nonce: str, data: st.DataObject) -> None:
    token = sign_token(SECRET, case_id, nonce)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567.-é"))
    assume(other != token[place].lower())
    assert read_token(SECRET, token[:place] + other + token[place + 1 :]) is None


@given(st.one_of(st.text(), st.builds("gh.{}.{}.{}".format, case_ids, st.text("az27", min_size=16, max_size=16),
                                      st.text("az27", min_size=26, max_size=26))))  # fmt: skip
def test_a_made_up_reference_never_verifies(ref: str) -> None:
    assert read_token(SECRET, ref) is None
    assert read_token(SECRET, f"<{ref}@example.test>") is None


def test_a_token_of_another_gateway_has_the_shape_and_proves_nothing() -> None:
    foreign = sign_token(OTHER, CASE, "nonce")
    assert looks_like_token(f"<{foreign}@other.test>")
    assert read_token(SECRET, foreign) is None


def test_letters_that_only_fold_into_ours_are_refused() -> None:
    token = sign_token(SECRET, "GH-K3MQ7-9Q2XZ", "nonce")
    assert read_token(SECRET, token.replace("K", "\u212a", 1)) is None


def test_the_same_nonce_gives_the_same_token_and_another_a_different_one() -> None:
    assert sign_token(SECRET, CASE, "a") == sign_token(SECRET, CASE, "a")
    assert sign_token(SECRET, CASE, "a") != sign_token(SECRET, CASE, "b")


def test_only_a_case_number_is_signed() -> None:
    with pytest.raises(ValueError, match="case number"):
        sign_token(SECRET, "GH-7k3mq-9q2xz", "nonce")


@given(case_ids, st.randoms(use_true_random=False))
def test_a_tag_names_its_case_in_an_address_of_any_domain_and_any_change_of_case(
    case_id: str, dice: random.Random
) -> None:
    tag = sign_tag(SECRET, case_id)
    assert len(tag) == TAG_CHARS
    assert tag.isalnum()
    assert tag == tag.lower()
    bent = "".join(dice.choice((character.lower(), character.upper())) for character in tag)
    for address in (f"support+{tag}@examplex.test", f"Support+vip+{bent}@else.test", f"a+{bent}+more@b"):
        assert read_tag(SECRET, address) == case_id


@given(case_ids, st.data())
def test_a_tag_with_any_other_character_in_it_is_refused(case_id: str, data: st.DataObject) -> None:
    tag = sign_tag(SECRET, case_id)
    place = data.draw(st.integers(0, len(tag) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789.-+é"))
    assume(other != tag[place])
    assert read_tag(SECRET, f"support+{tag[:place]}{other}{tag[place + 1 :]}@examplex.test") is None


@given(case_ids, case_ids, st.text())
def test_neither_of_tag_and_token_can_be_made_from_the_other(one: str, other: str, nonce: str) -> None:
    token, tag = sign_token(SECRET, one, nonce), sign_tag(SECRET, one)
    number, mac = tag[2:12], tag[12:]
    drawn, signed = token.split(".")[2:]
    for forged in (signed[:20], drawn + signed[:4], signed[6:]):
        assert read_tag(SECRET, f"support+gh{number}{forged}@examplex.test") is None
    assert read_token(SECRET, f"gh.{one}.{drawn}.{mac}aaaaaa") is None
    assume(one != other)
    assert read_tag(SECRET, f"support+gh{sign_tag(SECRET, other)[2:12]}{mac}@examplex.test") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "support@examplex.test",
        "support+@examplex.test",
        "support+vip@examplex.test",
        "{tag}@examplex.test",
        "support+{tag}",
        "support-{tag}@examplex.test",
        "support+{cut}@examplex.test",
        "support+{tag}a@examplex.test",
        "support+{foreign}@examplex.test",
        "support+" + "{tag}+" * 20 + "@examplex.test",
    ],
)
def test_p4_an_address_without_a_whole_tag_of_ours_names_no_case(address: str) -> None:
    tag = sign_tag(SECRET, CASE)
    assert read_tag(SECRET, address.format(tag=tag, cut=tag[:-1], foreign=sign_tag(OTHER, CASE))) is None


def test_a_tag_of_earlier_releases_stays_what_it_was() -> None:
    assert sign_tag(SECRET, CASE) == "gh7k3mq9q2xz73fcuowk6xjerlp6ymtn"
    with pytest.raises(ValueError, match="case number"):
        sign_tag(SECRET, CASE.lower())


def test_a_very_long_reference_is_refused_unread() -> None:
    assert read_token(SECRET, f"<{sign_token(SECRET, CASE, 'n')}@{'a' * 1000}>") is None


@given(st.text(), st.integers(0, 9))
def test_a_new_case_number_is_well_formed_and_depends_on_secret_message_and_salt(message_id: str, salt: int) -> None:
    number = new_case_id(SECRET, message_id, salt)
    assert CASE_ID.fullmatch(number)
    assert number == new_case_id(SECRET, message_id, salt)
    others = {new_case_id(OTHER, message_id, salt), new_case_id(SECRET, message_id + "x", salt)}
    assert number not in others | {new_case_id(SECRET, message_id, salt + 1)}


def test_case_numbers_use_the_whole_alphabet_at_every_place() -> None:
    numbers = [new_case_id(SECRET, str(index), 0).replace("-", "")[2:] for index in range(1500)]
    assert len(set(numbers)) == 1500
    assert all({number[place] for number in numbers} == set(ALPHABET) for place in range(10))


def test_numbers_of_messages_sent_together_stand_together_and_differ_in_what_is_drawn() -> None:
    """However many cases there are, a batch writes into few pages of an index."""
    numbers = {new_case_id(SECRET, f"m{index}", 0, SENT + timedelta(milliseconds=index)) for index in range(900)}
    assert len(numbers) == 900
    assert {number[:7] for number in numbers} == {new_case_id(SECRET, "other", 0, SENT)[:7]}
    assert {number[7:] for number in numbers}.isdisjoint(
        {new_case_id(OTHER, f"m{at}", 0, SENT)[7:] for at in range(900)}
    )


def test_a_later_message_has_a_later_number_until_the_time_begins_anew() -> None:
    days = [new_case_id(SECRET, "m", 0, SENT + timedelta(days=day)) for day in range(12)]
    assert sum(one > other for one, other in itertools.pairwise(days)) <= 1
    again = new_case_id(SECRET, "m", 0, SENT + timedelta(seconds=2**20))
    assert again == days[0]


@given(st.datetimes(timezones=st.just(UTC)), st.text(), st.integers(0, 2))
def test_a_number_is_well_formed_whatever_time_a_sender_claims(sent_at: datetime, message_id: str, salt: int) -> None:
    assert CASE_ID.fullmatch(new_case_id(SECRET, message_id, salt, sent_at))


@pytest.mark.parametrize(
    "text",
    [
        "Re: your case GH-7K3MQ-9Q2XZ",
        "[gh-7k3mq-9q2xz]",
        "工单GH-7K3MQ-9Q2XZ",
        "GH-7K3MQ-9Q2XZ.",
        "ＧＨ－７Ｋ３ＭＱ－９Ｑ２ＸＺ",
        "GH–7K3MQ–9Q2XZ",
        "gh.GH-7K3MQ-9Q2XZ.aaaa",
        "GH-7K3MQ-9Q2XZ and once more gh-7K3MQ-9Q2XZ",
    ],
)
def test_a_cited_number_is_found_as_people_write_it(text: str) -> None:
    assert cited_case_ids(text) == (CASE,)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert cited_case_ids("gh-o1iLa-BCDEF") == ("GH-0111A-BCDEF",)


@pytest.mark.parametrize(
    "text", ["", "GH-7K3MQ", "GH-7K3MQ-9Q2XZZ", "AGH-7K3MQ-9Q2XZ", "GH-UUUUU-UUUUU", "GH 7K3MQ 9Q2XZ"]
)
def test_what_only_resembles_a_number_is_not_cited(text: str) -> None:
    assert cited_case_ids(text) == ()


def test_a_flood_of_numbers_is_cut_and_order_is_kept() -> None:
    numbers = [new_case_id(SECRET, str(index), 0) for index in range(100)]
    assert cited_case_ids(" ".join(numbers)) == tuple(numbers[:20])


@pytest.mark.timeout(8)
def test_hostile_text_is_read_in_linear_time() -> None:
    """Marks without end would make a full normalization quadratic: a minute for this text."""
    assert cited_case_ids("a" + "\u0300\u0316" * 120_000 + " GH-7K3MQ-9Q2XZ") == (CASE,)


@given(st.binary(max_size=40))
def test_base_32_is_that_of_the_standard(raw: bytes) -> None:
    assert tokens._base32(raw) == base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def test_numbers_and_tokens_of_earlier_releases_stay_what_they_were() -> None:
    assert new_case_id(SECRET, "mail:m1", 0) == "GH-R7RPA-66460"
    assert new_case_id(SECRET, "mail:m1", 0, SENT) == "GH-0DJ0A-66460"
    assert sign_token(SECRET, CASE, "mail:m1:acknowledgement") == (
        "gh.GH-7K3MQ-9Q2XZ.ccepcg6zgxtrjsnh.dnqfbvvg25laan2qt4nm5xiaha"
    )
