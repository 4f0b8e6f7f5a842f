"""Redis Streams that carry what runs say: one script call a flush, one pipelined read a look, one subscription.

Streams are a cache: everything here may be lost at any time. `StreamedLog` says how nothing is lost with it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import orjson
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from domain.runs import EventKind, RunEvent
from persistence.appending import RESERVE

log = logging.getLogger(__name__)

T = TypeVar("T")

CHANNEL = "parley:runs"
PREFIX = "parley:run:"
BATCH = 250
"""Runs in one call of the script: Redis serves nobody else while it runs."""
LIFETIME = 600
"""Seconds that a stream outlives its newest entry. PostgreSQL has all of it by the end of the run, and a run that is
silent for longer finds its stream lost, which costs a statement."""
LONGEST = 2 * RESERVE
"""Entries kept of a stream, about: what is older has long been stored in PostgreSQL."""
TIMEOUT = 1.0
"""Seconds to wait for a connection or an answer."""

Away = (RedisError, OSError, TimeoutError)
"""What is raised when Redis cannot be reached, or cannot do its work, just now."""

# KEYS are streams; ARGV begins with lifetime, longest and channel, then for each stream: what it is about (attempt, the
# sequence it must have reached, the first sequence to add, how many), and as many payloads. Few arguments, because each
# of them costs the client more than it costs Redis.
# Ids are `sequence-attempt`. An entry of a newer attempt refuses all older ones; a stream that has not reached the
# sequence that its writer remembers has been lost and takes nothing, so that readers never see behind a gap.
# A call whose answer got lost is made again and leaves out what it finds.
APPEND = f"""
local at, verdicts, dirty = 4, {{}}, {{}}
for i, key in ipairs(KEYS) do
  local attempt, reached, first, count = string.match(ARGV[at], '(%d+) (%d+) (%d+) (%d+)')
  attempt, reached, first, count = tonumber(attempt), tonumber(reached), tonumber(first), tonumber(count)
  local last, owner = 0, 0
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  if newest then
    local sequence, by = string.match(newest[1], '(%d+)-(%d+)')
    last, owner = tonumber(sequence), tonumber(by)
  end
  if owner > attempt then
    verdicts[i] = 'fenced'
  elseif reached > 0 and (owner < attempt or last < reached) then
    verdicts[i] = 'lost'
  else
    verdicts[i] = 'stored'
    for number = 0, count - 1 do
      if owner < attempt or first + number > last then
        local id = string.format('%d-%d', first + number, attempt)
        local added = redis.pcall('XADD', key, 'MAXLEN', '~', ARGV[2], id, 'e', ARGV[at + 1 + number])
        if type(added) == 'table' and added.err then
          verdicts[i] = 'lost'
          break
        end
      end
    end
    redis.call('EXPIRE', key, ARGV[1])
    dirty[#dirty + 1] = string.sub(key, {len(PREFIX) + 1}) .. ':' .. string.format('%d', first + count - 1)
  end
  at = at + 1 + count
end
if #dirty > 0 then
  redis.call('PUBLISH', ARGV[3], table.concat(dirty, ','))
end
return verdicts
"""


class Batch(NamedTuple):
    """What one attempt adds to its stream, without a gap, and the last sequence that it knows to be there, or 0."""

    run_id: UUID
    attempt: int
    reached: int
    events: Sequence[RunEvent]


class Streams:
    def __init__(self, url: str) -> None:
        self._redis = aioredis.Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0), protocol=2,
            client_name="parley",
        )  # fmt: skip
        self._redis.set_response_callback("XRANGE", _as_it_came)
        self._append = self._redis.register_script(APPEND)

    async def append(self, batches: Sequence[Batch]) -> list[bytes]:
        """Add to streams; one of b"stored", b"fenced" and b"lost" for each. Raises one of `Away`."""
        verdicts: list[bytes] = []
        for start in range(0, len(batches), BATCH):
            some = batches[start : start + BATCH]
            arguments: list[Any] = [LIFETIME, LONGEST, CHANNEL]
            for batch in some:
                first, count = batch.events[0].sequence, len(batch.events)
                arguments.append(f"{batch.attempt} {batch.reached} {first} {count}")
                arguments += map(_encoded, batch.events)
            verdicts += await _heeded(self._append([_key(batch.run_id) for batch in some], arguments))
        return verdicts

    async def after(self, seen: Mapping[UUID, int], *, limit: int) -> dict[UUID, list[RunEvent]]:
        """Up to `limit` events of each run after the sequence seen of it, in one pipeline. Raises one of `Away`."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            for run_id, sequence in seen.items():
                pipeline.execute_command("XRANGE", _key(run_id), f"{sequence + 1}-0", "+", "COUNT", limit)
            answers = await _heeded(pipeline.execute())
        return {run_id: _decoded(run_id, entries) for run_id, entries in zip(seen, answers, strict=True) if entries}

    async def listen(self, heard: Callable[[str], None], reconnected: Callable[[], None]) -> None:
        """Call `heard` with each publication, for ever, and `reconnected` when some may have been missed."""
        pause = 0.1
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    async for message in subscription.listen():
                        if message["type"] == "message":
                            heard(message["data"].decode())
                        else:  # the subscription stands: from now on nothing is missed
                            reconnected()
                            pause = 0.1
            except Away as error:
                log.warning("the subscription to Redis broke (%s); connecting again", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    async def ping(self) -> None:
        """Raises one of `Away` when Redis does not answer."""
        await self._redis.echo("Parley")

    async def version(self) -> tuple[int, ...]:
        """Of the server, as Redis counts: Valkey names the version of Redis that it is compatible with."""
        told = await self._redis.info("server")
        return tuple(int(number) for number in str(told["redis_version"]).split("."))

    async def close(self) -> None:
        await self._redis.aclose()


async def _heeded(call: Awaitable[T]) -> T:
    """What a call gives. A cancel that comes as the library has just sent its request is lost in it before Python 3.12,
    whose `asyncio.wait_for` is the first that does not return instead: then it is raised here."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    given = await call
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return given


def words_of(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _as_it_came(response: Any, **_: Any) -> Any:
    return response


def _key(run_id: UUID) -> str:
    return f"{PREFIX}{run_id.hex}"


def _encoded(event: RunEvent) -> bytes:
    message = event.message_id.hex if event.message_id else None
    at = event.created_at.timestamp()
    return orjson.dumps((event.kind.value, at, message, event.text, event.data or None))


def _decoded(run_id: UUID, entries: Sequence[tuple[bytes, Sequence[bytes]]]) -> list[RunEvent]:
    events: list[RunEvent] = []
    for name, (_, payload) in entries:
        kind, at, message, text, data = orjson.loads(payload)
        sequence = int(name.partition(b"-")[0])
        message_id = UUID(hex=message) if message else None
        created_at = datetime.fromtimestamp(at, UTC)
        events.append(RunEvent(run_id, sequence, EventKind(kind), created_at, message_id, text, data or {}))
    return events
