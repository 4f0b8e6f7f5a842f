"""Summaries of long branches: when one is wanted, and making it in the background before it is needed."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from agents import ModelResponse, ModelSettings, ModelTracing
from agents.exceptions import AgentsException
from openai import OpenAIError

from domain.calls import CallPurpose, ModelCall
from domain.messages import MessageRole, MessageStatus, storable
from domain.models import Preference
from domain.runs import RunFailure
from orchestration.inference.budgets import charge_to
from orchestration.inference.chain import fallback_order
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector, Task
from orchestration.memory.history import LONGEST
from orchestration.memory.tokens import cut, estimate_tokens
from orchestration.runs.outages import through_outages
from persistence import changes, messages, summaries
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Unavailable
from persistence.messages import MessageRow, PathPage
from persistence.summaries import Made, Reach, SummaryRow, Wish

log = logging.getLogger(__name__)

NEAR, KEPT = 0.6, 0.3
"""Of a model's room: when a branch takes more, it is summarised but for this much."""
MOST_VERBATIM = 120
"""Messages after the last summary that are enough to make one, however short they are."""
PART, LONGEST_SUMMARY = 0.5, 0.15
"""Of the room: what is summarised at once, so that the model itself could read it; and what comes of it at most."""
MOST_TOKENS = 1_000
"""Of a summary for the largest models."""
CHEAP = Preference(quality=0.4, cost=0.4, latency=0.2)
EVERY = 15.0
"""Seconds between two looks for wishes of other processes."""
AT_ONCE = 4
"""Summaries that one process makes at the same time: those who wait for answers go first."""
PATIENCE = 240.0
LEASE = timedelta(seconds=PATIENCE + 60)
"""Who takes longer than this for one part is taken for dead."""
MOST_TRIES = 4
PAUSE = timedelta(seconds=30)
"""Before the second try; twice as long before each further one."""
WORDS_PER_TOKEN = 0.6

FAILURES = (RunFailure, AgentsException, OpenAIError, TimeoutError)
INSTRUCTIONS = (
    "You keep the notes of a conversation for somebody who goes on with it and cannot read what came before. Write one "
    "text that takes the place of the notes and the messages below: what the person wants and has told of themselves, "
    "what was decided and why, facts, names, numbers, code and files that matter, and what is still open. Leave out "
    "greetings and repetitions. Write in the language of the conversation, at most {words} words, the notes only."
)


def due(path: Sequence[MessageRow], reach: Reach | None, *, said: str, room: int) -> UUID | None:
    """The message up to which a branch should be summarised, now that its question is answered with `said`; None as
    long as it is short. That message is an answer, and the newest messages stay out of it. `room` is in tokens."""
    fresh = [row for row in path if reach is None or row.depth > reach.depth]
    newest = estimate_tokens(said)
    taken = newest + sum(estimate_tokens(row.content) for row in fresh)
    if taken <= room * NEAR and len(fresh) < MOST_VERBATIM:
        return None
    left = room * KEPT - newest
    for place, row in enumerate(reversed(fresh)):
        left -= estimate_tokens(row.content)
        if (left < 0 or place >= MOST_VERBATIM // 3) and _answers(row):
            return row.id
    return None


class Summarizing:
    """Any number of processes may do this: each wish is taken by one of them, and by another one if that dies."""

    def __init__(self, db: Database, pool: ModelPool, selector: Selector) -> None:
        self._db, self._pool, self._selector = db, pool, selector
        self._news = asyncio.Event()

    def wake(self) -> None:
        """A wish has been committed here."""
        self._news.set()

    async def serve(self) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                try:
                    await self._take_all(group, places)
                except Unavailable as error:
                    log.warning("summaries wait for the database (%s)", error)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._news.wait()

    async def _take_all(self, group: asyncio.TaskGroup, places: asyncio.Semaphore) -> None:
        wish: Wish | None
        while True:
            await places.acquire()  # first, because from when a wish is taken its time runs
            wish = None
            try:
                wish = await self._take()
            finally:
                if wish is None:
                    places.release()
            if wish is None:
                return
            group.create_task(self._make_in(places, wish), name="summary")

    async def _make_in(self, places: asyncio.Semaphore, wish: Wish) -> None:
        try:
            await self._make(wish)
        except Unavailable as error:
            log.warning("a summary waits for the database (%s)", error)
        finally:
            places.release()

    async def make_one(self) -> bool:
        """Make the summary that has been wished for the longest time; False when there is none to make."""
        wish = await self._take()
        if wish is not None:
            await self._make(wish)
        return wish is not None

    async def _take(self) -> Wish | None:
        async with self._db.write() as session:
            return await summaries.take(session, LEASE)

    async def _make(self, wish: Wish) -> None:
        try:
            while await self._step(wish):
                pass
        except FAILURES as error:
            await self._failed(wish.row, error)

    async def _step(self, wish: Wish) -> bool:
        """Summarise the next part of the branch; whether there is more to do."""
        wished = wish.row
        async with self._db.read() as session:
            base = await summaries.reaching(session, wished.chat_id, wished.message_id)
            page = PathPage(wished.message_id, LONGEST, after=None if base is None else base.depth)
            path = (await messages.paths(session, [page])).get(page)
        if path is None or not path.messages:  # the chat has gone
            return False
        rows = _part(path.messages, int(wished.room * PART))
        async with asyncio.timeout(PATIENCE):
            made = await self._ask(wish, base, rows)
        return await through_outages(lambda: self._keep(wish, base, rows[-1], made))

    async def _ask(self, wish: Wish, base: Reach | None, rows: Sequence[MessageRow]) -> Made:
        """What a cheap model makes of it. The calls are in the ledger, also those that failed."""
        room, enter = wish.row.room, self._pool.recorder(user_id=wish.user_id)
        longest = min(int(room * LONGEST_SUMMARY), MOST_TOKENS)
        told = _told(base, rows, int(room * PART))
        task = Task(prompt=told, question=told, preference=CHEAP, local_only=wish.row.local)
        selection = await self._selector.choose(task)

        async def record(call: ModelCall) -> None:
            await enter(replace(call, purpose=CallPurpose.SUMMARY))

        charge_to(wish.user_id)
        async with self._pool.open_chain(fallback_order(selection), record=record) as chain:
            response = await chain.model.get_response(
                INSTRUCTIONS.format(words=int(longest * WORDS_PER_TOKEN)), told, ModelSettings(), [], None, [],
                ModelTracing.DISABLED, previous_response_id=None, conversation_id=None, prompt=None,
            )  # fmt: skip
        return Made(cut(storable(_text(response)), longest), chain.name, chain.usage.cost_usd)

    async def _keep(self, wish: Wish, base: Reach | None, last: MessageRow, made: Made) -> bool:
        """Store a summary up to `last`; whether that is not yet what was wished for."""
        async with self._db.write() as session:
            if not await summaries.held(session, wish.row, base, LEASE):
                await summaries.put_off(session, wish.row, timedelta())  # what it goes on from was removed meanwhile
                return False
            await summaries.keep(session, wish.row, last.id, made, base)
            changed = Change(ChangeKind.MESSAGE, last.id, last.chat_id)
            await changes.record(session, wish.user_id, [changed])
        return last.id != wish.row.message_id

    async def _failed(self, wished: SummaryRow, error: BaseException) -> None:
        log.warning("a summary could not be made (try %d): %s", wished.tries, str(error) or type(error).__name__)
        async with self._db.write() as session:
            if wished.tries >= MOST_TRIES:
                await summaries.give_up(session, wished)
            else:
                await summaries.put_off(session, wished, PAUSE * 2 ** (wished.tries - 1))


def _answers(row: MessageRow) -> bool:
    return row.role is MessageRole.ASSISTANT and row.status is not MessageStatus.IN_PROGRESS


def _part(rows: Sequence[MessageRow], room: int) -> list[MessageRow]:
    """The first messages that fit into `room` tokens, up to an answer if they hold one; at least one message."""
    count = 0
    for row in rows:
        room -= estimate_tokens(row.content)
        if room < 0:
            break
        count += 1
    part = list(rows[: max(count, 1)])
    answers = [place for place, row in enumerate(part) if _answers(row)]
    return part[: answers[-1] + 1] if answers else part


def _told(base: Reach | None, rows: Sequence[MessageRow], room: int) -> str:
    notes = "(none yet)" if base is None else base.text
    said = "\n\n".join(f"{_speaker(row)}: {cut(row.content, room)}" for row in rows if row.content)
    return f"NOTES SO FAR\n\n{notes}\n\nMESSAGES\n\n{said}"


def _speaker(row: MessageRow) -> str:
    return "Assistant" if row.role is MessageRole.ASSISTANT else "Person"


def _text(response: ModelResponse) -> str:
    """The words of an answer. There are some: an empty answer is a failure of its model."""
    parts = [part for item in response.output if item.type == "message" for part in item.content]
    return "\n".join(part.text for part in parts if part.type == "output_text").strip()
