"""Language detection on what people really send: short texts, jargon, two languages at once, close relatives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.triage.language import detect

OF_THE_DESK = [
    ("en", "My card was declined twice this morning and nobody answers"),
    ("en", "why is it taking so long"),
    ("zh-CN", "为什么我的订单一直显示处理中"),
    ("zh-CN", "怎么修改绑定的手机号"),
    ("zh-Hant", "請問為什麼我的訂單還沒處理完"),
    ("zh-Hant", "忘記密碼該怎麼辦"),
    ("es", "No me deja entrar y ya probé con otra contraseña"),
    ("es", "cuánto tarda en llegar el dinero?"),
    ("pt", "Não consigo entrar e já tentei trocar a senha"),
    ("pt", "quanto tempo demora para cair o dinheiro?"),
    ("ru", "Не могу войти, пароль уже менял два раза"),
    ("ru", "сколько ждать перевод?"),
    ("tr", "Giriş yapamıyorum, şifremi iki kez değiştirdim"),
    ("tr", "para ne zaman gelecek?"),
    ("vi", "Tôi không đăng nhập được, đã đổi mật khẩu hai lần rồi"),
    ("vi", "bao lâu thì tiền về?"),
    ("id", "Saya tidak bisa masuk, kata sandi sudah saya ganti dua kali"),
    ("id", "berapa lama uangnya masuk?"),
    ("ar", "لا أستطيع تسجيل الدخول وقد غيرت كلمة المرور مرتين"),
    ("ar", "متى تصل الأموال؟"),
    ("fr", "Je n'arrive pas à me connecter, j'ai déjà changé de mot de passe"),
    ("fr", "combien de temps faut-il attendre ?"),
    ("de", "Ich komme nicht mehr rein, das Kennwort habe ich schon geändert"),
    ("de", "wie lange dauert das noch?"),
    ("ja", "ログインできません。パスワードは二回変更しました"),
    ("ja", "いつ届きますか"),
    ("ko", "로그인이 안 돼요. 비밀번호는 두 번 바꿨어요"),
    ("ko", "언제 들어오나요?"),
]

RELATIVES = [
    ("gl", "Non podo entrar e xa cambiei dúas veces o contrasinal, moitas grazas pola axuda"),
    ("ca", "No puc entrar i ja he canviat la contrasenya dues vegades, gràcies per l'ajuda"),
    ("it", "Non riesco ad accedere e ho già cambiato la parola d'ordine due volte"),
    ("ro", "Nu pot să intru în cont și am schimbat deja parola de două ori"),
    ("ms", "Saya tak boleh log masuk, kata laluan sudah saya tukar dua kali kerana lupa"),
    ("tl", "Hindi ako makapasok at dalawang beses ko nang pinalitan ang aking password"),
    ("uk", "Не можу увійти, пароль уже змінював двічі, що робити далі"),
    ("bg", "Не мога да вляза, вече два пъти смених паролата си"),
    ("sr", "Не могу да се пријавим, већ сам два пута променио лозинку"),
    ("kk", "Кіре алмай жатырмын, құпиясөзді екі рет ауыстырдым"),
    ("fa", "نمی‌توانم وارد شوم و رمز را دو بار عوض کرده‌ام"),
    ("ur", "میں لاگ ان نہیں کر سکتا، پاس ورڈ دو بار بدل چکا ہوں"),
    ("az", "Hesaba daxil ola bilmirəm, parolu iki dəfə dəyişmişəm"),
    ("nl", "Ik kan niet meer inloggen en heb mijn wachtwoord al twee keer gewijzigd"),
    ("af", "Ek kan nie meer inkom nie en het my wagwoord al twee keer verander"),
    ("sv", "Jag kommer inte in och har redan bytt lösenord två gånger"),
    ("pl", "Nie mogę się zalogować, a hasło zmieniałem już dwa razy"),
    ("cs", "Nemohu se přihlásit a heslo jsem už dvakrát změnil"),
    ("hu", "Nem tudok belépni, pedig már kétszer megváltoztattam a jelszót"),
]

JARGON = [
    ("es", "hola, hice withdraw de USDT TRC20 y el KYC sigue pendiente"),
    ("pt", "fiz withdraw de BTC pela wallet e não caiu, KYC ok"),
    ("fr", "mon withdraw USDT est bloqué, le KYC et le wallet sont pourtant validés"),
    ("de", "mein withdraw von BTC hängt, KYC und wallet sind doch bestätigt"),
    ("tr", "USDT withdraw yaptım ama wallet adresime gelmedi, KYC tamam"),
    ("vi", "em withdraw USDT về wallet mà chưa thấy, KYC xong rồi ạ"),
    ("id", "saya sudah withdraw USDT ke wallet tapi belum masuk, KYC sudah selesai"),
    ("ru", "сделал withdraw USDT TRC20 на wallet, KYC прошёл, денег нет"),
    ("ar", "عملت withdraw USDT TRC20 ولم تصل إلى wallet"),
    ("zh-CN", "withdraw USDT TRC20 到 wallet 一直没到账"),
    ("ja", "USDT TRC20 を wallet に withdraw したのに届かない"),
    ("ko", "USDT TRC20 withdraw 했는데 wallet 에 안 들어와요"),
]

UNMARKED = [
    ("es", "no me llego el codigo de verificacion, cuanto hay que esperar"),
    ("pt", "nao recebi o codigo de verificacao, voces podem ajudar"),
    ("fr", "je n'ai pas recu le code et le compte est bloque depuis lundi"),
    ("de", "ich kann das Passwort nicht aendern, koennen Sie mir helfen"),
    ("tr", "sifremi degistirdim ama giris yapamiyorum, yardim eder misiniz"),
    ("vi", "toi khong rut duoc tien ve tai khoan ngan hang"),
]


@pytest.mark.parametrize(("language", "text"), [*OF_THE_DESK, *RELATIVES])
def test_a_short_sentence_shows_its_language(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize(("language", "text"), JARGON)
def test_jargon_says_nothing_of_the_language(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize("text", ["withdraw USDT", "KYC", "BTC ETH XRP", "ok", "airdrop token P2P"])
def test_jargon_alone_leaves_the_language_open(text: str) -> None:
    guess = detect(text)
    assert guess.language == "en"
    assert 0 < guess.confidence < 0.5


@pytest.mark.parametrize(("language", "text"), UNMARKED)
def test_letters_typed_without_their_marks_are_read(language: str, text: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize("text", ["Maria", "no", "a", "problem", "Anna Martin", "xqzt", "info"])
def test_little_in_latin_letters_is_a_hint_at_most(text: str) -> None:
    assert detect(text).confidence < 0.5


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Hello dear team. No puedo retirar mi dinero desde hace tres días, ¿qué pasa con mi cuenta?"),
        ("en", "Hola! I cannot withdraw my money since three days, what is going on with my account? Gracias"),
        ("ru", "Hello. Уже третий день не могу вывести деньги, что происходит с моим счётом?"),
        ("ar", "Dear support, لا أستطيع سحب أموالي منذ ثلاثة أيام، ماذا يحدث لحسابي؟"),
    ],
)
def test_of_two_languages_the_greater_part_decides(language: str, text: str) -> None:
    assert detect(text).language == language


def test_halves_in_two_languages_are_a_hint_only() -> None:
    halves = "I cannot get into my account since monday please help. No puedo entrar en mi cuenta desde el lunes ayuda."
    assert detect(halves).confidence < 0.9


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "出金拒否 円 気"),
        ("zh-CN", "钱"),
        ("tr", "İADE NE ZAMAN YAPILACAK, PARAM NEREDE"),
        ("es", "𝗡𝗼 𝗽𝘂𝗲𝗱𝗼 𝗿𝗲𝘁𝗶𝗿𝗮𝗿 𝗺𝗶 𝗱𝗶𝗻𝗲𝗿𝗼"),
        ("de", "Ｉｃｈ ｋａｎｎ ｍｉｃｈ ｎｉｃｈｔ ａｎｍｅｌｄｅｎ"),
        ("ar", "لَمْ يَصِلْ الإيداعُ إلى حِسابِي"),
        ("fa", "سلام حساب من بسته شده لطفا كمك كنيد"),
    ],
)
def test_writing_habits_do_not_hide_a_language(language: str, text: str) -> None:
    """Kanji alone, one character, dotted capitals, bold, full width, vowel signs, Persian on an Arabic keyboard."""
    assert detect(text).language == language


@pytest.mark.parametrize(("written", "plain"), [("GİRİŞ", "giriş"), ("حِسابِي", "حسابي"), ("مرحبــــا", "مرحبا")])
def test_marks_that_lower_case_and_vowel_signs_leave_do_not_cut_words(written: str, plain: str) -> None:
    assert detect(written) == detect(plain)


def test_one_word_is_never_sure() -> None:
    assert detect("gracias").language == "es"
    assert 0.5 < detect("gracias").confidence < 0.9


@given(st.text(st.characters(codec="utf-16", categories=None), max_size=300))
@settings(max_examples=60)
def test_nothing_raises(text: str) -> None:
    assert 0.0 <= detect(text).confidence < 1.0


@settings(max_examples=30)
@given(st.text(st.characters(categories=["Cs", "Lo", "Mn", "Cf", "Co"]), max_size=200))
def test_odd_characters_raise_nothing_either(text: str) -> None:
    assert detect(text).language
