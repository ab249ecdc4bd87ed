"""What agents do on issues of ours, from the log that our detector keeps in the tracker; and their files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.backends._api import Query
from gateway.backends._paged import SIZE, Act, Item
from gateway.backends.roundup.api import Tracker
from gateway.backends.roundup.settings import RoundupSettings
from gateway.errors import ConfigError, RejectedError, TransientError
from gateway.ports import FileRef

FIELDS = "issue,messages,files,was,now,into,retired,creator,creator.realname,creator.username,creation"

MOST_KEYS = 10_000


class RoundupActs:
    """See `Growing`; the list is the class `gatehouse_act`."""

    def __init__(self, settings: RoundupSettings, tracker: Tracker) -> None:
        self._settings = settings
        self._tracker = tracker
        self._own = ""
        self._keys: dict[str, str] = {}

    async def count(self) -> int:
        """Return the newest id: ids are given out one after the other."""
        newest = await self._tracker.collection("gatehouse_act", {"@sort": "-id", "@page_size": 1})
        return int(newest[0]["id"]) if newest else 0

    async def page(self, number: int) -> Sequence[Item]:
        """Return a page of the log."""
        query: Query = {"@sort": "id", "@page_size": SIZE, "@page_index": number, "@fields": FIELDS}
        found = await self._tracker.collection("gatehouse_act", query)
        return [Item(int(one["id"]), one) for one in found]

    async def acts(self, items: Sequence[Item]) -> Sequence[Act]:
        """Return what others than we did, with texts and names of files."""
        own = await self._own_id() if items else ""
        theirs = [item for item in items if str(item.data.get("creator")) != own]
        for item in items:
            if item.data.get("into"):
                # Perhaps we gave the issue up, and then its key is another now.
                self._keys.pop(str(item.data.get("issue")), None)
        numbers = [str(number) for item in theirs for number in item.data.get("messages") or []]
        texts = await self._tracker.texts(numbers)
        return [await self._act(item, texts) for item in theirs]

    async def _own_id(self) -> str:
        if not self._own:
            found = await self._tracker.collection("user", {"username:": self._settings.user})
            if not found:
                raise ConfigError("the gateway's account cannot see itself in the tracker; give it the role Gatehouse")
            self._own = str(found[0]["id"])
        return self._own

    async def _key(self, ticket: str) -> str:
        """Return an issue's external key, which stays what it is unless the issue is given up."""
        if ticket not in self._keys:
            issue = await self._tracker.item("issue", ticket, "external_key")
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()
            self._keys[ticket] = str(issue.said.get("external_key") or "")
        return self._keys[ticket]

    async def _act(self, item: Item, texts: Mapping[str, Mapping[str, Any]]) -> Act:
        said = item.data
        ticket = str(said.get("issue"))
        body = {
            "act": item.id,
            "ticket": ticket,
            "key": await self._key(ticket),
            "at": _time(str(said.get("creation"))).isoformat(),
            "by": _name(said, "creator"),
            "messages": [_message(number, texts[number]) for number in said.get("messages") or [] if number in texts],
            "files": await self._files(said.get("files") or []),
            "was": said.get("was") or "",
            "now": said.get("now") or "",
            "solved": sorted(self._settings.solved),
            "into": said.get("into") or "",
            "retired": bool(said.get("retired")),
        }
        return Act(ticket, f"act:{item.id}", body)

    async def _files(self, numbers: Sequence[str]) -> list[dict[str, str]]:
        if not numbers:
            return []
        found = await self._tracker.collection("file", {"id": list(numbers), "@fields": "name,type"})
        return [
            {"id": str(one["id"]), "name": str(one.get("name") or "file"), "type": str(one.get("type") or "")}
            for one in found
        ]


class RoundupFiles:
    """See `Downloader`; a ref is the file's number."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream a file's bytes as the tracker's pages give them out."""
        if not (ref.isascii() and ref.isdigit()):
            raise RejectedError("that is no file of a Roundup tracker")
        async for chunk in self._tracker.api.stream(f"/file{ref}/"):
            yield chunk


def _message(number: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "text": str(said.get("content") or ""),
        "public": bool(said.get("public")),
        "ours": bool(said.get("mark")),
        "by": _name(said, "author"),
    }


def _name(said: Any, user: str) -> str:
    return str(said.get(f"{user}.realname") or said.get(f"{user}.username") or "")


def _time(text: str) -> datetime:
    """Read a time as Roundup writes it, in UTC."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%d.%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise TransientError("the tracker gave a time that cannot be read") from None
