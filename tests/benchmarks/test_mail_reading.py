"""How many mails one core reads in a second: raw in, message out, with nothing before or behind it."""

from __future__ import annotations

import gc
import os
import textwrap
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from normalizers.email import NORMALIZER
from tests.benchmarks import mails
from tests.benchmarks.meter import median
from tests.benchmarks.report import FULL, Section, Target
from tests.samples import mail

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 7 if FULL else 3
COUNT = 1_000 if FULL else 300
SMALL, LARGE = 5 * 1024, 20 * 1024
LETTERS, NEWSLETTERS = Target(3_000, at_least=True), Target(1_000, at_least=True)
"""For mails up to 5 kB, and for those above up to 20 kB."""
STYLE = (
    "padding:4px 8px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;font-weight:normal;"
    "color:#333333;text-align:left;vertical-align:top;border-bottom:1px solid #dddddd"
)
TOKEN = "aGVsbG8gdGhlcmUgaG93IGFyZSB5b3U" * 4
CELL = (
    f'<tr><td style="{STYLE}" bgcolor="#f4f4f4"><p style="{STYLE}">Withdrawal {{n}} of <b>0.{{n}} BTC</b> is pending '
    f'since yesterday evening.</p><a href="https://examplex.test/w/{{n}}?a=1&amp;token={TOKEN}" target="_blank" '
    f'style="{STYLE}">See it</a><br><img src="https://examplex.test/i/{{n}}.png?token={TOKEN}" alt="state" width="20" '
    'height="20" border="0"></td></tr>\r\n'
)
"""What programs write: long styles, and long addresses that tell who has looked."""


def rate(bodies: Iterable[bytes]) -> float:
    """Return mails a second of this process's time on the processor, in the middle of several rounds."""
    raws = [mail.raw_of(body) for body in bodies]
    for raw in raws[:100]:
        NORMALIZER.normalize(raw)
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        for raw in raws:
            NORMALIZER.normalize(raw)
        found.append(len(raws) / (time.process_time() - began))
    return median(found)


def newsletter(number: int) -> bytes:
    """Return a mail of 18 kB as programs write it: a table of cells, each with its own style, and a plain text."""
    cells = "".join(CELL.format(n=number + cell) for cell in range(13))
    plain = "\r\n".join(
        textwrap.wrap(f"Your withdrawals of week {number} are pending. See the app for more. " * 24, 76)
    )
    head = mails.mail(number).partition(b"Content-Type:")[0]
    return (
        head + b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n--alt\r\n'
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + plain.encode() + b"\r\n--alt\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><table>"
        + cells.encode()
        + b"</table></body></html>"
        b"\r\n--alt--\r\n"
    )


def public() -> list[bytes]:
    """Return the public mails, where their folder is named."""
    place = os.environ.get("GATEHOUSE_SHARED_DATA")
    return [path.read_bytes() for path in sorted((Path(place) / "eml").rglob("*.eml"))] if place else []


def test_reading_mail() -> None:
    section = Section("reading mail", f"processor time of one process, median of {ROUNDS} rounds")
    letters = [mails.mail(number) for number in range(COUNT)]
    newsletters = [newsletter(number) for number in range(COUNT // 4)]
    assert max(map(len, letters)) <= SMALL < min(map(len, newsletters)) <= max(map(len, newsletters)) <= LARGE
    section.add("mails of 4 kB: text, HTML, files", rate(letters), "/s", LETTERS)
    samples = [body for body in mail.SAMPLES.values() if len(body) <= SMALL]
    section.add("samples up to 5 kB, each odd in its own way", rate(samples), "/s", LETTERS)
    section.add("HTML of 18 kB in tables", rate(newsletters), "/s", NEWSLETTERS)
    with_files = [mails.large(number, LARGE - 500) for number in range(COUNT // 4)]
    section.add("mails of 20 kB with a file", rate(with_files), "/s", NEWSLETTERS)
    if corpus := public():
        section.add("public mails up to 5 kB", rate(each for each in corpus if len(each) <= SMALL), "/s", LETTERS)
        middle = [each for each in corpus if SMALL < len(each) <= LARGE]
        section.add("public mails of 5 to 20 kB", rate(middle), "/s", NEWSLETTERS)
    section.write()
