"""What the users of a story write: conversations by mail with texts, subjects and files that are easy to get wrong."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from functools import cached_property
from hashlib import sha256

from tests.mails import DESK

SUBJECTS = (
    "Überweisung größer als erlaubt",
    "提现没有到账",
    "My withdrawal 🙏 is <b>missing</b> & late",
    "Où est passé mon virement ?",
    "заявка на вывод средств",
    "入金が反映されません 💸",
    "Re[2]: [URGENT] deposit #4711 {pending} 100 %",
)
TEXTS = (
    "Guten Tag,\n\nmeine Überweisung größer als 100 € hängt.\n\nSchöne Grüße\nJürgen Müßig",
    "您好，\n我的提现还没有到账。请查看订单号 81723，谢谢！🙏",
    "Hello,\n\n  1. I pressed <b>Send</b> & waited\n  2. it says: a < b && c > d\n\n    *stars* _under_ `ticks` #12",
    "C:\\new\\table and $HOME and %s and {0} and [link](here) and ${x} — “quoted”, ‘so’",
    "👩🏽‍🚀👨‍👩‍👧‍👦🇩🇪 flags and families, 𝒻𝓪𝓷𝓬𝔂 and 𠮷野家, e\u0301 and é",
    "one long line " * 120 + "and its end",
    "{{ ticket.id }} <% x %> &lt;b&gt; &#128591; &nbsp; done",
    "שלום, الرصيد غير صحيح, नमस्ते, สวัสดี",
)
DANGER = "\n\nSomebody at https://examp1ex.test told me to verify my account, is that you?"
"""What trust has something to say about, for agents alone."""
NAMES = (
    ("Überweisung größer.png", "image/png"),
    ("提现 截图 2026-11-20.png", "image/png"),
    ("💸 receipt 🙏.pdf", "application/pdf"),
    ("README", "application/octet-stream"),
    ("semi;colon, comma = (1) [2].txt", "text/plain"),
    ("l'été 100% done+more&x=y #1.csv", "text/csv"),
    ("ведомость_файл.zip", "application/zip"),
    ("quote \"s\" and 'n'.bin", "application/octet-stream"),
    (f"{'sehr langer Dateiname ' * 6}Ende.pdf", "application/pdf"),
    ("photo.jpeg", "image/jpeg"),
    ("cafe\u0301.tar.gz", "application/gzip"),
)
HEADS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-1.7\n",
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
}
LARGE = (200_000, 500_000)
SMALL = (1, 20_000)


@dataclass(frozen=True)
class File:
    """A file by its name, and its bytes, which a seed makes anew each time."""

    name: str
    media_type: str
    seed: int
    size: int

    @property
    def data(self) -> bytes:
        rng = random.Random(self.seed)
        if self.media_type.startswith("text/"):
            words = ("Überweisung", "提现", "🙏", "81723", "a,b;c", "line\r\nend", "tab\tbed", "plain")
            text = " ".join(rng.choice(words) for _ in range(max(1, self.size // 8)))
            return text.encode()
        return (HEADS.get(self.media_type, b"\x00\xff\r\n") + rng.randbytes(self.size))[: max(self.size, 1)]

    @cached_property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Written:
    """One message of a user."""

    number: int
    text: str
    files: tuple[File, ...] = ()

    @property
    def message_id(self) -> str:
        return f"<story-{self.number}@mail.test>"


@dataclass(frozen=True)
class Conversation:
    """What one user wrote about one matter, in order."""

    number: int
    user: str
    subject: str
    messages: tuple[Written, ...] = ()

    @property
    def first(self) -> str:
        return self.messages[0].message_id

    def mail(self, index: int) -> bytes:
        """Return one of its messages as it comes over the line."""
        written = self.messages[index]
        mail = EmailMessage()
        mail["From"], mail["To"] = f"User {self.user.partition('@')[0]} <{self.user}>", DESK
        mail["Subject"] = self.subject if index == 0 else f"Re: {self.subject}"
        mail["Message-ID"], mail["Date"] = written.message_id, "Fri, 20 Nov 2026 12:00:00 +0000"
        if index:
            mail["In-Reply-To"] = self.messages[index - 1].message_id
            mail["References"] = f"{self.first} {self.messages[index - 1].message_id}"
        mail.set_content(written.text, cte="base64")
        for file in written.files:
            kind, _, subtype = file.media_type.partition("/")
            mail.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
        return mail.as_bytes(policy=SMTP)


@dataclass
class Crowd:
    """All conversations, and the order in which their messages are sent: (conversation, index)."""

    conversations: Sequence[Conversation]
    order: Sequence[tuple[Conversation, int]] = field(repr=False)


def crowd(messages: int, conversations: int, seed: int, names: Sequence[tuple[str, str]] = NAMES) -> Crowd:
    """Return that many messages in that many conversations; every tenth user has two matters at once.

    `names` are those that files may have, each with its type.
    """
    rng = random.Random(seed)
    shares = [*range(conversations), *(rng.randrange(conversations) for _ in range(messages - conversations))]
    rng.shuffle(shares)
    numbers: list[list[int]] = [[] for _ in range(conversations)]
    for number, share in enumerate(shares):
        numbers[share].append(number)
    users = max(1, conversations * 9 // 10)
    made = [
        Conversation(
            each,
            f"user{each % users:04}@mail.test",
            f"{rng.choice(SUBJECTS)} ({each})",
            tuple(_written(number, rng, seed, names) for number in numbers[each]),
        )
        for each in range(conversations)
    ]
    places = {written.number: (talk, index) for talk in made for index, written in enumerate(talk.messages)}
    return Crowd(made, [places[number] for number in range(messages)])


def _written(number: int, rng: random.Random, seed: int, names: Sequence[tuple[str, str]]) -> Written:
    text = f"Message {number}.\n\n{rng.choice(TEXTS)}"
    if rng.random() < 0.1:
        text += DANGER
    return Written(number, text, tuple(_files(number, rng, seed, names)))


def _files(number: int, rng: random.Random, seed: int, names: Sequence[tuple[str, str]]) -> Iterator[File]:
    if rng.random() > 0.4:
        return
    for place in range(rng.choice((1, 1, 1, 2, 3))):
        name, media_type = rng.choice(names)
        size = rng.randint(*(LARGE if rng.random() < 0.08 and not media_type.startswith("text/") else SMALL))
        yield File(name, media_type, zlib.crc32(f"{seed}:{number}:{place}".encode()), size)
