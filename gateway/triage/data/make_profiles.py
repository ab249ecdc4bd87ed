"""Make `latin.zlib`, `cyrillic.zlib` and `arabic.zlib` out of word frequencies: run by hand, with wordfreq installed.

For each group of languages that share a script: how much each frequent word, and the end of each frequent run of up
to four letters, speaks for each language. A value is a logarithm of a probability, in units of 1/12 nat, above the
least of its row; what all languages of a row share is of no use and dropped. A file, unpacked: a line of JSON
(languages, number of words, bytes of the keys), the keys, one a line, words before runs, and for each key a byte for
each language. README.md beside it tells sources and licence.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import wordfreq

HERE = Path(__file__).parent

GROUPS = {
    "Latin": (
        "[a-z\u00df-\u024f\u0259\u1e00-\u1eff]+",
        "en es pt fr de it tr id vi nl pl ms ro cs sk hu sv da no fi tl ca sl hr lt lv is az gl af",
    ),
    "Cyrillic": ("[\u0400-\u04ff]+", "ru uk bg sr mk kk"),
    "Arabic": ("[\u0620-\u064a\u066e-\u06d3]+", "ar fa ur"),
}
"""Group → its letters, and its languages. Their order is that of the values in a row."""

CALLED = {"tl": "fil", "hr": "sh", "sr": "sh", "no": "nb"}
"""Our tag → the tag of wordfreq, which counts Croatian and Serbian together, in Latin letters."""

TAKEN = 20_000
"""Words of each language that are read; rarer ones are mostly names."""
WORDS = {"Latin": 20_000, "Cyrillic": 9_000, "Arabic": 5_000}
RUNS = {"Latin": 12_000, "Cyrillic": 4_000, "Arabic": 2_000}
"""How many words and runs of letters are kept: those that tell most."""

SAVED = 30.0
"""What knowing a word is worth, in nats over all languages, even where its letters tell as much: it is quicker."""

ORDER = 4
UNIT = 12
CLIP = 9.0
"""Nats that one word or letter may speak against a language at most: names and loan words are met in all."""
UNSEEN = 0.2
"""Share of a word's probability that is left to its letters."""
FLATTER = 0.5
"""Exponent on frequencies when letters are learnt: else the few most frequent words would be all that counts."""
LENDERS = {"az": "tr", "kk": "ru", "gl": "es", "af": "nl"}
"""Languages of which few words are at hand → the one whose letters stand in for the words that are missing."""
LENT = 0.2
LISTED = 0.6
"""Share of what is written in such a language that its listed words make up."""
RARE = 1e-5
"""Weight of an inflected form beside 1/8 of the most frequent word."""
PLAIN = 0.1
"""How often letters are typed without their marks; Vietnamese three times as often."""

_PART = re.compile(r"[^\W\d_]+")
_TO_CYRILLIC = str.maketrans(
    "abcčćdđefghijklmnoprsštuvzžǉǌǆ", "абцчћдђефгхијклмнопрсштувзжљњџ"
)  # fmt: skip
_TO_PLAIN = str.maketrans("đłøıیکہھے", "dloiيكههي")

Words = dict[str, float]


def own_words() -> dict[str, Words]:
    """Words written down for this project, most frequent first, weighted as frequencies usually fall (Zipf)."""
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for line in (HERE / "own_words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, *words = line.split()
            lists[language] += words
    return {language: weighted(words) for language, words in lists.items()}


def weighted(words: list[str]) -> Words:
    """Each word, and the long ones with each ending of the language, for the sake of their letters."""
    stems = [word for word in words if not word.startswith("-")]
    endings = [word[1:] for word in words if word.startswith("-")]
    found = {stem + ending: RARE for stem in stems if len(stem) > 3 for ending in endings}
    return found | {word: 1 / (rank + 8) for rank, word in enumerate(stems)}


def counted(language: str) -> Words:
    tag = CALLED.get(language, language)
    frequencies = wordfreq.get_frequency_dict(tag, "best")
    words = {word: frequencies[word] for word in wordfreq.top_n_list(tag, TAKEN) if frequencies.get(word)}
    if language == "sr":
        pairs = (("lj", "ǉ"), ("nj", "ǌ"), ("dž", "ǆ"))
        for latin, one in pairs:
            words = {word.replace(latin, one): frequency for word, frequency in words.items()}
        words = {word.translate(_TO_CYRILLIC): frequency for word, frequency in words.items()}
    return words


def plain(word: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    return bare.translate(_TO_PLAIN)


def words_of(language: str, letters: re.Pattern[str], own: dict[str, Words]) -> Words:
    """Word → share of all words of the language, as `detect` cuts words."""
    found: defaultdict[str, float] = defaultdict(float)
    for word, frequency in (own.get(language) or counted(language)).items():
        for part in _PART.findall(unicodedata.normalize("NFC", word.lower()).replace("i\u0307", "i")):
            if letters.fullmatch(part):
                found[part] += frequency
    for word, frequency in list(found.items()):
        bare = plain(word)
        if bare != word and letters.fullmatch(bare):
            found[bare] += frequency * PLAIN * (3 if language == "vi" else 1)
    total = sum(found.values()) / (LISTED if language in own else 1)
    return {word: frequency / total for word, frequency in found.items()}


class Letters:
    """How probable a letter is after those before it (interpolated, Witten and Bell)."""

    def __init__(self, words: Words, lender: Letters | None = None) -> None:
        counts: defaultdict[str, float] = defaultdict(float)
        least = min(words.values())
        for word, frequency in words.items():
            weight = (frequency / least) ** FLATTER
            framed = f" {word} "
            for end in range(1, len(framed)):
                for size in range(1, min(ORDER, end + 1) + 1):
                    counts[framed[end - size + 1 : end + 1]] += weight
        self.counts = dict(counts)
        self._after: defaultdict[str, float] = defaultdict(float)
        self._kinds: Counter[str] = Counter()
        for run, count in counts.items():
            self._after[run[:-1]] += count
            self._kinds[run[:-1]] += 1
        self._lender = lender
        self._known: dict[str, float] = {"": 1 / 300}

    def last(self, run: str) -> float:
        """Probability of the last letter of a run."""
        own = self._own(run)
        return own if self._lender is None else (1 - LENT) * own + LENT * self._lender.last(run)

    def _own(self, run: str) -> float:
        if run not in self._known:
            before, shorter = run[:-1], self._own(run[1:])
            kinds = self._kinds[before]
            total = self._after.get(before, 0.0) + kinds
            self._known[run] = (self.counts.get(run, 0.0) + kinds * shorter) / total if kinds else shorter
        return self._known[run]

    def word(self, word: str) -> float:
        return math.prod(self.last(run) for run in runs(word))


def models_of(words: dict[str, Words]) -> list[Letters]:
    models = {language: Letters(known) for language, known in words.items()}
    for language in models.keys() & LENDERS.keys():
        models[language] = Letters(words[language], models[LENDERS[language]])
    return list(models.values())


def runs(word: str) -> list[str]:
    framed = f" {word} "
    return [framed[max(0, end - ORDER + 1) : end + 1] for end in range(1, len(framed))]


def row(values: list[float]) -> list[float]:
    logs = [math.log(max(value, 1e-300)) for value in values]
    most = max(logs)
    return [max(value - most, -CLIP) for value in logs]


def spread(values: list[float], others: list[float]) -> float:
    """How differently two rows speak."""
    changes = [value - other for value, other in zip(values, others, strict=True)]
    mean = sum(changes) / len(changes)
    return sum(abs(change - mean) for change in changes)


def kept_words(all_words: list[Words], models: list[Letters], most: int) -> dict[str, list[float]]:
    shares: Counter[str] = Counter()
    for words in all_words:
        shares.update(words)
    rows, told = {}, {}
    for word, share in shares.most_common(4 * most):
        by_letters = [model.word(word) for model in models]
        by_words = [words.get(word, 0.0) for words in all_words]
        rows[word] = row([(1 - UNSEEN) * a + UNSEEN * b for a, b in zip(by_words, by_letters, strict=True)])
        told[word] = share * (SAVED + spread(rows[word], row(by_letters)))
    return {word: rows[word] for word in sorted(rows, key=lambda word: -told[word])[:most]}


def kept_runs(models: list[Letters], most: int) -> dict[str, list[float]]:
    shares: Counter[str] = Counter()
    for model in models:
        total = sum(count for run, count in model.counts.items() if len(run) == 1)
        shares.update({run: count / total for run, count in model.counts.items()})
    rows, told = {}, {}
    for run, share in shares.most_common(5 * most):
        rows[run] = row([model.last(run) for model in models])
        shorter = row([model.last(run[1:]) for model in models]) if len(run) > 1 else [0.0] * len(models)
        told[run] = share * spread(rows[run], shorter)
    return {run: rows[run] for run in sorted(rows, key=lambda run: (len(run) > 1, -told[run]))[:most]}


def packed(rows: dict[str, list[float]]) -> tuple[list[str], bytes]:
    keys = sorted(rows)
    values = bytearray()
    for key in keys:
        least = min(rows[key])
        values += bytes(round((value - least) * UNIT) for value in rows[key])
    return keys, bytes(values)


def main() -> None:
    own = own_words()
    for name, (pattern, tags) in GROUPS.items():
        letters, languages = re.compile(pattern), tags.split()
        all_words = [words_of(language, letters, own) for language in languages]
        models = models_of(dict(zip(languages, all_words, strict=True)))
        words, word_values = packed(kept_words(all_words, models, WORDS[name]))
        ends, end_values = packed(kept_runs(models, RUNS[name]))
        keys = "\n".join([*words, *ends]).encode()
        head = json.dumps([languages, len(words), len(keys)]).encode()
        data = head + b"\n" + keys + word_values + end_values
        (HERE / f"{name.lower()}.zlib").write_bytes(zlib.compress(data, 9))


if __name__ == "__main__":
    main()
