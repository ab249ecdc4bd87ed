"""What of a gateway stays while engines come and go: what operators, probes and platforms are answered meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gateway.answers.ack_policy import AckPolicy
from gateway.control import Command
from gateway.engine import Engine
from gateway.errors import TransientError
from gateway.health import Condition, PartState
from gateway.ports import Clock, Ingress, Pushed, PushRequest, Raw, Refusal, Sender
from gateway.reload import Reloader
from gateway.settings import Settings, load
from gateway.trust.directory import Directory, watched

ENGINE_PART = "engine"
"""The part that is shown while no engine runs: why, and when the next one is built."""


class _Away:
    """An ingress that has everybody come again: nothing can be stored while no engine runs."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress`."""
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "no engine runs")


class Front:
    """Passes on to the engine that runs, and answers for it while none does."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._engine: Engine | None = None
        self._out = PartState(ENGINE_PART, Condition.STARTING, clock.now())
        self.reloader = Reloader(self._files, lambda: load(settings.path), self._apply, clock, self._note)

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self._engine.settings if self._engine is not None else self._settings

    def directory(self) -> Directory:
        """Return the directory that holds now."""
        return self._engine.directory() if self._engine is not None else self._settings.directory

    def replies(self) -> AckPolicy:
        """Return the rules of automatic replies that hold now."""
        return self.settings.acknowledgement

    def enter(self, engine: Engine) -> None:
        """An engine runs."""
        self._engine = engine

    def leave(self) -> None:
        """It runs no more."""
        if self._engine is not None:
            self._settings = self._engine.settings
        self._engine = None
        self._out = PartState(ENGINE_PART, Condition.STOPPED, self._clock.now())

    def interrupted(self, error: TransientError, again: datetime) -> None:
        """It was ended by the store's trouble; the next one is built then."""
        since = self._out.since if self._out.condition is Condition.RETRYING else self._clock.now()
        self._out = PartState(
            ENGINE_PART,
            Condition.RETRYING,
            since,
            last_error=str(error),
            action=error.action,
            next_try_at=again,
        )

    def reload(self) -> None:
        """Have the configuration read anew: now, or by the next engine."""
        self.reloader.ask()
        if self._engine is not None:
            self._engine.look_at_configuration()

    def parts(self) -> Sequence[PartState]:
        """Return the state of every part."""
        return self._engine.health.parts() if self._engine is not None else (self._out,)

    def channels(self) -> Sequence[str]:
        """Return the names of the channels that are configured."""
        return [channel.name for channel in self.settings.channels]

    def keeps(self) -> Mapping[str, timedelta]:
        """Return, by the part that fetches it, how long a platform keeps what nobody fetches, unless for good."""
        return self._engine.keeps() if self._engine is not None else {}

    def leads(self) -> bool:
        """Whether it is this gateway that tells the operators."""
        return self._engine is not None and self._engine.leads()

    def arrived(self) -> None:
        """Something was pushed into the journal."""
        if self._engine is not None:
            self._engine.arrived()

    def door(self, name: str) -> tuple[str, Ingress] | None:
        """Return the source and the ingress behind a name; while no engine runs, one that has all come again.

        What no engine would know is behind no door then either.
        """
        if self._engine is not None:
            return self._engine.door(name)
        doors = {each.door for each in self.settings.backends}
        return (name, _Away()) if name in doors or name in self.channels() else None

    async def with_files(self, source: str, raws: Sequence[Raw]) -> Sequence[Raw]:
        """Return what was pushed with the files that it names kept. Raises `TransientError`."""
        return await self._engine.with_files(source, raws) if self._engine is not None else raws

    def sender(self, name: str) -> Sender | None:
        """Return the sender of a channel."""
        return self._engine.sender(name) if self._engine is not None else None

    def commands(self) -> Mapping[str, Command]:
        """Return what an operator may ask over the control socket."""
        return {"status": self._status, "poke": self._poke, "reload": self._reload}

    def _files(self) -> tuple[Path, ...]:
        settings = self.settings
        read = (settings.answers, settings.triaging)
        named = (*settings.secret_files, *(file for each in read if each is not None for file in each.files))
        return settings.path, *watched(settings.directory_path, settings.directory), *named

    async def _apply(self, new: Settings) -> Sequence[str]:
        # Only an engine's own part asks for this.
        return await self._engine.apply(new) if self._engine is not None else ()

    def _note(self, error: Exception | None) -> None:
        if self._engine is not None:
            self._engine.note_configuration(error)

    async def _status(self, asked: Mapping[str, object]) -> dict[str, object]:
        return {"parts": [_plain(asdict(part)) for part in self.parts()]}

    async def _poke(self, asked: Mapping[str, object]) -> dict[str, object]:
        """Look at once for what an operator's command may have changed."""
        if self._engine is not None:
            self._engine.poke()
        return {"poked": True}

    async def _reload(self, asked: Mapping[str, object]) -> dict[str, object]:
        self.reload()
        return {"reloading": True}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
