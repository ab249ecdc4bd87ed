"""B19: what may not go out in public is refused before anything is sent, and honest answers are not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.x import _rules as rules
from connectors.x._rules import refusals
from gateway.answers import public
from gateway.answers.locales import LANGUAGES, load_locales
from gateway.case import Severity

OWN, AUTHOR = "examplex", "wangfang_t"

REFUSED: dict[str, tuple[str, ...]] = {
    rules.LINK: (
        "See https://help.examplex.test/a",
        "See HTTP://EXAMPLEX.COM",
        "See examplex.com",
        "See examplex.com.",
        "See examplex.co.uk/help",
        "Go to examplex.com/help now",
        "Go to (examplex.io)",
        "访问examplex.com查看",
        "访问 examplex。com 查看",
        "请打开 examplex．com",
        "请打开 examplex｡com",
        "see ｅｘａｍｐｌｅｘ．ｃｏｍ",
        "see 𝐞𝐱𝐚𝐦𝐩𝐥𝐞𝐱.𝐜𝐨𝐦",
        "see exam\u200bplex.c\u200bom",
        "see exam\u00adplex.com",
        "see examplex . com",
        "see examplex .com",
        "see examplex. com",
        "see examplex. Com/help",
        "see examplex[.]com",
        "see examplex(.)com",
        "see examplex {.} com",
        "see examplex [dot] com",
        "see examplex (dot) com/help",
        "see examplex dot com",
        "see examplex-dot-com",
        "see examplex DOT com",
        "see examplexDOTcom",
        "see examplexdotcom",
        "see examplex punto com",
        "see examplex ponto com",
        "see examplex point com",
        "see examplex点com",
        "see examplex 点 com",
        "смотрите examplex точка com",
        "see examplex·com",
        "see examplex•com",
        "see examplex,com",
        "see examplex..com",
        "see e x a m p l e x . c o m",
        "see examplex.соm",
        "see examplex&#46;com",
        "see examplex%2Ecom",
        "hxxps://examplex.com",
        "hxxp[:]//examplex",
        "https : // examplex",
        "h t t p s : // examplex",
        "http:\\\\examplex",
        "ftp://a",
        "mailto:somebody",
        "tg://resolve",
        "www examplex",
        "www.examplex",
        "t.me/examplex",
        "t . me/examplex",
        "t[.]me/examplex",
        "wa.me/4915",
        "telegram.me",
        "discord.gg/abc",
        "bit.ly/abc",
        "xn--exmplex-6za.com",
        "see xn--fiqs8s",
        "пример.рф",
        "例子.中国",
        "例子.com",
        "see 例子。com",
        "examplex.test",
        "abcdef.onion",
        "somebody.eth",
        "open 192.0.2.7",
        "open 192 . 0 . 2 . 7",
        "open 192[.]0[.]2[.]7",
        "open 192.0.2.7:8080/a",
        "open [2001:db8::1]",
        "localhost:8080",
        "archive.zip",
        "examplex.app",
        "examplex . support",
        "examplex dot app",
        "example.info!",
        "ExampleX.Com",
        "(examplex.com)",
        "a.b.c.examplex.xyz",
        "1.com",
        'see examplex "dot" com',
        "see examplex ( dot ) c o m",
        "see examplex.c0m",
        "see examplex\\.com",
        "see examplex*.com",
        "see examplex.*com",
        "see examplex./com",
        "see examplex.\ncom/login",
        "see examplex°com",
        "see examplex\U0001f534com",
        "t me/examplex",
        "bit,ly/abc",
        "[help](examplex.com)",
        "//examplex.com",
        "see ⓔⓧⓐⓜⓟⓛⓔⓧ.ⓒⓞⓜ",
        "see \U0001f174\U0001f187.\U0001f172\U0001f17e\U0001f17c",
        "go to examplex ,com",
        "go to examplex ,com now",
        "go to examplex , com",
        "go to examplex, com",
        "http examplex com",
        "HTTP EXAMPLEX COM",
        "https examplex com",
        "http: examplex",
        "go to http examplex",
    ),
    rules.MENTION: (
        "Ask @examplex_help",
        "Ask @ examplex_help",
        "Ask ＠somebody",
        "Ask (@)somebody",
        "@somebody hello",
        "请联系@examplex_cs1",
        "hello @ExamplexTeam.",
        "DM examplex_team",
        "write to some_body please",
        "Telegram: examplex_help",
        "wechat id: exam12345",
        "微信：exam12345",
        "somebody#1234",
        "@examplexx",
        "@examplex1",
        "Ask at examplex_help",
        "telegram id: examplexhelp",
        "加微信 examplex123",
        "DM Examplex Helpdesk on Telegram: examplexhelp",
        "Telegram:examplexhelp now",
        "telegram = examplexhelp",
        "Telegram: (examplexhelp)",
        "LINE: examplexhelp",
        "WhatsApp: noreplyhelp",
        "Search Telegram for ExamplexAgent",
        "look on telegram for examplexagent",
        "Write to ExamplexAgent on Telegram",
    ),
    rules.MAIL: (
        "help@examplex.test",
        "help@examplex",
        "help＠examplex.com",
        "help(at)examplex.com",
        "help [at] examplex [dot] com",
        "wang.fang+1@examplex.org",
    ),
    rules.NUMBER: (
        "+44 20 7946 0000",
        "+442079460000",
        "(020) 7946-0000",
        "020.7946.0000",
        "call 5550100123",
        "138 0013 8000",
        "１３８００１３８０００",
        "١٣٨٠٠١٣٨٠٠٠",
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣",
        "一三八零零一三八零零零",
        "one three eight zero zero one",
        "客服热线 95123",
        "hotline: 95123",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "card ending in 4242",
        "card ****4242",
        "Your account ends in 12",
        "your account ending with 4242",
        "wallet ending 9f3a",
        "wallet ending in 9f3a",
        "wallet ending in ab",
        "the card ending 42",
        "Your account ending in 42 may be locked",
        "Your account ending in 42: please wait",
        "Your wallet ending 9f3a - please wait",
        "It ends in 12, marked",
        "尾号42",
        "尾号4242",
        "your UID 12345678",
        "20260101123",
        "passport X1234567",
        "身份证 110101199001011234",
        "123-45-6789",
        "20261121",
        "QQ:12345",
        "4111xxxxxxxx1111",
        "passport no. C01X00T47",
    ),
    rules.REFERENCE: (
        "Your case GH-7K2M9-4QX1Z",
        "gh-7k2m9-4qx1z",
        "GH 7K2M9 4QX1Z",
        "GH7K2M94QX1Z",
        "GH‑7K2M9‑4QX1Z",
        "ＧＨ－７Ｋ２Ｍ９－４ＱＸ１Ｚ",
        "gh.gh-7k2m9-4qx1z.abcdefgh",
        "ticket #12345",
        "order 2026",
        "工单号：12345",
        "订单 A12345",
        "user id: 9876",
        "case 7K2M9-4QX1Z",
    ),
    rules.ADDRESS: (
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x5290…9EE7",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",
        "a" * 32 + "9" * 32,
        "ab12…cd34",
        "5290…9EE7",
        "Tab12...cd34",
        "550e8400-e29b-41d4-a716-446655440000",
        "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
        "AbCdEfGhIjKlMnOpQrStUvWxYz",
    ),
    rules.AMOUNT: (
        "Your 500 USDT",
        "your 0.5 BTC",
        "your 0.5btc",
        "1,000 USDC arrived",
        "$500",
        "500 €",
        "USD 20",
        "10 SOL",
        "你的500元",
        "500美元",
        "2 bitcoins",
        "2.5k usdt",
        "20 euros",
        "五百USDT",
        "500 U",
        "BTC 0.5",
    ),
    rules.SECRET: (
        "password: Hunter2022",
        "Your password is abc123",
        "PIN 4821",
        "the code is 4821",
        "验证码：4821",
        "密码是abcd1234",
        "pw: hunter2",
        "Bearer abcdefgh12345",
        "sk-abcdefgh12345",
        "able, acid, also, apple, army, baby, bean, boat, cake, cat, dog, duck",
        "1. able 2. acid 3. also 4. apple 5. army 6. baby 7. bean 8. boat 9. cake 10. cat 11. dog 12. duck",
        "able\nacid\nalso\napple\narmy\nbaby\nbean\nboat\ncake\ncat\ndog\nduck",
    ),
    rules.HIDDEN: (
        "hello \u202eworld",
        "hello \u2066world\u2069",
        "hello \ud800",
        "hello \x00",
        "hello \x1b[1m",
        "hel\u200blo",
        "hello \ufeff",
        "hello \U000e0041",
        "hello\u2028world",
    ),
    rules.EMPTY: ("", "   ", "\n", "\u200b", "\u202e"),
}

PASSING = (
    "Thank you for telling us. We look into it.",
    "Please send us a direct message, so that we can help.",
    "We are here 24/7.",
    "We answer within 24 h, i.e. by tomorrow.",
    "That is normal, e.g. after an update.",
    "Please update to v2.0 and try again.",
    "Please update to version 8.12.0.1 first.",
    "Fixed in v1.2.3.4.",
    "Version 10.4.2 is out",
    "The meeting begins at 10:30.",
    "From 09:00 to 18:00 UTC+8, Mon-Fri",
    "10:30:15 UTC",
    "Hello Mr.Smith, welcome.",
    "Dear Ms. Wang, thank you.",
    "It takes 5 minutes.",
    "It takes 3-5 business days.",
    "Fees are 50% lower until 2026-12-31.",
    "0.1% and 99.99999% uptime",
    "On 31.12.2026 it ends",
    "On 2026/12/31 10:00 it ends",
    "Since 2017-2026 we ask for no password.",
    "We have 1,000,000 users.",
    "1000000 users trust us",
    "Top 10 questions",
    "Step 1: open Settings. Step 2: tap Security.",
    "1.Open Settings 2.Tap Security",
    "1. Open 2. Tap 3. Done",
    "1) Open\n2) Tap",
    "Nobody of ours will ever ask for your password.",
    "We never ask for passwords, codes or your seed phrase: nobody of ours does.",
    "Your password is never asked for by us.",
    "Use a password of at least 12 characters.",
    "The error code is 404.",
    "Error code: 10012",
    "Error -1021 means that your clock is wrong.",
    "Use the TRC20 network.",
    "Send only USDT on TRC20; ERC-20 USDT costs more.",
    "ERC20 USDT is fine",
    "BTC and ETH withdrawals are open again.",
    "$BTC is back",
    "#Examplex is back",
    "Is it so? No. It is not.",
    "Wait... so it works?",
    "Wait…so it works",
    "and/or, he/she, T&C, Q&A, R&D",
    "U.S. and U.K. users, a.m. and p.m.",
    "The U.S.A. list",
    "P.S. thanks",
    "No.1 in trust",
    "Only @examplex answers here.",
    "@wangfang_t thank you!",
    "@WangFang_T @Examplex thank you!",
    "See you @ the office @ 10:30",
    "DM us here: we answer all.",
    "Contact us by direct message only.",
    "We have no Telegram group.",
    "Telegram: no account of ours asks for money.",
    "We use two_factor checks and say INVALID_SIGNATURE.",
    "We can't. Me neither.",
    "At this point we know more.",
    "Connect the dots",
    "In case of doubt, ask here.",
    "In any case 24 hours are enough.",
    "Order types: limit, market.",
    "The account is locked for 48 hours.",
    "Turn on 2FA in your account.",
    "2FA, KYC, API, SMS",
    "Web3 and Layer2",
    "node.js and Web3.0 are fine",
    "It's 3.5x faster, and 1.5k people like it",
    "5G, 4K, 1080p, iOS 17.2, Android 14",
    "Save with HTTPS only",
    "ISO 27001 and SOC 2",
    "IPv6 is on",
    "\U0001f44d\U0001f3fd \u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f hello",
    "1\ufe0f\u20e3 Open 2\ufe0f\u20e3 Tap 3\ufe0f\u20e3 Done",
    "谢谢，我们会尽快处理。",
    "请私信我们，我们会帮您查看。",
    "请不要相信陌生人。In doubt, ask us.",
    "请更新。App 内可以查看。",
    "已修复。OK",
    "请在10:30前回复，谢谢！",
    "工作时间：周一至周五 9:00-18:00",
    "2026年11月21日恢复",
    "手续费降低50%",
    "我们不会索要密码、验证码或助记词。",
    "史蒂夫·王 您好",
    "请@我们",
    "三五天内回复",
    "一二三步完成",
    "1.打开设置 2.点击安全",
    "版本 8.12.0.1 已发布",
    "ご連絡ありがとうございます。DMをお送りください。",
    "감사합니다. 메시지를 보내주세요.",
    "Obrigado. Com isso, pode continuar.",
    "Neste ponto com a equipe tudo bem",
    "Gracias. Escríbanos por mensaje directo.",
    "Merci, nous répondons sous 24 h.",
    "Danke! Die Zweifaktorauthentifizierungseinstellungen sind neu.",
    "Спасибо. Напишите нам в личные сообщения.",
    "Мы не просим пароль: никогда.",
    "شكراً لك. أرسل لنا رسالة خاصة.",
    "\u200fשלום, כתבו לנו\u200e!",
    "می\u200cخواهم کمک کنم",
    "धन्यवाद। हमें संदेश भेजें।",
    "Terima kasih. Kami tidak akan pernah meminta kata sandi anda lewat pesan langsung atau telepon.",
    "Cảm ơn bạn. Hãy nhắn tin cho chúng tôi.",
    "Teşekkürler. Bize yazın.",
    "A B C D are all fine",
    "I a m fine",
    "fast · safe · simple",
    "Hi! Our App Store version 5.4.2 fixes this; Android follows at 18:00 UTC.",
    "We're sorry about that :( Please DM us.",
    "Deposits on the Arbitrum One network are delayed by about 30-45 minutes.",
    "Please reinstall the app,then try again.",
    "Sure!DM us.",
    "Thanks.Please DM us.",
    "Ok.We will look.",
    "Great question; P2P, OTC & spot are open 24x7.",
    "Our status page shows all green ✅✅✅",
    "Q3 2026, H1 2027, FY26/27",
    "It was fixed on Nov. 21, 2026 at 11:59 p.m. UTC.",
    "Trading of BTC/USDT and ETH/BTC resumes at 08:00 (UTC).",
    "The APR is 4.25% for 30 days, 5.00% for 90 days.",
    "ETH 2.0 staking is open.",
    "Max leverage is 100x; min is 1x.",
    "The limit is 10 requests per second, 1,200 per minute.",
    "HTTP 429 means too many requests.",
    "Please use Chrome 120+ or Safari 17.",
    "iOS 17.4.1 works.",
    "We reply in 1-2 h.",
    "#BTC #ETH $ETH",
    "您好，网络拥堵，预计30-60分钟恢复。",
    "您好,请提供UID给我们的私信,不要公开发布。",
    "请升级到最新版本(v3.21.0)后重试。",
    "2026-11-21 10:00-12:00 (UTC+8) 系统维护",
    "我们的官方账号只有 @examplex。",
    "不会有任何工作人员通过Telegram、WhatsApp联系您。",
    "請透過私訊聯絡我們，謝謝！",
    "ただいま調査中です（10:30現在）。",
    "안녕하세요. 24시간 이내에 답변드리겠습니다.",
    "Olá! Responderemos em até 24h. Com certeza.",
    "¡Hola! Escríbanos por mensaje directo, por favor. Gracias.",
    "Bonjour, nous n'envoyons jamais de lien. Merci !",
    "Wir melden uns z.B. morgen, d.h. bald. Ca. 3.000 Nutzer.",
    "Здравствуйте! Ответим в течение 24 часов, т.е. завтра, и т.д.",
    "سنرد خلال 24 ساعة.",
    "Merhaba, 24 saat içinde döneriz.",
    "Xin chào, vui lòng nhắn tin cho chúng tôi.",
    "Level 2 verification takes 1-3 days.",
    "Step 1/3: open the app.",
    "1/ First 2/ Second 3/ Third",
    "a) yes b) no",
    "We are at booth B12, hall 4.2.",
    "Do not trust anyone who writes first: it is a scam.",
    '"Support" accounts with 0 posts are fake.',
    "C++/C#/.NET SDKs are coming",
    "It's a no-go",
    "A. Yes. B. No.",
    "See Settings > Security > 2FA",
    "See Settings>Security>2FA",
    'Tap "..." then "Report".',
    "lol :) <3 ^_^ ¯\\_(ツ)_/¯",
    "Thanks for 100,000 followers!",
    "Thanks for 100K followers! 10M+ users",
    "We've 15 years' experience",
    "No. 1, No.2 and No. 3",
    "Chapter 11.",
    "Our hours: Mon.-Fri. 9 a.m.-5 p.m.",
    "Please wait until block 19,000,000.",
    "ERC-4337, EIP-1559 and BIP39 are supported",
    "The USDT-M futures are open; COIN-M too.",
    "AES-256 and SHA-256",
    "TLS 1.3, RSA-4096",
    "Please do not post your e-mail address, phone number or order number here.",
    "Never post your case number in public.",
    "Your case is with our specialists.",
    "Your order will be looked at.",
    "The code 2FA is not a thing",
    "GH is fine",
    "Ping us @ any time",
    "sì... io vado",
    "We are on Telegram, too.",
    "See our Telegram channel list in the app.",
    "Never use Telegram for support.",
    "Telegram for Android and Telegram for iOS are not ours.",
    "WhatsApp: beware of those who write first.",
    "Telegram: niemand von uns schreibt zuerst.",
    "Search Telegram for scams and you will find many.",
    "Bottom line: update the app. First line: fine.",
    "Obrigado, com certeza. Sim, com prazer",
    "Thanks ,please wait",
    "Look for https in the address bar.",
    "http 404 is shown when a page is gone.",
    "The sale ends in 12 hours.",
    "Voting ends in 30-60 minutes; it ends in 24h.",
    "The week ending 21 November, the offer ends 31 Dec.",
    "Your card offer ends in 14 business days.",
    "The campaign ends with 50% off.",
    "It ends in 15 min, at 10:30.",
    "We list spot, margin, futures, options, grid, copy, earn, card and more.",
    "x" * 280,
    "好" * 140,
)


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in REFUSED.items() for text in texts])
def test_b19_what_may_not_go_out_in_public_is_refused_for_what_it_is(reason: str, text: str) -> None:
    assert reason in refusals(text, OWN, AUTHOR)


@pytest.mark.parametrize("text", PASSING)
def test_b19_honest_answers_pass(text: str) -> None:
    assert refusals(text, OWN, AUTHOR) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("worst", [None, Severity.DANGER])
def test_our_own_public_texts_pass(language: str, worst: Severity | None) -> None:
    handle = "examplex_suppor"
    texts = (load_locales(), language, "Examplex", handle, worst)
    for told in ({}, {"exposed": True}, {"danger": "account_stolen"}):
        assert refusals(public.receipt(*texts, **told), handle) == ()


def test_both_tables_are_of_some_size() -> None:
    assert sum(map(len, REFUSED.values())) >= 80
    assert len(PASSING) >= 80


def test_a_text_that_is_too_long_is_refused_with_both_figures() -> None:
    assert refusals("好" * 141, OWN) == ("The text counts 282 characters as X counts them; a post holds 280.",)


def test_the_author_may_be_named_and_nobody_of_a_like_name() -> None:
    assert refusals("@wangfang_t hello", OWN, "WangFang_t") == ()
    assert refusals("@wangfang_t hello", OWN) == (rules.MENTION,)
    assert refusals("@wangfang_tt hello", OWN, "wangfang_t") == (rules.MENTION,)


def test_b19_no_reason_repeats_anything_of_the_text() -> None:
    secret = "Zqxjkv"
    text = f"{secret}.com @{secret}_1 {secret}@{secret}.org GH-7K2M9-4QX1Z +44 20 7946 0000 500 USDT pin 4821\u202e" * 9
    told = refusals(text, OWN)
    assert len(told) > 7
    assert not any(word.lower() in " ".join(told).lower() for word in (secret, "7K2M9", "7946", "USDT", "4821"))


def _fenced(dot: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"[{dot}]", f"({dot})", f"{{{dot}}}", f" [{dot}] ", f"（{dot}）", f"[ {dot} ]"])


_LABELS = st.from_regex(re.compile(r"[a-z][a-z0-9]{2,10}"), fullmatch=True)
_ENDINGS = st.sampled_from(["com", "net", "org", "io", "xyz", "top", "cn", "info"])
_DOTS = st.one_of(
    st.sampled_from(
        [
            ".",
            "．",
            "。",
            "｡",
            " . ",
            " .",
            ". ",
            " dot ",
            "-dot-",
            " DOT ",
            "点",
            " 点 ",
            "·",
            "•",
            "․",
            "\u200b.",
            ".\u200b",
        ]
    ),
    _fenced("."),
    _fenced("dot"),
)


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _bold(text: str) -> str:
    return "".join(chr(0x1D41A + ord(one) - ord("a")) if "a" <= one <= "z" else one for one in text)


_MASKS = st.sampled_from(
    [
        str,
        _wide,
        _bold,
        lambda text: "\u200b".join(text),
        lambda text: "\u2060".join(text),
        lambda text: "".join(f"{one}\u0336" if one.isalnum() else one for one in text),
        lambda text: text.replace("o", "о").replace("c", "с"),
    ]
)


@given(
    before=st.sampled_from(["", "See ", "请看", "more: ", "(", "“"]),
    labels=st.lists(_LABELS, min_size=1, max_size=3),
    ending=_ENDINGS,
    dot=_DOTS,
    mask=_MASKS,
    after=st.sampled_from(["", "!", " now", "/help", "。谢谢", ")", "?a=b", "\n"]),
)
def test_b19_no_disguise_of_a_link_passes(
    before: str, labels: list[str], ending: str, dot: str, mask: Callable[[str], str], after: str
) -> None:
    told = refusals(before + mask(dot.join([*labels, ending])) + after, OWN)
    assert rules.LINK in told


@given(st.text(max_size=400))
def test_refusing_is_a_pure_function_of_any_text(text: str) -> None:
    told = refusals(text, OWN, AUTHOR)
    assert told == refusals(text, OWN, AUTHOR)
    assert len(told) == len(set(told))


@given(st.lists(st.sampled_from(PASSING[:40]), min_size=1, max_size=2))
def test_honest_sentences_pass_one_after_the_other(texts: list[str]) -> None:
    told = refusals("\n".join(texts), OWN, AUTHOR)
    assert told == () or told[0].startswith("The text counts")


@pytest.mark.parametrize("piece", ["1 ", "1.", "a_", "一", "*", "GH-", " . ", "one "])
def test_a_huge_text_is_not_looked_at_and_a_long_one_is(piece: str) -> None:
    assert refusals(piece * 50_000, OWN) == (rules.TOO_LONG,)
    assert rules.TOO_LONG not in refusals((piece * 2_000)[:2_000], OWN)
