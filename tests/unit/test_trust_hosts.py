"""Hosts that look like a brand's: by which sign each is told, and what honest hosts must not set off."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.trust.compounds import MAX_COMPOUND, taken_apart
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.domains import Host, read_host, split_host
from gateway.trust.host_index import HostIndex
from gateway.trust.hosts import resembles_host
from gateway.trust.known import everyday_words, is_known_label, is_word
from gateway.trust.resemblance import Resemblance
from gateway.trust.spelling import SLIPS, slip


def _brand(name: str, *domains: str) -> dict[str, object]:
    return {"id": name.lower().replace(" ", "-"), "name": name, "web": [{"domain": domain} for domain in domains]}


DIRECTORY = parse_directory(
    {
        "brands": [
            _brand("Examplex", "examplex.test", "examplex.io"),
            _brand("Brandolinexa", "brandolinexa.test"),
            _brand("Qzx", "qzx.test"),
            _brand("Lantern", "lantern.test", "lantern.so"),
            _brand("Vorlet", "vorlet.test"),
            _brand("Harborly", "harbor.finance"),
            _brand("Quizzelwood", "myquizzelwood.test"),
        ]
    }
)


def _host(name: str) -> Host:
    host = read_host(name)
    assert host is not None
    return host


def find(name: str, directory: Directory = DIRECTORY) -> Resemblance | None:
    return resembles_host(_host(name), directory)


@pytest.mark.parametrize(
    ("host", "brand", "technique"),
    [
        ("examplex.net", "examplex", "other_suffix"),
        ("examplex.pages.dev", "examplex", "other_suffix"),
        ("examplex-login.net", "examplex", "embedded_brand"),
        ("loginexamplex.net", "examplex", "embedded_brand"),
        ("examplexzz.net", "examplex", "embedded_brand"),
        ("claimbrandolinexanow.net", "brandolinexa", "embedded_brand"),
        ("exa-mplex.net", "examplex", "separator"),
        ("exam.plex.net", "examplex", "separator"),
        ("examplex.evil-host.net", "examplex", "brand_in_subdomain"),
        ("examplex-app.evil.net", "examplex", "brand_in_subdomain"),
        ("examplex.test.evil.net", "examplex", "embedded_domain"),
        ("examplex-io.pages.dev", "examplex", "embedded_domain"),
        ("examp1ex.net", "examplex", "confusable"),
        ("exarnplex.net", "examplex", "confusable"),
        ("get-exarnplex.net", "examplex", "confusable"),
        ("brandolimexa.net", "brandolinexa", "neighbour"),
        ("exаmplex.net", "examplex", "confusable"),
        ("éxamplex.net", "examplex", "confusable"),
        ("my-éxamplex-login.net", "examplex", "confusable"),
        ("exampplex.net", "examplex", "doubling"),
        ("exmplex.net", "examplex", "omission"),
        ("exammplex-help.net", "examplex", "doubling"),
        ("exampledx.net", "examplex", "insertion"),
        ("exapmlex.net", "examplex", "transposition"),
        ("exanplex.net", "examplex", "neighbour"),
        ("exumplex.net", "examplex", "replacement"),
        ("claimbrandolinxanow.net", "brandolinexa", "omission"),
        ("brandulinexo.net", "brandolinexa", "replacement"),
        ("quizzelwood.net", "quizzelwood", "other_suffix"),
        ("vorret.xyz", "vorlet", "replacement"),
    ],
)
def test_each_sign_is_told_with_the_brand_that_it_imitates(host: str, brand: str, technique: str) -> None:
    found = find(host)
    assert found is not None
    assert (found.guarded.brand, found.technique) == (brand, technique)
    assert found.guarded.official
    assert found.reason


def test_a_digit_for_a_letter_is_told_besides() -> None:
    leet, drawn = find("examp1ex.net"), find("exarnplex.net")
    assert leet is not None
    assert drawn is not None
    assert (leet.also, drawn.also) == (("leet",), ())


@pytest.mark.parametrize(
    "host",
    [
        "examplex.test", "www.examplex.test", "pay.examplex.io", "lantern.test", "login.lantern.so", "qzx.test",
        "help.qzx.test", "harbor.finance", "app.harbor.finance",
    ],
)  # fmt: skip
def test_what_is_official_looks_like_nobody(host: str) -> None:
    assert find(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "qzx-login.net", "login-qzx.xyz", "qzx.wallet-sync.net", "wallet.qzx.evil.xyz", "qzx.claims",
        "lantern-airdrop.net", "lantern.claims", "lanternwallet.net", "claimlantern.app", "lantern.free-mint.net",
        "harbor-airdrop.net", "lantern.pages.dev", "länterņ.net",
    ],
)  # fmt: skip
def test_a_short_or_common_name_is_found_beside_bait(host: str) -> None:
    assert find(host) is not None


@pytest.mark.parametrize(
    "host",
    [
        "qzxander.com", "bqzx.com", "qzx-garden.com", "lantern-garden.com", "lantern-enquirer.com",
        "lanternfish.org", "greenlantern.com",
        "chineselanterns.net", "lantern.fr", "lantern.com", "harbor.com", "boston-harbor.com", "pearlharbor.org",
        "harbors.org", "harbor.museum-of-boats.org", "lateen.com", "vortex.com", "violet.com", "varlet.org", "volet.fr",
        "marvellous-gardens.com", "hexa-mplexa.net",
        "example.com", "examples.org", "learn.microsoft.com", "evil.net", "pages.dev",
    ],
)  # fmt: skip
def test_honest_names_that_hold_or_resemble_one_stay_clean(host: str) -> None:
    assert find(host) is None


def test_a_word_that_happens_to_hold_a_name_is_read_as_the_word() -> None:
    # Without a reading of compounds "keytradebank" would hold "debank".
    directory = parse_directory({"brands": [_brand("Debnar", "debnar.test"), _brand("Radeba", "radeba.test")]})
    assert find("keytradebank.net", directory) is None
    assert find("radebabank.net", directory) is not None


def test_a_known_name_is_no_slip_of_another() -> None:
    names = ("Metabaso", "Ethercanoe", "Letterbaxd")
    directory = parse_directory({"brands": [_brand(name, f"{name.lower()}.test") for name in names]})
    assert find("metabase.com", directory) is None
    assert find("metabazo.com", directory) is not None
    assert find("letterboxd.com", directory) is None
    assert find("letterbuxd.com", directory) is not None
    # Another everyday word after the same word of the trade.
    assert find("ethercanon.com", directory) is None
    assert find("ethercamoe.com", directory) is not None


def test_a_name_of_many_words_is_known_by_its_first_letters_and_words() -> None:
    directory = parse_directory({"brands": [_brand("Silver Goose Garden Club", "silvergoosegardenclub.test")]})
    assert find("silvergoose-mint.xyz", directory) is not None
    assert find("sggc-airdrop.xyz", directory) is not None
    assert find("sggc-garden.com", directory) is None


def test_an_empty_directory_finds_nothing_and_takes_no_automaton() -> None:
    empty = parse_directory({})
    assert empty.host_index.automaton is None
    assert find("examplex-login.net", empty) is None


def test_the_index_survives_a_pickle() -> None:
    copied = pickle.loads(pickle.dumps(DIRECTORY))  # noqa: S301
    assert find("exanplex-login.net", copied) == find("exanplex-login.net")
    assert HostIndex.of(DIRECTORY).shortened == copied.host_index.shortened


def test_a_host_that_is_a_suffix_itself_is_read_by_its_first_label() -> None:
    # The list has a rule for everything under .er, and so takes the whole host for a suffix.
    assert split_host("examplex.er").label == ""
    assert find("examplex.er") is not None


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(alphabet="exampl1-.дé0rnvwcİß\u200d漢xyzq", max_size=80))
def test_no_host_raises(text: str) -> None:
    host = read_host(text)
    if host is not None:
        found = find(text)
        assert found is None or found.guarded.brand in DIRECTORY.brands


@pytest.mark.parametrize("unit", ["examplex", "exanplex-", "lantern", "claim.", "a-", "rn", "xn--", "brandolinexo"])
def test_the_longest_hosts_are_searched_without_being_taken_apart_over_and_over(unit: str) -> None:
    label = (unit.replace(".", "") * 63)[:60].strip("-")
    taken_apart.cache_clear()
    find(".".join([label] * 4))
    find(".".join([label[:20]] * 12))
    find(".".join(["a"] * 120))
    info = taken_apart.cache_info()
    # Each word of a host is taken apart a few times at most: alone, and with a name.
    assert info.misses <= 40


def test_the_readings_of_a_compound() -> None:
    assert taken_apart("stargames")[1] == ("star", "games")
    assert taken_apart("examplexlogin", "examplex")[1] == ("examplex", "login")
    assert taken_apart("examplexes", "examplex")[1] == ("examplex", "e", "s")
    assert taken_apart("qxj")[1] == ("q", "x", "j")
    assert len(taken_apart("a" * MAX_COMPOUND)[1]) <= MAX_COMPOUND


def test_words_and_names_are_known() -> None:
    assert all(map(is_word, ("ledger", "gemini", "linea", "kompas", "deniz", "fenster")))
    assert not any(map(is_word, ("examplex", "qzx", "", "ledgger", "账")))
    assert all(map(is_known_label, ("google", "binance", "etherscan", "metabase", "ledger")))
    assert not any(map(is_known_label, ("examplex", "brandolinexa", "")))
    assert {"star", "games", "google"} <= set(everyday_words())


def test_the_lists_of_names_hold_names_alone() -> None:
    from importlib.resources import files

    for file in ("known_names.txt", "known_crypto.txt"):
        lines = (files("gateway.trust") / "data" / file).read_text("utf-8").splitlines()
        names = [name for line in lines if not line.startswith("#") for name in line.split()]
        assert all(name.isascii() and name.isalnum() and name == name.lower() and len(name) > 1 for name in names)
        assert max(map(len, lines)) <= 130


@pytest.mark.parametrize(
    ("form", "technique"),
    [
        ("exxamplex", "doubling"), ("examplexx", "doubling"), ("examplexs", "plural"), ("exampleqx", "insertion"),
        ("examplexq", "insertion"), ("exmplex", "omission"), ("eaxmplex", "transposition"), ("wxamplex", "neighbour"),
        ("exumplex", "replacement"), ("example", "omission"),
    ],
)  # fmt: skip
def test_slips_are_named(form: str, technique: str) -> None:
    assert slip(form, "examplex") == technique
    assert technique in SLIPS
