"""Phrases are found however people lay them out: encoded, run together, numbered in words; honest prose stays."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from gateway.trust.secrets import find_secrets, mask
from tests.unit.test_trust_secrets import WIF
from tests.unit.test_trust_secrets_phrases import phrase

MARK = "[removed: seed phrase]"
Layout = Callable[[list[str]], str]

ENCODED: dict[str, Layout] = {
    "%20": "%20".join,
    "%0A": "%0A".join,
    "%2C": "%2C".join,
    "%252C": "%252C".join,
    "+": "+".join,
    "%2B": "%2B".join,
    r"\n": "\\n".join,
    r"\\n": "\\\\n".join,
    r"\u0020": "\\u0020".join,
    "&nbsp;": "&nbsp;".join,
    "&amp;nbsp;": "&amp;nbsp;".join,
    "&#32;": "&#32;".join,
    "<br>": "<br>".join,
    "bold": lambda words: "<b>" + "</b> <b>".join(words) + "</b>",
    "items": lambda words: "".join(f"<li class='x'>{word}</li>" for word in words),
    "camel case": lambda words: "".join(word.capitalize() for word in words),
    "camel case from a small letter": lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    "no spaces": "".join,
    "zero-width spaces inside": lambda words: " ".join(f"{word[:2]}\u200b{word[2:]}" for word in words),
    "soft hyphens inside": lambda words: " ".join(f"{word[:2]}\u00ad{word[2:]}" for word in words),
    "joiners inside": lambda words: " ".join("\u2060".join(word) for word in words),
    "escaped letters": lambda words: " ".join(f"%{ord(word[0]):x}{word[1:]}" for word in words),
}


def shown(words: list[str], text: str) -> list[str]:
    """Return the words of a phrase that a masked text still shows, seen or unseen letters between."""
    bare = "".join(letter for letter in text.replace(MARK, "").casefold() if letter.isalpha())
    return [word for word in words if len(word) > 4 and word in bare]


@pytest.mark.parametrize("layout", ENCODED)
def test_encoded_phrase_is_masked_whole(layout: str) -> None:
    for size in (12, 24):
        words = phrase("english", size, len(layout))
        body = ENCODED[layout](words)
        for before, after in (("", ""), ("Ey: ", " thx"), ("https://pay.test/?q=", "&n=1")):
            once, secrets = mask(before + body + after)
            assert {secret.kind for secret in secrets} == {"seed_phrase"}
            assert shown(words, once) == []
            assert once.startswith(before)
            assert once.endswith(after)
            assert mask(once) == (once, ())


@pytest.mark.parametrize("name", ["spanish", "russian", "japanese", "korean", "chinese_simplified"])
def test_link_with_a_phrase_of_another_alphabet_is_masked(name: str) -> None:
    words = phrase(name, 12, 7)
    text = f"https://pay.test/?seed={quote(' '.join(words))}&n=1"
    assert mask(text)[0] == f"https://pay.test/?seed={MARK}&n=1"


def test_key_with_an_encoded_letter_is_masked_whole() -> None:
    assert (
        mask(f"https://pay.test/?k=%{ord(WIF[0]):x}{WIF[1:]}&n=1")[0]
        == "https://pay.test/?k=[removed: private key]&n=1"
    )
    assert mask(f"{WIF[:9]}\u200b{WIF[9:]}")[0] == "[removed: private key]"


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.test/?q=my%20order%20has%20not%20arrived&utm_source=mail&utm_medium=link",
        "<p>Hello,</p><p>my withdrawal has <b>not</b> arrived &amp; I am worried &ndash; please help.</p>",
        "C:\\new\\reports\\total\\x86 and user+tag@mail.test, 100%25 sure",
        "getAccountBalanceFromServerResponseAndRetryUntilDone() fails, see AbstractSingletonProxyFactoryBean",
        "❤️ thanks 👩‍💻, نرجو\u200f المساعدة",
        "a%20[removed: seed phrase]%20b",
    ],
)
def test_encoded_text_without_a_secret_stays(text: str) -> None:
    assert find_secrets(text) == ()
