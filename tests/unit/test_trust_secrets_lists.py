"""Which words are a misspelt word of a list: looked up, it is what trying every edit finds."""

from __future__ import annotations

import random

import pytest

from gateway.trust.secrets.lists import is_edit_away, word_lists, words_of


def every_edit(word: str, letters: str) -> set[str]:
    found = set()
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        found |= {head + letter + tail for letter in letters}
        if tail:
            found |= {head + tail[1:], *(head + letter + tail[1:] for letter in letters)}
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
    return found


@pytest.mark.parametrize("name", ["english", "korean", "japanese", "turkish"])
def test_a_word_an_edit_away_is_told_from_others(name: str) -> None:
    number = word_lists().names.index(name)
    known = words_of(number)
    letters = "".join(sorted({letter for word in known for letter in word}))
    chance = random.Random(5)
    near = far = 0
    for listed in chance.sample(sorted(known), 150):
        once = chance.choice(sorted(every_edit(listed, letters)))
        for word in (once, chance.choice(sorted(every_edit(once, letters))), once[::-1]):
            if word in known or len(word) < 2:
                continue
            wanted = not known.isdisjoint(every_edit(word, letters))
            assert is_edit_away(word, number) == wanted, word
            near, far = near + wanted, far + (not wanted)
    assert near > 100
    assert far > 50
