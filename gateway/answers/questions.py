"""Whether a message asks without a command if something is ours: in plain words, by a bare name, by a forward. Pure.

Not here: the answer (`gateway.answers.checking`).
"""

from __future__ import annotations

import re

from gateway.answers.asking import is_forwarded
from gateway.answers.checking import MAX_AROUND, names_in
from gateway.case import Message

_MOST_NAMES = 3
_SIGNS = re.compile(r"[\W_]+")

_ASKED = (
    # English
    r"(?:^|[.!?,;:]|\b(?:hi|hello|hey|so|and|but|please|guys|sir)\b)\s*(?:is|are|was)\b[^.!?]*\b(?:you|yours?|u|official|"
    r"officially|legit|legitimate|real|really|genuine|authentic|fake|scam|scammers?|impostors?|impersonat\w*|safe)\b",
    r"^\W*(?:please |pls |can you |could you )?(?:verify|check)\W*$",
    r"\b(?:legit|real|fake|scam|official|genuine|yours|trustworthy)\b\s*(?:or\b.*)?\?",
    r"\b(?:can|should) i trust\b",
    r"\b(?:belongs? to you|do you own)\b",
    # Chinese, simplified and traditional
    r"是不是|是否|真假|核实|核實|鉴别|鑑別",
    r"(?:你们|你們|官方|真的|假的|假冒|骗子|騙子|诈骗|詐騙|可信|正规|正規|靠谱|靠譜).*(?:吗|嗎|么|麼|呢|\?|\uff1f)",
    # Spanish
    r"\b(?:es|son|sois|eres|ser[áa])\b.*\b(?:ustedes|vosotros|vuestr[oa]|suy[oa]|oficial|real|leg[ií]tim[oa]|verdader[oa]|"
    r"fals[oa]|estafa|fraude|confiable|fiable)\b",
    # Portuguese
    r"\bvoc[êe]s s[ãa]o\b|\b(?:son|sois) (?:ustedes|vosotros)\b|\b(?:sind sie|seid ihr) (?:das|es)?\b|\b[êe]tes-vous\b",
    r"\b(?:[ée]|s[ãa]o|seria)\b.*\b(?:voc[êe]s?|oficial|leg[ií]tim[oa]|verdadeir[oa]|fals[oa]|golpe|fraude|"
    r"confi[áa]vel)\b",
    # French
    r"\b(?:est|sont|c'est|êtes)\b.*\b(?:vous|vôtre|officiel\w*|vrai\w*|légitime|faux|fausse|arnaque|fiable)\b",
    # German
    r"\b(?:ist|sind|seid|gehört)\b.*\b(?:ihr|euch|eure?[rs]?|ihnen|offiziell\w*|echt\w*|seriös|fake|betrug|betrüger|"
    r"gefälscht|vertrauenswürdig)\b",
    # Russian
    r"(?:это|действительно|правда|точно).*(?:вы\b|ваш\w*|официальн\w*|настоящ\w*|мошенник\w*|фейк\w*|развод|скам).*\?",
    r"(?:официальн|настоящ|подлинн|ваш)\w*.*\?",
    # Turkish
    r"(?:resmi|gerçek|sahte|dolandırıcı|sizin|size|siz|güvenilir)\w*.*\bm[ıiuü]\w*",
    # Vietnamese
    r"có phải|phải không|thật không|thật hay giả|(?:chính thức|lừa đảo|giả mạo|của các bạn).*(?:không|\?)",
    # Indonesian
    r"\b(?:apakah|apa|benarkah|betulkah)\b.*\b(?:kalian|anda|resmi|asli|palsu|penipu\w*|milik)\b",
    r"\b(?:resmi|asli|palsu|penipu\w*|kalian)\b.*\?",
    # Arabic
    r"(?:هل|أهذا|اهذا).*(?:أنتم|انتم|لكم|رسمي|رسمية|حقيقي|حقيقية|مزيف|احتيال|نصب|موثوق|تابع|حسابكم)",
    r"(?:رسمي|حقيقي)\s*؟|حقيقي\s+أم|حقيقي\s+ام",
    # Japanese
    r"(?:公式|本物|偽物|なりすまし|詐欺|御社|貴社|あなた).*(?:か|\?|\uff1f)",
    # Korean
    r"(?:공식|진짜|가짜|사칭|사기|본사|여러분).*(?:인가요|입니까|맞나요|맞습니까|인지|예요|에요|\?)|당신들.*맞나요",
)
"""What people ask who wonder whether an account is the desk's, with the names taken out; in the product's languages."""
_QUESTION = re.compile("|".join(f"(?:{each})" for each in _ASKED), re.IGNORECASE | re.DOTALL)


def asked_about(message: Message) -> str | None:
    """Return the text to look for names in, empty where a forward is all there is; None where nothing is asked."""
    text = message.text.strip()
    if is_forwarded(message):
        return ""
    if not text:
        return "" if message.forwarded else None
    names = names_in(text)
    if not 1 <= len(names) <= _MOST_NAMES or len(text) - sum(map(len, names)) > MAX_AROUND:
        return None
    rest = text
    for name in names:
        rest = rest.replace(name, " ", 1)
    return text if not _SIGNS.sub("", rest) or _QUESTION.search(rest) else None
