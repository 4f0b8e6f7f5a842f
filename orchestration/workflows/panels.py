"""Panels and judges: several who work on the same side by side, and one that compares what they say."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from domain.ids import new_id
from domain.runs import RunErrorCode, RunFailure, StepKind
from domain.workflows import step_key
from orchestration.runs.steps import Output, Step
from orchestration.workflows.calling import called
from orchestration.workflows.definition import JudgeStep, Member, PanelStep
from orchestration.workflows.flow import Flow, told, tool_key_of
from persistence import models

JUDGE = """These answers to the message above were given side by side:
{answers}
Score each of them from 0 (bad) to 10 (good) by these criteria: {criteria}. Say in one sentence why.
Answer with JSON only, in this form, with one verdict for each answer:
{{"verdicts": [{{"answer": 1, "score": 7, "why": "…"}}]}}"""
LONGEST_LABEL = 80


class Verdict(BaseModel):
    answer: int
    score: int = Field(ge=0, le=10)
    why: str


class Judgement(BaseModel):
    verdicts: list[Verdict] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class _Seat:
    """A member at work on one `item`; `model` is the only one that it may ask."""

    number: int
    label: str
    member: Member
    model: UUID | None = None
    item: str = ""


async def panel(flow: Flow, step: PanelStep, outer: Step, rounds: tuple[int, ...]) -> Output:
    """What each of the panel gives, in their order. One that fails leaves the others alone; RunFailure when all do."""
    seats = await _seats(flow, step)
    again = outer.key.removeprefix(step_key(step.name, rounds))

    async def sit(seat: _Seat) -> Output:
        key = step_key(step.name, rounds, seat.number) + again
        kind = StepKind.AGENT if seat.member.tool is None else StepKind.TOOL
        return await flow.thinker.steps.do(
            key, partial(_work, flow, step, seat), kind=kind, name=seat.label, parent=outer
        )

    outcomes = await flow.thinker.steps.together([partial(sit, seat) for seat in seats])
    answers: list[dict[str, Any]] = []
    for seat, outcome in zip(seats, outcomes, strict=True):
        gave = {"error": outcome.message} if isinstance(outcome, RunFailure) else outcome
        answers.append({"label": seat.label, **gave})
    failures = [outcome for outcome in outcomes if isinstance(outcome, RunFailure)]
    if len(failures) == len(outcomes):
        raise failures[0] if failures else RunFailure(RunErrorCode.INTERNAL, "There was nothing to do.")
    return {"text": told(answers), "answers": answers}


async def _work(flow: Flow, step: PanelStep, seat: _Seat, own: Step) -> Output:
    member = seat.member
    if member.tool is not None:
        arguments = flow.fill_all(member.arguments or {}, seat.item)
        return await called(flow.thinker, own, tool_key_of(member.tool), arguments)
    prompt = member.prompt or step.prompt
    filled = None if prompt is None else flow.fill(prompt, seat.item)
    agent = flow.agent(member.agent)
    worked = await flow.thinker.worked_out(own, filled, by=agent, only=seat.model)
    gave: Output = {"text": worked.text, "model": worked.model, "model_id": str(worked.model_id)}
    if step.keep:
        gave |= {"message_id": str(new_id()), "agent_id": str(agent.id)}
    return gave


async def _seats(flow: Flow, step: PanelStep) -> list[_Seat]:
    if step.models is not None:
        member = Member(agent=step.agent)
        best = flow.thinker.models[: step.models]
        async with flow.thinker.db.read() as session:
            known = await models.by_ids(session, best)
        return [_Seat(n, known[key].display_name, member, key) for n, key in enumerate(best, start=1) if key in known]
    if step.each is not None and step.members:
        member = step.members[0]
        model = await flow.model(member.model)
        items = flow.outputs.get(step.each, {}).get("items", ())
        return [_Seat(number, _label(item), member, model, item) for number, item in enumerate(items, start=1)]
    members = enumerate(step.members or (), start=1)
    return [_Seat(number, _name(flow, member), member, await flow.model(member.model)) for number, member in members]


def _name(flow: Flow, member: Member) -> str:
    if member.tool is not None:
        return member.tool
    on = f" on {member.model}" if member.model else ""
    return f"{flow.agent(member.agent).name}{on}"


def _label(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LABEL else f"{line[:LONGEST_LABEL]}…"


async def judge(flow: Flow, step: JudgeStep, own: Step) -> Output:
    """The best of a panel's answers, with what was said of each; without a comparison where there is only one."""
    answers: list[dict[str, Any]] = flow.outputs.get(step.of, {}).get("answers", [])
    usable = [number for number, one in enumerate(answers, start=1) if one.get("text")]
    if not usable:
        raise RunFailure(RunErrorCode.INTERNAL, f"There is nothing to judge: {step.of!r} gave no answers.")
    verdicts: dict[int, Verdict] = {}
    if len(usable) > 1:
        shown = told([one | {"text": text} for one, text in zip(answers, _within(flow, answers), strict=True)])
        prompt = JUDGE.format(answers=shown, criteria=", ".join(step.criteria))
        async with flow.thinker.model(own.record) as chain:
            said = await flow.thinker.formed(chain, flow.attempt.agent, Judgement, prompt)
        verdicts = {verdict.answer: verdict for verdict in said.verdicts if verdict.answer in usable}
    best = max(usable, key=lambda number: (verdicts[number].score if number in verdicts else -1, -number))
    why = "\n".join(f"{number}. {one.score} of 10. {one.why}" for number, one in sorted(verdicts.items()))
    scores = [verdict.model_dump() for _, verdict in sorted(verdicts.items())]
    chosen = answers[best - 1]
    return {"text": chosen["text"], "best": best, "why": why, "scores": scores, "model": chosen.get("model")}


def _within(flow: Flow, answers: list[dict[str, Any]]) -> list[str]:
    return flow.thinker.within([one.get("text") or "" for one in answers])
