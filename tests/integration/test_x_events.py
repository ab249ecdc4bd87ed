"""A channel that X tells of news: nobody subscribes or registers anything, and a mention is in the journal at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.x._subscriptions import KINDS
from tests.conftest import free_port
from tests.integration.x_desk import MENTIONS, XDesk, x_desk

PACE = 900
"""Seconds between two looks: what is read sooner was told of."""
AT_ONCE = 10
"""Seconds; looks are never nearer together than three."""


def configured(desk: XDesk, activity: str) -> None:
    port = free_port()
    url = f'webhook_url = "http://127.0.0.1:{port}/in/x"'
    channel = f'activity = "{activity}"\n{url}\nmentions_secs = {PACE}\nmessages_secs = {PACE}\nbudget = 1000'
    desk.configure(channel=channel, top=f'[web]\nlisten = "127.0.0.1:{port}"\nleast_free_bytes = 0')


async def told(desk: XDesk) -> None:
    """Wait until X tells of everything, and every look that the start brings is over."""
    server = desk.server
    await desk.until(lambda: len(server.activity.subscriptions) == len(KINDS))
    await desk.until(lambda: server.stream.lines or server.push.ids)
    await desk.passes(60, step=5)


async def journaled(desk: XDesk, count: int) -> float:
    """Return how many seconds it takes until so many posts are in the journal."""
    began = desk.clock.now()
    query = "select count(*) from raws where source = 'x' and key like 'post:%'"
    await desk.until(lambda: desk.rows(query) == [(count,)])
    return (desk.clock.now() - began).total_seconds()


@pytest.mark.parametrize("activity", ["stream", "webhook"])
async def test_mention_is_in_the_journal_at_once_without_anybody_who_subscribes(tmp_path: Path, activity: str) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        configured(desk, activity)
        await desk.start()
        await told(desk)
        looks = desk.server.counts[MENTIONS]
        ann = desk.server.person("wangfang_t", "Wang Fang")
        desk.server.post(ann, "@examplex my parcel is lost")
        assert await journaled(desk, 1) <= AT_ONCE
        assert desk.server.counts[MENTIONS] == looks + 1
        # X bills what it tells of; what it was asked for is counted beside.
        await desk.passes(120, step=5)
        ((cost,),) = desk.rows("select cost from spending where what = 'activity'")
        assert cost == desk.server.bill.items["event"] * 10_000 > 0


async def test_webhook_that_x_gave_up_is_mended_and_the_encrypted_message_not_lost(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        configured(desk, "webhook")
        await desk.start()
        await told(desk)
        server = desk.server
        ann = server.person("wangfang_t", "Wang Fang")
        await desk.stop()
        (webhook,) = server.push.ids
        assert not await server.push.check(webhook)
        server.encrypted(ann)
        await desk.passes(1800, step=300)
        assert desk.texts() == []
        await desk.start()
        await desk.until(lambda: desk.texts(), step=5)
        await desk.passes(300, step=5)
        assert desk.texts() == ["[encrypted message: it cannot be read here]"]
        assert server.counts["POST /2/webhooks/replay"] == 1
