"""Which model is called next when one has failed: the only retry loop there is, within a limit of tries and of time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from domain.calls import BreakerState
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.rules import Ruling, Step
from persistence.model_stats import ModelFacts

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
"""Seconds before the same model is called again when it does not say itself how long; doubled each time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much trying one call to a model is worth. After `seconds` no new try begins."""

    tries: int = 4
    tries_per_model: int = 3
    seconds: float = 150.0


@dataclass(slots=True)
class Candidate:
    """One model of a chain, and how it has fared in this call."""

    facts: ModelFacts
    tries: int = 0
    again: bool = True
    not_before: float = field(default=0.0)

    @property
    def rests(self) -> bool:
        breaker = self.facts.stats.breaker
        return breaker is not None and breaker.state is not BreakerState.CLOSED

    @property
    def window(self) -> float:
        """Tokens; a window that nobody knows may be large enough."""
        return self.facts.model.context_window or float("inf")


Admit = Callable[[ModelFacts], Awaitable[bool]]


class Tries:
    """The tries of one call, in the order of the candidates. `admit` asks for the one probe of an open breaker."""

    def __init__(self, chain: Sequence[ModelFacts], limits: Limits, admit: Admit) -> None:
        self._candidates = [Candidate(facts) for facts in chain]
        self._limits, self._admit = limits, admit
        self._began = time.monotonic()
        self._made = 0
        self._rulings: list[Ruling] = []

    async def next(self) -> Candidate | None:
        """The model to call now, after a pause if it is the same again; None when it is time to give up."""
        if self._made >= self._limits.tries or self._left() <= 0:
            return None
        chosen = await self._fresh() or await self._rested()
        if chosen is not None:
            chosen.tries += 1
            self._made += 1
        return chosen

    async def _fresh(self) -> Candidate | None:
        untried = [candidate for candidate in self._candidates if not candidate.tries]
        for candidate in untried:
            if not candidate.rests or await self._admit(candidate.facts):
                return candidate
        # Nobody else is left: a resting model that may answer is better than none that does.
        return untried[0] if untried and not self._made else None

    async def _rested(self) -> Candidate | None:
        most = self._limits.tries_per_model
        willing = [c for c in self._candidates if c.tries and c.again and c.tries < most]
        if not willing:
            return None
        soonest = min(willing, key=lambda candidate: candidate.not_before)
        pause = soonest.not_before - time.monotonic()
        if pause > self._left():
            return None
        if pause > 0:
            await asyncio.sleep(pause)
        return soonest

    def forgive(self, seconds: float) -> None:
        """Time that nobody has tried in does not count."""
        self._began += seconds

    def failed(self, candidate: Candidate, ruling: Ruling) -> None:
        """Learn from a failure where the next try may go."""
        self._rulings.append(ruling)
        candidate.again = ruling.step in {Step.AGAIN, Step.SHORTER}
        pause = min(FIRST_PAUSE * 2 ** (candidate.tries - 1), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311
        candidate.not_before = time.monotonic() + (ruling.wait or pause)
        match ruling.step:
            case Step.STOP:
                self._candidates = []
            case Step.LARGER:
                self._keep(lambda other: other.window > candidate.window)
            case Step.SHORTER:
                self._keep(lambda other: other is candidate or other.window > candidate.window)
            case Step.OTHER_PROVIDER:
                provider = candidate.facts.provider.id
                self._keep(lambda other: other.facts.provider.id != provider)

    def _keep(self, fits: Callable[[Candidate], bool]) -> None:
        self._candidates = [other for other in self._candidates if fits(other)]

    def _left(self) -> float:
        return self._limits.seconds - (time.monotonic() - self._began)

    @property
    def failure(self) -> RunFailure:
        """What the run ends with: what stood in the first model's way, unless waiting a little may help."""
        failures = [ruling.failure for ruling in self._rulings]
        if not failures:
            return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, "No model could be called. Try again.", retryable=True)
        return next((failure for failure in failures if failure.retryable), failures[0])
