"""What texts read as scams, in every language of the product; all of them are made up for this project."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.case import Severity
from gateway.trust.texts import TextFinding, read_text
from gateway.trust.texts.fold import fold, signs_up_to, source_of, undisguised
from gateway.trust.texts.lexicon import lexicon, phrases
from gateway.trust.texts.reading import MAX_CHARS, WINDOWED
from gateway.trust.texts.rules import _nearest, rules

SAMPLES = Path(__file__).parents[1] / "samples" / "trust_texts"
LANGUAGES = {"en", "zh-CN", "zh-Hant", "es", "pt", "ru", "tr", "vi", "id", "ar", "fr", "de", "ja", "ko"}
CODES_EVERYWHERE = {
    "recovery_scam", "fake_support", "giveaway_scam", "asks_for_secret", "asks_remote_access", "task_scam",
    "pig_butchering", "investment_scam", "security_urgency", "prize_scam", "delivery_phishing", "bank_phishing",
    "account_trade",
}  # fmt: skip
RECOVERY = "He is a recovery expert who got my money back, write to him on WhatsApp."


def samples(name: str) -> list[tuple[str, str, str]]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [(parts[0], parts[1], parts[2]) for line in lines if (parts := line.split("\t"))]


def letters() -> list[tuple[str, str]]:
    lines = (SAMPLES / "letters.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, text.replace("\\n", "\n")) for kind, _, text in (line.partition("\t") for line in lines)]


def found(text: str, channel: str = "") -> dict[str, TextFinding]:
    return {finding.code: finding for finding in read_text(text, channel) if finding.severity is not Severity.NOTICE}


def codes(text: str) -> set[str]:
    return set(found(text))


@pytest.mark.parametrize("sample", samples("scams.tsv"), ids=lambda s: f"{s[0]}-{s[1]}")
def test_a_scam_is_read_as_what_it_is(sample: tuple[str, str, str]) -> None:
    _, code, text = sample
    assert code in found(text)


@pytest.mark.parametrize("sample", samples("honest.tsv"), ids=lambda s: f"{s[0]}-{s[1]}")
def test_a_report_a_warning_a_plea_or_a_reply_is_no_scam(sample: tuple[str, str, str]) -> None:
    assert not found(sample[2])


@pytest.mark.parametrize(("kind", "text"), letters(), ids=lambda each: each[:24])
def test_a_letter_is_read_by_rules_of_its_own(kind: str, text: str) -> None:
    assert bool(found(text, "email")) == (kind == "scam")


def test_a_volume_of_honest_letters_is_no_scam() -> None:
    volume = "\n\n".join(text for kind, text in letters() if kind == "honest")
    assert not found(volume)
    assert not found(volume, "email")


def test_what_costs_by_sms_is_everyday_in_a_mail() -> None:
    text = "Our lines are free today, text your order to 85555 or call 09055550123."
    assert codes(text) == {"premium_sms"}
    assert not found(text, "email")


def test_most_scams_in_other_words_are_found() -> None:
    lines = (SAMPLES / "varied.tsv").read_text(encoding="utf-8").splitlines()
    missed = [line for line in lines if not found(line.partition("\t")[2])]
    assert len(missed) <= len(lines) / 10


def test_the_samples_hold_every_language_and_code() -> None:
    by_language: dict[str, set[str]] = {}
    for language, code, _ in samples("scams.tsv"):
        by_language.setdefault(language, set()).add(code)
    assert set(by_language) == LANGUAGES == {language for language, _, _ in samples("honest.tsv")}
    assert all(had >= CODES_EVERYWHERE for had in by_language.values())


def test_every_language_has_phrases_and_every_concept_is_used() -> None:
    listed = list(phrases())
    used = {concept for rule in rules().gravest_first for concept in rule.concepts}
    assert {language for language, _, _ in listed} == LANGUAGES
    figures = {"phone", "premium_number", "service_number", "short_code", "sum", "rate", "ticker"}
    assert used <= {concept for _, concept, _ in listed} | figures
    assert {rule.code for rule in rules().gravest_first} == set(rules().reasons)


@pytest.mark.parametrize(
    "text",
    [
        "Send us your 𝘀𝗲𝗲𝗱 𝗽𝗵𝗿𝗮𝘀𝗲 to unlock it",  # mathematical letters
        "Send us your ｓｅｅｄ ｐｈｒａｓｅ to unlock it",
        "Send us your sееd рhrаse to unlock it",  # Cyrillic letters in Latin words
        "Send us your s33d phr4se to unlock it",
        "Send us your s\u200beed phr\u200base to unlock it",
        "Send us your s\u0301eed phr\u0301ase to unlock it",
        "Send us your s e e d phrase to unlock it",
        "Send us your p r i v a t e key to unlock it",
        "Send us your ꜱᴇᴇᴅ ᴘʜʀᴀꜱᴇ to unlock it",
        "Send us your 🆂🅴🅴🅳 🅿🅷🆁🅰🆂🅴 to unlock it",
        "SEND  US\nYOUR\tSEED-PHRASE!!!",
    ],
)  # fmt: skip
def test_disguised_letters_are_read_as_what_they_look_like(text: str) -> None:
    assert "asks_for_secret" in found(text)


def test_latin_letters_in_russian_words_are_read_and_make_surer() -> None:
    plain = found("Ищем людей в команду, доход от 100$ в день, пишите + в лс")
    mixed = found("Ищeм людeй в кoмaнду, дoход от 100$ в дeнь, пишитe + в лс")
    assert mixed["task_scam"].confidence > plain["task_scam"].confidence


@pytest.mark.parametrize(
    "text",
    ["Добрый день! Когда придёт перевод на карту?", "Привет, как дела, что нового?", "Купил IT-курс и SIM-карту"],
)
def test_a_russian_text_is_no_sign(text: str) -> None:
    assert not read_text(text)


@pytest.mark.parametrize(
    "before", ["", "Hello 👋🏽 dear  all,\n\n", "ﬃ ½ ", "\u200b\u200b", "日本 語 x ", "w!n cla!m s!x "]
)
def test_a_span_holds_the_evidence_in_the_text_as_it_was_sent(before: str) -> None:
    for after in (" now", ""):
        text = f"{before}please send us your seed phrase{after}"
        secret = found(text)["asks_for_secret"]
        assert text[secret.start : secret.end] == "send us your seed phrase"


def test_evidence_far_apart_is_no_evidence() -> None:
    far = "word " * 200
    assert not found(f"Please send us the photo. {far} It was printed on the seed phrase page.")


def test_of_two_concepts_as_near_the_earlier_is_the_evidence() -> None:
    hits = {"one": [(14, 16)], "other": [(6, 8)]}
    assert {_nearest(order, (10, 12), hits, 50) for order in (("one", "other"), ("other", "one"))} == {(6, 8)}


def test_a_kind_is_told_once_and_the_gravest_comes_first() -> None:
    told = read_text(f"{RECOVERY} {RECOVERY} Visit the page and validate your wallet.")
    assert len({finding.code for finding in told}) == len(told)
    assert [finding.severity for finding in told] == sorted(
        (f.severity for f in told), key=["danger", "warning", "notice"].index
    )


def test_a_long_text_is_read_in_two_windows_and_says_so() -> None:
    told = read_text("word " * 20_000 + RECOVERY)
    assert {WINDOWED, "recovery_scam"} == {finding.code for finding in told}
    recovery = next(finding for finding in told if finding.code == "recovery_scam")
    assert recovery.start >= 100_000
    windowed = next(finding for finding in told if finding.code == WINDOWED)
    assert windowed.severity is Severity.NOTICE
    assert not read_text("word " * (MAX_CHARS // 5))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("from $5,000", "sum"), ("платим 100$ сразу", "sum"), ("0.5 ETH each", "sum"), ("3 % daily", "rate"),
        ("the $EXA claim", "ticker"), ("call 090 5555 0123", "premium_number"), ("send A to 85555", "short_code"),
    ],
)  # fmt: skip
def test_figures_are_known_by_their_shape(text: str, concept: str) -> None:
    assert concept in lexicon().hits(fold(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hi mum, this is my new number, my phone broke. Text me here", "impostor_relative"),
        ("Hallo Mama, mein Handy ist kaputt, das ist meine neue Nummer", "impostor_relative"),
        ("Please vote for my niece in the contest: https://vote.examplex.test", "account_theft"),
        ("Проголосуйте за мою племянницу по ссылке https://vote.examplex.test", "account_theft"),
    ],
)
def test_what_strangers_write_in_the_name_of_friends(text: str, code: str) -> None:
    assert code in found(text)


@pytest.mark.parametrize("host", ["claim.examplex.com", "examplex.xyz/claim", "Examplex.IO."])
def test_a_host_without_a_scheme_is_a_link(host: str) -> None:
    assert "giveaway_scam" in found(
        f"The $EXA airdrop is live, check your eligibility and claim your free tokens now: {host}"
    )


def test_a_text_that_repeats_itself_says_nothing_more() -> None:
    once, often = found(RECOVERY), found(f"{RECOVERY} " * 500)
    assert {code: finding.confidence for code, finding in once.items()}.items() <= {
        code: finding.confidence for code, finding in often.items()
    }.items()


def test_gambling_adverts_are_a_notice() -> None:
    (only,) = read_text("Casino with free spins, visit http://casino.examplex.test")
    assert (only.code, only.severity) == ("spam", Severity.NOTICE)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from([part for _, _, text in samples("scams.tsv") for part in text.split()]),
        )
    )
)
def test_any_text_is_read_without_an_error_and_spans_lie_in_it(words: list[str]) -> None:
    text = " ".join(words)
    for finding in read_text(text):
        assert 0 <= finding.start < finding.end <= len(text)
        assert 0 < finding.confidence <= 1


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("climaw01!@$ \u0430\ufb03\u200b", max_size=40)))
@example("cla!m what you w!n")
@example("a\ufb03b \u200b cl\u0430im")
def test_folding_keeps_every_sign_in_its_place(text: str) -> None:
    clear = undisguised(text, lexicon().vocabulary)
    folded = fold(clear)
    signs = [(place, sign) for place, char in enumerate(clear) for sign in fold(char).replace(" ", "")]
    assert len(clear) == len(text)
    counts = signs_up_to(clear)
    assert [source_of(number, counts) for number in range(len(signs))] == [place for place, _ in signs]
    assert folded.replace(" ", "") == "".join(sign for _, sign in signs)
    assert folded.startswith(" ")
    assert folded.endswith(" ")


@pytest.mark.parametrize("letter", ["\ufdfa", "\ufdfb", "\u3316", "\u33af", "\u3300", "\u00bd", "ﬃ"])
def test_a_folded_text_is_not_many_times_as_long(letter: str) -> None:
    assert len(fold(letter * 1_000)) <= 4_100


def test_a_formula_in_one_character_hides_no_scam() -> None:
    scam = "Send 1 BTC to this address and get 2 BTC back, giveaway, double your coins"
    plain, padded = read_text(scam), read_text(f"{scam} \ufdfa")
    assert [each.code for each in plain] == [each.code for each in padded] != []
