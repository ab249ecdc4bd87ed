"""Which brand a mail speaks for: by its name with its words, in many languages; a user who names it does not."""

from __future__ import annotations

import pytest

from gateway.trust.claimed import MAX_CHARS, claimed_brand
from gateway.trust.directory import Directory, parse_directory

DIRECTORY = parse_directory(
    {
        "brands": [
            {"id": "examplex", "name": "Examplex", "web": [{"domain": "examplex.test"}]},
            {"id": "anchor", "name": "Anchor", "web": [{"domain": "anchor-wallet.test"}]},
        ]
    }
)
POSING = [
    ("Examplex App", "Action needed", "Please look at this."),
    ("Ann from Examplex", "A new firmware", "Dear Examplex customer,\nyour Examplex wallet must be updated."),
    ("Anchor", "A note", "Hello,\nwe have news.\nDear Anchor user, please update.\n"),
    ("Post", "Anchor Wallet", "Dear valued Anchor user,\nsomething has happened.\n\nThe Anchor Security Team"),
    ("noreply", "Examplex", "Sehr geehrter Examplex-Kunde,\nbitte bestätigen Sie Ihr Examplex-Konto."),
    ("noreply", "Examplex", "Estimado cliente de Examplex:\nsu cuenta de Examplex"),
    ("noreply", "Examplex", "Уважаемый клиент Examplex,\nваш Examplex кошелёк"),
    ("noreply", "Examplex", "尊敬的Examplex用户\n您的 Examplex 账户"),
    ("noreply", "Examplex", "Cher client Examplex,\nvotre Examplex compte"),
    ("noreply", "Your device", "We at Examplex write to you.\nRead this.\n© 2026 Examplex. All rights reserved."),
]
HONEST = [
    ("Ann Miller", "Examplex", "Dear Examplex team,\nyour Examplex app does not let me in. I use your Examplex card."),
    ("Ann Miller", "My Examplex account", "Hello Examplex support,\nmy Examplex wallet shows no deposit.\nAnn"),
    ("Ann Miller", "Scam", "Somebody from Examplex Support told me to send coins. Is he real?"),
    ("Examplex fans", "Examplex", "We like Examplex a lot."),
    ("Anchor Miller", "The anchor", "The ship has dropped its anchor.\nDear all, the anchor holds."),
    ("Ann", "News", "Yesterday Examplex Inc said that it will grow. Anchor Ltd did not."),
]


def claimed(name: str, subject: str, text: str, directory: Directory = DIRECTORY) -> str | None:
    found = claimed_brand(name, "post", subject, text, directory)
    return found.guarded.brand if found else None


@pytest.mark.parametrize(("name", "subject", "text"), POSING)
def test_who_greets_and_signs_as_a_brand_claims_to_be_it(name: str, subject: str, text: str) -> None:
    assert claimed(name, subject, text) == ("anchor" if "Anchor" in f"{name}{subject}" else "examplex")


@pytest.mark.parametrize(("name", "subject", "text"), HONEST)
def test_a_user_who_names_a_brand_claims_nothing(name: str, subject: str, text: str) -> None:
    assert claimed(name, subject, text) is None


def test_a_common_word_as_a_name_needs_its_words() -> None:
    assert claimed("Anchor", "Hello", "See you on Sunday.") is None


def test_words_of_a_scam_count_with_a_name() -> None:
    assert claimed_brand("Anchor", "post", "Hi", "Verify now", DIRECTORY) is None
    assert claimed_brand("Anchor", "post", "Hi", "Verify now", DIRECTORY, dangerous=lambda: True) is not None


def test_a_name_in_front_of_the_at_counts_with_a_name() -> None:
    assert claimed_brand("Anchor", "anchor", "Patch", "Read this.", DIRECTORY) is not None


def test_the_end_of_a_long_mail_is_read() -> None:
    middle = "Nothing to see here.\n" * (MAX_CHARS // 10)
    assert claimed("x", "Update", f"Hello,\n{middle}We at Examplex thank you.\n\nThe Examplex Team\n") == "examplex"


def test_without_brands_nobody_is_claimed() -> None:
    assert claimed("Examplex", "Examplex", "Dear Examplex user", Directory(digest="")) is None
