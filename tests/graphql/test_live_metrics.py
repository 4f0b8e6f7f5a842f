"""What is going on just now: seen every second, by all who watch from one look."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import Any

from tests.graphql.threads import busy
from tests.people import Person
from tests.upstream import Upstream

LIVE = """subscription ($everyone: Boolean) { liveMetrics(everyone: $everyone) {
  at activeRuns queuedRuns outputTokensPerSecond callsLastMinute errorsLastMinute } }"""


async def looks(person: Person, count: int = 1, **variables: Any) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async with person.socket() as socket, aclosing(socket.watch(LIVE, **variables)) as frames:
        async for data in frames:
            seen.append(data["liveMetrics"])
            if len(seen) == count:
                break
    return seen


async def test_runs_and_calls_are_seen_as_they_are(ada: Person, upstream: Upstream) -> None:
    before = (await looks(ada))[0]
    upstream.reply("one two three four five six")
    sent, _ = await ada.ask("hi")
    upstream.fail(400)
    await ada.ask("hi", chatId=sent["chat"]["id"])
    _, waiting = await busy(ada, upstream, "second", "third")
    during = (await looks(ada))[0]
    upstream.release()
    for one in waiting:
        await ada.events(one["run"]["id"])
    after = (await looks(ada))[0]

    assert {name: before[name] for name in before if name != "at"} == {
        "activeRuns": 0, "queuedRuns": 0, "outputTokensPerSecond": 0, "callsLastMinute": 0, "errorsLastMinute": 0,
    }  # fmt: skip
    assert (during["activeRuns"], during["queuedRuns"]) == (1, 2)
    assert (during["callsLastMinute"], during["errorsLastMinute"]) == (2, 1)
    assert during["outputTokensPerSecond"] == 6 / 60
    assert (after["activeRuns"], after["queuedRuns"], after["callsLastMinute"]) == (0, 0, 5)
    assert before["at"] < during["at"] < after["at"]


async def test_members_see_what_is_theirs(ada: Person, bob: Person) -> None:
    await ada.ask("hi")
    await bob.ask("hi")
    await bob.ask("hi")

    seen = await asyncio.gather(looks(ada), looks(ada, everyone=False), looks(bob))
    asked, accept = {"query": LIVE, "variables": {"everyone": True}}, {"Accept": "text/event-stream"}
    async with bob.http.post(f"{bob.url}/graphql", json=asked, headers=accept) as response:
        refused = await response.text()

    assert [one["callsLastMinute"] for (one,) in seen] == [3, 1, 2]
    assert '"code":"FORBIDDEN"' in refused


async def test_many_watchers_are_served_by_one_look_a_second(ada: Person, bob: Person, statements: list[str]) -> None:
    statements.clear()
    seen = await asyncio.gather(*(looks(person, 3) for person in (ada, bob) * 5))
    made = len([one for one in statements if "FULL JOIN" in one])

    assert made <= 5, "ten watchers of three looks each"
    moments = [[one["at"] for one in mine] for mine in seen]
    assert all(mine == sorted(set(mine)) for mine in moments)
    assert len({at for mine in moments for at in mine}) <= made


async def test_nobody_looks_when_nobody_watches(ada: Person, statements: list[str]) -> None:
    async with AsyncExitStack() as stack:
        socket = await stack.enter_async_context(ada.socket())
        frames = await stack.enter_async_context(aclosing(socket.watch(LIVE)))
        await anext(frames)
    statements.clear()
    await looks(ada, 2)
    made = len([one for one in statements if "FULL JOIN" in one])

    assert made == 2
