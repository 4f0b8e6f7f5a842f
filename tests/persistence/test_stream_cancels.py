"""What a process asks of Redis."""

import asyncio
from contextlib import suppress
from uuid import uuid4

from persistence.streams import Streams
from tests.redis_servers import RedisServer


async def test_a_cancel_is_heeded_whenever_it_comes(redis: RedisServer) -> None:
    streams, lost = Streams(redis.url), 0
    await streams.ping()
    for number in range(60):
        asked = asyncio.create_task(streams.after({uuid4(): 0}, limit=1))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        if asked.cancel():
            with suppress(asyncio.CancelledError):
                await asked
            lost += not asked.cancelled()
    await streams.close()

    assert lost == 0
