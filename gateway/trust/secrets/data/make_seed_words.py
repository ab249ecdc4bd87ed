"""Writes the word lists of seed phrases, one list a line: `make_seed_words.py > seed_words.txt`.

It takes them from two installed packages: `mnemonic` (BIP-39) and `shamir-mnemonic` (SLIP-39). To run Gatehouse
neither is needed.
"""

import sys
import unicodedata
from importlib.resources import files

BIP39 = (
    "english", "chinese_simplified", "chinese_traditional", "czech", "french", "italian", "japanese", "korean",
    "portuguese", "russian", "spanish", "turkish",
)  # fmt: skip


MENDED = {"сно\ufffd\ufffdа": "снова"}
"""A word whose fourth letter `mnemonic` 0.21 has lost."""


def main() -> None:
    """Write each list as its name and its words in their order, in NFC."""
    for name in BIP39:
        words = (files("mnemonic") / "wordlist" / f"{name}.txt").read_text("utf-8").split()
        words = [MENDED.get(word, word) for word in words]
        assert len(words) == 2048, name  # noqa: S101
        sys.stdout.write(unicodedata.normalize("NFC", " ".join([name, *words])) + "\n")
    words = (files("shamir_mnemonic") / "wordlist.txt").read_text("utf-8").split()
    assert len(words) == 1024  # noqa: S101
    sys.stdout.write(" ".join(["slip39", *words]) + "\n")


if __name__ == "__main__":
    main()
