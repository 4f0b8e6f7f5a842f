"""Looking ahead: several approaches, each thought through side by side, judged by stated criteria, and one chosen."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from domain.alternatives import CHOICE, Alternative, Projection, Score, alternatives_in
from domain.runs import RunErrorCode, RunFailure, StepKind, StepStatus
from orchestration.runs.budgets import LimitReached
from orchestration.runs.steps import Output, Step
from orchestration.thinking.thinker import Entry, Thinker
from persistence import steps

APPROACHES = 3

EXPLORE = """Do not answer the message above yet. Find {number} approaches to it that differ in kind, not in detail, \
and the two to five criteria by which a wise person would judge them here.
Answer with JSON only, in this form:
{{"criteria": ["…", "…"], "approaches": [{{"title": "…", "idea": "…"}}]}}"""
PROJECT = """One approach to the message above is: {title}. {idea}
Suppose it is taken, and think it through honestly: what follows soon (near), what follows in the long run (far), what \
may go wrong (risks), how hard it is to go back (reversibility), what would have to be true for it to work (conditions).
Answer with JSON only, in this form:
{{"near": "…", "far": "…", "risks": ["…"], "reversibility": "…", "conditions": ["…"]}}"""
JUDGE = """These approaches to the message above were thought through:
{approaches}
Score each of them by each of these criteria, from 0 (bad) to 10 (good): {criteria}. Say in one sentence why.
Answer with JSON only, in this form, with one verdict for each approach:
{{"verdicts": [{{"approach": 1, "scores": [{{"criterion": "…", "score": 7}}], "why": "…"}}]}}"""
ANSWER = """Answer the message above now, along this approach: {chosen}
It was chosen {by}. The others were:
{others}{stopped}
Explain the choice in a few words, with the conditions and risks that matter most, and what speaks for another one."""
STOPPED = "\nThe work was stopped early: {} Give the best answer that there is, and say what was not looked at."
SCORED, FIRST, PERSON = "by its scores", "without a comparison, as nothing could be scored", "by the person who asks"


class Approach(BaseModel):
    title: str
    idea: str


class Exploration(BaseModel):
    criteria: list[str] = Field(min_length=2, max_length=5)
    approaches: list[Approach] = Field(min_length=2, max_length=5)

    @field_validator("approaches")
    @classmethod
    def _are_distinct(cls, approaches: list[Approach]) -> list[Approach]:
        titles = {approach.title.strip().casefold() for approach in approaches}
        if len(titles) < len(approaches) or "" in titles:
            raise ValueError("each approach needs a title of its own")
        return approaches


class Forecast(BaseModel):
    near: str
    far: str
    risks: list[str]
    reversibility: str
    conditions: list[str]


class Scored(BaseModel):
    criterion: str
    score: int = Field(ge=0, le=10)


class Verdict(BaseModel):
    approach: int
    scores: list[Scored] = Field(min_length=1)
    why: str


class Judgement(BaseModel):
    verdicts: list[Verdict] = Field(min_length=1)


async def look_ahead(thinker: Thinker, chosen: dict[str, Any] | None = None) -> None:
    """Answer by the best of several approaches; by the one that a person has `chosen` of an earlier run's, without
    looking again; directly where no approaches can be had. What the person adds is heard before each next stage."""
    if chosen is not None:
        await _answer(thinker, await _taken(thinker, chosen), PERSON)
        return
    try:
        prompt = EXPLORE.format(number=APPROACHES)
        found, _ = await thinker.ask("explore", Exploration, prompt, kind=StepKind.EXPLORE, name="Find approaches")
    except RunFailure as failure:
        note = f"There is nothing to choose from: {failure.message}"
        thinker.show([Entry("Answer directly", StepStatus.IN_PROGRESS)], note)
        await thinker.answer_directly()
        thinker.show([Entry("Answer directly", StepStatus.COMPLETED)], note)
        return
    seen = [Alternative(n, one.title, one.idea) for n, one in enumerate(found.approaches, start=1)]
    stopped = ""
    try:
        await thinker.hear("heard:project")
        seen = await _projected(thinker, seen)
        await thinker.hear("heard:judge")
        seen = await _judged(thinker, seen, found.criteria)
    except LimitReached as limit:
        stopped = STOPPED.format(limit.message)
    best = max(seen, key=lambda one: (one.total is not None, one.total or 0.0, one.projection is not None, -one.number))
    seen = await _chosen(thinker, seen, best.number)
    await _answer(thinker, seen, FIRST if best.total is None else SCORED, stopped)


async def _projected(thinker: Thinker, seen: list[Alternative]) -> list[Alternative]:
    """Think each approach through, side by side, on as many different models as there are for it."""
    peers = thinker.peers
    if not thinker.steps.has_ended("judge"):
        thinker.show([Entry(f"Look ahead: {one.title}", StepStatus.IN_PROGRESS) for one in seen])

    async def project(one: Alternative) -> Alternative:
        prompt, first = PROJECT.format(title=one.title, idea=one.idea), peers[(one.number - 1) % len(peers)]
        try:
            forecast, model = await thinker.ask(
                f"project:{one.number}", Forecast, prompt, kind=StepKind.PROJECT, name=one.title, first=first
            )
        except LimitReached:
            return replace(one, problem="The work was stopped before this was thought through.")
        except RunFailure as failure:
            return replace(one, problem=failure.message)
        return replace(one, projection=Projection(**forecast.model_dump()), model=model)

    outcomes = await thinker.steps.together([partial(project, one) for one in seen])
    return [was if isinstance(now, RunFailure) else now for was, now in zip(seen, outcomes, strict=True)]


async def _judged(thinker: Thinker, seen: list[Alternative], criteria: Sequence[str]) -> list[Alternative]:
    """Score what was thought through; what nobody could judge stays without scores."""
    lines = [*(_done(one) for one in seen), Entry("Judge them", StepStatus.IN_PROGRESS)]
    if not thinker.steps.has_ended("judge"):
        thinker.show(lines)
    told = "\n\n".join(thinker.within([_told(one) for one in seen]))
    prompt = JUDGE.format(approaches=told, criteria=", ".join(criteria))
    try:
        judgement, _ = await thinker.ask("judge", Judgement, prompt, kind=StepKind.JUDGE, name="Judge the approaches")
    except LimitReached:
        thinker.show([*lines[:-1], Entry("Judge them", StepStatus.CANCELLED)])
        raise
    except RunFailure as failure:
        thinker.show([*lines[:-1], Entry("Judge them", StepStatus.FAILED, failure.message)])
        return seen
    thinker.show([*lines[:-1], Entry("Judge them", StepStatus.COMPLETED)])
    verdicts = {verdict.approach: verdict for verdict in judgement.verdicts}
    return [one if (verdict := verdicts.get(one.number)) is None else _scored(one, verdict) for one in seen]


def _scored(one: Alternative, verdict: Verdict) -> Alternative:
    scores = [Score(scored.criterion, scored.score) for scored in verdict.scores]
    total = round(sum(score.score for score in scores) / len(scores), 2)
    return replace(one, scores=scores, total=total, why=verdict.why)


async def _chosen(thinker: Thinker, seen: list[Alternative], number: int) -> list[Alternative]:
    """Keep all alternatives, with the choice."""
    marked = [replace(one, chosen=one.number == number) for one in seen]

    async def work(_: Step) -> Output:
        return {"alternatives": [one.stored() for one in marked]}

    title = next(one.title for one in marked if one.chosen)
    stored = await thinker.steps.do(CHOICE, work, kind=StepKind.JUDGE, name=f"Choose: {title}"[:200], free=True)
    return alternatives_in(stored)


async def _taken(thinker: Thinker, chosen: dict[str, Any]) -> list[Alternative]:
    """The alternatives of an earlier run of the same chat, with a person's choice."""
    run_id = UUID(chosen["run_id"])
    async with thinker.db.read() as session:
        outputs = await steps.outputs(session, [run_id], CHOICE)
    seen = alternatives_in(outputs.get(run_id))
    if not any(one.number == chosen["number"] for one in seen):
        raise RunFailure(RunErrorCode.INTERNAL, "The alternatives of the earlier run are not there any more.")
    return await _chosen(thinker, seen, chosen["number"])


async def _answer(thinker: Thinker, seen: list[Alternative], by: str, stopped: str = "") -> None:
    await thinker.hear("heard:answer")
    chosen, *others = sorted(seen, key=lambda one: not one.chosen)
    told, *rest = thinker.within([_told(chosen), *(_told(one) for one in others)])
    await thinker.answer(ANSWER.format(chosen=told, by=by, others="\n\n".join(rest) or "none", stopped=stopped))


def _told(one: Alternative) -> str:
    """An alternative for a model."""
    lines = [f"Approach {one.number}: {one.title}. {one.idea}"]
    if (ahead := one.projection) is not None:
        lines += [
            f"Soon: {ahead.near}", f"In the long run: {ahead.far}", f"Risks: {'; '.join(ahead.risks)}",
            f"Going back: {ahead.reversibility}", f"It needs to be true: {'; '.join(ahead.conditions)}",
        ]  # fmt: skip
    if one.total is not None:
        scores = ", ".join(f"{score.criterion} {score.score}" for score in one.scores)
        lines.append(f"Score: {one.total:g} of 10 ({scores}). {one.why}")
    return "\n".join(lines)


def _done(one: Alternative) -> Entry:
    status = StepStatus.FAILED if one.projection is None else StepStatus.COMPLETED
    return Entry(f"Look ahead: {one.title}", status, one.problem)
