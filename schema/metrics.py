"""Figures over a range of time, and what is going on just now, as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import strawberry

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from domain.metrics import Window, buckets_between
from persistence import metrics, selections
from persistence.base import Columns
from persistence.database import Session
from persistence.histograms import Measure
from persistence.ledgers import AGENTS, CALLS, CHOICES, TOOLS, Ledger
from persistence.metrics import NOTHING, Tally
from persistence.selections import Calibration, Thumbs
from schema.agents import Agent, agent_by_id
from schema.call_stats import ModelCallStats, percentiles_of, stats_of
from schema.context import FieldInfo
from schema.enums import TimeBucket
from schema.loading import Loader, together
from schema.model_health import Percentiles
from schema.models import Model, model_by_id

MOST_BUCKETS = 2_000
MOST_POINTS = 10_000


class Asked(NamedTuple):
    """What a statement answers; fields that ask the same share it."""

    window: Window
    ledger: Ledger = CALLS
    bucket: TimeBucket | None = None


async def _figures(session: Session, asked: list[Asked]) -> Mapping[Asked, list[Tally]]:
    return {one: await metrics.figures(session, one.window, one.ledger, bucket=one.bucket) for one in asked}


async def _calibrations(session: Session, windows: list[Window]) -> Mapping[Window, list[Calibration]]:
    return {window: await selections.calibration(session, window) for window in windows}


async def _thumbs(session: Session, windows: list[Window]) -> Mapping[Window, dict[UUID, Thumbs]]:
    return {window: await selections.thumbs(session, window) for window in windows}


figures = Loader[Asked, list[Tally]](fetch=_figures, missing=list)
calibrations = Loader[Window, list[Calibration]](fetch=_calibrations, missing=list)
thumbs = Loader[Window, dict[UUID, Thumbs]](fetch=_thumbs, missing=dict)


@strawberry.input(description="A range of time; both moments say their time zone.")
class TimeRangeInput:
    start: datetime = strawberry.field(name="from", description="Its first moment.")
    end: datetime = strawberry.field(name="to", description="The first moment after it.")

    def window(self, user_id: UUID | None) -> Window:
        """The same for one person, or for everybody; BadUserInput unless it is a range."""
        wrong = {f"range.{name}": problem for name, at in (("from", self.start), ("to", self.end))
                 if (problem := _problem(at)) is not None}  # fmt: skip
        if not wrong and self.start >= self.end:
            wrong = {"range.to": f"must be later than `from`, which is {self.start.isoformat()}"}
        if wrong:
            raise BadUserInput(wrong)
        return Window(user_id, self.start.astimezone(UTC), self.end.astimezone(UTC))


def _problem(at: datetime) -> str | None:
    if at.tzinfo is None:
        return "must say its time zone, such as 2030-01-31T12:00:00Z"
    return None if 2000 <= at.year < 2200 else f"must lie in the years from 2000 to 2199, not in {at.year}"


@strawberry.type(description="What people think of answers.")
class Feedback:
    up: int = strawberry.field(description="Thumbs up.")
    down: int = strawberry.field(description="Thumbs down.")


@strawberry.type(description="How one model did. One that has been removed is still there, by its name.")
class ModelMetrics:
    model_name: str = strawberry.field(description="What the model's provider calls it.")
    stats: ModelCallStats = strawberry.field(description="The calls to it.")
    feedback: Feedback = strawberry.field(description="Thumbs that its answers got in this time.")
    model_key: strawberry.Private[UUID | None]

    @strawberry.field(description="The model; null once it has been removed.")
    async def model(self, info: FieldInfo) -> Model | None:
        return await _model(info, self.model_key)


async def _models_of(points: Sequence[MetricsPoint], columns: Columns, info: FieldInfo) -> list[Model | None]:
    keys = list({point.model_key for point in points if point.model_key is not None})
    rows = zip(keys, await info.context.load_all(model_by_id, keys), strict=True)
    models = {key: Model.from_row(row) for key, row in rows if row is not None}
    return [None if point.model_key is None else models.get(point.model_key) for point in points]


@strawberry.type(description="How one model did in one bucket of time. Buckets without calls are left out.")
class MetricsPoint:
    start: datetime = strawberry.field(description="When the bucket begins; the first and the last may be cut.")
    model_name: str = strawberry.field(description="What the model's provider calls it.")
    stats: ModelCallStats = strawberry.field(description="The calls to it that began in the bucket.")
    model_key: strawberry.Private[UUID | None]

    @strawberry.field(description="The model; null once it has been removed.")
    @together(_models_of)
    async def model(self, info: FieldInfo) -> Model | None:
        return await _model(info, self.model_key)


@strawberry.type(description="What the runs of one agent took.")
class AgentMetrics:
    stats: ModelCallStats = strawberry.field(description="The calls to models that its runs made.")
    agent_key: strawberry.Private[UUID | None]

    @strawberry.field(
        description="The agent; null for runs without one that was asked for, tests of models, and agents that have "
        "been removed."
    )
    async def agent(self, info: FieldInfo) -> Agent | None:
        row = None if self.agent_key is None else await info.context.load(agent_by_id, self.agent_key)
        return None if row is None else Agent.from_row(row)


@strawberry.type(description="Choices of about the same confidence, and what became of them.")
class CalibrationBin:
    confidence: float = strawberry.field(description="Their mean confidence, from 0 to 1.")
    observed: float = strawberry.field(description="Share of thumbs up among the thumbs on their answers.")
    count: int = strawberry.field(description="Answers with a thumb.")


@strawberry.type(description="How well models were chosen. Where somebody asked for a model, nothing was chosen.")
class SelectionMetrics:
    total: int = strawberry.field(description="Runs for which a model was chosen in this time.")
    agreement: float | None = strawberry.field(
        description="Among the answers that got a thumb in this time and whose model was chosen, the share where the "
        "thumb agrees with the choice: up where the confidence was at least .5, down where it was less. Null without "
        "any."
    )
    calibration: list[CalibrationBin] = strawberry.field(
        description="The same answers in ten bins of confidence, those without an answer left out."
    )


@strawberry.type(description="How one tool did.")
class ToolMetrics:
    tool_id: strawberry.ID = strawberry.field(description="Global id of the tool.")
    name: str = strawberry.field(description="What models call it.")
    calls: int = strawberry.field(description="Calls that ended, each counted once however often its run was resumed.")
    errors: int = strawberry.field(description="Calls that failed.")
    success_rate: float = strawberry.field(description="Share of calls that did not fail, from 0 to 1.")
    duration_ms: Percentiles = strawberry.field(description="How long they took, in milliseconds, within 2 %.")


@strawberry.type(description="Figures over a range of time.")
class Metrics:
    window: strawberry.Private[Window]

    @strawberry.field(description="All calls to models together.")
    async def totals(self, info: FieldInfo) -> ModelCallStats:
        tallies = await info.context.load(figures, Asked(self.window))
        return stats_of([metrics.together(tallies)])[0]

    @strawberry.field(description="Each model that was called or got a thumb, the one with the most calls first.")
    async def by_model(self, info: FieldInfo) -> list[ModelMetrics]:
        loaded = await info.context.load(figures, Asked(self.window))
        tallies = {(tally.subject_id, tally.name): tally for tally in loaded}
        judged = await info.context.load(thumbs, self.window)
        for key, seen in judged.items():
            tallies.setdefault((key, seen.name), NOTHING)
        found = zip(tallies, stats_of(list(tallies.values())), strict=True)
        rows = [
            ModelMetrics(model_name=name, stats=stats, feedback=_feedback(judged, key), model_key=key)
            for (key, name), stats in found
        ]
        return sorted(rows, key=lambda row: -row.stats.calls)

    @strawberry.field(description="Each agent whose runs called models, the one with the most calls first.")
    async def by_agent(self, info: FieldInfo) -> list[AgentMetrics]:
        tallies = await info.context.load(figures, Asked(self.window, AGENTS))
        found = zip(tallies, stats_of(tallies), strict=True)
        rows = [AgentMetrics(stats=stats, agent_key=tally.subject_id) for tally, stats in found]
        return sorted(rows, key=lambda row: -row.stats.calls)

    @strawberry.field(
        description="The same by time and model, oldest first. A range may be cut into 2,000 buckets, and have 10,000 "
        "points: one for each bucket and model with calls."
    )
    async def series(self, info: FieldInfo, bucket: TimeBucket) -> list[MetricsPoint]:
        _check_buckets(self.window, bucket)
        points = await info.context.load(figures, Asked(self.window, bucket=bucket))
        if len(points) > MOST_POINTS:
            problem = f"gives {len(points):,} points; at most {MOST_POINTS:,} are allowed: take longer buckets"
            raise BadUserInput({"bucket": problem})
        found = zip(points, stats_of(points), strict=True)
        return [
            MetricsPoint(start=tally.start, model_name=tally.name, stats=stats, model_key=tally.subject_id)
            for tally, stats in found
        ]

    @strawberry.field(description="How well models were chosen.")
    async def selections(self, info: FieldInfo) -> SelectionMetrics:
        chosen = await info.context.load(figures, Asked(self.window, CHOICES))
        bins = await info.context.load(calibrations, self.window)
        rated, agreed = sum(one.answers for one in bins), sum(one.agreed for one in bins)
        return SelectionMetrics(
            total=sum(tally.calls for tally in chosen),
            agreement=agreed / rated if rated else None,
            calibration=[CalibrationBin(confidence=b.confidence, observed=b.observed, count=b.answers) for b in bins],
        )

    @strawberry.field(description="Each tool that was called, the one with the most calls first.")
    async def tools(self, info: FieldInfo) -> list[ToolMetrics]:
        tallies = await info.context.load(figures, Asked(self.window, TOOLS))
        found = zip(tallies, percentiles_of(tallies), strict=True)
        rows = [_tool(tally, measures) for tally, measures in found]
        return sorted(rows, key=lambda row: -row.calls)


def _tool(tally: Tally, measures: Sequence[Percentiles]) -> ToolMetrics:
    assert tally.subject_id is not None  # noqa: S101 - a tool is never NULL in its ledger
    return ToolMetrics(
        tool_id=strawberry.ID(global_id(Kind.TOOL, tally.subject_id)),
        name=tally.name,
        calls=tally.calls,
        errors=tally.errors,
        success_rate=1 - tally.errors / tally.calls,
        duration_ms=measures[Measure.DURATION_MS],
    )


def _feedback(judged: Mapping[UUID, Thumbs], key: UUID | None) -> Feedback:
    seen = Thumbs() if key is None else judged.get(key, Thumbs())
    return Feedback(up=seen.up, down=seen.down)


async def _model(info: FieldInfo, key: UUID | None) -> Model | None:
    row = None if key is None else await info.context.load(model_by_id, key)
    return None if row is None else Model.from_row(row)


def _check_buckets(window: Window, bucket: TimeBucket) -> None:
    count = buckets_between(window.start, window.end, bucket)
    if count > MOST_BUCKETS:
        problem = f"cuts this range into {count:,} buckets; at most {MOST_BUCKETS:,} are allowed"
        raise BadUserInput({"bucket": f"{problem}: take a longer bucket or a shorter range"})


@strawberry.type(description="What is going on just now.")
class LiveMetrics:
    at: datetime = strawberry.field(description="When it was so.")
    active_runs: int = strawberry.field(description="Runs that a worker carries on.")
    queued_runs: int = strawberry.field(
        description="Runs that wait for a worker, for room, or for an answer above them."
    )
    output_tokens_per_second: float = strawberry.field(
        description="Tokens of the calls that ended within the last minute, divided by 60."
    )
    calls_last_minute: int = strawberry.field(description="Calls to models that ended within the last minute.")
    errors_last_minute: int = strawberry.field(description="Those of them that failed.")
