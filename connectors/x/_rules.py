"""What may not go out in public: links, other names, personal data, what hides something; pure.

X asks ten times the price for a post with a link, and anybody can read what is said of one person. A refusal costs an
agent one more look, so that what honest answers hold passes: times, dates, versions, percentages, network names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv6Address

from connectors.x._disguises import readings, visible
from connectors.x._length import MAX_WEIGHT, endings, weighted_length

_MOST_CODE_POINTS = 2_000
"""More than 140 emoji of the longest kind; what is longer is not looked at."""

EMPTY = "The text is empty."
TOO_LONG = "The text is far too long for a post."
HIDDEN = "The text holds control or invisible characters, or such as turn the writing direction: type it anew."
LINK = (
    "The text holds a link, or what reads as one: nothing that leads elsewhere goes out in public. Where a space after "
    "a full stop is missing, add it."
)
MENTION = "The text names an account that is neither ours nor of whom it answers."
MAIL = "The text holds a mail address."
NUMBER = (
    "The text holds a long number, such as of a phone, an account, a card or a document: say it in a direct message."
)
REFERENCE = "The text holds the number of a case, an order or an account: say it in a direct message."
ADDRESS = "The text holds an address of a wallet, a hash, a key or another long code: say it in a direct message."
AMOUNT = "The text holds an amount of money or of an asset: say it in a direct message."
SECRET = "The text holds what looks like a password, a code or a key."  # noqa: S105 - a sentence


def refusals(text: str, own: str, author: str = "") -> tuple[str, ...]:
    """Return why a text may not be posted, in sentences for the agent that repeat nothing of it; empty when it may.

    `own` is our handle; `author` that of whom it answers, who is named by X in any case.
    """
    if len(text) > _MOST_CODE_POINTS:
        return (TOO_LONG,)
    if not visible(text):
        return (EMPTY,)
    found = [HIDDEN] if _HIDDEN.search(text) else []
    length = weighted_length(text)
    if length > MAX_WEIGHT:
        found.append(f"The text counts {length} characters as X counts them; a post holds {MAX_WEIGHT}.")
    named = {own.lower(), author.lower()}
    views = readings(text)
    found += [reason for reason, holds in _CHECKS if any(holds(view) for view in views)]
    if any(_names(view) - named for view in views):
        found.append(MENTION)
    return tuple(found)


_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e001f]|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]"
)
"""Joiners of emoji and of Indic and Persian writing stay, as do the marks that those who write from the right type."""

_NO_DNS = frozenset(
    {"test", "example", "onion", "i2p", "local", "localhost", "eth", "sol", "bnb", "crypto", "ton", "nft"}
)
"""Endings of names that the public DNS does not know, but that lead somewhere."""
_OFTEN = "com|c0m|net|org|io|cc|xyz|top|vip|cn|ru|info|biz|gg|ly"
"""Endings that are no words one would write after a full stop."""
_OFTEN_OR_WORD = (
    f"{_OFTEN}|co|me|tv|app|dev|ai|link|live|online|site|store|shop|club|pro|help|support|chat|wallet|finance|exchange|"
    "trade|ltd|cash|money|network|tech|website|space|fun|icu|eu|uk|de|fr|jp|kr|tw|hk|sg|us|test|example"
)
_SEPARATED = r"[\s_\-*~|/,\"'“”‘’]"
_MIDDLE = "·・•∙⋅‧°"
_DOTTED = re.compile(r"(?<!\w)\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+")
_ASCII_RUN = re.compile(r"[0-9a-z-]+", re.IGNORECASE)
_NUMBERED = re.compile(r"[0-9]{1,2}")
_IDEOGRAPHIC = re.compile(r"(?<=(\w))。\s*([0-9A-Za-z-]+)")
_APART = re.compile(
    rf"\w(?:\s+\.\s*|[ ]?[{_MIDDLE}][ ]?)(?:{_OFTEN_OR_WORD})(?![0-9A-Za-z])"
    rf"|\w[.。]\s+(?:{_OFTEN})(?![0-9A-Za-z])"
    rf"|\w\s*[.。]\s*(?i:{_OFTEN})(?=\s*$|[/:)])"
    rf"|\w\.{{2,}}(?:{_OFTEN})(?![0-9A-Za-z])"
    r"|\w(?:_|[^\w.\n]){0,4}[.。](?:_|[^\w.\n]){0,4}(?:com|net|org|xyz|cc|cn)(?![0-9A-Za-z])"
    r"|\w[\u2000-\u2bff\U0001f000-\U0001faff]{1,3}(?:com|net|org)(?![0-9A-Za-z])"
    r"|\w(?:\s*,\s?(?:com|net|org|io)(?![0-9A-Za-z]|\s+\w)|\s+,(?:com|net|org|io)(?![0-9A-Za-z]))|\w,(?:ly|gg|me)/"
    rf"|(?<![\w'’])(?:t|wa)(?:\s*[.。]\s*me(?!\w)|\s?me\s?/)",
)
_SPELLED = re.compile(
    rf"\w{_SEPARATED}+(?:dot|d0t){_SEPARATED}+(?:{_OFTEN_OR_WORD})(?![0-9a-z])"
    rf"|\w{_SEPARATED}+(?:point|punto|точка){_SEPARATED}+(?:{_OFTEN}|ком|ру)(?!\w)"
    rf"|\w{_SEPARATED}+ponto{_SEPARATED}+com(?=\W*$|[/.,;:!?)]|\s+(?:ponto|br)\b)"
    rf"|\w\s*(?:点|點|ドット|닷|점)\s*(?:{_OFTEN})(?![0-9a-z])"
    r"|\w{3}dotcom(?![0-9a-z])",
    re.IGNORECASE,
)
_SPELLED_INSIDE = re.compile(rf"[0-9a-z](?:DOT|Dot)(?:{_OFTEN_OR_WORD})(?![0-9A-Za-z])")
_SCHEME = re.compile(
    r"[a-z][a-z0-9+.-]{1,15}\s*:\s*[/\\\u2044\u2215]\s*[/\\\u2044\u2215]"
    r"|\b(?:h\s?[tx]\s?[tx]\s?p\s?s?|mailto|tg|magnet)\s*:\s*\S|\bwww\b|xn--|\blocalhost\b"
    r"|\b(?-i:http)\b(?!\s*(?:[1-5]\d\d\b|code|error|status))"
    rf"|\bhttps?\s+[\w-]+\s+(?:{_OFTEN})(?![0-9a-z])",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![\w.])(?<!version )(?<!版本)(?<!版本 )(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
    r"(?:\s?\.\s?(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}(?![\w]|\.[0-9])",
    re.IGNORECASE,
)
_IP_6 = re.compile(r"[0-9a-f:]{5,}", re.IGNORECASE)


def _leads(text: str) -> bool:
    """Say whether a text holds what leads elsewhere."""
    patterns = (_SCHEME, _APART, _SPELLED, _SPELLED_INSIDE, _IP)
    return (
        any(pattern.search(text) for pattern in patterns)
        or any(_is_domain(found) for found in _DOTTED.finditer(text))
        or any(_is_domain_by_ideographs(found) for found in _IDEOGRAPHIC.finditer(text))
        or any(_is_ip_6(found[0]) for found in _IP_6.finditer(text))
    )


def _is_domain(found: re.Match[str]) -> bool:
    labels = found[0].split(".")
    for index, label in enumerate(labels[1:], 1):
        run = _ASCII_RUN.match(label)
        ending = run[0] if run else label
        if ending.lower() not in _known() or _numbers_a_step(found, labels, index):
            continue
        return True
    return False


def _numbers_a_step(found: re.Match[str], labels: Sequence[str], index: int) -> bool:
    """Say whether a domain is none but the number of a step and its first word: `1.Open`."""
    before = found.string[found.start() - 1 : found.start()]
    return (
        index == 1
        and len(labels) == 2
        and not before.strip()
        and _NUMBERED.fullmatch(labels[0]) is not None
        and labels[1][:1].isupper()
        and not labels[1][1:2].isupper()
    )


def _is_domain_by_ideographs(found: re.Match[str]) -> bool:
    """Say whether an ideographic full stop is a domain's dot, as browsers read it, rather than a sentence's end."""
    ending = found[2]
    if found[1].isascii() and not ending[0].isupper():
        return ending in _known() and "。 " not in found[0]
    return ending.lower() in _OFTEN.split("|") and found[1].isascii()


def _is_ip_6(token: str) -> bool:
    try:
        return token.count(":") > 1 and bool(IPv6Address(token))
    except ValueError:
        return False


@cache
def _known() -> frozenset[str]:
    return endings() | _NO_DNS | {"c0m"}


_AT = re.compile(r"(?<![\w.+-])@(?:([A-Za-z0-9_]+)|\s{1,3}([A-Za-z0-9]*_\w+|[A-Za-z]{2,}[0-9]+\w*))", re.ASCII)
_PLATFORMS = "telegram|tg|wechat|weixin|whatsapp|line|skype|signal|discord|qq|vx"
_TOLD = re.compile(
    rf"(?:\b(?:ask|reach|dm|message|contact|follow|add|write to|{_PLATFORMS})|联系|添加|私信|加|微信|电报)"
    r"\W{0,4}(?:id|(?:us )?(?:at|on|by|as)|号)?\W{0,4}([A-Za-z]\w*_\w+)",
    re.IGNORECASE | re.ASCII,
)
_MESSENGER = re.compile(
    r"\b(?:telegram|tg|whatsapp|wechat|weixin|line|skype|signal|discord)(?:\s?(?:id|号|號))?\s*[:=]\s*"
    r"(?=[\w.-]*[0-9])([A-Za-z][\w.-]{4,})"
    r"|\b(?:telegram|tg|whatsapp|wechat|weixin|line|skype|discord) id\s*[:=]\s*([A-Za-z][\w.-]{4,})"
    r"|(?:\bvx|微信|电报|飞机)(?:\s?(?:id|号|號))?\s*[:=]?\s*(?=[\w-]*[0-9])([A-Za-z][\w-]{4,})"
    r"|\b(\w{2,32}#[0-9]{4})\b",
    re.IGNORECASE | re.ASCII,
)


_ELSEWHERE = r"telegram|tg|whatsapp|wechat|weixin|skype|discord|(?-i:LINE|Signal)"
_NO_ACCOUNT = (
    "accounts?|also|android|announcements?|anybody|anyone|attention|aucune?|because|beware|business|calls|careful|"
    "channels?|chats?|contact|customers?|desktop|everybody|everyone|example|fake|fraud|from|groups?|help|ignore|"
    "impostors|jamais|jangan|keine?|linux|macos|messages?|money|more|nadie|nenhuma?|never|news|niemand|ningun[ao]?|"
    "nobody|none|nothing|nunca|only|others?|payments?|people|personne|please|questions|reasons|report|scams?|scammers|"
    "security|some|somebody|someone|such|support|that|their|them|there|these|they|this|those|tidak|updates?|users|verify|"
    "warning|whoever|windows|with|years|your"
)
"""What honest answers say after a messenger's name; any other word of four letters or more is an account's name."""
_ACCOUNT = re.compile(
    rf"\b(?:{_ELSEWHERE})(?:\s*[:=]\s*|\s+for\s+)[\"'“(]?(?!(?:{_NO_ACCOUNT})(?!\w))([A-Za-z]\w{{3,}})"
    rf"|\b(?-i:([A-Z]?[a-z]+[A-Z]\w*))\s+(?:on|via|in|at)\s+(?:{_ELSEWHERE})\b",
    re.IGNORECASE | re.ASCII,
)


def _names(text: str) -> set[str]:
    """Return the handles that a text names, in lower case, with an @ or as whom to turn to."""
    found = [match for pattern in (_AT, _TOLD, _MESSENGER, _ACCOUNT) for match in pattern.finditer(text)]
    return {name.lower() for match in found for name in match.groups() if name}


_MAIL = re.compile(r"[\w.+-]@\s?\w|\w\s@\s?[A-Za-z][\w-]*\s?\.\s?[a-z]{2}", re.ASCII)

_WHEN = re.compile(
    r"(?<![\d.])(?:19|20)\d{2}([-/.])\d{1,2}\1\d{1,2}(?!\d)"
    r"|(?<![\d.])\d{1,2}([-/.])\d{1,2}\2(?:19|20)\d{2}(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2}\s?[-–—~/]\s?(?:19|20)\d{2}(?!\d)"
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
    re.ASCII,
)
_STANDARD = re.compile(r"\b(?:ERC|TRC|BEP|BRC|EIP|BIP|ISO)[- ]?\d{1,5}\b", re.IGNORECASE)
_NOBODYS = re.compile(
    r"(?<![\d.,+])\d{1,3}(?:,\d{3})+(?![\d,])"
    r"|(?<![\d.+-])\d{1,2}(?:\.\d{3})+(?![\d.])"
    r"|(?<![\d.+-])[1-9]\d?0{3,9}(?!\d)"
    r"|\d+(?:\.\d+)?(?=\s?[%‰])",
    re.ASCII,
)
"""Grouped and round numbers, and shares."""
_DIGIT_WORDS = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_LONG_NUMBER = re.compile(
    r"\d{6,}|\d(?:[^\S\n]?[().\-–—][^\S\n]?|[^\S\n]{1,2})?(?:\d(?:[^\S\n]?[().\-–—]{1,2}[^\S\n]?|[^\S\n]{1,2})?){5,}\d"
    r"|[零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}"
    rf"|\b(?:{_DIGIT_WORDS})(?:[\s,-]+(?:{_DIGIT_WORDS})){{5,}}\b"
    r"|(?:\b(?:hotline|phone|tel|call|whatsapp|qq)|热线|电话|致电|手机)(?:\s?(?:us|no|number|at|on|号码?))*\W{0,4}\d{5,}"
    r"|\d{4}[x*•]{4,}\d{2,}|[*•]{2,}[\s-]?\d{2,}|\bx{3,}[\s-]?\d{3,}"
    r"|(?:\blast (?:four|4)(?: digits)?|后四位)\W{0,4}(?:is|are|为|是)?\s*\d{3,}|尾号\W{0,4}[为是]?\s*\d{2,}"
    r"|(?:\bpassport|\bid card|\blicen[cs]e|护照|身份证)(?:\s?(?:no|number|号码?))?\W{0,4}(?:is|为|是)?\s*"
    r"(?=[A-Z0-9]*\d\d)[A-Z0-9]{6,}",
    re.IGNORECASE,
)
_SPANS = (
    r"\s?(?:[-–—~/:]\s?\d|%|(?:to|and)\s\d|(?:more|h|hours?|hrs?|m|min(?:ute)?s?|sec(?:ond)?s?|days?|weeks?|months?|years?|"
    r"business|working|blocks?|rounds?|[ap]\.?m|utc|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|(?-i:May)|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b)"
)
_ENDING = re.compile(
    rf"\bend(?:s|ing)\s+(?:in|with)\W{{0,4}}(?=[a-f]*\d)[0-9a-f]{{2,}}(?![0-9a-z])(?!{_SPANS})"
    r"|\bend(?:s|ing)\W{1,4}(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{3,}(?![0-9a-z])"
    r"|\b(?:account|address|card|iban|number|order|phone|wallet)s?\s+(?:\w+\s+){0,2}end(?:s|ing)\W{1,4}"
    rf"(?:\d{{2,}}|(?:in|with)\W{{1,4}}[0-9a-f]{{2,}})(?![0-9a-z])(?!{_SPANS})",
    re.IGNORECASE,
)
"""The end of a number or of an address, which tells its owner to those who know the rest; not the end of a span."""
_CASE = r"[0-9A-TV-Z]{5}"
_REFERENCE = re.compile(
    rf"(?<![0-9A-Za-z])GH\s?[-‐‑‒–—−_.]\s?{_CASE}\s?[-‐‑‒–—−_.]\s?{_CASE}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z])GH\s?(?=[0-9A-Z\s]*\d){_CASE}\s?{_CASE}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z-])(?-i:(?=[0-9A-Z-]*\d){_CASE}-{_CASE})(?![0-9A-Za-z-])"
    r"|(?:\b(?:case|ticket|order|uid|user id|account|reference|transaction|request)|工单|订单|案件|编号|用户|账号)"
    r"(?:\s?(?:no|number|id|号码?))?\W{0,4}(?:is|为|是)?\s?[A-Z]{0,4}-?\d{4,}",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"0x[0-9a-f]{3,}"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?<![0-9a-z])(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{20,}"
    r"|(?<![0-9a-z])(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{3,}(?:…|\.{2,4}|\*{2,6})(?=[a-z]*[0-9]|[0-9a-z]{4})[0-9a-z]{3,}"
    r"|(?<![0-9a-z])[0-9a-z]{3,}(?:…|\.{2,4}|\*{2,6})(?=[0-9]*[a-z]+[0-9])[0-9a-z]{4,}"
    r"|\b(?:bc1|tb1|ltc1|addr1|cosmos1)[0-9a-z]{6,}"
    r"|-----BEGIN",
    re.IGNORECASE,
)
_MIXED = re.compile(r"[0-9A-Za-z]{26,}")
_SECRET = re.compile(
    r"(?:\b(?:password|passwd|pwd|pw|passcode|passphrase|pin|otp)|(?<!error )(?<!status )(?<!country )\bcode"
    r"|密码|验证码|口令)"
    r"(?:\s?(?:is|are)\b|\s*[:=]|是|为)?\s*[\"'“]?(?=\S*\d)(?!\d{1,3}(?![\w]))[A-Za-z0-9!#$%&*+_@-]{4,}"
    r"|\b(?:sk|pk|ghp|xox[bp]|AKIA|eyJ)[-_]?(?=[\w-]*\d)[\w-]{8,}"
    r"|\bbearer\s+(?=\S*\d)\S{10,}"
    r"|(?:seed|recovery|mnemonic|secret|助记词)[^.\n]{0,20}:\s*(?:[a-z]{3,8}[\s,]+){11,}[a-z]{3,8}",
    re.IGNORECASE,
)
_WORD_LIST = re.compile(
    r"(?<![A-Za-z])(?:[a-z]{3,8}(?:\s{0,3}[,;\n/|]\s{0,3}(?:\d{1,2}[.):]?\s{0,3})?|\s{0,3}\d{1,2}[.):]?\s{0,3})){11}"
    r"[a-z]{3,8}(?![A-Za-z])"
)
"""Twelve words of a list, as seed phrases are written down; in a mere row they cannot be told from honest sentences."""
_MONEY_CODES = (
    "BTC|ETH|USDT|USDC|BNB|XRP|TRX|LTC|BUSD|DOGE|XBT|USD|EUR|GBP|CNY|RMB|JPY|INR|RUB|KRW|TRY|VND|BRL|HKD|SGD|AUD|CAD"
)
_MONEY_WORDS = "bitcoins?|tether|ether|bucks|dollars?|euros?|yuan|rubles?|satoshis?|sats"
_FIGURE = r"(?<![\d.,])\d(?:[\d,.]*\d)?[^\S\n]?"
_AMOUNT = re.compile(
    rf"(?<![\w.,]){_FIGURE}[kmb万千亿]?[^\S\n]?"
    rf"(?:(?i:{_MONEY_CODES}|{_MONEY_WORDS})|SOL|TON|DOT|ADA|DAI|SHIB|AVAX)(?![A-Za-z0-9])"
    rf"|[$€£¥₹₿₽₩₫][^\S\n]?\d|{_FIGURE}[kmb]?[^\S\n]?[$€£¥₹₿₽₩₫]"
    rf"|{_FIGURE}[万千亿]?[^\S\n]?(?:元|块钱|刀|美元|美金|欧元|人民币|比特币|以太坊?|泰达币|枚|円|달러|원)"
    r"|\b(?:USD|EUR|GBP|CNY|RMB|USDT|USDC)[^\S\n]?\d|\b(?:BTC|ETH|BNB|SOL|XRP)[^\S\n]?0\.\d"
    rf"|[一二三四五六七八九十百千万两][^\S\n]?(?i:{_MONEY_CODES})(?![A-Za-z0-9])|\d\d[^\S\n]?U(?![\w.])",
)


def _has_number(text: str) -> bool:
    bare = _NOBODYS.sub("§", _timeless(text))
    return _LONG_NUMBER.search(bare) is not None or _ENDING.search(bare) is not None


def _has_reference(text: str) -> bool:
    return _REFERENCE.search(text) is not None


def _has_code(text: str) -> bool:
    return _CODE.search(text) is not None or any(_is_mixed(found[0]) for found in _MIXED.finditer(text))


def _is_mixed(run: str) -> bool:
    """Say whether letters follow each other as no word's do; long compounds are words."""
    return sum(map(str.isupper, run)) > 3 and sum(map(str.islower, run)) > 3


def _has_amount(text: str) -> bool:
    return _AMOUNT.search(_timeless(text)) is not None


def _timeless(text: str) -> str:
    """Return a text without dates, times and the numbers of standards, which are nobody's."""
    return _STANDARD.sub("§", _WHEN.sub("§", text))


def _has_secret(text: str) -> bool:
    return _SECRET.search(text) is not None or _WORD_LIST.search(text) is not None


def _has_mail(text: str) -> bool:
    return _MAIL.search(text) is not None


_CHECKS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (LINK, _leads),
    (MAIL, _has_mail),
    (REFERENCE, _has_reference),
    (ADDRESS, _has_code),
    (NUMBER, _has_number),
    (AMOUNT, _has_amount),
    (SECRET, _has_secret),
)
