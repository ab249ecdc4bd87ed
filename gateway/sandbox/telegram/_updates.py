"""The queue of updates as the Bot API keeps it: in order of creation, confirmed by offset, forgotten after 24 hours."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.ports import Clock

RETENTION = timedelta(hours=24)
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
FIRST_ID = 900_000_001


@dataclass(frozen=True, slots=True)
class Queued:
    """An update as it goes out, the chat whose order it keeps, and its age as a POSIX timestamp."""

    update_id: int
    body: bytes
    lane: int
    at: float


class UpdateQueue:
    """What was not yet confirmed; `heard` is called after each update that is put."""

    def __init__(self, clock: Clock, heard: Callable[[], None]) -> None:
        self._clock = clock
        self._heard = heard
        self._queue: deque[Queued] = deque()
        self._lanes: dict[int, deque[Queued]] = {}
        self._allowed: frozenset[str] | None = None
        self.next_id = FIRST_ID

    def __len__(self) -> int:
        self._expire()
        return len(self._queue)

    @property
    def allowed(self) -> list[str] | None:
        """The kinds that were asked for; None is the default list."""
        return None if self._allowed is None else sorted(self._allowed)

    def allow(self, kinds: Iterable[str]) -> None:
        """Keep these kinds from now on; none is the default list. What is queued stays."""
        self._allowed = frozenset(map(str, kinds)) or None

    def wants(self, kind: str) -> bool:
        """Say whether an update of this kind would be created now."""
        return kind not in _NOT_BY_DEFAULT if self._allowed is None else kind in self._allowed

    def create(self, kind: str, value: Any) -> int | None:
        """Queue an update of a kind unless it is not asked for; return its id."""
        return self.push({kind: value}) if self.wants(kind) else None

    def push(self, update: dict[str, Any]) -> int:
        """Queue an update as it is, whatever is allowed; return its id, the next one unless it has its own."""
        update_id = update.get("update_id")
        if not isinstance(update_id, int):
            update_id, self.next_id = self.next_id, self.next_id + 1
            if "update_id" not in update:
                update = {"update_id": update_id, **update}
        body = json.dumps(update, ensure_ascii=True, separators=(",", ":")).encode()
        queued = Queued(update_id, body, _lane(update), self._clock.now().timestamp())
        self._queue.append(queued)
        self._lanes.setdefault(queued.lane, deque()).append(queued)
        self._heard()
        return update_id

    def page(self, offset: int, limit: int) -> list[bytes]:
        """Delete what the offset confirms; return what follows."""
        self._expire()
        self._confirm(offset)
        return [self._queue[at].body for at in range(min(limit, len(self._queue)))]

    def lanes(self) -> list[int]:
        """Return the chats that updates are queued for."""
        self._expire()
        return list(self._lanes)

    def oldest(self, lane: int) -> Queued | None:
        """Return the first update of a chat."""
        self._expire()
        queued = self._lanes.get(lane)
        return queued[0] if queued else None

    def remove(self, queued: Queued) -> None:
        """Take out the first update of a chat, which a webhook took."""
        self._queue.remove(queued)
        self._leave_lane(queued)

    def clear(self) -> None:
        """Forget all of it."""
        self._queue.clear()
        self._lanes.clear()

    def _confirm(self, offset: int) -> None:
        if offset == 0 or not self._queue:
            return
        if offset < 0:
            self._drop(max(0, len(self._queue) + offset))
        elif self._queue[0].update_id <= offset <= self._queue[-1].update_id + 1:
            while self._queue and self._queue[0].update_id < offset:
                self._drop(1)
        else:
            # Outside, so from the head; but ids that jumped down have an end of their own inside the queue.
            ids = [queued.update_id for queued in self._queue]
            if offset - 1 in ids:
                self._drop(ids.index(offset - 1) + 1)

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._leave_lane(self._queue.popleft())

    def _leave_lane(self, queued: Queued) -> None:
        lane = self._lanes[queued.lane]
        lane.popleft()
        if not lane:
            del self._lanes[queued.lane]

    def _expire(self) -> None:
        oldest = (self._clock.now() - RETENTION).timestamp()
        while self._queue and self._queue[0].at < oldest:
            self._drop(1)


def _lane(update: dict[str, Any]) -> int:
    """Return the id of the chat, else of the user, whose order the update keeps."""
    for value in update.values():
        if isinstance(value, dict):
            message = value.get("message")
            for each in (
                value.get("chat"),
                message.get("chat") if isinstance(message, dict) else None,
                value.get("from"),
            ):
                if isinstance(each, dict) and isinstance(each.get("id"), int):
                    return int(each["id"])
    return 0
