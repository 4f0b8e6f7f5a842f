"""What a run may use: tokens, money and time, and stopping in time to make the best of what there is."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from domain.models import TokenUsage
from domain.runs import Limit, RunErrorCode, RunFailure, ThinkingMode
from orchestration.inference.settings import answer_tokens
from persistence.models import ModelRow
from persistence.runs import RunRow

WORK = 0.85
"""Share of a limit after which no more work is begun: what is left is for the answer."""
THINKING_TOKENS, THINKING_SECONDS = 200_000, 900.0
"""Limits of a run that plans, looks ahead or goes by a workflow, unless others are set."""
SHORTEST_ANSWER = 64
"""Tokens that an answer gets however little is left."""

WORDS = {
    Limit.TOKENS: "its limit of {} tokens",
    Limit.COST: "its limit of ${}",
    Limit.TIME: "its limit of {} seconds",
}


class LimitReached(RunFailure):
    """There is no more to use. Who catches this makes the best of what there is."""

    def __init__(self, limit: Limit, allowed: object) -> None:
        super().__init__(RunErrorCode.TIMED_OUT, f"The run reached {WORDS[limit].format(allowed)}.")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Allowed:
    """Limits of one run; None is without one. Seconds are those of one worker at work: waiting for people is free."""

    tokens: int | None = None
    cost_usd: Decimal | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], *, thinks: bool) -> Self:
        """The limits that are stored with a run."""
        cost = options.get("max_cost_usd")
        return cls(
            tokens=options.get("max_tokens", THINKING_TOKENS if thinks else None),
            cost_usd=None if cost is None else Decimal(cost),
            seconds=options.get("max_seconds", THINKING_SECONDS if thinks else None),
        )


class Budget:
    """Counts what a run uses; the calls of all attempts count. `stopped_by` is the limit that made it stop early."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed, self.spent = allowed, TokenUsage()
        self.stopped_by: Limit | None = None
        self._began = time.monotonic()

    @classmethod
    def of(cls, run: RunRow) -> Self:
        thinks = run.thinking is not ThinkingMode.IMMEDIATE or run.workflow_version is not None
        return cls(Allowed.of(run.options, thinks=thinks))

    @property
    def counts(self) -> bool:
        """Whether what earlier attempts have used matters."""
        return self.allowed.tokens is not None or self.allowed.cost_usd is not None

    def spend(self, usage: TokenUsage) -> None:
        self.spent += usage

    @property
    def reached(self) -> Limit | None:
        """The limit that has been reached, or that has made the run stop early."""
        return self.stopped_by or self._beyond(1.0)

    def concluding(self) -> bool:
        """Whether it is time to come to an end; the run then counts as stopped by that limit."""
        self.stopped_by = self.stopped_by or self._beyond(WORK)
        return self.stopped_by is not None

    def check(self) -> None:
        """LimitReached when no more work should be begun."""
        if self.concluding():
            raise self._limit_reached()

    @asynccontextmanager
    async def in_time(self, share: float | None = 1.0) -> AsyncIterator[None]:
        """Work that ends with LimitReached when a share of the time is over; None is for work that takes no time."""
        seconds = self.allowed.seconds
        left = None if seconds is None or share is None else seconds * share - self._seconds
        try:
            async with asyncio.timeout(None if left is None else max(left, 0.0)) as limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            self.stopped_by = self.stopped_by or Limit.TIME
            raise self._limit_reached() from None

    def longest_answer(self, row: ModelRow) -> int | None:
        """Tokens that the next answer of a model may have; None where that is as many as it would have anyway.

        A model that reasons is not limited: most of its output is no answer, and not all endpoints take a limit.
        """
        if "reasoning" in row.capabilities:
            return None
        left: list[int] = []
        if self.allowed.tokens is not None:
            left.append(self.allowed.tokens - self.spent.input_tokens - self.spent.output_tokens)
        if self.allowed.cost_usd is not None and row.output_usd_per_million:
            left.append(int((self.allowed.cost_usd - self.spent.cost_usd) * 1_000_000 / row.output_usd_per_million))
        longest = max(min(left), SHORTEST_ANSWER) if left else None
        return longest if longest is not None and longest < answer_tokens(row) else None

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _beyond(self, share: float) -> Limit | None:
        allowed, spent = self.allowed, self.spent
        if allowed.tokens is not None and spent.input_tokens + spent.output_tokens >= allowed.tokens * share:
            return Limit.TOKENS
        # A limit of nothing is for the selection: it leaves models that cost nothing.
        if allowed.cost_usd and spent.cost_usd >= allowed.cost_usd * Decimal(share):
            return Limit.COST
        if allowed.seconds is not None and self._seconds >= allowed.seconds * share:
            return Limit.TIME
        return None

    def _limit_reached(self) -> LimitReached:
        limit = self.stopped_by or Limit.TIME
        allowed = {
            Limit.TOKENS: self.allowed.tokens,
            Limit.COST: self.allowed.cost_usd,
            Limit.TIME: self.allowed.seconds,
        }
        return LimitReached(limit, allowed[limit])
