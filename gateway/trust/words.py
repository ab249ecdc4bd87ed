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


_BAITS = (
    "acceso", "access", "account", "accounts", "activate", "activation", "aide", "airdrop", "airdropped", "airdrops",
    "ajuda", "alert", "alerts", "allocate", "allocation", "allocations", "anmelden", "anmeldung", "announcement",
    "appeal", "applicant", "application", "approve", "assist", "assistance", "atendimento", "auth", "authenticate",
    "authentication", "authorization", "authorize", "ayuda", "backup", "balance", "bantuan", "bonus", "bounty",
    "broadcast", "campaign", "care", "cashback", "center", "centre", "chat", "check", "checker", "claim", "claimable",
    "claimant", "claimants", "claiming", "claims", "client", "compensation", "confirm", "confirmation", "connect",
    "connection", "connexion", "contact", "creditors", "customer", "dangnhap", "dapp", "dapps", "dashboard", "denglu",
    "deposit", "desk", "destek", "disconnect", "discount", "distribute", "distribution", "double", "download", "drop",
    "drops", "eligibility", "eligible", "enrol", "enroll", "entrar", "event", "events", "extension", "faucet", "fix",
    "free", "freemint", "fund", "genesis", "get", "gift", "gifts", "giris", "give", "giveaway", "giveaways", "giving",
    "guanfang", "guanwang", "guard", "guvenlik", "hadiah", "help", "helpcenter", "helpdesk", "hilfe", "hotline",
    "hotro", "ico", "import", "invite", "join", "kefu", "kundendienst", "kyc", "launch", "launcher", "launchpad",
    "live", "lock", "login", "logins", "logon", "lucky", "mainnet", "manager", "masuk", "merge", "message", "migrate",
    "migration", "mining", "mint", "minted", "minting", "mints", "mirror", "node", "notice", "notification", "notify",
    "ofc", "offer", "offers", "official", "oficial", "onboarding", "online", "participate", "participation",
    "passkey", "payment", "payout", "phrase", "portal", "presale", "private", "prize", "prizes", "proceeds",
    "profile", "promo", "promotion", "proposal", "proposals", "protect", "protection", "raffle", "reactivate",
    "rebate", "receive", "reclaim", "reconnect", "recover", "recovery", "rectify", "redeem", "redistribution",
    "refund", "refunds", "register", "registration", "repayment", "repayments", "resmi", "resolve", "resolver",
    "restore", "restoring", "restrict", "retrieve", "reveal", "review", "revoke", "reward", "rewarded", "rewards",
    "roadmap", "safe", "safety", "sale", "scan", "season", "secure", "secured", "security", "seed", "seguridad",
    "service", "services", "session", "settlement", "setup", "shield", "sicherheit", "sign", "signin", "signup",
    "snapshot", "soporte", "sso", "stake", "staked", "staking", "start", "step", "sub", "suite", "suporte", "support",
    "supportdesk", "supports", "suspended", "swap", "swaps", "sync", "synchronize", "task", "team", "testnet",
    "ticket", "tokensale", "trade", "trader", "trading", "transfer", "try", "unlock", "unstake", "unverified",
    "update", "updates", "upgrade", "usdt", "validate", "validation", "validator", "vault", "verification",
    "verified", "verify", "verifying", "vesting", "vip", "vote", "voting", "voucher", "wallet", "wallets", "web3",
    "whitelist", "win", "winner", "withdraw", "withdrawal", "withdrawals", "wl", "worldwide", "zkp",
)  # fmt: skip
"""What a host offers or asks for where it is after an account: with a brand's name, one of them tells enough."""

_TRADE = (
    "ai", "app", "apps", "asset", "assets", "beta", "bit", "bitcoin", "blockchain", "bnb", "bot", "box", "bridge",
    "bsc", "btc", "build", "business", "buy", "capital", "card", "cash", "chain", "club", "co", "coin", "coins",
    "com", "community", "core", "cross", "crypto", "cs", "currency", "dao", "defi", "desktop", "dev", "device", "dex",
    "digital", "doc", "docs", "earn", "earning", "ecosystem", "en", "erc20", "eth", "ether", "eu", "exchange",
    "exchanger", "explorer", "fees", "fi", "fin", "finance", "financial", "foundation", "game", "games", "gas",
    "global", "go", "gov", "governance", "group", "hub", "id", "inc", "index", "info", "inu", "invest", "investment",
    "investments", "io", "l2", "lab", "labs", "land", "layer", "layer2", "lend", "lending", "limited", "link",
    "liquidity", "llc", "ltd", "main", "market", "marketplace", "markets", "mobile", "money", "my", "net", "network",
    "networks", "new", "news", "nft", "nfts", "now", "office", "onchain", "one", "option", "options", "org", "p2p",
    "page", "pay", "perp", "play", "plus", "point", "points", "pool", "pools", "portfolio", "price", "pro", "project",
    "protocol", "quest", "restaking", "rpc", "sdk", "server", "shop", "site", "sol", "solution", "solutions", "store",
    "system", "tech", "technology", "token", "tokens", "ton", "tool", "tools", "top", "tradings", "trust", "trx",
    "uk", "us", "usa", "usd", "user", "v1", "v2", "v3", "v4", "virtual", "web", "webapp", "website", "world", "www",
    "xyz", "yield", "zk",
)  # fmt: skip
"""Words of the trade: they make a brand's name likely to mean the brand, and say nothing of who is behind."""

SERVERS = frozenset(
    {
        "sandbox",
        "gateway",
        "gate",
        "proxy",
        "stage",
        "staging",
        "cdn",
        "api",
        "push",
        "cloud",
        "edge",
        "compound",
    }
)
"""Names that machines bear: before a domain they mean no brand."""
BAITS = frozenset(_BAITS)
TRADE = frozenset(_TRADE)
OLD_SUFFIXES = frozenset({"com", "net", "org", "edu", "gov", "mil", "int", "arpa", "name"})
OPEN_SUFFIXES = frozenset({"info", "biz", "mobi", "asia"})
"""Suffixes of middle age that anybody may have."""
HOME_SUFFIXES = frozenset(
    {
        "de", "uk", "fr", "it", "es", "nl", "be", "ch", "at", "pl", "cz", "sk", "hu", "ro", "gr", "pt", "se", "no",
        "dk", "fi", "ie", "ru", "ua", "by", "kz", "tr", "ir", "il", "sa", "eg", "in", "pk", "bd", "lk", "cn", "tw",
        "hk", "jp", "kr", "vn", "th", "id", "my", "sg", "ph", "au", "nz", "us", "ca", "mx", "br", "ar", "cl", "pe",
        "co", "ve", "uy", "za", "ng", "ke", "eu", "hr", "rs", "bg", "lt", "lv", "ee", "si",
    }
)  # fmt: skip
"""Suffixes of countries under which the people there have their sites; the others are mostly bought as signs."""
FREE_SUFFIXES = frozenset({"tk", "ml", "ga", "cf", "gq"})
"""Suffixes of countries that were given away for nothing for ten years."""
