"""The small evidence that tells languages apart: common words, and letters of one language alone."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON_WORDS: dict[str, frozenset[str]] = {
    "en": _words(
        "the and is are was were you your my me to of in it for not have has had been this that with from but can "
        "cannot please help what why when how where i we they do does did will would could should there an at on "
        "hello hi thanks thank account money still yesterday today since after before any who"
    ),
    "es": _words(
        "el la los las de que y en un una por con no mi para es está esta pero como hola gracias cuenta dinero ayuda "
        "puedo tengo ha hace sin más ayer hoy desde quiero cuando porque su al del me se retiro favor"
    ),
    "pt": _words(
        "o os as de que e em um uma por com não meu minha para é está mas como olá obrigado obrigada conta dinheiro "
        "ajuda posso tenho foi sem mais ontem hoje desde quero quando porque do da dos das no na saque você"
    ),
    "fr": _words(
        "le la les des de que et en un une pour avec pas mon ma est sont mais comment bonjour merci compte argent "
        "aide je ne suis ai mes vous nous depuis hier sur dans du au ce cette quand pourquoi retrait"
    ),
    "de": _words(
        "der die das und ist nicht ein eine ich mein meine mit für auf bitte hallo danke konto geld hilfe kann habe "
        "wie warum wann von zu den dem es wurde seit gestern heute aber auch noch sie wir im am"
    ),
    "it": _words(
        "il lo gli di che e in un una per con non mio mia è sono ma come ciao buongiorno grazie conto soldi aiuto "
        "posso ho della del dei nel da ieri oggi quando perché prelievo questo questa mi si"
    ),
    "nl": _words(
        "de het een en is niet ik mijn met voor op van te dat hallo bedankt rekening geld hulp kan heb hoe waarom "
        "wanneer maar ook nog sinds gisteren vandaag wij jullie deze er zijn"
    ),
    "pl": _words(
        "i w na nie się z do jest to że jak mój moja moje proszę dzień dobry dziękuję konto pieniądze pomoc mogę mam "
        "czy dlaczego kiedy od ale już wczoraj dzisiaj przez wypłata"
    ),
    "tr": _words(
        "ve bir bu için ile değil ben benim hesabım hesap para yardım merhaba lütfen teşekkürler nasıl neden ne zaman "
        "ama çok var yok dün bugün çekim kadar gibi hala mı mi"
    ),
    "id": _words(
        "yang dan di ke dari untuk dengan tidak saya akun uang bantuan tolong halo terima kasih bagaimana kenapa "
        "mengapa kapan ini itu sudah belum bisa ada kemarin hari penarikan mohon kami anda"
    ),
    "vi": _words(
        "và của là không tôi cho với được tài khoản tiền giúp xin chào cảm ơn như thế nào tại sao khi này đã chưa có "
        "hôm qua nay rút nạp vui lòng"
    ),
}  # fmt: skip

CYRILLIC_LETTERS: dict[str, frozenset[str]] = {
    "ru": frozenset("ыэъё"),
    "uk": frozenset("іїєґ"),
}

ARABIC_LETTERS: dict[str, frozenset[str]] = {
    "fa": frozenset("پچژگکی"),
    "ur": frozenset("ٹڈڑںےہھ"),
}

SIMPLIFIED = frozenset(
    "这说们个来时对会没为还发现问题账户钱请无给让应转币网络链认错误验证码冻结东实际银额过长间开关数动"
)
"""Characters that simplified Chinese alone writes so, frequent in a desk's mail."""

TRADITIONAL = frozenset(
    "這說們個來時對會沒為麼還發現問題賬帳戶錢請無給讓應轉幣網絡鏈確認錯誤驗證碼凍結東實際銀額過長間開關數據動"
)
"""Their counterparts, which traditional Chinese alone writes so."""
