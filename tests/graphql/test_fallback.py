"""Fallback through the front door: when another model takes over, when not, and what it costs."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.graphql.pair import EDIT, Pair, ask, breakers, forget, ledger
from tests.orchestration.pools import let_rest
from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

FAULTS: list[tuple[str, Callable[[Upstream], object], str]] = [
    ("500", lambda u: u.fail(500), "MODEL_UNAVAILABLE"),
    ("429", lambda u: u.fail(429), "MODEL_RATE_LIMITED"),
    ("429 for long", lambda u: u.fail(429, retry_after="3600"), "MODEL_RATE_LIMITED"),
    ("401", lambda u: u.fail(401), "MODEL_AUTH_FAILED"),
    ("403", lambda u: u.fail(403), "MODEL_AUTH_FAILED"),
    ("402", lambda u: u.fail(402, "Insufficient Balance"), "MODEL_RATE_LIMITED"),
    ("404", lambda u: u.fail(404), "MODEL_UNAVAILABLE"),
    ("410", lambda u: u.fail(410, "This model has been retired."), "MODEL_UNAVAILABLE"),
    ("429 in the stream", lambda u: u.reply_with([{"error": {"message": "slow", "code": 429}}]), "MODEL_RATE_LIMITED"),
    ("402 in the stream", lambda u: u.reply_with([{"error": {"message": "no", "code": "402"}}]), "MODEL_RATE_LIMITED"),
    ("a web page", lambda u: u.html(), "MODEL_UNAVAILABLE"),
    ("an empty answer", lambda u: u.reply(""), "MODEL_UNAVAILABLE"),
    ("cut before a word", lambda u: u.reply("one two", cut_after=1), "MODEL_UNAVAILABLE"),
    ("malformed JSON", lambda u: u.raw(b"data: {broken\n\n"), "MODEL_UNAVAILABLE"),
    ("a filter", lambda u: u.fail(400, "no", code="content_filter"), "CONTENT_FILTERED"),
]


@pytest.mark.parametrize(("fault", "code"), [pytest.param(fault, code, id=name) for name, fault, code in FAULTS])
async def test_another_model_takes_over_unseen(
    ada: Person, pair: Pair, db: Database, fault: Callable[[Upstream], object], code: str
) -> None:
    fault(pair.first)
    pair.second.reply("All is well.")

    run = await ask(ada)

    assert (run["status"], run["text"]) == ("COMPLETED", "All is well.")
    assert run["message"] == {"content": "All is well.", "modelUsed": "gpt-4o-mini"}
    assert run["usage"]["requests"] == 2
    assert [(call["model"]["name"], call["outcome"], call["errorCode"]) for call in run["calls"]] == [
        ("gpt-4.1", "FAILED", code),
        ("gpt-4o-mini", "SUCCEEDED", None),
    ]
    assert await ledger(db) == [("gpt-4.1", "failed", code), ("gpt-4o-mini", "succeeded", None)]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(lambda u: u.fail(400, "what is this?"), "MODEL_UNAVAILABLE", id="a request nobody understands"),
        pytest.param(lambda u: u.reply("one two three", cut_after=3), "MODEL_UNAVAILABLE", id="cut after a word"),
        pytest.param(lambda u: u.fail(400, "x", code="context_length_exceeded"), "CONTEXT_TOO_LONG", id="too long"),
    ],
)
async def test_nobody_takes_over_when_it_would_not_help(
    ada: Person, pair: Pair, db: Database, fault: Callable[[Upstream], object], code: str
) -> None:
    fault(pair.first)

    run = await ask(ada)

    assert (run["status"], run["error"]["code"]) == ("FAILED", code)
    assert pair.second.requests == []
    assert await ledger(db) == [("gpt-4.1", "failed", code)]


async def test_what_was_said_is_kept_when_an_answer_breaks_off(ada: Person, pair: Pair) -> None:
    pair.first.reply("one two three four", cut_after=4)

    run = await ask(ada)

    assert run["status"] == "FAILED"
    assert run["error"]["retryable"] is True
    assert run["text"] == run["message"]["content"] == "one two three"
    assert run["usage"]["outputTokens"] == 3  # nobody has counted them but we


async def test_another_model_goes_on_with_an_answer_that_broke_off_if_that_is_asked_for(
    ada: Person, pair: Pair, db: Database
) -> None:
    pair.first.reply("one two three four", cut_after=4)
    pair.second.reply(" four five")

    run = await ask(ada, continueWithAnother=True)

    assert run["status"] == "COMPLETED"
    assert run["text"] == run["message"]["content"] == "one two three four five"
    assert run["message"]["modelUsed"] == "gpt-4o-mini"
    assert pair.second.requests[-1]["messages"][-2] == {"role": "assistant", "content": "one two three"}
    assert [(call["outcome"], call["estimated"]) for call in run["calls"]] == [("FAILED", True), ("SUCCEEDED", False)]
    assert [row[1] for row in await ledger(db)] == ["failed", "succeeded"]


async def test_what_is_too_long_for_one_goes_to_a_larger_window(ada: Person, pair: Pair, db: Database) -> None:
    await ada.gql(EDIT, input={"id": pair.ids["gpt-4o-mini"], "contextWindow": 2_000_000})
    pair.first.fail(400, "too long", code="context_length_exceeded")

    run = await ask(ada)

    assert run["message"]["modelUsed"] == "gpt-4o-mini"
    assert (await breakers(ada))["gpt-4.1"] == "CLOSED"


async def test_a_model_asked_for_by_name_is_the_only_one(ada: Person, pair: Pair) -> None:
    pair.first.fail(500, times=3)

    run = await ask(ada, model="gpt-4.1")

    assert (run["status"], run["error"]["code"]) == ("FAILED", "MODEL_UNAVAILABLE")
    assert len(pair.first.requests) == 3
    assert pair.second.requests == []


async def test_a_model_that_asks_for_a_pause_is_left_alone_by_everybody(
    ada: Person, pair: Pair, settings: Settings, database_url: str, db: Database
) -> None:
    pair.first.fail(429, retry_after="30")
    await ask(ada)
    assert (await breakers(ada))["gpt-4.1"] == "OPEN"

    async with running(settings, connect(database_url)) as other:
        person = Person(ada.http, other.url, ada.email)
        assert (await breakers(person))["gpt-4.1"] == "OPEN"
        assert (await ask(person))["message"]["modelUsed"] == "gpt-4o-mini"
        assert len(pair.first.requests) == 1
        await let_rest(db)
        assert (await breakers(person))["gpt-4.1"] == "HALF_OPEN"
        assert (await ask(person))["message"]["modelUsed"] == "gpt-4.1"
        assert (await breakers(ada))["gpt-4.1"] == "CLOSED"


async def test_one_probe_at_a_time_goes_to_a_model_that_was_down(ada: Person, pair: Pair, db: Database) -> None:
    for _ in range(3):
        pair.first.html()
        await ask(ada)
    assert (await breakers(ada))["gpt-4.1"] == "OPEN"
    asked = len(pair.first.requests)
    await let_rest(db)
    await forget(db)
    pair.first.hold()

    probing = asyncio.create_task(ask(ada, "the probe"))
    await asyncio.wait_for(pair.first.holding.wait(), 10)
    others = [await ask(ada, f"meanwhile {number}") for number in range(3)]

    assert {run["message"]["modelUsed"] for run in others} == {"gpt-4o-mini"}
    assert len(pair.first.requests) == asked + 1
    pair.first.release()
    assert (await probing)["message"]["modelUsed"] == "gpt-4.1"
    assert (await breakers(ada))["gpt-4.1"] == "CLOSED"


async def test_a_failed_probe_doubles_the_rest(ada: Person, pair: Pair, db: Database) -> None:
    async def rest() -> int:
        async with db.read() as session:
            seconds = await session.scalar(
                text("SELECT extract(epoch FROM open_until - failed_at) FROM model_breakers")
            )
            return round(seconds or 0)

    for _ in range(3):
        pair.first.html()
        await ask(ada)
    rests = [await rest()]
    for _ in range(5):
        await let_rest(db)
        await forget(db)
        pair.first.html()
        await ask(ada)
        rests.append(await rest())

    assert rests == [60, 120, 240, 480, 600, 600]


async def test_a_person_at_fault_says_nothing_of_the_model(ada: Person, pair: Pair) -> None:
    for _ in range(4):
        pair.first.fail(400, "what is this?")
        await ask(ada)

    assert (await breakers(ada))["gpt-4.1"] == "CLOSED"
    assert len(pair.first.requests) == 4


async def test_a_call_costs_what_its_tokens_cost_then(ada: Person, pair: Pair, db: Database) -> None:
    pair.first.reply_with([chunk(content="yes"), chunk(finish="stop"), usage_chunk(1_000, 10, cached=400, reasoning=4)])
    first = await ask(ada)
    await ada.gql(EDIT, input={"id": pair.ids["gpt-4.1"], "outputUsdPerMillion": "80"})
    pair.first.reply_with([chunk(content="yes"), chunk(finish="stop"), usage_chunk(1_000, 10, cached=400, reasoning=4)])
    second = await ask(ada)

    assert Decimal(first["usage"]["costUsd"]) == Decimal("0.00148")  # 600 at 2, 400 at .5, 10 at 8
    assert Decimal(second["usage"]["costUsd"]) == Decimal("0.0022")
    async with db.read() as session:
        kept = await session.execute(
            text("""SELECT p.output_usd_per_million FROM model_calls c JOIN model_prices p ON p.id = c.price_id
                    ORDER BY c.id""")
        )
        assert [int(row[0]) for row in kept] == [8, 80]
