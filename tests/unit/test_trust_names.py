"""Display names and what stands before an @: who poses as a brand, in whatever writing, and who does not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.trust.addresses import resembles_local
from gateway.trust.affixes import Affix, affixes, trimmed
from gateway.trust.directory import parse_directory
from gateway.trust.name_index import Strength, strength_of
from gateway.trust.names import poses_as
from gateway.trust.resemblance import Resemblance
from gateway.trust.written import Written
from tests.unit.test_trust_handles import DIRECTORY

LATIN = "abcdefghijklmnopqrstuvwxyz"


def shifted(text: str, upper: int, lower: int) -> str:
    """Write Latin letters with those that begin at two code points."""
    return "".join(
        chr(upper + ord(char) - ord("A")) if "A" <= char <= "Z" else
        chr(lower + ord(char) - ord("a")) if "a" <= char <= "z" else char
        for char in text
    )  # fmt: skip


def found(name: str) -> Resemblance:
    resemblance = poses_as(name, DIRECTORY, "x")
    assert resemblance is not None, name
    return resemblance


DISGUISES = (
    "as it is",
    "cyrillic",
    "greek",
    "mathematical bold",
    "sans bold",
    "script",
    "fullwidth",
    "circled",
    "squared",
    "negative squared",
    "regional indicators",
    "spaced",
    "dotted",
    "zero width",
    "soft hyphen",
    "struck through",
    "right to left",
    "small capitals",
    "digits",
)
SMALL_CAPITALS = str.maketrans("abcdefghiklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")


def disguised(text: str, how: str) -> str:
    return {
        "as it is": text,
        "cyrillic": text.translate(str.maketrans("aeopcxE", "аеорсхЕ")),
        "greek": text.translate(str.maketrans("oEZAa", "οΕΖΑα")),
        "mathematical bold": shifted(text, 0x1D400, 0x1D41A),
        "sans bold": shifted(text, 0x1D5D4, 0x1D5EE),
        "script": shifted(text, 0x1D4D0, 0x1D4EA),
        "fullwidth": shifted(text, 0xFF21, 0xFF41),
        "circled": shifted(text, 0x24B6, 0x24D0),
        "squared": shifted(text.upper(), 0x1F130, 0),
        "negative squared": shifted(text.upper(), 0x1F170, 0),
        "regional indicators": " ".join(shifted(text.upper(), 0x1F1E6, 0)),
        "spaced": " ".join(text),
        "dotted": ".".join(text),
        "zero width": "\u200b".join(text),
        "soft hyphen": text[:3] + "\u00ad" + text[3:],
        "struck through": "".join(char + "\u0336" for char in text),
        "right to left": "\u202e" + text[::-1],
        "small capitals": text.lower().translate(SMALL_CAPITALS),
        "digits": text.translate(str.maketrans("oiea", "0134")),
    }[how]


@pytest.mark.parametrize("how", DISGUISES)
@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Examplex", "examplex"),
        ("Examplex Support", "examplex"),
        ("Zorvath Finance", "zorvath"),
        ("QVX Help", "qvx"),
        ("Tower Team", "tower"),
    ],
)
def test_a_brands_name_is_found_in_any_writing(name: str, brand: str, how: str) -> None:
    resemblance = found(disguised(name, how))
    assert (resemblance.guarded.brand, resemblance.technique) == (brand, "display_name")


@pytest.mark.parametrize(
    "how",
    ["cyrillic", "spaced", "greek", "mathematical bold", "negative squared", "zero width", "struck through", "digits"],
)
def test_a_common_word_is_meant_where_it_is_disguised(how: str) -> None:
    name = disguised("Tower", how)
    if name != "Tower":
        assert found(name).guarded.brand == "tower"
        assert how == "spaced" or "confusable" in found(name).also


@pytest.mark.parametrize(
    "beside",
    [
        "Support", "Help Desk", "Official", "Team", "Bot", "CEO", "Founder", "Recovery", "Airdrop", "Giveaway", "Admin",
        "Customer Care", "客服", "官方", "官方客服", "サポート", "公式", "고객센터", "공식", "поддержка",
        "Служба поддержки", "دعم",
        "Destek", "Resmi", "Soporte", "Suporte Oficial", "Kundendienst", "Hỗ trợ", "Chính thức", "Layanan",
        "Assistance",
        "Service client", "Ayuda 24/7",
    ],
)  # fmt: skip
@pytest.mark.parametrize("brand", ["Examplex", "QVX", "Tower"])
def test_a_name_beside_an_office_poses(brand: str, beside: str) -> None:
    for name in (f"{brand} {beside}", f"{beside} {brand}", f"{brand} | {beside}", f"{brand.upper()} {beside}"):
        assert found(name).guarded.brand == brand.lower(), name
        assert found(name).confidence > 0.8


@pytest.mark.parametrize("beside", ["News", "Türkiye", "Global", "中文", "Community", "2024", "UK"])
def test_a_brands_own_name_beside_a_kind_or_a_place_poses_less(beside: str) -> None:
    assert found(f"Examplex {beside}").confidence < 0.8
    assert poses_as(f"Tower {beside}", DIRECTORY) is None


def test_what_nobody_sees_parts_no_word() -> None:
    assert found("Tower Te\u200bam").guarded.brand == "tower"
    assert poses_as("Examplex fa\u200bn", DIRECTORY) is None


@pytest.mark.parametrize("mark", ["✅", "☑️", "✔", "🔵", "®", "™"])
def test_a_drawn_mark_is_told(mark: str) -> None:
    assert found(f"Examplex {mark}").also == ("drawn_mark",)
    assert found(f"Tower {mark}").also == ("drawn_mark",)
    assert poses_as(f"Maria {mark}", DIRECTORY) is None


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("Exampplex Support", ("doubling", "affix")),
        ("Examlpex Support", ("transposition", "affix")),
        ("Zorvaht Finance", ("transposition",)),
        ("Zorvth Finance Official", ("omission", "affix")),
        ("Finance Zorvath", ()),
    ],
)
def test_a_slip_in_a_display_name_is_seen(name: str, also: tuple[str, ...]) -> None:
    assert found(name).technique == "display_name"
    assert found(name).also[: len(also)] == also


@pytest.mark.parametrize(
    "name",
    [
        "Maria", "Tower", "Define", "Unit", "Chain", "Maria Tower", "Tower Bridge", "Eiffel Tower Support Group Paris",
        "Defined", "Undefined Support", "Unity", "United Support", "Blockchain Support", "Chain Reaction",
        "Complex Support", "Example Support", "Plex Support", "Coqvx Support", "Maria Vx",
        "Examplex fan", "Examplex holder since 2021", "not Examplex Support", "Examplex (parody)", "ex Examplex CEO",
        "Examplex 非官方", "Examplex 粉丝群", "Examplex 非公式", "Examplex Неофициальный канал",
        "Examplex Fanclub News", "Hayran Examplex",
        "I lost my money on Examplex", "Customer Service is a joke", "Support", "Official", "客服小王", "王芳",
        "Елена Поддержка", "Finance", "Oasis", "Basis Protocol", "", " ", "🎉", "....", "|", "Examp",
    ],
)  # fmt: skip
def test_an_honest_name_is_left_alone(name: str) -> None:
    assert poses_as(name, DIRECTORY, "x") is None


@pytest.mark.parametrize(
    ("local", "shared", "brand"),
    [
        ("examplex", True, "examplex"),
        ("examp1ex", False, "examplex"),
        ("examplex.support", True, "examplex"),
        ("support-examplex", True, "examplex"),
        ("examplexhelpdesk", True, "examplex"),
        ("help.exampIex", True, "examplex"),
        ("exmplex.support", True, "examplex"),
        ("qvx.support", True, "qvx"),
        ("tower-support", True, "tower"),
        ("examplex.support+case7", True, "examplex"),
        ("examplex.support", False, "examplex"),
        ("examplex.test", True, "examplex"),
    ],
)
def test_a_posing_mailbox_is_found(local: str, shared: bool, brand: str) -> None:
    resemblance = resembles_local(local, shared, DIRECTORY)
    assert resemblance is not None
    assert resemblance.guarded.brand == brand


@pytest.mark.parametrize(
    ("local", "shared"),
    [
        ("maria", True), ("maria.tower", True), ("tower", True), ("support", True), ("john+examplex", True),
        ("john+examplex-support", True), ("examplex", False), ("qvx", False), ("define.me", True), ("m.examplex", True),
        ("", True), ("+", True), ("unit.service", True), ("help", True), ("complex.support", True),
    ],
)  # fmt: skip
def test_an_honest_mailbox_is_left_alone(local: str, shared: bool) -> None:
    assert resembles_local(local, shared, DIRECTORY) is None


@pytest.mark.parametrize(
    ("key", "strength"),
    [
        ("examplex", Strength.OWN),
        ("zorvathfinance", Strength.OWN),
        ("qvx", Strength.SHORT),
        ("qvxz", Strength.SHORT),
        ("tower", Strength.COMMON),
        ("ledger", Strength.COMMON),
        ("bitcoin", Strength.COMMON),
        ("monero", Strength.COMMON),
        ("cryptochat", Strength.COMMON),
        ("12345", Strength.COMMON),
        ("交易通", Strength.OWN),
        ("币安", Strength.SHORT),
    ],
)
def test_how_surely_a_name_is_meant_is_derived(key: str, strength: Strength) -> None:
    assert strength_of(key) is strength


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("support", Affix.OFFICE | Affix.DESK),
        ("supportteam24", Affix.OFFICE | Affix.DESK | Affix.DIGITS),
        ("0ff1c1al", None),
        ("offldal", Affix.OFFICE | Affix.DESK),
        ("team", Affix.OFFICE),
        ("news", Affix.DRESS),
        ("uk", Affix.REGION),
        ("", Affix.NONE),
        ("zzz", None),
        ("digital", None),
        ("usukcn", None),
        ("apple", None),
        ("x" * 100, None),
    ],
)
def test_words_beside_a_name_tell_what_they_are(text: str, told: Affix | None) -> None:
    assert affixes(text) == told


def test_what_is_trimmed_is_an_affix_of_three_letters_or_more() -> None:
    assert dict(trimmed("helpexamplexteam")) == {"examplexteam": affixes("help"), "helpexamplex": affixes("team")}
    assert trimmed("myexamplexus") == ()
    assert trimmed("") == ()


@given(st.text(max_size=300))
@settings(max_examples=150, derandomize=True, deadline=None)
@example("|!@$" * 60)
@example("\u202e" * 300)
@example("Е" * 300)
def test_reading_never_raises_and_is_bounded(text: str) -> None:
    written = Written.of(text)
    assert len(written.text) <= 200 * 18
    assert written.plain == written.plain.casefold() or not written.plain.isascii()
    assert max(written.cuts) == len(written.plain)
    assert max(written.shape_cuts) == len(written.shape)
    assert poses_as(text, DIRECTORY) is None or any(char.isalnum() for char in written.plain)


@given(st.lists(st.sampled_from([*LATIN, " ", "-"]), max_size=24).map("".join))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_a_name_by_chance_poses_as_nobody(name: str) -> None:
    assert poses_as(name, DIRECTORY) is None


@pytest.mark.parametrize("name", ["examplex.test", "www.examplex.test", "support@examplex.test", "EXAMPLEX.TEST"])
def test_one_of_our_own_sites_as_a_name_poses(name: str) -> None:
    brand = {"id": "examplex", "name": "Exam Plexus", "web": [{"domain": "examplex.test"}]}
    directory = parse_directory({"brands": [brand]})
    found = poses_as(name, directory)
    assert found is not None
    assert found.technique == "display_name"
    assert poses_as("other.test", directory) is None
