"""Carrying a workflow out: step after step, each of them durable, to the answer that the last one gives."""

from collections.abc import Awaitable, Callable
from functools import partial

from pydantic import BaseModel, Field

from domain.runs import EventKind, RunErrorCode, RunFailure, StepKind, StepStatus
from domain.workflows import step_key, tries_before
from orchestration.agents.guardrails import Guardrails
from orchestration.runs.budgets import LimitReached
from orchestration.runs.steps import Output, Step
from orchestration.thinking.thinker import Thinker
from orchestration.workflows import panels
from orchestration.workflows.calling import agreed, called
from orchestration.workflows.crews import named_agents
from orchestration.workflows.definition import (
    AgentStep,
    ApprovalStep,
    Condition,
    ConditionStep,
    Definition,
    FlowStep,
    JudgeStep,
    LoopStep,
    PanelStep,
    ToolStep,
)
from orchestration.workflows.flow import Flow, tool_key_of

MOST_BEGUN = 200
"""Steps that one run begins, those of all rounds counted."""
KINDS = {
    "agent": StepKind.AGENT, "panel": StepKind.PANEL, "judge": StepKind.JUDGE, "tool": StepKind.TOOL,
    "approval": StepKind.APPROVAL, "condition": StepKind.CONDITION, "loop": StepKind.LOOP,
}  # fmt: skip
LIST = """{prompt}
Answer with JSON only, in this form, with at most {most} items: {{"items": ["…", "…"]}}"""
DECIDE = """{question}
Answer with JSON only, in this form: {{"yes": true, "why": "…"}}"""
STOPPED = """Answer the message above now. Work on it was stopped early: {why}
This is what there is:
{done}
Give the best answer that there is, and say what is missing."""
Rounds = tuple[int, ...]


class Items(BaseModel):
    items: list[str] = Field(min_length=1)


class Decision(BaseModel):
    yes: bool
    why: str


class Stopped(Exception):
    """A person did not agree, and the workflow has no other way."""


async def go_by_workflow(thinker: Thinker) -> None:
    """Answer a run's question by its workflow. Raises RunFailure when there is no answer."""
    workflow = thinker.attempt.workflow
    if workflow is None:
        raise RunFailure(RunErrorCode.INTERNAL, "The workflow has gone with the person whose it was.")
    flow = Flow(thinker, Definition.model_validate(workflow.definition))
    _check_question(flow)
    await thinker.open()
    if thinker.attempt.run.attempt == 1:
        flow.show()
    try:
        await _Walk(flow).along(flow.definition.steps[0].name)
    except Stopped as stopped:
        flow.last = {"text": str(stopped)}
    except LimitReached as limit:
        await _conclude(flow, limit)
        return
    _say(flow)


def _check_question(flow: Flow) -> None:
    """What one of the agents refuses to take reaches no model."""
    question = flow.attempt.path[-1].content
    for name in dict.fromkeys(one.name for one in named_agents(flow.definition)):
        row = flow.agent(name)
        if (refusal := Guardrails.from_stored(row.guardrails).refusal_of_input(question)) is not None:
            raise RunFailure(RunErrorCode.CONTENT_FILTERED, f"{row.name} {refusal}.")


def _say(flow: Flow) -> None:
    """What the last step gave is the answer, unless it has been said as it came."""
    attempt = flow.attempt
    if attempt.draft.text:
        return
    text = str(flow.last.get("text") or "")
    if not text.strip():
        problem = flow.last.get("error") or "its last step gave nothing."
        raise RunFailure(RunErrorCode.INTERNAL, f"The workflow has no answer: {problem}")
    attempt.credited = flow.last.get("model")
    attempt.say(EventKind.TEXT, text)


async def _conclude(flow: Flow, limit: LimitReached) -> None:
    """The best answer that can be made of what there is."""
    if flow.attempt.draft.text:
        raise limit
    flow.show(limit.message)
    done = [
        f"{flow.definition.named(name).label}:\n{output['text']}"
        for name, output in flow.outputs.items()
        if output.get("text")
    ]
    told = "\n\n".join(flow.thinker.within(done)) or "Nothing came of it."
    await flow.thinker.answer(STOPPED.format(why=limit.message, done=told))


class _Walk:
    def __init__(self, flow: Flow) -> None:
        self._flow, self._thinker, self._begun = flow, flow.thinker, 0

    async def along(self, name: str | None, rounds: Rounds = (), parent: Step | None = None) -> None:
        """Do a step, and those that follow, until one has no other after it."""
        while name is not None:
            step = self._flow.definition.named(name)
            output = await self._tried(step, rounds, parent)
            self._flow.keep(step, output)
            name = self._after(step, output)

    def _after(self, step: FlowStep, output: Output) -> str | None:
        if isinstance(step, ConditionStep):
            return step.then if output.get("holds") else step.otherwise
        if isinstance(step, ApprovalStep) and not output.get("approved"):
            if step.otherwise is None and "error" not in output:
                raise Stopped(f"The workflow stopped at “{step.label}”: {output['text']}")
            return step.otherwise
        return step.next

    async def _tried(self, step: FlowStep, rounds: Rounds, parent: Step | None) -> Output:
        """A step with its retries; what its failure comes to when it may fail."""
        flow = self._flow
        for number in range(step.retries + 1):
            key = step_key(step.name, rounds, attempt=number)
            quiet = self._thinker.steps.has_ended(key)
            self._begun += 1
            if self._begun > MOST_BEGUN:
                raise RunFailure(RunErrorCode.MAX_TURNS, f"The workflow has begun {MOST_BEGUN} steps, the most it may.")
            flow.mark(step, StepStatus.IN_PROGRESS, quiet=quiet)
            try:
                output = await self._do(step, key, rounds, parent)
            except LimitReached as limit:
                flow.mark(step, StepStatus.CANCELLED, limit.message, quiet=True)
                raise
            except RunFailure as failure:
                flow.mark(step, StepStatus.FAILED, failure.message, quiet=quiet)
                if number < step.retries and not flow.attempt.draft.text:
                    continue
                if step.failure == "continue":
                    return {"text": "", "error": failure.message}
                message = f"The step “{step.label}” failed: {failure.message}"
                raise RunFailure(failure.code, message, retryable=failure.retryable) from failure
            flow.mark(step, StepStatus.COMPLETED, quiet=quiet)
            return output
        raise AssertionError("a step is tried at least once")

    async def _do(self, step: FlowStep, key: str, rounds: Rounds, parent: Step | None) -> Output:
        given, work, free = self._work(step, rounds, parent)
        return await self._thinker.steps.do(
            key, work, kind=KINDS[step.kind], name=step.label, parent=parent, given=given, free=free
        )

    def _work(
        self, step: FlowStep, rounds: Rounds, parent: Step | None
    ) -> tuple[Output | None, Callable[[Step], Awaitable[Output]], bool]:
        """What a step is given, what it does, and whether it costs nothing."""
        flow, thinker = self._flow, self._thinker
        match step:
            case AgentStep():
                prompt = None if step.prompt is None else flow.fill(step.prompt)
                speaks = step.next is None and parent is None and step.items is None
                given = None if prompt is None else {"prompt": prompt}
                return given, lambda own: self._agent(step, own, prompt, speaks=speaks), False
            case PanelStep():
                return None, lambda own: panels.panel(flow, step, own, rounds), False
            case JudgeStep():
                return None, lambda own: panels.judge(flow, step, own), False
            case ToolStep():
                arguments = flow.fill_all(step.arguments)
                return arguments, lambda own: called(thinker, own, tool_key_of(step.tool), arguments), False
            case ApprovalStep():
                text = flow.fill(step.text, whole=True)
                return {"text": text}, lambda own: agreed(thinker, own, step.name, text), True
            case ConditionStep():
                return None, lambda own: self._holds(step.when, own), step.when.ask is None
            case LoopStep():
                return None, lambda own: self._loop(step, own, rounds), True

    async def _agent(self, step: AgentStep, own: Step, prompt: str | None, *, speaks: bool) -> Output:
        flow, thinker = self._flow, self._thinker
        agent, model = flow.agent(step.agent), await flow.model(step.model)
        if step.items is not None:
            async with thinker.chains(own.record, by=agent, only=model) as (chain, _):
                asked = LIST.format(prompt=prompt, most=step.items)
                items = (await thinker.formed(chain, agent, Items, asked)).items[: step.items]
            return {"text": "\n".join(f"- {item}" for item in items), "items": items, "model": chain.name}
        if not speaks:
            worked = await thinker.worked_out(own, prompt, by=agent, only=model)
            return {"text": worked.text, "model": worked.model}
        if flow.attempt.kept.state is None and flow.attempt.speaker.id != agent.id:
            flow.attempt.hand_to(agent)
        worked = await thinker.answered(own, prompt, by=agent, only=model)
        return {"text": worked.text, "model": worked.model}

    async def _loop(self, step: LoopStep, own: Step, rounds: Rounds) -> Output:
        """The steps of the body, round after round. All that came of them is kept, so that none is done again. A retry
        counts its rounds on from those of the tries before: their steps have been done, and stay as they are."""
        flow, before, number = self._flow, dict(self._flow.outputs), 0
        earlier = step.limit * tries_before(own.key)
        for number in range(1, step.limit + 1):
            here = (*rounds, earlier + number)
            await self.along(step.body, here, own)
            if step.until is not None and number < step.limit:
                checked = await self._thinker.steps.do(
                    step_key(step.name, here), partial(self._holds, step.until),
                    kind=StepKind.CONDITION, name=step.label, parent=own, free=step.until.ask is None,
                )  # fmt: skip
                if checked["holds"]:
                    break
        inside = {name: output for name, output in flow.outputs.items() if before.get(name) is not output}
        return {"text": flow.last.get("text") or "", "rounds": number, "inside": inside}

    async def _holds(self, condition: Condition, own: Step) -> Output:
        flow = self._flow
        if condition.ask is not None:
            question = DECIDE.format(question=flow.fill(condition.ask))
            async with self._thinker.model(own.record) as chain:
                said = await self._thinker.formed(chain, flow.attempt.agent, Decision, question)
            holds, why = said.yes, said.why
        else:
            value, to = (flow.fill(text or "", whole=True) for text in (condition.value, condition.to))
            holds, why = compared(condition, value.strip(), to.strip()), ""
        holds = holds != condition.negate
        return {"text": "yes" if holds else "no", "holds": holds, "why": why}


def compared(condition: Condition, value: str, to: str) -> bool:
    """A comparison, in any case of letters; RunFailure where a number is needed and is none."""
    match condition.comparison:
        case "empty":
            return not value
        case "equals":
            return value.casefold() == to.casefold()
        case "contains":
            return to.casefold() in value.casefold()
    try:
        left, right = float(value), float(to)
    except ValueError as error:
        message = f"“{value[:80]}” and “{to[:80]}” cannot be compared as numbers."
        raise RunFailure(RunErrorCode.INTERNAL, message) from error
    return left > right if condition.comparison == "above" else left < right
