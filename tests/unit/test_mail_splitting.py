"""A mail's own words, its signature and its history are told apart in the languages that mail programs speak."""

from __future__ import annotations

import pytest

from gateway.case import Message
from normalizers.email import _limits, _signature
from tests.samples import mail
from tests.unit.test_mail_headers import message_of

PLAIN = b"Content-Type: text/plain; charset=utf-8\n\n"


def _message(text: str, subject: str = "Help") -> Message:
    return message_of(mail.HEAD + f"Subject: {subject}\n".encode() + PLAIN + text.encode())


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda Lin\nhttps://ada.test",
        "--\nAda",
        "Sent from my iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Outlook for Android",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Отправлено с iPhone",
        "发自我的iPhone",
        "iPhoneから送信",
        "Gửi từ iPhone của tôi",
        "iPhone'umdan gönderildi",
        "나의 iPhone에서 보냄",
    ],
)
@pytest.mark.parametrize("history", ["", "\n\nOn Monday, B <b@x.test> wrote:\n> old"])
def test_a_signature_is_split_off_and_kept(signature: str, history: str) -> None:
    message = _message(f"My words.\n\n{signature}{history}\n")
    assert (message.text, message.signature, message.quoted) == ("My words.", signature, history.strip())


def test_a_signature_below_the_history_is_split_off() -> None:
    message = _message("My words.\n\nOn Monday, B <b@x.test> wrote:\n> old https://b.test\n\n-- \nAda https://a.test\n")
    assert (message.text, message.signature) == ("My words.", "-- \nAda https://a.test")
    assert message.quoted == "On Monday, B <b@x.test> wrote:\n> old https://b.test"
    for link in message.links:
        assert link.span is not None
        assert getattr(message, link.span.field)[link.span.start : link.span.end] == link.url
    assert [link.span.field for link in message.links if link.span] == ["quoted", "signature"]


@pytest.mark.parametrize(
    "text",
    [
        "-- \nnothing above it",
        "Sent from my iPhone",
        "I wrote:\n\n-- \n" + "a line\n" * (_limits.SIGNATURE_LINES + 2),
        "I wrote:\n\n-- \n" + "x" * (_limits.SIGNATURE_CHARS + 1),
        "Hi\n\nSent from my iPhone is what it says below every mail. Can you take that away? Thank you for your help!",
        "a\n--\n",
        "a -- \nb",
        "Hi,\nthe wallet that my money was sent from my friend says is empty",
    ],
)
def test_in_doubt_there_is_no_signature(text: str) -> None:
    assert _signature.begins(text) is None
    assert _message(text).signature == ""


BLOCKS = {
    "de": ("-------- Weitergeleitete Nachricht --------", "Betreff: Jetzt\nDatum: {d}\nVon: {f}\nAn: ada@users.test"),
    "fr": ("---------- Message transféré ---------", "De : {f}\nDate : {d}\nObjet : Jetzt\nÀ : <ada@users.test>"),
    "es": ("---------- Mensaje reenviado ---------", "De: {f}\nFecha: {d}\nAsunto: Jetzt\nPara: ada@users.test"),
    "it": ("---------- Messaggio inoltrato ---------", "Da: {f}\nData: {d}\nOggetto: Jetzt\nA: ada@users.test"),
    "pt": ("---------- Mensagem encaminhada ---------", "De: {f}\nData: {d}\nAssunto: Jetzt\nPara: ada@users.test"),
    "ru": ("-------- Пересылаемое сообщение --------", "Тема: Jetzt\nДата: {d}\nОт: {f}\nКому: ada@users.test"),
    "nl": ("---------- Doorgestuurd bericht ---------", "Van: {f}\nDatum: {d}\nOnderwerp: Jetzt\nAan: ada@users.test"),
    "tr": ("---------- Yönlendirilen ileti ---------", "Gönderen: {f}\nTarih: {d}\nKonu: Jetzt\nKime: ada@users.test"),
    "vi": ("---------- Thư chuyển tiếp ---------", "Từ: {f}\nNgày: {d}\nChủ đề: Jetzt\nĐến: ada@users.test"),
    "id": ("---------- Pesan terusan ---------", "Dari: {f}\nTanggal: {d}\nPerihal: Jetzt\nKepada: ada@users.test"),
    "ko": ("---------- 전달된 메시지 ---------", "보낸 사람: {f}\n날짜: {d}\n제목: Jetzt\n받는 사람: ada@users.test"),
    "ja": ("---------- 転送メッセージ ---------", "差出人: {f}\n日時: {d}\n件名: Jetzt\n宛先: ada@users.test"),
    "zh": ("---------- 转发的邮件 ---------", "发件人：{f}\n日期：{d}\n主题：Jetzt\n收件人：ada@users.test"),
    "apple": ("Anfang der weitergeleiteten Nachricht:", "> Von: {f}\n> Datum: {d}\n> Betreff: Jetzt\n> An: ada"),
}


@pytest.mark.parametrize("language", sorted(BLOCKS))
def test_a_forwarded_mail_names_its_origin_in_many_languages(language: str) -> None:
    rule, block = BLOCKS[language]
    block = block.format(f="Team <team@examplex-help.test>", d="Thu, 19 Nov 2026 10:00:00 +0000")
    mark = "> " if block.startswith(">") else ""
    message = _message(f"Is this yours?\n\n{rule}\n\n{block}\n{mark}\n{mark}Send your phrase\n")
    (origin,) = message.forwarded
    assert (origin.party.address, origin.party.name) == ("team@examplex-help.test", "Team")
    assert (origin.subject, origin.text.lstrip("> ")) == ("Jetzt", "Send your phrase")
    assert origin.sent_at is not None
    assert message.text == "Is this yours?"


@pytest.mark.parametrize("subject", ["FW: x", "WG: x", "TR: x", "RV: x", "I: x", "ENC: x", "Doorst: x", "转发: x"])
def test_an_outlook_forward_without_a_rule_is_known_by_its_subject(subject: str) -> None:
    text = "See.\n\n________________________________\nVon: T <t@x.test>\nGesendet: Montag\nAn: a\nBetreff: s\n\nwords\n"
    message = message_of(mail.HEAD + f"Subject: {subject}\n".encode() + PLAIN + text.encode())
    assert [origin.party.address for origin in message.forwarded] == ["t@x.test"]
    assert message.text == "See."
    assert message.quoted.startswith("____")


HEADS = [
    "Am 01.01.2026 um 10:00 schrieb A <a@x.test>:",
    "Am Do., 1. Jan. 2026 um 10:00 Uhr schrieb A\n<a@x.test>:",
    "Le jeu. 1 janv. 2026 à 10:00, A <a@x.test> a écrit :",
    "El jue, 1 ene 2026 a las 10:00, A (<a@x.test>) escribió:",
    "Il giorno gio 1 gen 2026 alle ore 10:00 A <a@x.test> ha scritto:",
    "Em qui., 1 de jan. de 2026 às 10:00, A <a@x.test> escreveu:",
    "Op do 1 jan. 2026 om 10:00 schreef A <a@x.test>:",
    "чт, 1 янв. 2026 г. в 10:00, A <a@x.test>:",
    '01.01.2026, 10:00, "A" <a@x.test>:',
    "1 января 2026 г., 10:00 пользователь A <a@x.test> написал:",
    "A <a@x.test>, 1 Oca 2026 Per, 10:00 tarihinde şunu yazdı:",
    "Vào Th 5, 1 thg 1, 2026 vào lúc 10:00 A <a@x.test> đã viết:",
    "Pada tanggal Kam, 1 Jan 2026 pukul 10.00 A <a@x.test> menulis:",
    "2026년 1월 1일 (목) 오전 10:00, A <a@x.test>님이 작성:",
    "2026年1月1日(木) 10:00 A <a@x.test>:",
    "w czw., 1 sty 2026 o 10:00 A <a@x.test> napisał(a):",
]


@pytest.mark.parametrize("head", HEADS)
def test_an_answer_is_split_from_its_history_in_many_languages(head: str) -> None:
    message = _message(f"My answer.\n\n{head}\n\n> old words\n> more\n")
    assert message.text == "My answer."
    assert message.quoted == f"{head}\n\n> old words\n> more"
    assert message.forwarded == ()


@pytest.mark.parametrize(
    "text",
    [
        "Um 10:00 schrieb mir A, dass alles gut sei:\nes war gelogen.",
        "I was paid 10:00 by A <a@x.test>:\nand nothing came",
        "De nada: gracias\nPara mi: todo",
        "a: b\nto: c\nsubject to: change",
    ],
)
def test_words_that_only_look_like_history_stay(text: str) -> None:
    assert _message(text).text == text
