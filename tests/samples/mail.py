"""Mails that nobody sent, one for each thing that goes wrong with mail; what becomes of each is in `mail_expected/`.

`python -m tests.samples.mail` writes the expectations anew: read the difference before it is committed.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.ports import Key, Raw, StreamId
from tests.samples import mail_bytes, mail_charsets, mail_outlook, mail_words
from tests.samples.mail_writing import HEAD, OUR_ID, deck, multipart, word

__all__ = ["EXPECTED", "HEAD", "RECEIVED_AT", "SAMPLES", "multipart", "outcome", "raw_of", "shown", "write"]

EXPECTED = Path(__file__).parent / "mail_expected"
RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def raw_of(body: bytes, *, complete: bool = True, size: int | None = None) -> Raw:
    """Return a raw as the mail connector would make it."""
    return Raw(
        source="support",
        stream=StreamId("INBOX"),
        key=Key("support:1:7"),
        lane="ada@users.test",
        body=body,
        media_type="message/rfc822",
        received_at=RECEIVED_AT,
        size=len(body) if size is None else size,
        complete=complete,
        notes={"folder": "INBOX", "uid": "7"},
    )


_BOUNCE_STATUS = (
    b"Content-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; mx.users.test\n"
    b"Arrival-Date: Fri, 20 Nov 2026 08:14:00 +0000\n\n"
    b"Final-Recipient: rfc822; ada@users.test\n"
    b"Action: failed\nStatus: 5.1.1\n"
    b"Diagnostic-Code: smtp; 550 no such user\n"
)
_BOUNCE_HEAD = (
    b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.users.test\nTo: support@examplex.test\n"
    b"Subject: Undelivered Mail\nMessage-ID: <b1@mx.users.test>\nDate: Fri, 20 Nov 2026 08:15:00 +0000\n"
    b"Auto-Submitted: auto-replied\n"
)

SAMPLES: dict[str, bytes] = {
    "plain": HEAD + b"Subject: Withdrawal pending\n\nMy withdrawal has been pending since noon.\n\nAda\n",
    "crlf_and_trace": (
        b"Return-Path: <ada@users.test>\r\nDelivered-To: support@examplex.test\r\n"
        b"Received: from out.users.test by mx.examplex.test; Fri, 20 Nov 2026 00:15:02 +0000\r\n"
        b"Authentication-Results: mx.examplex.test; dmarc=pass header.from=users.test;\r\n spf=pass\r\n"
        b"Authentication-Results: evil.test; dmarc=pass header.from=examplex.test\r\n"
        b"DKIM-Signature: v=1; a=rsa-sha256; d=Users.TEST; s=k; bh=AAAA; b=BBBB\r\n"
        + HEAD.replace(b"\n", b"\r\n")
        + b"Subject: Withdrawal pending\r\nList-Id: <l.users.test>\r\nAuto-Submitted: no\r\n\r\n"
        b"My withdrawal has been pending since noon.\r\n\r\nAda\r\n"
    ),
    "reply_quoted": HEAD
    + b"Subject: Re: [GH-7K3MQ-9Q2XZ] Withdrawal\nIn-Reply-To: "
    + OUR_ID
    + b"\nReferences: <m0@users.test>\n "
    + OUR_ID
    + b"\n\nStill pending.\n\nOn Fri, 20 Nov 2026 at 08:00, Examplex Support\n<support@examplex.test> wrote:\n"
    b"> We are looking into it.\n>\n> Examplex\n",
    "reply_chinese": HEAD
    + b"Subject: "
    + word("回复：提现", "gb2312")
    + b"\nContent-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode(
        "还没有到账。\n\n在 2026年11月20日，Examplex <support@examplex.test> 写道：\n> 正在处理\n".encode("gb2312")
    )
    + b"\n",
    "interleaved": HEAD
    + b"Subject: Re: x\n\nOn Friday you wrote:\n> Which network?\nThe first one.\n> Which amount?\n5.\n",
    "html_phish": HEAD.replace(b"Ada Lin <ada@users.test>", b'"Examplex Support" <help@examp1ex.test>')
    + b"Reply-To: Claims <claims@other.test>\nSubject: Verify\nContent-Type: text/html; charset=utf-8\n\n"
    b"<html><head><title>T</title><style>p{color:red}</style></head><body><p>Dear&nbsp;user &amp; friend,</p>"
    b'<div style="display:none">preheader</div><p>log in at <a href="https://examp1ex.test/login?a=1&amp;b=2">'
    b"https://www.examplex.test/login</a> now.</p><script>alert(1)</script>"
    b"<ul><li>one<li>two</ul><!-- note --><blockquote>old words</blockquote>2 &lt; 3</body></html>\n",
    "alternative": HEAD
    + b"Subject: Both\n"
    + multipart(
        "alternative",
        b"Content-Type: text/plain; charset=utf-8\n\nSee https://examplex.test/a).\n",
        b'Content-Type: text/html\n\n<p>See <a href="https://evil.test/a">https://examplex.test/a</a>.</p>\n',
    ),
    "attachments": HEAD
    + b"Subject: Files\n"
    + multipart(
        "mixed",
        b"Content-Type: text/plain\n\nSee the screenshot.\n",
        b"Content-Type: image/png; name*0*=utf-8''%E6%88%AA;\n name*1*=%E5%9B%BE.png\n"
        b"Content-Transfer-Encoding: base64\nContent-ID: <img1@users.test>\n"
        b"Content-Disposition: inline\n\niVBORw0KGgo=\n",
        b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="../../etc/\xe2\x80\xaefdp.exe"\n\n'
        b"%PDF-1.4\n",
        b"Content-Type: application/zip\nContent-Disposition: attachment; filename==?utf-8?B?5pS25o2uLnppcA==?=\n"
        b"Content-Transfer-Encoding: base64\n\n!!!!\n",
    ),
    "forward_attached": HEAD
    + b"Subject: Fwd: is this you?\n"
    + multipart(
        "mixed",
        b"Content-Type: text/plain\n\nIs this yours?\n",
        b"Content-Type: message/rfc822\n\nFrom: Examplex Team <team@examplex-help.test>\n"
        b"Date: Thu, 19 Nov 2026 10:00:00 +0000\nSubject: Act now\n\nSend your phrase to https://examplex-help.test/x\n",
    ),
    "forward_inline": HEAD + b"Subject: Fwd: Act now\n\nIs this yours?\n\n---------- Forwarded message ---------\n"
    b"From: Examplex Team <team@examplex-help.test>\nDate: Thu, 19 Nov 2026 10:00:00 +0000\nSubject: Act now\n"
    b"To: <ada@users.test>\n\nSend your phrase to https://examplex-help.test/x\n",
    "forward_alone": HEAD
    + b"Subject: Fwd: Act now\n\nBegin forwarded message:\n\nFrom: Examplex Team <team@examplex-help.test>\n"
    b"Subject: Act now\n\nSend your phrase.\n",
    "bounce": _BOUNCE_HEAD
    + multipart(
        'report; report-type="delivery-status"',
        b"Content-Type: text/plain\n\nYour mail could not be delivered.\n",
        _BOUNCE_STATUS,
        b"Content-Type: message/rfc822\n\nMessage-ID: " + OUR_ID + b"\nFrom: support@examplex.test\n\nWe got it.\n",
    ),
    "bounce_delayed": _BOUNCE_HEAD
    + multipart(
        "report; report-type=delivery-status",
        b"Content-Type: text/plain\n\nNot yet.\n",
        _BOUNCE_STATUS.replace(b"failed", b"delayed").replace(b"5.1.1", b"4.4.7"),
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: " + OUR_ID + b"\n",
    ),
    "bounce_qmail": _BOUNCE_HEAD
    + b"\nHi. This is the mail program at mx.users.test.\nI gave up.\n\n<ada@users.test>:\nno such user (#5.1.1)\n\n"
    b"--- Below this line is a copy of the message.\n\nMessage-ID: " + OUR_ID + b"\nFrom: support@examplex.test\n",
    "vacation": HEAD.replace(b"Date:", b"Return-Path: <>\nAuto-Submitted: auto-replied\nDate:")
    + b"Subject: Out of office\nIn-Reply-To: "
    + OUR_ID
    + b"\n\nI am away.\n",
    "two_from": HEAD + b"From: support@examplex.test\nSubject: a\nSubject: b\n\nWho am I?\n",
    "group_and_comments": HEAD.replace(
        b"To: Support <support@examplex.test>",
        b'Cc: Friends: "Lin, Bo" <Bo@Users.TEST>, c@users.test (Cy (the (third))),'
        b" =?utf-8?q?D=C3=A9?= <d@users.test>;\n"
        b"To: <@relay.test:e@users.test>, undisclosed-recipients:;, f@b\xc3\xbccher.test",
    )
    + b"\nhi\n",
    "unclosed_quote": HEAD.replace(b"Ada Lin", b'"Ada') + b'Subject: q\nCc: "\n\nhi\n',
    "header_injection": HEAD + b"Subject: =?utf-8?q?hello=0D=0ABcc:_x@y.test=00=E2=80=AEexe?=\n\nhi\n",
    "words_cut_in_character": HEAD
    + b"Subject: =?utf-8?B?"
    + base64.b64encode("提现".encode()[:4])
    + b"?=\n =?utf-8?B?"
    + base64.b64encode("提现".encode()[4:])
    + b"?= ok\n\nhi\n",
    "raw_8bit": HEAD.replace(b"Ada Lin", "阿达".encode())
    + "Subject: 您好，客服".encode("gb18030")
    + "\n\n您好，我的提现还没有到账\n".encode("gb18030"),
    "iso2022jp": HEAD
    + b"Subject: jp\nContent-Type: text/plain; charset=ISO-2022-JP\n\n"
    + "こんにちは\n".encode("iso2022_jp"),
    "utf16": HEAD
    + b"Subject: wide\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode("wide ünï\n".encode("utf-16-le"))
    + b"\n",
    "charset_lie": HEAD + b"Content-Type: text/plain; charset=iso-8859-1\n\n" + "grüß dich\n".encode(),
    "charset_unknown": HEAD + b"Content-Type: text/plain; charset=x-nonsense\n\nCaf\xe9\n",
    "nul_and_controls": HEAD + b"Subject: a\x00b\x1b[31m\n\none\x00two\x1b[31m three\n",
    "no_separator": HEAD + b"Subject: s\nThis line is no header.\n\nNor this.\n",
    "no_header": b"Just words.\nNo header: none at all.\n",
    "mbox": b"From ada@users.test Fri Nov 20 08:15:00 2026\n" + HEAD + b"Subject: mbox\n\nhi\n>From here on.\n",
    "bare_cr": (HEAD + b"Subject: cr\n\nline one\nline two\n").replace(b"\n", b"\r"),
    "empty_boundary": HEAD + b'Content-Type: multipart/mixed; boundary=""\n\n--\nContent-Type: text/plain\n\nwords\n',
    "boundary_never_closed": HEAD + multipart("mixed", b"\nwords\n", b"Content-Type: image/gif\n\nGIF89a", close=False),
    "base64_on_multipart": HEAD
    + b"Content-Transfer-Encoding: base64\n"
    + multipart("mixed", b"Content-Type: text/plain\n\nreadable\n"),
    "broken_base64": HEAD + b"Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ*\n--\nfooter of a list\n",
    "broken_qp": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n100=25 =ZZ =\nend=3",
    "rfc2231_garbage": HEAD
    + multipart("mixed", b"\nx\n", b"Content-Type: application/zip; name*=; name**=x; name*x*=''%zz; *=1\n\nab\n"),
    "date_absurd": HEAD.replace(b"20 Nov 2026", b"20 Nov 2099") + b"Subject: future\n\nhi\n",
    "ids_odd": HEAD.replace(b"<m1@users.test>", b"<[m1]@users.test> trailing")
    + b"References: <> < > <a b@c> <ok@x>\n\nhi\n",
    "no_message_id": HEAD.replace(b"Message-ID: <m1@users.test>\n", b"") + b"Subject: none\n\nhi\n",
    "bcc_only": HEAD.replace(b"To: Support <support@examplex.test>\n", b"X-Original-To: gh.token@examplex.test\n")
    + b"\nhi\n",
}


_DECKS = ("replies", "forwards", "html", "automatic", "reports", "people", "parts", "trade")
for _more in (*map(deck, _DECKS), mail_bytes.SAMPLES, mail_charsets.SAMPLES, mail_outlook.SAMPLES, mail_words.SAMPLES):
    assert SAMPLES.keys().isdisjoint(_more), "a name stands twice"
    SAMPLES |= _more


def outcome(body: bytes) -> dict[str, Any]:
    """Return what a mail becomes, as JSON, without what the models fill in by default."""
    from normalizers.email import NORMALIZER

    (event,) = NORMALIZER.normalize(raw_of(body))
    return {"event": type(event).__name__, **event.model_dump(mode="json", exclude_defaults=True)}


def shown(body: bytes) -> str:
    """Return what a mail becomes as it is written down."""
    return json.dumps(outcome(body), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write() -> None:
    """Write the expectations anew."""
    EXPECTED.mkdir(exist_ok=True)
    for path in EXPECTED.glob("*.json"):
        path.unlink()
    for name, body in SAMPLES.items():
        (EXPECTED / f"{name}.json").write_text(shown(body), encoding="utf-8")


if __name__ == "__main__":
    write()
