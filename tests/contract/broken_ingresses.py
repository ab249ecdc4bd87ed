"""Ingresses and servers with one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateway.ports import Ingress, Key, Pushed, PushRequest, Raw, Refusal, StreamId
from gateway.settings.watching import WebTable
from gateway.web.server import serve
from tests.contract import ingress_suite as suite
from tests.contract.ingress_suite import Check


@dataclass
class _Wrapped:
    """Passes everything on; a fault overrides `receive`."""

    good: Ingress

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        return self.good.receive(request)


class BelievesEverybody(_Wrapped):
    """Looks at no signature."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        if isinstance(found, Pushed) or found.status != 401:
            return found
        body, stream = request.body or b"{}", StreamId("desk")
        return Pushed((Raw("backend:webhook", stream, Key("k"), "l", body, "x/y", request.received_at, len(body)),))


class BelievesOldRequests(_Wrapped):
    """Looks at no time: what was recorded once can be sent for ever."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        stamp = request.headers.get("webhook-timestamp", "")
        at = request.received_at
        if stamp.isascii() and stamp.isdigit() and len(stamp) < 12:
            at = at.fromtimestamp(int(stamp), at.tzinfo)
        return self.good.receive(replace(request, received_at=at))


class NewKeyEachTime(_Wrapped):
    """Names a delivery by a count of its own."""

    numbers = itertools.count()

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        if isinstance(found, Refusal):
            return found
        return replace(found, raws=tuple(replace(raw, key=Key(str(next(self.numbers)))) for raw in found.raws))


class SignatureOverMeaning(_Wrapped):
    """Writes the body anew before it checks it, so that other bytes pass too."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        try:
            return self.good.receive(replace(request, body=json.dumps(json.loads(request.body)).encode()))
        except ValueError:
            return self.good.receive(request)


class BreaksOnGarbage(_Wrapped):
    """Lets an error of a library out."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        if not isinstance(json.loads(request.body), dict):
            raise TypeError
        return self.good.receive(request)


class QuotesTheSender(_Wrapped):
    """Puts what it was sent into its reason."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        return found if isinstance(found, Pushed) else Refusal(found.status, f"cannot read {request.body!r}")


class RefusesWithSuccess(_Wrapped):
    """Says 200 of what it does not take."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        return found if isinstance(found, Pushed) else Refusal(200, found.reason)


class ForgetsItsSource(_Wrapped):
    """Names its raws after another source."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        if isinstance(found, Refusal):
            return found
        return replace(found, raws=tuple(replace(raw, source="elsewhere") for raw in found.raws))


class KeepsState(_Wrapped):
    """Remembers what it saw, and takes it only once."""

    seen = 0

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        found = self.good.receive(request)
        self.seen += 1
        return found if self.seen == 1 else Pushed(())


def answers_before_the_commit(*args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Puts in the background."""
    settings, doors, put, *rest = args
    tasks = set()

    async def later(source: str, raws: Sequence[Raw]) -> None:
        tasks.add(asyncio.create_task(put(source, raws)))

    return serve(settings, doors, later, *rest, **named)


def swallows_errors(*args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Calls it success when the store did not take it."""
    settings, doors, put, *rest = args

    async def quietly(source: str, raws: Sequence[Raw]) -> None:
        with suppress(Exception):
            await put(source, raws)

    return serve(settings, doors, quietly, *rest, **named)


def reads_whatever_comes(settings: WebTable, *args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Has no cap."""
    return serve(settings.model_copy(update={"max_body_bytes": 1 << 40, "request_secs": 0.3}), *args, **named)


def waits_for_ever(settings: WebTable, *args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Has no time limit."""
    return serve(settings.model_copy(update={"request_secs": 3600.0}), *args, **named)


def knows_no_pressure(*args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Takes everything at once."""
    return serve(*args, **{**named, "pressure": lambda: None})


def never_at_rest(*args: Any, **named: Any) -> AbstractAsyncContextManager[int]:
    """Refuses for ever once it refused."""
    return serve(*args, **{**named, "pressure": lambda: timedelta(seconds=42)})


BROKEN_INGRESSES: list[tuple[Callable[[Ingress], Ingress], Check]] = [
    (BelievesEverybody, suite.a_forged_or_unsigned_request_is_refused),
    (BelievesEverybody, suite.a_forged_request_reaches_no_journal_and_is_told_nothing),
    (BelievesOldRequests, suite.an_old_or_early_request_is_refused),
    (NewKeyEachTime, suite.the_key_stays_when_it_is_delivered_again_and_differs_otherwise),
    (NewKeyEachTime, suite.a_delivery_that_comes_again_is_absorbed_and_called_success),
    (SignatureOverMeaning, suite.a_changed_body_is_refused),
    (BreaksOnGarbage, suite.garbage_is_refused_and_breaks_nothing),
    (QuotesTheSender, suite.a_refusal_tells_no_secret_and_nothing_of_the_request),
    (RefusesWithSuccess, suite.garbage_is_refused_and_breaks_nothing),
    (ForgetsItsSource, suite.a_genuine_request_is_taken_as_complete_raws_of_its_source),
    (KeepsState, suite.what_is_received_depends_on_nothing_but_the_request),
]

BROKEN_SERVERS: list[tuple[suite.Serve, Check]] = [
    (answers_before_the_commit, suite.success_is_answered_only_after_the_commit),
    (swallows_errors, suite.a_store_that_does_not_take_it_is_never_called_success),
    (reads_whatever_comes, suite.a_body_over_the_cap_is_refused_however_it_comes),
    (waits_for_ever, suite.a_body_that_does_not_come_is_given_up),
    (knows_no_pressure, suite.under_pressure_it_is_refused_for_now_and_taken_afterwards),
    (never_at_rest, suite.under_pressure_it_is_refused_for_now_and_taken_afterwards),
]
