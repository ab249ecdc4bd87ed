"""The HTTP layer of the ticket backends: files that lie elsewhere are fetched, and our credential stays at home."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from gateway.backends._api import Api
from gateway.backends._quota import Quota
from gateway.errors import RejectedError
from gateway.http import open_client
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from tests.conftest import ManualClock

PROOFS = ("authorization", "api_access_token", "cookie")


class Store:
    """A server that answers each path as it is told, and remembers who asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.heads: list[Mapping[str, str]] = []

    async def __call__(self, request: Request) -> Answer:
        self.heads.append(request.headers)
        return self.answers.get(request.path, Answer(404))

    def shown(self) -> set[str]:
        """Return the names of the proofs that any call bore."""
        return {name for head in self.heads for name in PROOFS if name in head}


@asynccontextmanager
async def desk_and_store(clock: ManualClock) -> AsyncIterator[tuple[Api, Store, str, Store, str]]:
    """Open two servers and an `Api` on the first."""
    desk, store = Store(), Store()
    async with HttpServer(desk).listen() as first, HttpServer(store).listen() as second:
        base, other = f"http://{HOST}:{first}", f"http://{HOST}:{second}"
        async with open_client(5, 2, {"api_access_token": "t"}, auth=("key", "X")) as client:
            yield Api(base, client, clock, Quota(clock, 2), 5), desk, base, store, other


async def read(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_a_file_of_the_ticket_system_is_fetched_with_our_credential(clock: ManualClock) -> None:
    async with desk_and_store(clock) as (api, desk, base, _, _):
        desk.answers["/f"] = Answer(body=b"data", content_type="text/plain")
        assert await read(api.stream("/f")) == b"data"
        assert await read(api.stream(f"{base}/f", foreign=True)) == b"data"
        assert desk.heads[0]["authorization"].startswith("Basic ")
        assert "api_access_token" in desk.heads[0]
        assert not set(PROOFS) & set(desk.heads[1])


async def test_no_other_server_sees_our_credential(clock: ManualClock) -> None:
    async with desk_and_store(clock) as (api, desk, _, store, other):
        store.answers["/f"] = Answer(body=b"data", content_type="text/plain")
        desk.answers["/moved"] = Answer(302, headers={"location": f"{other}/f"})
        assert await read(api.stream(f"{other}/f")) == b"data"
        assert await read(api.stream(f"{other}/f", foreign=True)) == b"data"
        assert await read(api.stream("/moved")) == b"data"
        assert len(store.heads) == 3
        assert store.shown() == set()


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410])
async def test_what_a_file_store_refuses_is_that_file_and_not_our_credential(clock: ManualClock, status: int) -> None:
    async with desk_and_store(clock) as (api, _, _, store, other):
        store.answers["/f"] = Answer(status)
        with pytest.raises(RejectedError):
            await read(api.stream(f"{other}/f", foreign=True))


async def test_a_file_that_is_nowhere_at_last_is_refused(clock: ManualClock) -> None:
    async with desk_and_store(clock) as (api, desk, base, _, _):
        desk.answers["/f"] = Answer(302, headers={"location": f"{base}/f"})
        with pytest.raises(RejectedError):
            await read(api.stream("/f"))
        assert len(desk.heads) == 5
