"""Posts, direct messages and activity that never were, one a file in `x/`; what becomes of each is in `x_expected/`.

Each is written in one of the platform's two spellings; `respelled` gives it in the other. `python -m tests.samples.x`
writes the expectations anew: read the difference before it is committed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from gateway.ports import Key, Raw, StreamId

FOLDER = Path(__file__).parent / "x"
EXPECTED = Path(__file__).parent / "x_expected"
RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OWN = "1000"
HANDLE = "examplex"
Spelling = Literal["tweet", "post"]

SAMPLES: dict[str, Any] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
"""Each has a `kind` (`post`, `message`, `activity`), for posts how it was `found`, and the `item` itself."""

_STREAMS = {"post": "mentions", "message": "messages", "activity": "activity"}
_POST = {
    "note_tweet": "note_post",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "tweets": "posts",
    "tweet_count": "post_count",
    "most_recent_tweet_id": "most_recent_post_id",
    "pinned_tweet_id": "pinned_post_id",
}
_TWEET = {new: old for old, new in _POST.items()}
_WORDS = frozenset({"scope", "resource_type"})
"""Fields whose value was spelled anew, too."""


def respelled(value: Any, spelling: Spelling) -> Any:
    """Return an item with its fields in one spelling, whichever it had; nothing else is changed."""
    names = _POST if spelling == "post" else _TWEET
    if type(value) is list:
        return [respelled(each, spelling) for each in value]
    if type(value) is not dict:
        return value
    return {
        names.get(key, key): spelling if key in _WORDS and each in ("tweet", "post") else respelled(each, spelling)
        for key, each in value.items()
    }


def body_of(item: Any) -> bytes:
    """Return an item as the connector would write it."""
    return json.dumps(item, separators=(",", ":")).encode()


def raw_of(body: bytes, kind: str = "post", found: str = "mention") -> Raw:
    """Return a raw as the X connector would make it."""
    return Raw(
        source="x",
        stream=StreamId(_STREAMS[kind]),
        key=Key(f"{kind}:7"),
        lane="2001",
        body=body,
        media_type=f"application/vnd.x.{kind}+json",
        received_at=RECEIVED_AT,
        size=len(body),
        notes={"own": OWN, "handle": HANDLE} | ({"found": found} if kind == "post" else {}),
    )


def raw(sample: dict[str, Any]) -> Raw:
    """Return the raw of a sample."""
    return raw_of(body_of(sample["item"]), sample["kind"], sample.get("found", "mention"))


def outcome(sample: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a sample becomes, as JSON, without provenance and what the models fill in by default."""
    from normalizers.x import NORMALIZER

    return [
        {"event": type(event).__name__, **_without_provenance(event.model_dump(mode="json", exclude_defaults=True))}
        for event in NORMALIZER.normalize(raw(sample))
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
    for name, sample in SAMPLES.items():
        text = json.dumps(outcome(sample), ensure_ascii=False, indent=1, sort_keys=True)
        (EXPECTED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
