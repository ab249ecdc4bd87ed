"""The first part of a phrase is masked where words introduce it; what came before in a conversation tells of a text."""

import pytest

from gateway.trust.secrets import find_secrets, mask
from tests.unit.test_trust_secrets_keys import HASH
from tests.unit.test_trust_secrets_phrases import near_miss

MARK = "[removed: seed phrase]"

LABELS = [
    "my seed phrase is {}",
    "seed phrase: {}",
    "Recovery phrase:\n{}",
    "My seed phrase, first half: {}",
    "here is my seed phrase {} thx",
    "mi frase semilla es {}",
    "моя сид фраза: {}",
    "我的助记词是 {}",
    "kurtarma ifadem: {}",
    "ma phrase de récupération est {}",
    "meine Wiederherstellungsphrase lautet {}",
    "시드 구문: {}",
    "シードフレーズは {}",
]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("size", [6, 8])
def test_first_half_right_after_its_label_is_masked_with_less_confidence(label: str, size: int) -> None:
    for seed in range(6):
        words = near_miss("english", 24, seed)[:size]
        for body in (" ".join(words), ", ".join(words), "\n".join(f"{n}. {word}" for n, word in enumerate(words, 1))):
            once, secrets = mask(label.format(body))
            assert [secret.kind for secret in secrets] == ["seed_phrase"]
            assert all(word not in once.replace(MARK, "") for word in words if len(word) > 6)
            assert mask(once) == (once, ())
            assert secrets[0].confidence <= 0.8


@pytest.mark.parametrize("name", ["spanish", "korean", "japanese", "chinese_simplified"])
def test_first_half_in_another_list_is_masked(name: str) -> None:
    words = near_miss(name, 12, 5)[:6]
    assert mask(f"seed phrase: {' '.join(words)}")[0] == f"seed phrase: {MARK}"


@pytest.mark.parametrize(
    "text",
    [
        "My seed phrase: can you help find what happen there",
        "my seed phrase is safe, never share it with any person",
        "Seed phrase issue: they say wrong word, please help this week",
        "I lost my seed phrase, only have one word now",
        "Is this my seed phrase? Asset review still under way this week",
        "recovery phrase is what you must never give away",
        "my seed phrase is zoo zoo zoo zoo zoo zoo",
        "mi frase semilla es correcta pero la aplicación no la acepta",
        "我的助记词是什么时候设置的",
    ],
)
def test_sentences_about_a_phrase_stay(text: str) -> None:
    assert find_secrets(text) == ()


def test_what_was_written_before_tells_what_a_text_is() -> None:
    words = near_miss("english", 24, 7)
    first, second = " ".join(words[:8]), " ".join(words[8:16])
    assert mask(first)[1] == ()
    assert mask(first, before="my seed phrase is")[0] == MARK
    for before in (f"my seed phrase is\n{first}", f"my seed phrase is\n{MARK}"):
        assert mask(second, before=before)[0] == MARK
        assert mask(f"{second} thx", (), before)[0] == f"{MARK} thx"
    assert mask("hunter2", before="my password is")[0] == "[removed: password]"
    assert mask(f"0x{HASH}", before="my private key is")[0] == "[removed: private key]"
    assert mask(f"0x{HASH}", before="my txid is")[1] == ()


def test_what_was_written_before_is_no_part_of_the_text() -> None:
    before = f"my private key is {HASH}, " * 200
    assert find_secrets("thank you", before=before) == ()
    words = near_miss("english", 12, 8)
    secrets = find_secrets("  " + " ".join(words[5:]), before="seed phrase: " + " ".join(words[:5]))
    assert [(secret.start, secret.end) for secret in secrets] == [(2, 2 + len(" ".join(words[5:])))]


@pytest.mark.parametrize("repeats", ["abandon ", "abandon ability ", "legal and ", "1. zoo "])
def test_one_word_without_end_is_no_phrase(repeats: str) -> None:
    find_secrets(repeats * 2_000)


def test_phrases_without_end_are_masked_whole() -> None:
    words = " ".join(" ".join(near_miss("english", 24, seed)) for seed in range(20))
    assert mask(words)[0] == MARK
    assert mask("abandon " * 300 + "about ok")[0].endswith(f"{MARK} ok")
