"""What users write of accounts, sums, networks and times is found where it stands, in each language, and no more."""

from __future__ import annotations

import re

import pytest

from gateway.case import Entity
from gateway.triage.entities import amounts, find, find_in, vocabulary
from gateway.triage.entities.amounts import reckoned
from gateway.triage.entities.finding import FIRST_CHARS, LAST_CHARS
from tests.builders import message

HASH = "0123456789abcdef" * 4


def kinds(text: str) -> list[tuple[str, str]]:
    for each in find(text):
        assert each.span is not None
        assert text[each.span.start : each.span.end] == each.value
    return [(each.kind, each.value) for each in find(text)]


def of(kind: str, text: str) -> list[str]:
    return [value for found, value in kinds(text) if found == kind]


def told(entity: Entity) -> dict[str, str]:
    return {item.name: item.value for item in entity.evidence}


@pytest.mark.parametrize(
    "text",
    [
        "UID 48210734", "uid: 48210734", "UID48210734", "My UID is 48210734.", "account number 48210734",
        "ID: 48210734",
        "48210734 is my UID", "我的UID是48210734", "用户ID：48210734", "ＵＩＤ：４８２１０７３４", "用戶編號48210734",
        "mi ID es 48210734",
        "ID da conta 48210734", "мой UID — 48210734", "номер аккаунта: 48210734", "UID'm 48210734",
        "kullanıcı numaram 48210734",
        "UID của tôi là 48210734", "ID akun saya 48210734", "رقم الحساب ٤٨٢١٠٧٣٤", "معرف المستخدم: 48210734",
        "numéro de compte : 48210734", "Kontonummer 48210734", "ユーザーIDは48210734です", "계정 번호는 48210734입니다",
        "48210734은 제 UID입니다",
    ],
)  # fmt: skip
def test_account_ids_are_found_by_what_they_are_called(text: str) -> None:
    found = of("account_id", text)
    assert len(found) == 1
    assert found[0] in ("48210734", "４８２１０７３４", "٤٨٢١٠٧٣٤")


@pytest.mark.parametrize(
    "text",
    [
        "48210734", "code 48210734", "ticket 48210734", "工单48210734", "version 1.2.48210734",
        "my UID is blocked! 48210734",
        "passport 48210734", "bank account 48210734", "the UID and a ticket 48210734", "UID 48210",
        "UID 4821073448210734",
    ],
)  # fmt: skip
def test_bare_numbers_and_numbers_of_other_things_are_no_account_ids(text: str) -> None:
    assert of("account_id", text) == []


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("order_id", "order #2718281828459", "2718281828459"),
        ("order_id", "订单号C2C-90133276", "C2C-90133276"),
        ("order_id", "номер заказа: 2718281828", "2718281828"),
        ("order_id", "sipariş no 2718281828", "2718281828"),
        ("order_id", "注文番号は2718281828です", "2718281828"),
        ("order_id", "رقم الطلب 2718281828", "2718281828"),
        ("withdrawal_id", "提现编号W650440313", "W650440313"),
        ("withdrawal_id", "withdrawal request #WD-5520917 of 14,000 USDC", "WD-5520917"),
        ("withdrawal_id", "Auszahlungs-ID W947702124", "W947702124"),
        ("withdrawal_id", "单号WD20250311-7734，请处理提币", "WD20250311-7734"),
        ("withdrawal_id", "ID W86144520", "W86144520"),
        ("memo", "destination tag 389155", "389155"),
        ("memo", "标签：74002508", "74002508"),
        ("memo", "o memo é 1029384", "1029384"),
        ("memo", "メモは22643709です", "22643709"),
        ("memo", "memo=abc123XYZ789", "abc123XYZ789"),
        ("memo", "提币地址标签74002508", "74002508"),
        ("amount", "أرسلت \u200f500\u200f USDT", "500\u200f USDT"),
        ("time", "2026. 1. 20. 오전 9:15", "2026. 1. 20. 오전 9:15"),
        ("phone", "call +1 202 555 0123 now", "+1 202 555 0123"),
        ("phone", "手机+86 139 0000 0024停用了", "+86 139 0000 0024"),
        ("phone", "00966 50 000 0012", "00966 50 000 0012"),
        ("phone", "电话13900000024", "13900000024"),
        ("phone", "(+34) 600 000 000", "(+34) 600 000 000"),
        ("email", "mail：ann+x@mail.test，谢谢", "ann+x@mail.test"),
        ("link", "see tronscan.org/#/transaction/1.", "tronscan.org/#/transaction/1"),
        ("link", "頁面https://www.example.org/help/zh-hant打不開", "https://www.example.org/help/zh-hant"),
        ("link", "(https://examplex.test/a_(b))", "https://examplex.test/a_(b)"),
        ("network", "by TRC-20 please", "TRC-20"),
        ("network", "比特币网络", "比特币"),
        ("network", "la red Ethereum", "Ethereum"),
        ("network", "BNB Smart Chain", "BNB Smart Chain"),
        ("network", "через сеть Эфириум", "Эфириум"),
    ],
)
def test_each_kind_by_its_form_or_its_label(kind: str, text: str, value: str) -> None:
    assert of(kind, text) == [value]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("network", "I bought Solana and Bitcoin"),
        ("network", "I love Ethereum"),
        ("link", "done.Then see report.zip or thanks.it was e.g. 1.2.3"),
        ("email", "@examplex and a@b"),
        ("order_id", "order id 301f0df0-ee4f-414c-9023-7c9e2a631844"),
        ("withdrawal_id", "withdraw 500000"),
        ("memo", "no memo, 500 USDT sent"),
        ("phone", "+1.234.567 USDT"),
        ("amount", "BTC 24h, USDT 3%, level 2, 10x, BTC/USDT 60000"),
        ("time", "version 1.10.22, 24 hours, 3 days, 10:1, step 3 may fail, IP 192.0.2.7"),
    ],
)
def test_what_looks_like_one_and_is_none(kind: str, text: str) -> None:
    assert of(kind, text) == []


@pytest.mark.parametrize(
    ("text", "value", "amount", "asset"),
    [
        ("0.25 BTC", "0.25 BTC", "0.25", "BTC"),
        ("75usdt", "75usdt", "75", "USDT"),
        ("USDT 80", "USDT 80", "80", "USDT"),
        ("1,200 USDT", "1,200 USDT", "1200", "USDT"),
        ("1.200,50 €", "1.200,50 €", "1200.5", "EUR"),
        ("1 200,50 EUR", "1 200,50 EUR", "1200.5", "EUR"),
        ("$1.5k", "$1.5k", "1500", "USD"),
        ("$500 USDT", "$500 USDT", "500", "USDT"),
        ("500u", "500u", "500", "USDT"),
        ("５００Ｕ", "５００Ｕ", "500", "USDT"),
        ("10万日元", "10万日元", "100000", "JPY"),
        ("200欧元", "200欧元", "200", "EUR"),
        ("420个EOS", "420个EOS", "420", "EOS"),
        ("1,5 млн рублей", "1,5 млн рублей", "1500000", "RUB"),
        ("5 000 руб.", "5 000 руб.", "5000", "RUB"),
        ("2 triệu đồng", "2 triệu đồng", "2000000", "VND"),
        ("Rp 750.000", "Rp 750.000", "750000", "IDR"),
        ("R$ 1.200,00", "R$ 1.200,00", "1200", "BRL"),
        ("3.000 TL'lik", "3.000 TL", "3000", "TRY"),
        ("١٬٠٠٠ دولار", "١٬٠٠٠ دولار", "1000", "USD"),
        ("50만원", "50만원", "500000", "KRW"),
        ("0.5 millones de pesos", "0.5 millones de pesos", "500000", "ARS/CLP/COP/MXN"),
    ],
)
def test_amounts_in_local_formats_are_reckoned(text: str, value: str, amount: str, asset: str) -> None:
    [found] = find(text)
    assert (found.kind, found.value, told(found)) == ("amount", value, {"amount": amount, "asset": asset})


@pytest.mark.parametrize(
    ("written", "factor", "dear", "amount"),
    [
        ("1.234", 1, False, "1234"),
        ("1.234", 1, True, "1.234"),
        ("1,234", 1, True, "1234"),
        ("0.134", 1, False, "0.134"),
        ("1.234.567", 1, True, "1234567"),
        ("1,234.5", 1, False, "1234.5"),
        ("1'234.50", 1, False, "1234.5"),
        ("1.25", 1_000_000, False, "1250000"),
        ("0.0005", 1_000, False, "0.5"),
        ("007", 1, False, "7"),
    ],
)
def test_numbers_are_reckoned_exactly(written: str, factor: int, dear: bool, amount: str) -> None:
    assert reckoned(written, factor, dear=dear) == amount


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04 14:05 UTC", "2026-01-20T09:15:00Z", "4 March", "March 4th, 2026 at 2:05 PM", "14:05", "9am",
        "3月4日下午2点", "１月２０日", "2026年1月20日 09:15", "早上7点", "5 de marzo de 2026 a las 14:30",
        "20/01/2026 às 9h15",
        "20 января 2026 г., 19:40", "14 марта в 11:25", "20 Ocak 2026, 09.15", "5 Mart 2026 saat 14.30",
        "20 tháng 1 năm 2026", "20 Januari 2026", "9 مارس", "٥ مارس ٢٠٢٦ الساعة ١٤:٣٠", "5 mars à 14 h 30",
        "20.01.2026, 9:15 Uhr", "8. März", "3月5日午後2時30分", "2026년 1월 20일 오후 2시", "20 Feb 2026, 7:15 PM PST",
        "北京时间14:05", "9:15 on 4 March", "05.30 WIB",
    ],
)  # fmt: skip
def test_dates_and_times_together_are_one(text: str) -> None:
    lead = {"05.30 WIB": "pukul "}.get(text, "")
    assert of("time", f"{lead}{text}") == [text]


def test_a_hash_in_a_link_is_both() -> None:
    link = f"https://tronscan.org/#/transaction/{HASH}"
    assert kinds(f"看{link}，谢谢") == [("link", link), ("tx_hash", HASH)]


def test_values_are_found_between_characters_of_other_writings() -> None:
    assert kinds(f"哈希{HASH}，地址TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t转了500U") == [
        ("tx_hash", HASH),
        ("address", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("amount", "500U"),
    ]


def test_sixty_four_digits_are_an_address_where_somebody_says_so() -> None:
    value = f"0x{HASH}"
    assert kinds(f"my Sui address is {value}") == [("address", value)]
    assert kinds(f"{value} is the hash of my address change") == [("tx_hash", value)]
    assert kinds(f"https://suiscan.xyz/mainnet/account/{value}")[1] == ("address", value)
    assert kinds(f"{value}, address 0xde709f2102306220921060314715629080e2fb77")[0] == ("tx_hash", value)


def test_both_fields_of_a_message_are_read_each_with_its_own_places() -> None:
    found = find_in(message(subject="Order 2718281828459", text="UID 48210734"))
    assert [(each.kind, each.span.field if each.span else "", each.value) for each in found] == [
        ("order_id", "subject", "2718281828459"),
        ("account_id", "text", "48210734"),
    ]
    for each in found:
        assert Entity.model_validate_json(each.model_dump_json()) == each


def test_a_letter_that_grows_when_it_is_made_small_moves_no_place() -> None:
    assert kinds("İİİİ UID 48210734 İ 75 USDT") == [("account_id", "48210734"), ("amount", "75 USDT")]


def test_operators_add_what_is_their_own() -> None:
    own = vocabulary(
        account_id=r"EX-[0-9]{5}", assets={"EXT": ("examplex token",)}, networks={"examplex-chain": ("Examplex Chain",)}
    )
    found = find("UID EX-12345: 20 EXT by Examplex Chain", own)
    assert [(each.kind, each.value) for each in found] == [
        ("account_id", "EX-12345"),
        ("amount", "20 EXT"),
        ("network", "Examplex Chain"),
    ]
    assert told(found[2]) == {"network": "examplex-chain"}
    assert of("account_id", "UID EX-12345") == []
    with pytest.raises(ValueError, match="account_id"):
        vocabulary(account_id="(")


def test_texts_without_anything_hold_nothing() -> None:
    for text in ("", " ", "\n", "Hello, where is my money?", "0", "…", "\U0001f680" * 5, "a" * 10_000, "@" * 10_000):
        assert find(text) == ()


def test_nothing_overlaps_but_what_is_inside_a_link() -> None:
    text = f"UID 48210734 500 USDT https://x.test/{HASH} +1 202 555 0123 2026-03-04 14:05 TRC20 {HASH} a@mail.test"
    reach = 0
    for each in find(text):
        assert each.span is not None
        if each.kind != "link":
            assert each.span.start >= reach
            reach = each.span.end


class _Counting:
    """An expression that counts what its matches consist of."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.read = 0

    def match(self, text: str, start: int) -> re.Match[str] | None:
        found = self._pattern.match(text, start)
        self.read += len(found[0]) if found else 0
        return found


@pytest.mark.parametrize("unit", ["1/1/", "1$", "¥1"])
def test_what_is_read_behind_numbers_grows_with_the_text_and_no_faster(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    for size in (2_000, 8_000):
        counting = _Counting(amounts._UNIT)
        monkeypatch.setattr(amounts, "_UNIT", counting)
        find((unit * size)[:size])
        monkeypatch.undo()
        read.append(counting.read)
    assert read[1] <= 5 * max(read[0], 1)


def test_of_a_long_text_the_beginning_and_the_end_are_looked_at() -> None:
    filler = "so it goes on " * 10_000
    text = f"UID 48210734 {filler} UID 59321845 {filler} UID 60432956"
    assert of("account_id", text) == ["48210734", "60432956"]
    assert sum(len(each.value) for each in find("¥1" * 500_000)) <= FIRST_CHARS + LAST_CHARS


@pytest.mark.parametrize("at", range(FIRST_CHARS - 14, FIRST_CHARS + 2))
def test_no_number_is_cut_in_two_where_looking_ends(at: int) -> None:
    text = f"{'word ' * (at // 5)}{'w' * (at % 5)} UID 48210734 {'so on ' * 5_000}"
    assert of("account_id", text) in (["48210734"], [])


@pytest.mark.parametrize("behind", range(LAST_CHARS - 14, LAST_CHARS + 2))
def test_no_number_is_cut_in_two_where_looking_goes_on(behind: int) -> None:
    text = f"{'so on ' * 5_000}UID 48210734 {'w' * (behind % 5)} {'word ' * (behind // 5)}"
    assert of("account_id", text) in (["48210734"], [])
