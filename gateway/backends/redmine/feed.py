"""What agents do in Redmine: issues that changed are listed, and their journals read.

Redmine orders changes by the second alone, and a change may show a little after others that bear a later time. So each
look overlaps the one before, and the cursor remembers how far every issue in the overlap was read: by the id of its
last journal, which Redmine counts up under a lock on the issue.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from gateway.backends._api import Api
from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.backends.redmine._shapes import Issue, IssueAnswer, IssuesAnswer, Journal
from gateway.backends.redmine.catalog import Catalog
from gateway.backends.redmine.settings import RedmineSettings
from gateway.errors import ConfigError, TransientError
from gateway.ports import Clock, Cursor, Key, Page, Raw

LIST = 100
"""Issues to a page of Redmine's lists: the most it gives."""
READS = 50
"""Issues that are read for one page of ours."""
MOST = 50
"""Raws to a page of ours."""
OVERLAP_SECS = 30
"""How much later than its own time a change may show. Redmine's transactions last for tenths of a second."""
SETTLE_SECS = 5
"""How long an issue is read again after a change: another may come in the second of the one that we saw."""
TRIES = 5
"""How often a list is begun again that changes while it is read."""


class Seen(NamedTuple):
    """How far an issue was read: when it was changed (seconds since 1970), its last journal that was read or given.

    `looked` is when we saw that change, by our own clock; 0 once nothing more can come under the same second, and -1
    while more of its journals wait for the next page.
    """

    changed: int
    journal: int
    looked: int


class Place(BaseModel):
    """A cursor: everything changed before `since` was read, and of what came after, what `seen` says."""

    model_config = ConfigDict(frozen=True)

    since: int
    seen: dict[int, Seen] = {}


class History(NamedTuple):
    """An issue as it was read, with its journals as Redmine wrote them."""

    issue: Issue
    journals: Sequence[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]


class RedmineFeed:
    """See `Feed`; the tickets are those that our user opened and that bear a case's number."""

    def __init__(self, source: str, api: Api, settings: RedmineSettings, catalog: Catalog, clock: Clock) -> None:
        self._source = source
        self._api = api
        self._settings = settings
        self._catalog = catalog
        self._clock = clock

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return what agents did next."""
        pause = timedelta(seconds=self._settings.poll_secs)
        if after is None:
            return Page((), cursor_of(await self._now()), pause=pause)
        place = place_in(Place.model_validate_json, after, "Redmine's")
        raws, new, more = await self._next(place)
        return Page(tuple(raws), None if new == place else cursor_of(new), more, None if more else pause)

    async def _now(self) -> Place:
        """Return the place after all that was done so far, by Redmine's own time."""
        newest = (await self._list({"sort": "updated_on:desc", "limit": 1})).issues
        place = Place(since=_second(newest[0].updated_on) if newest else 0)
        more = bool(newest)
        while more:
            _, place, more = await self._next(place)
        return place

    async def _next(self, place: Place) -> tuple[list[Raw], Place, bool]:
        """Return the raws after a place, the place after them, and whether there is more."""
        listed, is_all = await self._changed(place)
        newest = max((_second(issue.updated_on) for issue in listed), default=0)
        fresh = [issue for issue in listed if _is_fresh(issue, place)]
        unsure = [issue for issue in listed if not _is_fresh(issue, place) and place.seen[issue.id].looked > 0]
        left, waiting = fresh[:READS], fresh[READS:]
        # Those are read again with the last page alone: more pages in a row must each bring something new.
        (left if is_all and not waiting else waiting).extend(unsure)
        histories = await asyncio.gather(*(self._read(issue) for issue in left))
        user, solved = await self._catalog.user(), await self._catalog.solved()
        raws: list[Raw] = []
        seen = dict(place.seen)
        for history in histories:
            if history is not None:
                new = [journal for journal in _new(history, place) if _is_act(journal[0], user.id)]
                room = MOST - len(raws)
                raws += [self._raw(history, told, solved) for _, told in new[:room]]
                if len(new) > room:
                    seen |= _cut(history, new[:room])
                    break
                seen[history.issue.id] = self._seen(history, place, newest)
            left.pop(0)
        raws.sort(key=lambda raw: int(raw.key.partition(":")[2]))
        more = bool(left or waiting) or not is_all
        return raws, _after(place, seen, [*left, *waiting], newest), more

    def _seen(self, history: History, place: Place, newest: int) -> Seen:
        """Return how far an issue was read that was read to its end; `newest` is the last change there."""
        before, changed = place.seen.get(history.issue.id), _second(history.issue.updated_on)
        now = int(self._clock.now().timestamp())
        looked = before.looked if before is not None and before.changed == changed and before.looked > 0 else now
        is_sure = newest - changed >= SETTLE_SECS or now - looked >= SETTLE_SECS
        last = max((journal.id for journal in history.issue.journals), default=0)
        return Seen(changed, last, 0 if is_sure else looked)

    async def _changed(self, place: Place) -> tuple[list[Issue], bool]:
        """Return the issues that changed since, in the order of their changes, and whether these are all.

        A list that goes on over several pages shifts when an issue in it changes meanwhile: so each page begins with
        the issue that the one before ended with.
        """
        for _ in range(TRIES):
            found: list[Issue] = []
            while True:
                page = (await self._list(self._since(place, max(len(found) - 1, 0)))).issues
                if found and (not page or page[0].id != found[-1].id):
                    break
                found += page[1:] if found else page
                if len(page) < LIST:
                    return found, True
                if sum(_is_fresh(issue, place) for issue in found) > READS:
                    return found, False
        raise TransientError(f"{self._api.host} changes more quickly than it can be read")

    def _since(self, place: Place, offset: int) -> dict[str, str | int]:
        at = datetime.fromtimestamp(place.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"updated_on": f">={at}", "sort": "updated_on,id", "limit": LIST, "offset": offset}

    async def _list(self, query: Mapping[str, str | int]) -> IssuesAnswer:
        user = await self._catalog.user()
        ours: dict[str, str | int] = {f"cf_{self._settings.key_field}": "*", "author_id": user.id, "status_id": "*"}
        answer = await self._api.call("GET", "/issues.json", query={**ours, **query})
        found = answer.read(IssuesAnswer)
        field = self._settings.key_field
        if any(not issue.field(field) or issue.author is None or issue.author.id != user.id for issue in found.issues):
            raise ConfigError(f"Redmine does not search by the custom field {field}; let it be used as a filter")
        return found

    async def _read(self, issue: Issue) -> History | None:
        """Return an issue with its journals; None when it was deleted or moved away meanwhile."""
        query = {"include": "journals,attachments"}
        answer = await self._api.call("GET", f"/issues/{issue.id}.json", query=query, expected=(403, 404))
        if answer.status != 200:
            return None
        read, told = answer.read(IssueAnswer).issue, answer.json()["issue"]
        return History(read, told.get("journals", ()), told.get("attachments", ()))

    def _raw(self, history: History, journal: Mapping[str, Any], solved: frozenset[int]) -> Raw:
        issue = history.issue
        files = {detail["name"] for detail in journal["details"] if detail["property"] == "attachment"}
        told = {
            "ticket": str(issue.id),
            "key": issue.field(self._settings.key_field),
            "solved": sorted(solved),
            "journal": journal,
            "attachments": [each for each in history.attachments if str(each["id"]) in files],
        }
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return Raw(
            source=self._source,
            stream=STREAM,
            key=Key(f"journal:{journal['id']}"),
            lane=str(issue.id),
            body=body,
            media_type="application/json",
            received_at=self._clock.now(),
            size=len(body),
        )


def _is_fresh(issue: Issue, place: Place) -> bool:
    """Whether an issue changed since it was read, or has more to tell."""
    seen = place.seen.get(issue.id)
    return seen is None or seen.changed != _second(issue.updated_on) or seen.looked < 0


def _new(history: History, place: Place) -> list[tuple[Journal, Mapping[str, Any]]]:
    """Return the journals that were not read before, oldest first, as they mean and as they were written."""
    seen = place.seen.get(history.issue.id)
    both = sorted(zip(history.issue.journals, history.journals, strict=True), key=lambda each: each[0].id)
    if seen is not None:
        return [each for each in both if each[0].id > seen.journal]
    return [each for each in both if _second(each[0].created_on) >= place.since]


def _cut(history: History, given: Sequence[tuple[Journal, Mapping[str, Any]]]) -> dict[int, Seen]:
    """Return how far an issue was read that has more than there is room for; nothing if none of it was given."""
    return {history.issue.id: Seen(_second(history.issue.updated_on), given[-1][0].id, -1)} if given else {}


def _after(place: Place, seen: Mapping[int, Seen], left: Sequence[Issue], newest: int) -> Place:
    """Return the next place: before what is left to read, and with the overlap."""
    since = max(place.since, min([newest - OVERLAP_SECS, *(_second(issue.updated_on) for issue in left)]))
    return Place(since=since, seen={number: each for number, each in seen.items() if each.changed >= since})


def _is_act(journal: Journal, us: int) -> bool:
    """Whether somebody else wrote a note or changed the status."""
    if journal.user is not None and journal.user.id == us:
        return False
    return bool(journal.notes) or any(each.property == "attr" and each.name == "status_id" for each in journal.details)


def _second(at: datetime) -> int:
    return int(at.timestamp())
