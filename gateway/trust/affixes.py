"""The words that stand beside a brand's name in the names of accounts, and what each of them tells.

The lists were written by hand from general knowledge: what a desk, an event, a channel, a product or a place is called
in the product's languages, in Latin letters (with and without marks) and in native script; no list was copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from functools import lru_cache

from gateway.trust.confusables import folded
from gateway.trust.known import is_word
from gateway.trust.written import shape_of


class Affix(IntFlag):
    """What the words beside a name tell; several may stand there."""

    NONE = 0
    OFFICE = 1
    """A desk, an event or an office that only the owner of the name has: an account that bears it speaks for him."""
    DRESS = 2
    """What any account, honest or not, puts beside its name: articles, kinds of channels, endings of sites."""
    REGION = 4
    DIGITS = 8
    DESK = 16
    """The strongest of office: it offers help, or money."""
    EVENT = 32
    """The weakest of office: an occasion or a part of a product, which any other sense of a word may have too."""


_DESK = (
    "support", "supports", "supportdesk", "supportteam", "supportline", "supportbot", "supportcenter", "suport",
    "help", "helpdesk", "helpcenter", "helpcentre", "helpline", "helpbot", "helpteam", "official", "officials",
    "officiel", "officielle", "oficial", "oficiales", "offizielle", "offiziell", "offizieller", "ufficiale", "resmi",
    "ofc", "ofcl", "offcl", "offical", "oficialpage", "officialpage", "chinhthuc", "recovery", "recover",
    "recoveries", "recoverydesk", "refund", "refunds", "reimbursement", "airdrop", "airdrops", "giveaway",
    "giveaways", "claim", "claims", "admin", "admins", "administrator", "administration", "hotline", "customercare",
    "customerservice", "customersupport", "customerhelp", "customer", "helpme", "assistance", "assistant",
    "assistenz", "callcenter", "contactcenter", "servicedesk", "soporte", "ayuda", "suporte", "ajuda", "atendimento",
    "assistencia", "aiuto", "assistenza", "supporto", "kundendienst", "kundenservice", "kundensupport", "hilfe",
    "aide", "serviceclient", "destek", "yardim", "musterihizmetleri", "bantuan", "layanan", "dukungan", "hotro",
    "hotrokhachhang", "chamsockhachhang", "cskh", "podderzhka", "podderjka", "pomosch", "pomoshch", "pomosh",
    "oficialny", "ofitsialny", "sluzhba", "kefu", "guanfang", "zhichi", "bangzhu", "fuwu", "kefuzhongxin", "kokyaku",
    "sapoto", "koushiki", "koshiki", "gogaek", "gogek", "jiwon", "gongsik", "daam", "rasmi", "aldaam", "musaada",
    "musaeada", "dam", "rasmy", "recuperacion", "recuperacao", "recuperation", "reembolso", "remboursement",
    "rueckerstattung", "ruckerstattung", "rimborso", "iade", "hoantien", "pengembalian", "vozvrat", "henkin",
    "hwanbul", "tuikuan", "sorteo", "sorteio", "gewinnspiel", "cekilis", "hadiah", "premio", "premios", "regalo",
    "regalos", "cadeau", "tirage", "rozygrysh", "supportofficial",
)  # fmt: skip
_OFFICE = (
    "team", "teams", "vip", "cs", "csr", "agent", "agents", "moderator", "moderators", "mod", "mods", "manager",
    "managers", "staff", "service", "services", "servicing", "security", "secure", "safety", "safe", "protect",
    "protection", "compliance", "legal", "billing", "payment", "payments", "payout", "payouts", "withdraw",
    "withdrawal", "withdrawals", "deposit", "deposits", "wallet", "wallets", "representative", "rep", "consultant",
    "advisor", "adviser", "advisory", "ticket", "tickets", "tech", "technical", "techsupport", "technician", "ceo",
    "cto", "cfo", "coo", "cmo", "founder", "cofounder", "president", "director", "owner", "bot", "bots", "account",
    "accounts", "resolve", "resolution", "dispute", "disputes", "fraud", "notification", "notifications",
    "investment", "merchant", "inquiry", "enquiry", "feedback", "complaints", "contact", "contacts", "office",
    "backup", "equipo", "equipe", "servicio", "servico", "servizio", "dienst", "seguridad", "seguranca", "securite",
    "sicherheit", "guvenlik", "keamanan", "baomat", "bezopasnost", "anquan", "tuandui", "ekip", "takim", "tim",
    "doingu", "komanda", "billetera", "carteira", "portefeuille", "geldboerse", "cuzdan", "dompet", "koshelek",
    "qianbao", "mahfaza", "gerente", "gestor", "asesor", "consultor", "berater", "conseiller", "yonetici", "yetkili",
    "temsilci", "quanly", "menedzher", "operador", "administrador", "administrateur", "moderador", "moderateur",
    "moderatör", "inversiones", "investimentos", "yatirim", "dautu", "investasi", "validate", "validation",
    "validator", "verification", "verify", "verified", "verifier", "care", "cares", "careteam", "claimer", "claiming",
    "kyc", "assist", "compensation", "desk", "customers", "officially", "supp", "helps", "helper", "helpers", "unei",
    "faq",
)  # fmt: skip
_EVENT = (
    "dev", "devs", "event", "events", "promo", "promos", "promotion", "promotions", "offer", "offers", "lottery",
    "winner", "winners", "gift", "gifts", "bounty", "free", "drop", "drops", "mint", "minting", "stake", "staking",
    "swap", "bridge", "migration", "migrate", "update", "updates", "upgrade", "login", "signin", "register",
    "connect", "sync", "restore", "fix", "alert", "alerts", "notice", "invest", "investor", "investors", "mining",
    "signal", "signals", "pump", "p2p", "otc", "affiliate", "ambassador", "ambassadors", "partner", "partners",
    "partnership", "listing", "listings", "sales", "sale", "ico", "ido", "whitelist", "presales", "launch",
    "launchpad", "operator", "operations", "promocion", "promocao", "promosi", "khuyenmai", "unlock", "bonus",
    "reward", "rewards", "presale", "prize", "prizes", "evento", "eventos", "etkinlik", "acara", "sukien", "iriguan",
)  # fmt: skip
_DRESS = (
    "real", "the", "its", "it", "this", "is", "we", "are", "im", "iam", "hello", "hi", "hey", "go", "get", "my",
    "our", "your", "try", "use", "join", "meet", "with", "by", "at", "on", "of", "for", "and", "to", "in", "from",
    "me", "us", "true", "only", "one", "original", "og", "legit", "trusted", "certified", "authentic", "genuine",
    "main", "new", "now", "next", "plus", "pro", "premium", "prime", "max", "ultra", "lite", "beta", "alpha", "mini",
    "meta", "super", "hq", "app", "apps", "io", "xyz", "dao", "fi", "com", "net", "org", "info", "online", "web",
    "site", "page", "link", "co", "ai", "gg", "id", "tv", "cc", "cash", "finance", "fin", "defi", "labs", "lab",
    "inc", "ltd", "llc", "corp", "company", "group", "groups", "holding", "holdings", "foundation", "fdn", "fund",
    "capital", "ventures", "global", "globally", "world", "worldwide", "international", "intl", "network", "networks",
    "protocol", "platform", "system", "ecosystem", "project", "projects", "exchange", "exchanges", "market",
    "markets", "marketplace", "trade", "trader", "traders", "trading", "token", "tokens", "coin", "coins", "crypto",
    "cryptos", "bitcoin", "btc", "eth", "bsc", "bnb", "sol", "usdt", "usdc", "nft", "nfts", "web3", "chain",
    "blockchain", "game", "games", "gaming", "money", "pay", "bank", "card", "cards", "dapp", "dex", "cex", "tx",
    "announcement", "announcements", "announce", "announces", "ann", "anns", "news", "newsletter", "channel",
    "channels", "chat", "chats", "chatroom", "talk", "talks", "room", "community", "communities", "comm",
    "discussion", "discussions", "forum", "club", "hub", "center", "centre", "central", "media", "press", "blog",
    "live", "daily", "today", "social", "marketing", "pr", "academy", "research", "learn", "edu", "university",
    "design", "engineering", "careers", "jobs", "hiring", "business", "biz", "pool", "status", "mobile", "android",
    "ios", "desktop", "store", "shop", "merch", "house", "user", "users", "tg", "telegram", "twitter", "discord",
    "dc", "el", "la", "los", "las", "le", "les", "der", "die", "das", "il", "lo", "os", "as", "de", "da", "do", "del",
    "du", "des", "van", "von", "noticias", "nouvelles", "nachrichten", "neuigkeiten", "haber", "haberler", "berita",
    "tintuc", "novosti", "xinwen", "comunidad", "comunidade", "communaute", "gemeinschaft", "gemeinde", "topluluk",
    "komunitas", "congdong", "soobshchestvo", "shequ", "canal", "kanal", "saluran", "kenh", "grupo", "groupe",
    "gruppe", "grup", "nhom", "gruppa", "qun", "sohbet", "obrolan", "tinnhan", "liaotian", "duyuru", "duyurular",
    "anuncios", "annonces", "pengumuman", "thongbao", "gonggao", "mundo", "monde", "welt", "dunya", "mir", "xabarlar",
)  # fmt: skip
_REGION = (
    "us", "usa", "uk", "gb", "eu", "cn", "jp", "kr", "ru", "tr", "vn", "th", "in", "id", "ph", "my", "sg", "hk", "tw",
    "au", "nz", "ca", "mx", "br", "ar", "cl", "co", "pe", "ve", "es", "pt", "fr", "de", "it", "nl", "be", "ch", "at",
    "pl", "cz", "sk", "hu", "ro", "bg", "gr", "se", "no", "dk", "fi", "ua", "kz", "uz", "ge", "am", "az", "by", "il",
    "ae", "uae", "sa", "ksa", "qa", "kw", "eg", "ma", "ng", "ke", "za", "gh", "pk", "bd", "lk", "np", "ir", "iq",
    "en", "eng", "zh", "ja", "ko", "vi", "hi", "fa", "cis", "mena", "latam", "apac", "emea", "sea", "asean",
    "america", "americas", "northamerica", "southamerica", "europe", "asia", "africa", "oceania", "middleeast",
    "england", "britain", "unitedkingdom", "unitedstates", "canada", "mexico", "brazil", "brasil", "argentina",
    "colombia", "chile", "peru", "venezuela", "spain", "espana", "portugal", "france", "germany", "deutschland",
    "italy", "italia", "netherlands", "holland", "nederland", "belgium", "switzerland", "schweiz", "suisse",
    "austria", "poland", "polska", "romania", "ukraine", "ukraina", "russia", "rossiya", "russian", "turkey",
    "turkiye", "turkish", "turk", "turkce", "china", "chinese", "zhongguo", "zhongwen", "taiwan", "hongkong", "macau",
    "japan", "japanese", "nihon", "nippon", "korea", "korean", "hanguk", "vietnam", "vietnamese", "thailand", "thai",
    "indonesia", "indonesian", "malaysia", "singapore", "philippines", "pinoy", "india", "hindi", "pakistan",
    "bangladesh", "bengali", "srilanka", "nepal", "iran", "persian", "farsi", "iraq", "arab", "arabic", "arabia",
    "saudi", "dubai", "emirates", "qatar", "kuwait", "egypt", "morocco", "algeria", "tunisia", "nigeria", "kenya",
    "ghana", "southafrica", "ethiopia", "australia", "newzealand", "israel", "english", "spanish", "espanol",
    "french", "francais", "german", "deutsch", "italian", "italiano", "portuguese", "portugues", "dutch", "polish",
    "romanian", "ukrainian", "kazakhstan", "uzbekistan", "greece", "sweden", "norway", "denmark", "finland", "nordic",
    "ireland", "scotland", "czech", "hungary", "bulgaria", "serbia", "croatia", "balkan", "balkans", "baltic",
)  # fmt: skip
_NATIVE = {
    Affix.DESK | Affix.OFFICE: (
        "客服", "官方", "支持", "帮助", "幫助", "服务", "服務", "客户服务", "客戶服務", "退款", "空投", "领取",
        "領取", "找回", "サポート", "公式", "お客様", "返金", "エアドロップ", "고객", "지원", "공식", "고객센터",
        "환불", "에어드랍", "поддержка", "поддержки", "служба", "помощь", "официальный", "официальная", "официально",
        "администратор", "админ", "возврат", "розыгрыш", "دعم", "الدعم", "رسمي", "الرسمي", "الرسمية", "مساعدة",
        "استرداد", "خدمة العملاء",
    ),
    Affix.OFFICE: (
        "安全", "团队", "團隊", "中心", "管理员", "管理員", "经理", "經理", "钱包", "錢包", "活动", "活動", "創辦人",
        "创始人", "運営", "管理者", "ウォレット", "キャンペーン", "창립자", "운영", "관리자", "매니저", "지갑",
        "이벤트", "команда", "безопасность", "менеджер", "модератор", "кошелек", "кошелёк", "основатель", "فريق",
        "أمان", "محفظة", "مدير",
    ),
    Affix.DRESS: (
        "社区", "社群", "频道", "頻道", "群", "新闻", "新聞", "公告", "交易所", "平台", "コミュニティ", "ニュース",
        "取引所", "커뮤니티", "뉴스", "공지", "거래소", "новости", "канал", "чат", "сообщество", "биржа", "أخبار",
        "قناة", "مجتمع",
    ),
    Affix.REGION: (
        "中国", "中國", "中文", "台湾", "台灣", "香港", "日本", "日本語", "한국", "한국어", "россия", "русский",
        "на русском", "العربية", "عربي", "السعودية", "مصر", "türkiye", "türkçe", "việt nam", "brasil", "españa",
        "español", "français",
    ),
}  # fmt: skip

_DENIALS = frozenset(
    {
        "not", "non", "anti", "ex", "former", "unofficial", "fake", "parody", "inoffiziell", "nooficial",
        "naooficial", "nonofficiel", "nicht", "kein", "pas", "ehemals", "не", "неофициальный", "неофициальная",
        "неофициально", "бывший",
    }
)  # fmt: skip
_FANS = frozenset({"fan", "fans", "fanclub", "fanpage", "hayran", "fã", "фанат", "фанаты"})
_DENYING_SIGNS = ("非官方", "非公式", "粉丝", "粉絲", "ファン", "비공식", "팬클럽", "غير رسمي")
"""The same in scripts that put no space between words, or with one inside: found anywhere."""

_CURRENCIES = frozenset(
    {
        "bitcoin", "bitcoins", "bitcoincash", "bitcoinsv", "ethereum", "ethereumclassic", "ether", "litecoin",
        "monero", "dogecoin", "doge", "dash", "zcash", "ripple", "xrp", "stellar", "cardano", "ada", "polkadot",
        "kusama", "solana", "avalanche", "polygon", "matic", "tron", "tezos", "cosmos", "algorand", "filecoin",
        "iota", "neo", "nem", "eos", "vechain", "chainlink", "tether", "usdt", "usdc", "usd", "eur", "dai", "shiba",
        "shib", "shibainu", "pepe", "ton", "toncoin", "near", "aptos", "sui", "arbitrum", "optimism", "base",
        "fantom", "cronos", "hedera", "btc", "eth", "ltc", "xmr", "bnb", "bch", "etc", "sol", "dot", "lightning",
        "lightningnetwork", "ordinals", "brc20",
    }
)  # fmt: skip
"""Names of currencies and open networks: their users and what is built on them bear the name honestly."""

_LONGEST = 24
_SEEN = 2
"""Letters by which an affix at an end is looked for; two Latin letters alone end any name."""
_MOST = 5
"""Words that may stand together beside a name; one of two Latin letters counts for three."""
_OF_NAMES = 4
"""Letters that a word needs to count where a name is taken apart: shorter ones stand in any name."""


def _table() -> dict[str, Affix]:
    desks, events = (Affix.DESK | Affix.OFFICE, _DESK), (Affix.EVENT | Affix.OFFICE, _EVENT)
    lists = (desks, (Affix.OFFICE, _OFFICE), events, (Affix.DRESS, _DRESS), (Affix.REGION, _REGION))
    table: dict[str, Affix] = {}
    for kind, words in (*lists, *_NATIVE.items()):
        for word in words:
            plain = folded(word).replace(" ", "")
            for form in {word.replace(" ", ""), plain, shape_of(plain)}:
                table[form] = table.get(form, Affix.NONE) | kind
    return table


_KINDS = _table()


def is_currency(name: str) -> bool:
    """Whether a name, in small letters without separators, is that of a currency or an open network."""
    return name in _CURRENCIES


def affix(word: str) -> Affix:
    """Tell what one folded word, or its shape, means beside a name."""
    return Affix.DIGITS if word.isdigit() else _KINDS.get(word, Affix.NONE)


def is_denied(words: Sequence[str], text: str) -> bool:
    """Whether words around a brand's name, or signs in the whole text, say that somebody else speaks.

    Who calls himself a fan and bears an office speaks for the brand all the same.
    """
    if not _DENIALS.isdisjoint(words) or (not text.isascii() and any(sign in text for sign in _DENYING_SIGNS)):
        return True
    return not _FANS.isdisjoint(words) and not any(affix(word) & Affix.OFFICE for word in words)


@lru_cache(8_192)
def affixes(text: str) -> Affix | None:
    """Tell what a run of letters and digits beside a name means, or None where part of it is no known affix."""
    if not text:
        return Affix.NONE
    if text.isdigit():
        return Affix.DIGITS
    if kind := affix(text):
        return kind
    if len(text) > _LONGEST * 2 or is_word(text):
        return None
    reached: dict[int, tuple[int, Affix]] = {0: (0, Affix.NONE)}
    for start in range(len(text)):
        if start in reached:
            _advance(text, start, reached)
    return reached[len(text)][1] if len(text) in reached else None


def _advance(text: str, start: int, reached: dict[int, tuple[int, Affix]]) -> None:
    """Note how far one more word leads from `start`: of several ways the one with the fewest words counts."""
    before, told = reached[start]
    for end in range(start + 1, min(len(text), start + _LONGEST) + 1):
        word = text[start:end]
        kind = affix(word)
        count = before + (3 if len(word) < _SEEN + 1 and word.isascii() and not word.isdigit() else 1)
        if kind and count <= _MOST and (end not in reached or reached[end][0] > count):
            reached[end] = (count, told | kind)


def is_ordinary(name: str) -> bool:
    """Whether a name, in small letters without separators, is nothing but one or two long words of these lists."""
    cuts = range(_OF_NAMES, len(name) - _OF_NAMES + 1)
    return affix(name) > 0 or any(_is_long(name[:cut]) and _is_long(name[cut:]) for cut in cuts)


def _is_long(word: str) -> bool:
    return len(word) >= _OF_NAMES and bool(affix(word) & (Affix.OFFICE | Affix.DRESS))


def starts_office(text: str) -> bool:
    """Whether a text is the beginning of a word of office, as where a platform's longest name cut it off."""
    return len(text) > 1 and text in _BEGINNINGS


_BEGINNINGS = frozenset(
    word[:end] for word, kind in _KINDS.items() if kind & Affix.OFFICE for end in range(2, len(word)) if word.isascii()
)


def _lengths(*, at_end: bool) -> dict[str, tuple[int, ...]]:
    """Return two letters → the lengths of the affixes that begin or end so; two letters alone end any Latin name."""
    found: dict[str, set[int]] = {}
    for word in _KINDS:
        if len(word) > _SEEN or not word.isascii():
            found.setdefault(word[-_SEEN:] if at_end else word[:_SEEN], set()).add(len(word))
    return {letters: tuple(sorted(lengths)) for letters, lengths in found.items()}


_HEADS, _TAILS = _lengths(at_end=False), _lengths(at_end=True)
_NUMERALS = "0123456789"


def trimmed(text: str) -> tuple[tuple[str, Affix], ...]:
    """Return what is left of a text when a known affix is taken off one of its ends, and what that told."""
    found: dict[str, Affix] = {}
    for length in _HEADS.get(text[:_SEEN], ()):
        if text[:length] in _KINDS and length < len(text):
            found.setdefault(text[length:], _KINDS[text[:length]])
    for length in _TAILS.get(text[-_SEEN:], ()):
        if text[-length:] in _KINDS and length < len(text):
            found.setdefault(text[:-length], _KINDS[text[-length:]])
    if text and text[-1] in _NUMERALS and not text.isdigit():
        found.setdefault(text.rstrip(_NUMERALS), Affix.DIGITS)
    return tuple(found.items())
