"""A classifier's word is a fact, shown nothing that is secret; one that is slow, wrong or away holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from pydantic import SecretStr

from gateway.case import FactOutcome, Message, Party
from gateway.circuit import OPENS_AFTER
from gateway.enrich import gather
from gateway.enrich.classifier import RESTS, ClassifierEnricher
from gateway.enrich.classifier_http import MOST_ANSWER, HttpClassifier, open_classifier
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Report
from gateway.ports.classifying import Suggestion
from gateway.triage import triage
from tests.builders import message
from tests.conftest import ManualClock
from tests.servers.model_server import ModelServer

CATEGORIES = ("kyc", "login", "other")


class Scripted:
    """Suggests what it is told to, or fails; keeps what it was shown."""

    def __init__(self, *suggestions: Suggestion) -> None:
        self.suggestions = suggestions
        self.fails: GatewayError | None = None
        self.hangs = False
        self.shown: list[Message] = []

    async def classify(self, shown: Message) -> Sequence[Suggestion]:
        self.shown.append(shown)
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails is not None:
            raise self.fails
        return self.suggestions

    async def check(self) -> Report:
        return Report(())


def enricher(classifier: Scripted, clock: ManualClock, least: float = 0.5) -> ClassifierEnricher:
    def mask(shown: Message) -> Message:
        return shown.model_copy(update={"text": shown.text.replace("hunter2", "***")})

    return ClassifierEnricher(classifier, clock, least, mask)


async def test_a_suggestion_becomes_a_fact_and_what_is_too_unsure_does_not(clock: ManualClock) -> None:
    model = Scripted(Suggestion("kyc", 0.9, "It speaks\nof a passport."), Suggestion("login", 0.3))
    (fact,) = await enricher(model, clock).facts(message(text="my passport"))
    assert (fact.kind, fact.subject, fact.outcome) == ("classifier", "kyc", FactOutcome.PASS)
    assert fact.reason == "It speaks of a passport."
    assert fact.details == "confidence 0.900"


async def test_it_is_shown_no_secret_and_nothing_of_who_wrote(clock: ManualClock) -> None:
    model = Scripted()
    asked = message(text="my password is hunter2", subject="Help", sender=Party(platform="email", address="a@b.test"))
    await enricher(model, clock).facts(asked)
    (shown,) = model.shown
    assert (shown.subject, shown.text) == ("Help", "my password is ***")
    assert "b.test" not in shown.model_dump_json()


@pytest.mark.parametrize("asked", [message(text="", subject=" "), message(text="hello", addressed=False)])
async def test_nothing_is_asked_of_what_has_no_words_or_is_between_others(asked: Message, clock: ManualClock) -> None:
    model = Scripted(Suggestion("kyc", 0.9))
    assert await enricher(model, clock).facts(asked) == ()
    assert model.shown == []


async def test_one_that_fails_again_and_again_is_left_alone_and_tried_again(clock: ManualClock) -> None:
    model = Scripted(Suggestion("kyc", 0.9))
    asks = enricher(model, clock)
    model.fails = TransientError("model.test answered 500")
    for _ in range(OPENS_AFTER + 3):
        (fact,) = await asks.facts(message(text="hello"))
        assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert len(model.shown) == OPENS_AFTER
    model.fails = None
    clock.advance(RESTS.total_seconds())
    (fact,) = await asks.facts(message(text="hello"))
    assert fact.outcome is FactOutcome.PASS
    await asks.facts(message(text="hello"))
    assert len(model.shown) == OPENS_AFTER + 2


async def test_one_that_hangs_counts_as_failed_for_whoever_gave_up(clock: ManualClock) -> None:
    model = Scripted()
    model.hangs = True
    asks = enricher(model, clock)
    for _ in range(OPENS_AFTER + 2):
        (fact,) = await gather(message(text="hello"), [asks], 0.01)
        assert fact.outcome is FactOutcome.COULD_NOT_CHECK
    assert len(model.shown) == OPENS_AFTER


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def http(server: ModelServer) -> AsyncIterator[HttpClassifier]:
    async with open_classifier(server.url, SecretStr("made-up-token"), 5.0, None, CATEGORIES) as opened:
        yield opened


async def test_over_http_it_is_asked_with_the_categories_and_a_bearer(
    http: HttpClassifier, server: ModelServer
) -> None:
    server.suggest("kyc", 0.8, "A passport.")
    found = await http.classify(message(text="мой паспорт", subject="KYC"))
    assert found == [Suggestion("kyc", 0.8, "A passport.")]
    (asked,) = server.asked
    assert (asked["text"], asked["subject"], asked["categories"]) == ("мой паспорт", "KYC", list(CATEGORIES))
    assert server.headers[0]["authorization"] == "Bearer made-up-token"


async def test_a_category_that_the_desk_does_not_have_is_not_heard(http: HttpClassifier, server: ModelServer) -> None:
    server.suggest("nonsense", 0.99)
    assert await http.classify(message(text="hello")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"suggestions": [{"category": "kyc"}]}',
        b'{"suggestions": [{"category": "kyc", "confidence": 2}]}',
        b'{"suggestions": [{"category": "kyc", "confidence": NaN}]}',
        b'{"suggestions": ' + b"[" * 5000,
        b"x" * (MOST_ANSWER + 1),
    ],
    ids=lambda body: body[:30].decode(),
)
async def test_an_answer_that_makes_no_sense_is_an_error_that_holds_none_of_it(
    body: bytes, http: HttpClassifier, server: ModelServer
) -> None:
    server.body = body
    with pytest.raises(TransientError) as caught:
        await http.classify(message(text="secret words"))
    assert "kyc" not in str(caught.value)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthError), (404, ConfigError), (302, ConfigError), (500, TransientError), (429, TransientError)],
)
async def test_what_a_status_means(
    status: int, error: type[GatewayError], http: HttpClassifier, server: ModelServer
) -> None:
    server.status = status
    with pytest.raises(error):
        await http.classify(message(text="hello"))
    report = await http.check()
    assert not report.ok


async def test_one_that_drops_the_line_or_is_away_is_an_error(http: HttpClassifier, server: ModelServer) -> None:
    server.drops = True
    with pytest.raises(TransientError):
        await http.classify(message(text="hello"))
    async with open_classifier("http://127.0.0.1:9/", None, 5.0, None, CATEGORIES) as nobody:
        with pytest.raises(TransientError):
            await nobody.classify(message(text="hello"))


async def test_one_that_is_slow_is_not_waited_for(server: ModelServer) -> None:
    server.hangs = True
    async with open_classifier(server.url, None, 0.05, None, CATEGORIES) as slow:
        with pytest.raises(TransientError, match="in time"):
            await slow.classify(message(text="hello"))


async def test_a_check_asks_for_nothing(http: HttpClassifier, server: ModelServer) -> None:
    assert (await http.check()).ok
    assert server.asked[0]["text"] == ""


async def test_from_the_line_to_the_category(http: HttpClassifier, server: ModelServer, clock: ManualClock) -> None:
    """Words that no rule knows get the category that the classifier says."""
    asked = message(text="zorble frumious bandersnatch", subject="")
    assert triage(asked, ()).category == "other"
    server.suggest("kyc", 0.8, "It sounds like it.")
    facts = await ClassifierEnricher(http, clock, 0.5, lambda shown: shown).facts(asked)
    found = triage(asked, facts)
    assert (found.category, found.category_confidence, found.queue) == ("kyc", 0.8, "kyc")
    assert found.reasons == ("The classifier takes it for kyc (80%): It sounds like it.",)
