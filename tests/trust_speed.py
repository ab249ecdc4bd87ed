"""For `make trust-eval`: how fast trust judges, and in how much memory; each measure in a process of its own.

Times are processor time, and the best of several rounds: the machine may be busy with other things.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.case import Message
    from gateway.trust.directory import Directory
    from tests.trust_eval import Data

ON = date(2026, 11, 1)
SCAMS, ACCOUNTS, BRANDS = 300_000, 1_000, 1_200
_SYLLABLES = ("ba", "cor", "dun", "fel", "gim", "hax", "jor", "kul", "lim", "mez", "nor", "pax", "qui", "rud", "sov")

_ROUNDS = 5

Measured = tuple[str, float | None, float | None, str, bool, str]


def measured(data: Data) -> Iterator[Measured]:
    """Yield every figure: name, ours, target, best known before, whether more is better, unit."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        brands = data.file("brands.jsonl", data.brands())
        hosts = _lines(folder / "hosts", [row["domain"] for row in data.rows("domains_eval.jsonl")])
        names = [f"{row['handle']}\t{row.get('display_name') or ''}" for row in data.rows("handles_eval.jsonl")]
        handles = _lines(folder / "handles", [name.replace("\n", " ") for name in names])
        texts = [row["text"] for row in data.rows("messages_eval.jsonl")]
        corpus = _lines(folder / "texts", [" ".join(text.split()) for text in texts])
        told = _apart("hosts", brands, hosts)["rate"]
        yield "`verify()` in process", told, 38_000, "37,777 openSquat; 12,993 union", True, "hosts/s"
        told = _apart("handles", _many(data, folder), handles)["rate"]
        yield f"handles in process, {BRANDS:,} brands", told, 20_000, "2,400 combination", True, "handles/s"
        told = _apart("language", corpus)["rate"]
        yield "language of messages", told, 2_000, "982 py3langid; 62 lingua", True, "texts/s"
        loaded = _apart("assess", corpus)
        with_all = f"with {SCAMS:,} scams and {ACCOUNTS:,} accounts"
        yield f"`assess()` of 200 characters, median, {with_all}", loaded["200"], 0.2, "", False, "ms"
        yield f"`assess()` of 500 characters, median, {with_all}", loaded["500"], 0.3, "", False, "ms"
        yield "messages in process, of any length", loaded["rate"], None, "6,000 trained model", True, "messages/s"
        yield "resident memory with both", loaded["memory"], 150, "", False, "MB"
        yield "the same, before the first message", loaded["empty"], None, "", False, "MB"
        few, many = _apart("look_up", "1000")["time"], _apart("look_up", "1000000")["time"]
        yield "look-up of a host among 1,000 reported", few, None, "", False, "µs"
        yield "look-up of a host among 1,000,000 reported", many, None, "0.29 ms: 110,000 in MetaMask's", False, "µs"


def _lines(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _many(data: Data, folder: Path) -> Path:
    """Return a file of as many brands as are asked for: those of the data, and made-up ones."""
    rows = data.accounts()
    for number in range(BRANDS - len(rows)):
        name = _made_up(number)
        rows.append({"brand": name, "name": name.capitalize(), "twitter": [name], "domains": [f"{name}.test"]})
    return _lines(folder / "many.jsonl", [json.dumps(row) for row in rows])


def _made_up(number: int) -> str:
    base = len(_SYLLABLES)
    return "".join(_SYLLABLES[number // base**place % base] for place in range(4))


def _apart(name: str, *arguments: object) -> dict[str, float]:
    """Measure in a fresh process."""
    command = [sys.executable, "-m", "tests.trust_speed", name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _rate(call: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Return how many items a second are worked on, in the best of several rounds: others use the caches, too."""
    return len(items) / min(_round(call, items) for _ in range(_ROUNDS))


def _round(call: Callable[[Any], object], items: Sequence[Any]) -> float:
    begun = time.process_time()
    for item in items:
        call(item)
    return time.process_time() - begun


def hosts(directory: str, path: str) -> dict[str, float]:
    """Measure bare hosts."""
    from gateway.trust.directory import load_directory
    from gateway.trust.verify import verify

    known = load_directory(Path(directory))
    found = Path(path).read_text(encoding="utf-8").split("\n")
    return {"rate": _rate(lambda host: verify(host, known, ON), found)}


def handles(directory: str, path: str) -> dict[str, float]:
    """Measure handles with their display names."""
    from gateway.trust.claims import claim_of
    from gateway.trust.directory import load_directory
    from gateway.trust.verify import verify_claim

    known = load_directory(Path(directory))
    found = [line.partition("\t")[::2] for line in Path(path).read_text(encoding="utf-8").split("\n")]
    return {
        "rate": _rate(
            lambda item: verify_claim(claim_of(item[0], "handle"), known, ON, "x", display_name=item[1]), found
        )
    }


def language(path: str) -> dict[str, float]:
    """Measure the detection of languages."""
    from gateway.triage.language import detect

    return {"rate": _rate(detect, Path(path).read_text(encoding="utf-8").split("\n"))}


def assess(path: str) -> dict[str, float]:
    """Measure messages, with a full directory loaded."""
    from gateway.trust.assess import assess as judge

    known = _full(SCAMS, ACCOUNTS)
    empty = _resident()
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    corpus = " ".join(lines)
    found = {"rate": _rate(lambda message: judge(message, (), known, ON), list(map(_message, lines)))}
    for size in (200, 500):
        cuts = [corpus[start : start + size] for start in range(0, len(corpus) - size, max(size, len(corpus) // 1_500))]
        found[str(size)] = median(_milliseconds(judge, _message(text), known) for text in cuts)
    return found | {"empty": empty, "memory": _resident()}


def look_up(count: str) -> dict[str, float]:
    """Measure how long it takes to find that a host was, and was not, reported."""
    known = _full(int(count), 1)
    wanted = [f"shop{number}.bakery{number % 50_000}.test" for number in range(20_000)]
    return {"time": 1e6 / _rate(lambda host: known.reported("domain", host), wanted)}


def _milliseconds(judge: Callable[..., object], message: Message, known: Directory) -> float:
    begun = time.process_time_ns()
    judge(message, (), known, ON)
    return (time.process_time_ns() - begun) / 1e6


def _message(text: str) -> Message:
    from gateway.cli._appraisal import message_of

    return message_of(text, "telegram")


def _full(scams: int, accounts: int) -> Directory:
    """Return a directory of so many reported hosts and official accounts."""
    from gateway.trust.directory import Directory
    from gateway.trust.scamtable import Reported, ScamTable, table_key
    from gateway.trust.schema import DirectoryFile

    report = Reported("measure", ON)
    entries = ((table_key("domain", f"bakery{number}.test"), report) for number in range(scams))
    brands = [
        {
            "id": _made_up(number),
            "name": _made_up(number).capitalize(),
            "accounts": [{"platform": "x", "handle": _made_up(number)}],
            "web": [{"domain": f"{_made_up(number)}.test"}],
        }
        for number in range(accounts)
    ]
    return Directory.of(DirectoryFile.model_validate({"brands": brands}), ScamTable.of(entries, scams))


def _resident() -> float:
    """Return this process's resident memory in MB; zero where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    measure = {each.__name__: each for each in (hosts, handles, language, assess, look_up)}
    print(json.dumps(measure[sys.argv[1]](*sys.argv[2:])))
