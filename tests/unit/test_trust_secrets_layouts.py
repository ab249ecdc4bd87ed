"""Phrases are found however people lay them out: encoded, run together, numbered in words; honest prose stays."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from gateway.trust.secrets import find_secrets, mask
from tests.unit.test_trust_secrets import WIF
from tests.unit.test_trust_secrets_phrases import near_miss, phrase

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


ORDINALS = {
    "english": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "spanish": "primera segunda tercera cuarta quinta sexta séptima octava novena décima undécima duodécima",
    "russian": "первое второе третье четвёртое пятое шестое седьмое восьмое девятое десятое одиннадцатое двенадцатое",
    "german": "erstes zweites drittes viertes fünftes sechstes siebtes achtes neuntes zehntes elftes zwölftes",
    "chinese": "第一个 第二个 第三个 第四个 第五个 第六个 第七个 第八个 第九个 第十个 第十一个 第十二个",
    "turkish": "birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu onbirinci onikinci",
}


def numbered(form: str, between: str = "\n") -> Layout:
    return lambda words: between.join(form.format(n=n, word=word) for n, word in enumerate(words, 1))


def counted(language: str, form: str) -> Layout:
    counting = ORDINALS[language].split()
    return lambda words: "\n".join(form.format(n=n, word=word) for n, word in zip(counting, words, strict=False))


REGULAR: dict[str, Layout] = {
    "Word 1 is": numbered("Word {n} is {word}", ", "),
    "1 is": numbered("{n} is {word}"),
    "w1=": numbered("w{n}={word}", "; "),
    "and": " and ".join,
    "then": ", and then ".join,
    "first word:": counted("english", "{n} word: {word}"),
    "first:": counted("english", "{n}: {word}"),
    "my first is": counted("english", "the {n} one is {word}"),
    "palabra 1 es": numbered("palabra {n} es {word}"),
    "la primera es": counted("spanish", "la {n} es {word}"),
    "1 слово это": numbered("{n} слово это {word}"),
    "первое слово": counted("russian", "{n} слово: {word}"),
    "erstes Wort": counted("german", "{n} Wort ist {word}"),
    "第一个词是": counted("chinese", "{n}词是{word}"),
    "birinci kelime": counted("turkish", "{n} kelime {word}"),
    "chat export": numbered("[12:{n:02}, 20/11/2026] Ann: {word}"),
    "chat export of two names": numbered("[20.11.26, 9:{n:02}:11 PM] Ann Lee: {word}"),
}


@pytest.mark.parametrize("layout", REGULAR)
def test_phrase_with_words_between_is_masked(layout: str) -> None:
    for seed in range(12):
        words = phrase("english", 12, seed)
        for before in ("", "my seed phrase:\n"):
            once, _ = mask(before + REGULAR[layout](words))
            assert shown(words, once) in ([], [words[-1]]), once
            assert mask(once) == (once, ())


@pytest.mark.parametrize("layout", REGULAR)
def test_wrong_phrase_with_words_between_is_masked_where_it_is_told_of(layout: str) -> None:
    words = near_miss("english", 12, 3)
    assert shown(words, mask("my seed phrase:\n" + REGULAR[layout](words))[0]) == []


HONEST = [
    "My seed phrase is safe. Step 1 is to open the app, step 2 is to press send, step 3 is to wait, step 4: look.",
    "I like to walk and talk and sing and dance and cook and eat and read and write and swim and run and dream.",
    "my seed phrase is fine, and the app and the phone and the card and the bank and the mail and the code all work",
    "\n".join(f"[12:{n:02}, 20/11/2026] Ann: {text}" for n, text in enumerate(["hello", "any news?", "no", "ok"] * 6)),
    "Day 1 is Monday. Day 2 is Tuesday. Day 3 is Wednesday. Day 4 is Thursday. Day 5 is Friday. Day 6 is Saturday.",
    "\n".join(f"{n}. I sent coin {n} to the wallet" for n in range(1, 20)),
    "First I opened the app, second I logged in, third I pressed send, fourth I waited, fifth I wrote to you about it.",
    "the cat and the dog and the bird and the fish and the horse and the cow and the pig went to the market today",
    "Name: Ann\nCity: Oslo\nWares: phone\nWares: cable\nWares: case\nWares: glass\nWares: card\nWares: box\nWares: bag",
    "a=1; b=2; c=3; d=4; total=10; name=ann; city=oslo; order=first; state=open; value=five; error=none; result=good",
    "Мой кошелёк и телефон и карта и банк и почта и код и пароль и адрес и сайт и чат и счёт и заявка в порядке",
]


@pytest.mark.parametrize("text", HONEST, ids=lambda value: value[:24])
def test_ordinary_lists_and_sentences_stay(text: str) -> None:
    assert find_secrets(text) == ()
