"""What is special to django-helpdesk: what is ours there, and what an agent copied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from gateway.backends._api import Answer, Api
from gateway.backends._paged import Item
from gateway.backends.django_helpdesk.api import FollowUp, Helpdesk
from gateway.backends.django_helpdesk.feed import HelpdeskActs
from gateway.backends.django_helpdesk.settings import HelpdeskSettings
from gateway.backends.django_helpdesk.texts import marked
from gateway.testing.backends import case_id

US, AGENT = 3, 4
OUR_TEXT = marked("where is my money?", "gh:0123456789abcdef", case_id(1))


class FakeApi:
    """An API that takes a follow-up, and knows none."""

    host = "desk.example.test"

    async def call(self, method: str, path: str, **about: Any) -> Answer:
        said: Mapping[str, Any] = {"id": 9, "user": US} if method == "POST" else {"count": 0, "results": []}
        return Answer(self.host, 200, {}, json.dumps(said).encode(), is_safe=method == "GET")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> HelpdeskSettings:
    monkeypatch.setenv("TEST_HELPDESK_TOKEN", "made up")
    given = {"url": "https://desk.example.test", "token": {"env": "TEST_HELPDESK_TOKEN"}, "queue": 1, "shared": False}
    return HelpdeskSettings.model_validate(given)


def follow_up(number: int, user: int, comment: str) -> Item:
    given = {"id": number, "ticket": 7, "user": user, "comment": comment, "public": True, "date": "2026-03-01T10:00Z"}
    return Item(number, {"follow_up": FollowUp.model_validate(given)})


async def test_an_agent_who_copies_our_mark_is_an_agent(settings: HelpdeskSettings) -> None:
    helpdesk = Helpdesk(cast("Api", FakeApi()), US)
    copied = follow_up(2, AGENT, f"We refund it. You wrote:\n{OUR_TEXT}")
    acts = await HelpdeskActs(settings, helpdesk).acts([follow_up(1, US, OUR_TEXT), copied])
    assert [(act.key, act.body["key"]) for act in acts] == [("followup:2", case_id(1))]


async def test_our_own_number_is_learnt_from_what_we_write(settings: HelpdeskSettings) -> None:
    helpdesk = Helpdesk(cast("Api", FakeApi()))
    copied = cast("FollowUp", follow_up(2, AGENT, OUR_TEXT).data["follow_up"])
    assert helpdesk.marked(copied) is not None
    await helpdesk.follow_up({"ticket": "7", "comment": OUR_TEXT})
    assert helpdesk.marked(copied) is None
