"""Ledger, runs and providers count the same, whatever happens to a run: no token and no micro-dollar is lost."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from tests.graphql.pair import ADD, EDIT, HEALTH
from tests.people import EVENTS, Person, Socket
from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, usage_chunk

pytestmark = [pytest.mark.alone, pytest.mark.timeout(180)]

RUNS, TOGETHER = 500, 20
MODELS = (("gpt-4.1", "gpt-4.1-mini"), ("gpt-4o", "gpt-4o-mini"))
PRICES = {"input": Decimal("2.5"), "cached": Decimal("0.3"), "output": Decimal("7.7")}
SUMS = ("inputTokens", "cachedInputTokens", "outputTokens", "reasoningTokens")
CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { id } } }"
RUN = """query ($id: ID!) { run(id: $id) { status
  usage { requests inputTokens cachedInputTokens outputTokens reasoningTokens costUsd }
  calls { modelName outcome estimated errorCode
    inputTokens cachedInputTokens outputTokens reasoningTokens costUsd } } }"""
KINDS = ("answer", "flaky", "retry", "cut", "stall", "silent", "counted", "refused")
"""What may happen to a question. `stall` and `silent` answers never end, so whoever has asked cancels them; `counted`
ones break off after the provider has told what they cost."""


class Bill(NamedTuple):
    """What a provider says of one call."""

    model: str
    input: int
    cached: int
    output: int
    reasoning: int

    @property
    def usd(self) -> Decimal:
        fresh = (self.input - self.cached) * PRICES["input"]
        return (fresh + self.cached * PRICES["cached"] + self.output * PRICES["output"]) / 1_000_000


class Books:
    """What both providers have told, and what they have not."""

    def __init__(self) -> None:
        self.dice = random.Random(7)
        self.bills: list[Bill] = []
        self.untold = self.refused = 0
        self.asked: Counter[str] = Counter()
        self.silence: dict[str, asyncio.Event] = {}


class Provider(Upstream):
    """Decides about each call when it comes, by its question; so it does not matter who is asked."""

    def __init__(self, models: tuple[str, ...], books: Books) -> None:
        super().__init__(models)
        self.books = books

    def _default(self, body: dict[str, Any]) -> Reply:
        question = body["messages"][-1]["content"]
        kind, books = question.split()[0], self.books
        books.asked[question] += 1
        if kind == "refused":
            return self._refusal(400)
        if (kind == "retry" and books.asked[question] == 1) or (kind == "flaky" and books.dice.random() < 0.5):
            return self._failure(body["model"])
        if kind in ("cut", "stall"):
            books.untold += 1
            said = books.dice.randint(1, 5)
            words = [chunk(content="word ") for _ in range(said + 1)]
            return Reply(words, cut_after=said) if kind == "cut" else Reply(words, delay=600)
        answer = [chunk(content="yes"), self._bill(body["model"])]
        if kind == "counted":
            return Reply([*answer, chunk()], cut_after=2)
        return Reply([answer[0], chunk(finish="stop"), answer[1]])

    def _failure(self, model: str) -> Reply:
        """A call that fails before its first word."""
        match self.books.dice.choice(["500", "503", "429", "429 for long", "empty", "cut"]):
            case "empty":
                return Reply([chunk(finish="stop"), self._bill(model)])
            case "cut":
                self.books.untold += 1
                return Reply([chunk(role="assistant"), chunk()], cut_after=1)
            case "429 for long":
                return self._refusal(429, {"retry-after": "2"})
            case status:
                return self._refusal(int(status))

    def _refusal(self, status: int, headers: dict[str, str] | None = None) -> Reply:
        self.books.refused += 1
        error = {"error": {"message": "no", "type": "mock"}}
        kind = {"content-type": "application/json", **(headers or {})}
        return Reply(status=status, body=json.dumps(error), headers=kind)

    def _bill(self, model: str) -> dict[str, Any]:
        dice = self.books.dice
        asked, said = 10_000 + len(self.books.bills), dice.randint(1, 300)
        bill = Bill(model, asked, dice.randint(0, asked), said, dice.randint(0, said))
        self.books.bills.append(bill)
        return usage_chunk(bill.input, bill.output, cached=bill.cached, reasoning=bill.reasoning)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        question = (await request.json())["messages"][-1]["content"]
        if question.startswith("silent"):
            self.books.untold += 1
            self.books.silence[question].set()
            await asyncio.Event().wait()
        return await super()._complete(request)


@pytest.fixture
async def books(ada: Person, upstream: Upstream) -> AsyncIterator[Books]:
    """Two providers with two models each, and what they count."""
    books = Books()
    [mock] = (await ada.gql(HEALTH))["models"]
    await ada.gql(EDIT, input={"id": mock["id"], "enabled": False})
    async with Provider(MODELS[0], books) as first, Provider(MODELS[1], books) as second:
        for name, provider in (("First", first), ("Second", second)):
            given = {"name": name, "baseUrl": provider.base_url, "apiKey": f"sk-{name}"}
            for model in (await ada.gql(ADD, input=given))["addProvider"]["models"]:
                prices = {f"{kind}UsdPerMillion": str(PRICES[kind]) for kind in ("input", "output")}
                prices["cachedInputUsdPerMillion"] = str(PRICES["cached"])
                await ada.gql(EDIT, input={"id": model["id"], **prices})
        yield books


async def ask(person: Person, socket: Socket, books: Books, number: int) -> dict[str, Any]:
    """One run, when it has ended."""
    kind = KINDS[number % len(KINDS)]
    question = f"{kind} {number}"
    silence = books.silence[question] = asyncio.Event()
    pinned = {"model": MODELS[number % 2][number % 3 % 2]} if kind == "retry" or number % 5 == 0 else {}
    run_id = (await person.send(question, **pinned))["run"]["id"]
    if kind == "silent":
        await silence.wait()
        await person.gql(CANCEL, id=run_id)
    async for data in socket.watch(EVENTS, runId=run_id, after=0):
        if kind == "stall" and data["runEvents"]["__typename"] == "TextDelta":
            await person.gql(CANCEL, id=run_id)
    run: dict[str, Any] = (await person.gql(RUN, id=run_id))["run"]
    return {**run, "kind": kind}


async def test_ledger_runs_and_providers_count_the_same(ada: Person, books: Books) -> None:
    numbers, runs = iter(range(RUNS)), list[dict[str, Any]]()

    async def some() -> None:
        async with ada.socket() as socket:
            for number in numbers:
                runs.append(await ask(ada, socket, books, number))

    await asyncio.gather(*(some() for _ in range(TOGETHER)))
    calls = [call for run in runs for call in run["calls"]]

    for run in runs:
        usage, own = run["usage"], run["calls"]
        assert usage["requests"] == len(own)
        assert [usage[name] for name in SUMS] == [sum(call[name] for call in own) for name in SUMS]
        assert Decimal(usage["costUsd"]) == sum(Decimal(call["costUsd"]) for call in own)
    told = [call for call in calls if not call["estimated"] and call["inputTokens"]]
    billed = [(Bill(c["modelName"], *(c[name] for name in SUMS)), Decimal(c["costUsd"])) for c in told]
    assert sorted(billed) == sorted((bill, bill.usd) for bill in books.bills)
    assert len([call for call in calls if call["estimated"]]) == books.untold
    nothing = [call for call in calls if not call["estimated"] and not call["inputTokens"]]
    assert len(nothing) == books.refused
    assert not any(Decimal(call["costUsd"]) for call in nothing)
    _all_has_happened(runs)


def _all_has_happened(runs: list[dict[str, Any]]) -> None:
    """The mix is what it claims to be."""
    seen = Counter(f"{run['kind']}: {run['status']}" for run in runs)
    calls = [call for run in runs for call in run["calls"]]
    fallbacks = [run for run in runs if len({call["modelName"] for call in run["calls"]}) > 1]
    retries = [run for run in runs if len(run["calls"]) > len({call["modelName"] for call in run["calls"]})]
    used = Counter(call["modelName"] for call in calls)
    print(f"{len(calls)} calls, {len(fallbacks)} fallbacks, {len(retries)} retries, {dict(used)}, {dict(seen)}")
    for kind, status in (("answer", "COMPLETED"), ("cut", "FAILED"), ("counted", "FAILED"), ("refused", "FAILED")):
        assert seen[f"{kind}: {status}"] > RUNS / len(KINDS) - 2
    assert seen["stall: CANCELLED"] == seen["silent: CANCELLED"] == RUNS // len(KINDS)
    cancelled = [call for call in calls if call["outcome"] == "CANCELLED"]
    assert all(call["estimated"] for call in cancelled)
    assert min(len(fallbacks), len(retries), len(cancelled)) > 10
    assert len(used) == 4
