"""Items of the queues as files: each raw byte for byte, and what stands about it in one line of JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gateway.cli._common import fail
from gateway.cli._items import Selection, every_effect, every_raw, name_of, plain
from gateway.cli._originals import write_new
from gateway.cli._progress import Advance
from gateway.errors import GatewayError
from gateway.queues import Act, Queues, RawItem

INDEX = "index.jsonl"
EFFECTS = "effects.jsonl"
_ENDINGS = {"message/rfc822": ".eml", "application/json": ".json"}


@dataclass(slots=True)
class Exported:
    """How much was written; `unread` raws stand in the index with the reason why there is no file."""

    raws: int = 0
    effects: int = 0
    unread: int = 0


def prepare(folder: Path) -> None:
    """Make the folder, its owner's alone; ends the command when anything is in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            fail(f"{folder} is not empty; nothing was opened or written")
    except OSError as error:
        fail(f"{folder} cannot be used: {error.strerror}")


async def export(queues: Queues, selected: Selection, folder: Path, act: Act, advance: Advance) -> Exported:
    """Write every item of a selection; each raw that is opened is logged."""
    done = Exported()
    with _lines(folder / INDEX) as index:
        async for raw in every_raw(queues, selected):
            line = await _write_raw(queues, raw, folder, act)
            done.raws += "file" in line
            done.unread += "file" not in line
            _add(index, line)
            advance(1)
    with _lines(folder / EFFECTS) as lines:
        async for effect in every_effect(queues, selected):
            opened = await queues.open_effect(effect.view.id, act)
            reply = opened.reply if opened is not None else None
            _add(lines, plain(effect) | {"reply": reply.model_dump(mode="json") if reply else None})
            done.effects += 1
            advance(1)
    for name in (INDEX, EFFECTS):
        with suppress(OSError):
            if not (folder / name).stat().st_size:
                (folder / name).unlink()
    return done


async def _write_raw(queues: Queues, item: RawItem, folder: Path, act: Act) -> dict[str, Any]:
    try:
        raw = await queues.open_raw(item.number, act)
    except GatewayError as error:
        return plain(item) | {"error": str(error)}
    if raw is None:
        return plain(item) | {"error": "it was removed meanwhile"}
    name = name_of(item).replace(":", "-") + _ENDINGS.get(item.media_type, _other(item.media_type))
    write_new(folder / name, raw.body)
    return plain(item) | {"file": name, "notes": dict(raw.notes)}


def _other(media_type: str) -> str:
    return ".json" if media_type.endswith("+json") else ".bin"


def _lines(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")


def _add(file: IO[str], line: Mapping[str, object]) -> None:
    file.write(json.dumps(line, ensure_ascii=True, default=str) + "\n")
