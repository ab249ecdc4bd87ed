"""Mails in every charset that users still write in: rightly declared, wrongly, not at all; and headers to match."""

from __future__ import annotations

import codecs

from tests.samples.mail_writing import HEAD, b64, head, part, word

_DECLARED = {
    "iso_2022_jp": ("出金について", "まだ着金していません。よろしくお願いします。", "iso-2022-jp"),
    "shift_jis": ("出金①の件", "㈱の口座①から出金できません。", "shift_jis"),
    "euc_jp": ("出金の件", "出金できません。", "euc-jp"),
    "euc_kr": ("출금 문의", "아직 입금되지 않았습니다.", "euc-kr"),
    "ks_c_5601": ("출금 문의", "똠방각하도 아직입니다.", "ks_c_5601-1987"),
    "gbk": ("提现問題", "我的提現還沒有到账，請儘快處理。", "gbk"),
    "gb2312_and_more": ("提现", "我姓喆，提现没有到账，€20。", "gb2312"),
    "big5": ("提領問題", "我的提領還沒有入帳。", "big5"),
    "big5_hong_kong": ("提款問題", "我喺香港，啲錢仲未到，嘅咗啱。", "big5"),
    "koi8_r": ("Вывод средств", "Деньги ещё не пришли.", "koi8-r"),
    "koi8_u": ("Виведення", "Гроші ще не надійшли, їх немає.", "koi8-u"),
    "windows_1251": ("Вывод средств", "Деньги ещё не пришли — №5.", "windows-1251"),
    "windows_1252": ("Auszahlung „500“", "Die “500 €” sind – noch nicht – da…", "windows-1252"),
    "windows_1254": ("Para çekme", "Para hâlâ gelmedi, işlem şüpheli.", "windows-1254"),
    "windows_1256": ("طلب السحب", "لم يصل المبلغ بعد، شكرا.", "windows-1256"),
    "windows_874": ("ถอนเงิน", "เงินยังไม่เข้าบัญชีของฉัน", "windows-874"),
    "tis_620": ("ถอนเงิน", "เงินยังไม่เข้าบัญชีของฉัน", "tis-620"),
    "iso_8859_2": ("Wypłata", "Pieniądze jeszcze nie dotarły.", "iso-8859-2"),
    "iso_8859_15": ("Retrait de 20 €", "Je n'ai rien reçu, cœur brisé.", "iso-8859-15"),
    "utf_7": ("Retrait", "Je n'ai rien reçu, l'été passe.", "utf-7"),
    "utf_16_be": ("Withdrawal", "Die Auszahlung hängt – seit Montag.", "utf-16be"),
}  # fmt: skip
"""By name: subject, text, and the charset's name as mail writes it."""
_CODECS = {
    "ks_c_5601-1987": "cp949", "windows-874": "cp874", "shift_jis": "cp932", "gb2312": "gb18030", "big5": "big5hkscs",
}  # fmt: skip
"""What programs really write under a name that stands for less."""


def _declared(subject: str, text: str, charset: str) -> bytes:
    codec = _CODECS.get(charset, charset)
    way = "base64" if charset.startswith("utf") else "8bit"
    return head(word(subject, charset, codec)) + part(text, charset=charset, way=way, codec=codec)


def _undeclared(text: str, codec: str) -> bytes:
    return HEAD + b"Subject: " + text.encode(codec) + b"\n\n" + text.encode(codec) + b"\n"


def _lying(text: str, charset: str, codec: str, *, errors: str = "strict") -> bytes:
    lines = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    return head("Charset") + lines.encode() + text.encode(codec, errors) + b"\n"


_GERMAN = "Grüße aus Köln, die Auszahlung fehlt.\n"
_RUSSIAN = "Здравствуйте, деньги ещё не пришли на мой счёт.\n"
_CHINESE = "您好，我的提现还没有到账，请帮我处理一下。\n"

SAMPLES: dict[str, bytes] = {
    **{f"charset_{name}": _declared(*each) for name, each in _DECLARED.items()},
    "charset_utf_16_marked": head("Wide")
    + b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
    + b64(codecs.BOM_UTF16_LE + "Die Auszahlung hängt.\n".encode("utf-16-le")),
    "charset_utf_8_marked": head("Mark") + part("\ufeffGrüße.\n"),
    "charset_none_utf_8": _undeclared("您好，提现没有到账", "utf-8"),
    "charset_none_german": _undeclared("Grüße aus Köln", "latin-1"),
    "charset_ascii_is_utf_8": _lying(_GERMAN, "us-ascii", "utf-8"),
    "charset_latin_is_chinese": _lying(_CHINESE, "iso-8859-1", "gb18030"),
    "charset_utf_8_is_latin": _lying(_GERMAN, "utf-8", "latin-1"),
    "charset_utf_8_is_chinese": _lying(_CHINESE, "utf-8", "gb18030"),
    "charset_utf_8_twice": _lying(_GERMAN.encode().decode("cp1252"), "utf-8", "utf-8"),
    "charset_utf_8_cut": head("Cut")
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    + "提现没有到账".encode()[:-1]
    + b"\n",
    "charset_name_quoted_oddly": head("Odd") + b"Content-Type: text/plain; charset='utf-8' ;; \n\n" + _GERMAN.encode(),
    "charset_name_is_a_codec": head("Odd") + b"Content-Type: text/plain; charset=rot_13\n\n" + _GERMAN.encode(),
    "charset_name_is_long": head("Odd") + b"Content-Type: text/plain; charset=" + b"x" * 3000 + b"\n\nWords.\n",
    "charset_of_parts_differs": head("Parts")
    + b'Content-Type: multipart/mixed; boundary="=_b"\n\n--=_b\n'
    + part("Первая часть.\n", charset="koi8-r")
    + b"--=_b\n"
    + part("第二部分。\n", charset="gbk", way="base64")
    + b"--=_b\n"
    + part("Troisième partie.\n", charset="iso-8859-1", way="quoted-printable")
    + b"--=_b--\n",
    "charset_none_russian": _undeclared("Здравствуйте, деньги не пришли", "windows-1251"),
    "charset_none_koi8": _undeclared("Здравствуйте, деньги не пришли", "koi8-r"),
    "charset_none_japanese": _undeclared("こんにちは、出金できません", "cp932"),
    "charset_none_iso_2022_jp": _undeclared("こんにちは、出金できません", "iso-2022-jp"),
    "charset_none_korean": _undeclared("안녕하세요, 출금이 안 됩니다", "cp949"),
    "charset_none_big5": _undeclared("您好，我的提領還沒有入帳", "big5"),
    "charset_none_arabic": _undeclared("مرحبا، لم يصل المبلغ", "windows-1256"),
    "charset_latin_is_russian": _lying(_RUSSIAN, "iso-8859-1", "windows-1251"),
    "charset_utf_8_is_russian": _lying(_RUSSIAN, "utf-8", "windows-1251"),
    "charset_in_html_differs": head("Meta")
    + b"Content-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n"
    + '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head>'
    "<body><p>Деньги не пришли на мой счёт.</p></body></html>\n".encode("windows-1251"),
}
