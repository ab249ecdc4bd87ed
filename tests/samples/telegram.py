"""Updates that no bot ever got, one a file in `telegram/`; what becomes of each is in `telegram_expected/`.

`python -m tests.samples.telegram` writes the expectations anew: read the difference before it is committed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.ports import Key, Raw, StreamId

FOLDER = Path(__file__).parent / "telegram"
EXPECTED = Path(__file__).parent / "telegram_expected"
RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
BOT = "777000111"
USERNAME = "examplex_support_bot"

SAMPLES: dict[str, Any] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def body_of(update: Any) -> bytes:
    """Return an update as the connector would write it."""
    return json.dumps(update, separators=(",", ":")).encode()


def raw_of(body: bytes) -> Raw:
    """Return a raw as the Telegram connector would make it."""
    return Raw(
        source="telegram",
        stream=StreamId("updates"),
        key=Key(f"{BOT}:900000001:1795162500"),
        lane="510000001",
        body=body,
        media_type="application/vnd.telegram.update+json",
        received_at=RECEIVED_AT,
        size=len(body),
        notes={"bot": BOT, "username": USERNAME},
    )


def outcome(update: Any) -> list[dict[str, Any]]:
    """Return what an update becomes, as JSON, without provenance and what the models fill in by default."""
    from normalizers.telegram import NORMALIZER

    events = NORMALIZER.normalize(raw_of(body_of(update)))
    return [
        {"event": type(event).__name__, **_without_provenance(event.model_dump(mode="json", exclude_defaults=True))}
        for event in events
    ]


def expected(name: str) -> Any:
    """Return what was agreed to become of a sample."""
    return json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))


def _without_provenance(event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is the same for every sample; it has a test of its own."""
    kept = {key: value for key, value in event.items() if key != "provenance"}
    if "message" in kept:
        kept["message"] = _without_provenance(kept["message"])
    return kept


def write() -> None:
    """Write the expectations anew."""
    EXPECTED.mkdir(exist_ok=True)
    for path in EXPECTED.glob("*.json"):
        path.unlink()
    for name, update in SAMPLES.items():
        text = json.dumps(outcome(update), ensure_ascii=False, indent=1, sort_keys=True)
        (EXPECTED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
