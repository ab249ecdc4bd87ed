"""The words that impostors set beside a brand's name, in hosts, handles and display names."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.trust.confusables import folded, skeleton

_LURES = (
    "access", "account", "accounts", "activate", "admin", "airdrop", "alert", "alerts", "app", "apps", "assist",
    "assistance", "auth", "authenticate", "backup", "bonus", "bounty", "business", "care", "center", "centre", "chat",
    "claim", "claims", "client", "cloud", "confirm", "connect", "contact", "cs", "customer", "customercare",
    "customerservice", "dapp", "dashboard", "deposit", "desk", "download", "earn", "exchange", "fee", "finance",
    "fix", "free", "gift", "giveaway", "global", "group", "guanfang", "guanwang", "help", "helpcenter", "helpdesk",
    "helpline", "hotline", "id", "info", "invest", "investment", "kefu", "kyc", "launchpad", "limited", "live",
    "login", "logon", "mail", "manager", "migrate", "migration", "mining", "mobile", "my", "myaccount", "news",
    "notice", "notification", "office", "official", "ofc", "online", "payment", "payout", "portal", "pro", "promo",
    "promotion", "protect", "reactivate", "recover", "recovery", "refund", "register", "resolve", "restore",
    "restoring", "reward", "rewards", "safe", "safety", "secure", "secured", "security", "service", "services",
    "session", "signin", "signup", "snapshot", "sso", "staking", "support", "supportdesk", "supports", "suspended",
    "swap", "sync", "synchronize", "team", "tech", "ticket", "token", "trade", "trader", "traders", "trading",
    "transfer", "unlock", "update", "upgrade", "us", "user", "validate", "validation", "verification", "verified",
    "verify", "vip", "wallet", "wallets", "wallet-connect", "web", "webapp", "withdraw", "withdrawal",
)  # fmt: skip
"""In Latin letters, whole words."""

_ROLES = (
    "admin", "administrator", "agent", "assistance", "assistant", "billing", "care", "compliance", "customer", "desk",
    "help", "helpdesk", "kyc", "manager", "moderator", "mod", "notice", "notification", "official", "recovery",
    "refund", "representative", "safety", "security", "service", "services", "staff", "support", "team", "ticket",
    "verification", "wallet", "withdrawal", "ayuda", "soporte", "oficial", "equipo", "seguridad", "servicio",
    "suporte", "ajuda", "equipe", "segurança", "atendimento", "assistenza", "ufficiale", "kundendienst", "hilfe",
    "sicherheit", "destek", "resmi", "güvenlik", "bantuan", "dukungan", "layanan", "obsługa", "pomoc", "поддержка",
    "служба", "безопасность", "официальный", "официальная", "администратор", "команда", "помощь", "підтримка",
)  # fmt: skip
_ROLE_SIGNS = (
    "客服", "官方", "支持", "安全", "团队", "團隊", "帮助", "幫助", "服务", "服務", "中心", "管理员", "管理員",
    "サポート", "公式", "運営", "고객", "지원", "공식", "ฝ่าย", "สนับสนุน", "hỗ trợ", "chính thức", "دعم", "رسمي",
)  # fmt: skip
"""In scripts that put no space between words, or that folding leaves alone: found anywhere."""
_GLUE = (
    "the", "of", "for", "and", "by", "at", "24", "7", "24x7", "inc", "ltd", "llc", "global", "exchange",
    "international", "worldwide", "online", "com", "app",
)  # fmt: skip

_DISTANT = (
    "fan", "fans", "fanboy", "fangirl", "lover", "holder", "hodler", "hater", "meme", "memes", "parody", "victim",
    "victims", "scammed", "complaint", "complaints", "unofficial", "notofficial", "watch", "user",
)  # fmt: skip
"""Beside a brand's name they say that it is somebody else's account."""

LURES = frozenset(form for word in _LURES for form in (word, skeleton(word)))
"""Lure words in plain and in skeleton form."""
ROLES = frozenset(form for word in _ROLES for form in (word, folded(word), skeleton(word)))
"""Role words as written, as read and in skeleton form."""
GLUE = frozenset(form for word in _GLUE for form in (word, skeleton(word)))
"""Words that add nothing to a display name."""


_SUFFIXES = frozenset({"com", "net", "org", "info", "www", "http", "https", "test", "example"})


def is_common(name: str) -> bool:
    """Whether a name is a word that anybody's site, account or sentence may hold."""
    word = name.strip().casefold()
    return word in LURES or word in ROLES or word in GLUE or word in _SUFFIXES or word in _ROLE_SIGNS


def is_lure(word: str) -> bool:
    """Whether a folded word is a lure, or two lures written together."""
    return word in LURES or any(word[:cut] in LURES and word[cut:] in LURES for cut in range(2, len(word) - 1))


def keeps_distance(words: Sequence[str]) -> bool:
    """Whether words around a brand's name say that the account is not the brand's, and none that it were."""
    return any(word in _DISTANT for word in words) and all(word in _DISTANT or not is_lure(word) for word in words)


def has_role_sign(name: str) -> bool:
    """Whether a display name holds a role word of a script without spaces between words."""
    lowered = name.casefold()
    return any(sign in lowered for sign in _ROLE_SIGNS)
