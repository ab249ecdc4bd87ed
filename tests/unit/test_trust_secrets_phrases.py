"""Seed phrases are found in every list and layout, by checksum or by what stands around them; sentences are not."""

import hashlib
import json
import random
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.secrets import find_secrets, mask
from gateway.trust.secrets.checksums import is_phrase
from gateway.trust.secrets.lists import CHINESE, SHARE_LIST, listed_words, word_lists

SIZES = (12, 15, 18, 21, 24)
_WORDS = list(listed_words())
LISTS = {name: _WORDS[2048 * n : 2048 * (n + 1)] for n, name in enumerate(word_lists().names)}
BIP39 = [name for name in LISTS if name != SHARE_LIST]


def _two_columns(words: list[str]) -> str:
    half = (len(words) + 1) // 2
    left = [f"{n}. {word}" for n, word in enumerate(words[:half], 1)]
    right = [f"{n}. {word}" for n, word in enumerate(words[half:], half + 1)]
    return "\n".join(f"{one}    {other}" for one, other in zip(left, [*right, ""], strict=False))


def _numbered(form: str, between: str) -> Callable[[list[str]], str]:
    return lambda words: between.join(form.format(n=n, word=word) for n, word in enumerate(words, 1))


LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "plain": " ".join,
    "commas": ", ".join,
    "commas alone": ",".join,
    "semicolons": "; ".join,
    "lines": "\n".join,
    "lines of Windows": "\r\n".join,
    "tabs": "\t".join,
    "ideographic spaces": "\u3000".join,
    "ideographic commas": "、".join,
    "dashes": " - ".join,
    "hyphens": "-".join,
    "underscores": "_".join,
    "upper case": lambda words: " ".join(words).upper(),
    "title case": lambda words: " ".join(words).title(),
    "decomposed": lambda words: unicodedata.normalize("NFKD", " ".join(words)),
    "quoted": lambda words: " ".join(f'"{word}"' for word in words),
    "bullets": lambda words: "\n".join(f"• {word}" for word in words),
    "JSON": lambda words: json.dumps(words, ensure_ascii=False),
    "rows of three": lambda words: "\n".join(" ".join(words[n : n + 3]) for n in range(0, len(words), 3)),
    "1. word": _numbered("{n}. {word}", " "),
    "1) word": _numbered("{n}) {word}", "\n"),
    "1.word": _numbered("{n}.{word}", " "),
    "1word": _numbered("{n}{word}", " "),
    "word1: word": _numbered("word{n}: {word}", "\n"),
    "Word 1 - word": _numbered("Word {n} - {word}", "\n"),
    "word (1)": _numbered("{word} ({n})", " "),
    "two columns": _two_columns,
}


def is_right(places: list[int]) -> bool:
    """Whether a phrase has a right checksum, by strings of bits as BIP-39 tells it."""
    bits = "".join(f"{place:011b}" for place in places)
    size = len(places) // 3
    digest = hashlib.sha256(int(bits[:-size], 2).to_bytes(size * 4, "big")).digest()
    return bits[-size:] == f"{digest[0]:08b}"[:size]


def phrase(name: str, size: int, seed: int) -> list[str]:
    """Return a made-up phrase with a right checksum, made apart from the code under test."""
    chance = random.Random(f"{name}{size}{seed}")
    places = [chance.randrange(2048) for _ in range(size)]
    while not is_right(places):
        places[-1] = chance.randrange(2048)
    return [LISTS[name][place] for place in places]


def near_miss(name: str, size: int, seed: int) -> list[str]:
    chance = random.Random(f"near{name}{size}{seed}")
    words = phrase(name, size, seed)
    while True:
        chance.shuffle(words)
        places = [LISTS[name].index(word) for word in words]
        if not is_right(places) and places != sorted(places):
            return words


def left_of(words: list[str], text: str) -> list[str]:
    """Return the longer words of a phrase that a masked text still shows."""
    small = unicodedata.normalize("NFC", text.casefold())
    for ours in ("[removed: seed phrase]", "please check it", "my recovery phrase is"):
        small = small.replace(ours, "")
    return [word for word in words if len(word) > 4 and word.casefold() in small]


@pytest.mark.parametrize("name", BIP39)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_phrase_is_found_in_every_list_and_layout(name: str, layout: str) -> None:
    for size in (12, SIZES[len(layout) % 5]):
        words = phrase(name, size, len(layout))
        for before, after in (("", ""), ("Olá 123,\n\n", "\n\nplease check it"))[: 1 + (size == 12)]:
            text, secrets = mask(before + LAYOUTS[layout](words) + after)
            assert {secret.kind for secret in secrets} == {"seed_phrase"}, (size, before)
            assert left_of(words, text) == [], text
            assert text.startswith(before), text
            assert text.endswith(after), text


@pytest.mark.parametrize("name", sorted(CHINESE))
def test_chinese_phrase_without_spaces_is_found_where_the_text_speaks_of_one(name: str) -> None:
    for size in SIZES:
        text, _ = mask(f"请帮我找回，我的助记词是：{''.join(phrase(name, size, 3))}。谢谢")
        assert text == "请帮我找回，我的助记词是：[removed: seed phrase]。谢谢"


@pytest.mark.parametrize("name", BIP39)
def test_phrase_with_a_wrong_checksum_is_found_alone_or_told_of(name: str) -> None:
    words = near_miss(name, 12, 1)
    for text in (" ".join(words), f"my recovery phrase is {' '.join(words)} and it fails", LAYOUTS["1. word"](words)):
        masked, secrets = mask(text)
        assert [secret.kind for secret in secrets] == ["seed_phrase"], text
        assert left_of(words, masked) == []


@pytest.mark.parametrize("name", sorted(set(BIP39) - CHINESE))
def test_missing_or_misspelt_word_is_masked_with_the_others(name: str) -> None:
    words = near_miss(name, 12, 2)
    wrong = [*words[:5], words[5][0] + words[5][2:], *words[6:]]
    for told in (words[:-1], wrong):
        masked, secrets = mask(f"seed phrase:\n{' '.join(told)}")
        assert [secret.kind for secret in secrets] == ["seed_phrase"], told
        assert masked == "seed phrase:\n[removed: seed phrase]"


def test_checksum_is_that_of_the_standard() -> None:
    chance = random.Random(39)
    for size in SIZES * 40:
        places = [chance.randrange(2048) for _ in range(size)]
        assert is_phrase(places) == is_right(places)


def test_repeated_words_are_a_phrase() -> None:
    assert mask("abandon " * 11 + "about")[0] == "[removed: seed phrase]"


def test_first_four_letters_are_a_phrase_where_the_text_speaks_of_one() -> None:
    words = " ".join(word[:4] for word in phrase("english", 12, 4))
    assert mask(f"my seed phrase: {words}")[0] == "my seed phrase: [removed: seed phrase]"
    assert mask("aban " * 11 + "abou")[1] == ()


def test_words_beside_a_phrase_stay() -> None:
    words = " ".join(phrase("english", 12, 5))
    assert mask(f"hello admin {words} please help")[0] == "hello admin [removed: seed phrase] please help"


SHARE = (
    "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke "
    "ajar critical decision keyboard"
)
"""The first vector of SLIP-39, published with the standard."""


def test_share_is_found_by_its_checksum_or_where_the_text_speaks_of_one() -> None:
    assert mask(f"here it is {SHARE}")[0] == "here it is [removed: seed share]"
    wrong = SHARE.replace("keyboard", "kidney")
    assert [secret.kind for secret in find_secrets(f"I wrote my shamir words: {wrong} ok")] == ["seed_share"]


@pytest.mark.parametrize(
    "text",
    [
        "abandon ability able about above absent absorb abstract absurd abuse access accident",
        "You have come into my life and brought the sun, shiny down on me, warming my heart, and love is all",
        "I never told anybody my seed phrase, can you please help me to find out why my wallet balance is wrong",
        "我的助记词丢了怎么办，请问你们可以帮我找回钱包里面的资产吗我真的很着急",
        "请问我昨天提现的那一笔钱为什么到现在还没有到账能不能麻烦你们帮我查一下",
        "12 слов я записал, но кошелёк пишет, что фраза неверная, помогите пожалуйста разобраться",
        "昨日の夜にウォレットから送金しましたが、まだ届いていません。シードフレーズは必要ですか",
    ],
)
def test_sentences_and_excerpts_of_the_list_stay(text: str) -> None:
    assert find_secrets(text) == ()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.sampled_from(BIP39), st.sampled_from(SIZES), st.integers(0, 10**6), st.sampled_from(sorted(LAYOUTS)))
def test_generated_phrases_are_always_found(name: str, size: int, seed: int, layout: str) -> None:
    words = phrase(name, size, seed)
    text, secrets = mask(LAYOUTS[layout](words))
    assert secrets
    assert left_of(words, text) == []
