"""Planning: a plan, carried out and checked step by step, another one when a step fails, and an answer of it all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, Field, field_validator

from domain.runs import RunFailure, StepKind, StepStatus
from orchestration.runs.budgets import LimitReached
from orchestration.thinking.thinker import Entry, Thinker

MOST_STEPS = 8
"""Steps of one plan."""
MOST_PLANS = 3

PLAN = """Make a plan for answering the message above. Do not answer it yet.
Take as few steps as possible: one if it can simply be answered, {most} at most. Say of each step what is done \
(title), what it needs (needs) and how one can tell that it succeeded (check).{tools}{so_far}
Answer with JSON only, in this form:
{{"steps": [{{"title": "…", "needs": "…", "check": "…"}}]}}"""
TOOLS = "\nThese tools can be used: {}."
FAILED = """
This has been done already:
{done}
The step “{title}” failed: {why}
Plan only what is left to do, in another way than the one that failed."""
HEARD = """
This has been done already:
{done}
Since then the person has added what stands at the end of the message. Plan what is left to do for all of it."""
WORK = """Carry out one step of a plan for answering the message above: {title}
It needs: {needs}
It will be checked: {check}{before}
Do this step and nothing else, with your tools where they help, and give its result."""
BEFORE = "\nResults of the steps before it:\n{}"
CHECK = """A step of a plan for answering the message above was carried out.
Step: {title}
How one can tell that it succeeded: {check}
Its result:
{result}
Judge strictly whether the result passes. Answer with JSON only, in this form: {{"passed": true, "why": "…"}}"""
ANSWER = """Answer the message above now. A plan was carried out for it:
{done}{stopped}
Rely on what was verified, and say plainly what could not be. Do not tell of the plan itself."""
STOPPED = "\nThe work was stopped early: {} Give the best answer that there is, and say what is missing."


class PlannedStep(BaseModel):
    title: str
    needs: str
    check: str

    @field_validator("title")
    @classmethod
    def _says_something(cls, title: str) -> str:
        if not any(letter.isalpha() for letter in title):
            raise ValueError("says nothing")
        return title.strip()[:200]


class Plan(BaseModel):
    steps: list[PlannedStep] = Field(min_length=1, max_length=MOST_STEPS)


class Check(BaseModel):
    passed: bool
    why: str


@dataclass(slots=True)
class Doing:
    """A step of the plan as it goes. `result` is None until there is one; `why` is what its check said."""

    planned: PlannedStep
    status: StepStatus = StepStatus.PENDING
    result: str | None = None
    why: str = ""

    @property
    def told(self) -> str:
        """The step for the model that writes the answer."""
        verified = f"verified: {self.why}" if self.status is StepStatus.COMPLETED else f"not verified: {self.why}"
        return f"- {self.planned.title} ({verified})\n{self.result or 'There is no result.'}"


@dataclass(slots=True)
class Progress:
    """All steps so far, those of earlier plans first. `plans` counts the plans, `heard` those of them that were made
    because the person had more to say."""

    steps: list[Doing] = field(default_factory=list)
    plans: int = 0
    heard: int = 0

    @property
    def begun(self) -> list[Doing]:
        return [step for step in self.steps if step.status is not StepStatus.PENDING]

    def take(self, plan: Plan) -> None:
        """A new plan for what is left."""
        self.plans += 1
        self.steps = [*self.begun, *(Doing(step) for step in plan.steps)]


async def plan_and_do(thinker: Thinker) -> None:
    """Answer by a plan; directly where one step is enough, or where no plan can be had."""
    progress = Progress()
    try:
        progress.take(await _plan(thinker, progress))
    except RunFailure as failure:
        await _answer_at_once(thinker, "Answer directly", f"There is no plan: {failure.message}")
        return
    if len(progress.steps) == 1:
        await _answer_at_once(thinker, progress.steps[0].planned.title, None)
        return
    stopped = ""
    try:
        await _carry_out(thinker, progress)
    except LimitReached as limit:
        stopped = STOPPED.format(limit.message)
        _show(thinker, progress, limit.message)
    done = "\n".join(thinker.within([step.told for step in progress.begun]) or ["Nothing came of it."])
    await thinker.answer(ANSWER.format(done=done, stopped=stopped))


async def _answer_at_once(thinker: Thinker, title: str, note: str | None) -> None:
    """A plan of one step: the answer itself."""
    thinker.show([Entry(title, StepStatus.IN_PROGRESS)], note)
    await thinker.answer_directly()
    thinker.show([Entry(title, StepStatus.COMPLETED)], note)


async def _carry_out(thinker: Thinker, progress: Progress) -> None:
    """Every step in its turn. A step that fails is planned around, as long as there may be another plan, and what the
    person adds is planned for before the next one."""
    number = 0
    _show(thinker, progress)
    while number < len(progress.steps):
        if await thinker.hear(f"heard:{number}"):
            await _plan_for_more(thinker, progress)
        doing = progress.steps[number]
        number += 1
        await _do(thinker, progress, doing, number)
        if doing.status is StepStatus.FAILED and progress.plans - progress.heard < MOST_PLANS:
            try:
                done = _results(thinker, progress.begun)
                so_far = FAILED.format(done=done, title=doing.planned.title, why=doing.why)
                progress.take(await _plan(thinker, progress, so_far))
            except LimitReached:
                raise
            except RunFailure:  # then what is left of the old plan has to do
                progress.plans = MOST_PLANS + progress.heard
            _show(thinker, progress)


async def _plan_for_more(thinker: Thinker, progress: Progress) -> None:
    so_far = HEARD.format(done=_results(thinker, progress.begun) or "Nothing.")
    try:
        progress.take(await _plan(thinker, progress, so_far))
    except LimitReached:
        raise
    except RunFailure:  # the old plan goes on, and the answer knows of what was added
        return
    progress.heard += 1
    _show(thinker, progress)


async def _do(thinker: Thinker, progress: Progress, doing: Doing, number: int) -> None:
    """Carry out a step and check what came of it."""
    planned = doing.planned
    doing.status = StepStatus.IN_PROGRESS
    if not thinker.steps.has_ended(f"check:{number}"):
        _show(thinker, progress)
    before = _results(thinker, progress.begun[:-1])
    prompt = WORK.format(**planned.model_dump(), before=BEFORE.format(before) if before else "")
    try:
        doing.result = await thinker.work_out(f"step:{number}", planned.title, prompt)
        [result] = thinker.within([doing.result])
        prompt = CHECK.format(title=planned.title, check=planned.check, result=result)
        check, _ = await thinker.ask(f"check:{number}", Check, prompt, kind=StepKind.CHECK, name=planned.title)
    except LimitReached:
        doing.status, doing.why = StepStatus.CANCELLED, "the work was stopped before it was checked"
        raise
    except RunFailure as failure:
        doing.status, doing.why = StepStatus.FAILED, failure.message
    else:
        doing.status, doing.why = StepStatus.COMPLETED if check.passed else StepStatus.FAILED, check.why
    _show(thinker, progress)


async def _plan(thinker: Thinker, progress: Progress, so_far: str = "") -> Plan:
    tools = TOOLS.format(", ".join(thinker.tools)) if thinker.tools else ""
    prompt = PLAN.format(most=MOST_STEPS, tools=tools, so_far=so_far)
    name = "Plan anew" if so_far else "Plan"
    plan, _ = await thinker.ask(f"plan:{progress.plans + 1}", Plan, prompt, kind=StepKind.PLAN, name=name)
    return plan


def _results(thinker: Thinker, steps: Sequence[Doing]) -> str:
    return "\n".join(thinker.within([step.told for step in steps]))


def _show(thinker: Thinker, progress: Progress, note: str | None = None) -> None:
    thinker.show([Entry(step.planned.title, step.status, step.why or None) for step in progress.steps], note)
