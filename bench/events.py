"""CPU time of the server for one event of a subscription and for one small request, ours against Strawberry's own.

Each server is a process of its own. Rounds go from one to the next, so that other work on the machine meets all of
them; the best round of each counts. Times depend on the machine, their ratios much less.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp

from bench.served import NAMES

EVENTS, REQUESTS, ROUNDS, AT_ONCE = 20_000, 2_000, 5, 16
WATCH = """subscription ($count: Int!) { events(count: $count) {
  __typename sequence ... on Started { messageId } ... on Delta { messageId text } } }"""
PAYLOAD = {"query": WATCH, "variables": {"count": EVENTS}}

Load = Callable[[aiohttp.ClientSession, str], Awaitable[int]]


@contextlib.asynccontextmanager
async def served(name: str) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.served", name, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.terminate()
        await process.wait()


async def over_websocket(http: aiohttp.ClientSession, url: str) -> int:
    async with http.ws_connect(f"{url}/graphql", protocols=["graphql-transport-ws"]) as ws:
        await ws.send_json({"type": "connection_init"})
        await ws.receive_str()
        await ws.send_json({"id": "1", "type": "subscribe", "payload": PAYLOAD})
        seen = 0
        while '"complete"' not in (await ws.receive_str())[-30:]:
            seen += 1
    assert seen == EVENTS, seen
    return seen


async def over_sse(http: aiohttp.ClientSession, url: str) -> int:
    async with http.post(f"{url}/graphql", json=PAYLOAD, headers={"Accept": "text/event-stream"}) as response:
        seen = (await response.read()).count(b"event: next")
    assert seen == EVENTS, seen
    return seen


async def requests(http: aiohttp.ClientSession, url: str) -> int:
    body = json.dumps({"query": "{ __typename }"}).encode()
    headers = {"Content-Type": "application/json"}

    async def some() -> None:
        for _ in range(REQUESTS // AT_ONCE):
            async with http.post(f"{url}/graphql", data=body, headers=headers) as response:
                assert b"Query" in await response.read()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return REQUESTS


async def cost(http: aiohttp.ClientSession, url: str, load: Load) -> float:
    """Microseconds of the server's CPU for each unit of a load."""

    async def used() -> float:
        async with http.get(f"{url}/cpu") as response:
            return float(await response.text())

    before = await used()
    units = await load(http, url)
    return (await used() - before) / units * 1e6


LOADS: dict[str, tuple[Load, tuple[str, ...]]] = {
    "event over WebSocket": (over_websocket, NAMES),
    "event over SSE": (over_sse, ("ours", "stock")),
    "request { __typename }": (requests, NAMES),
}


async def main() -> None:
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        urls = {name: await stack.enter_async_context(served(name)) for name in NAMES}
        print(f"Microseconds of server CPU, the best of {ROUNDS} rounds; {os.cpu_count()} cores.")
        for title, (load, names) in LOADS.items():
            rounds = [{name: await cost(http, urls[name], load) for name in names} for _ in range(ROUNDS)]
            best = {name: min(each[name] for each in rounds) for name in names}
            times = "  ".join(f"{name} {best[name]:6.1f}" for name in names)
            print(f"{title:24} {times}  stock / ours {best['stock'] / best['ours']:.1f}")
