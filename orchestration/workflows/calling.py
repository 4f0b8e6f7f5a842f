"""Calls of tools that are steps themselves, and approvals: what needs a decision pauses the run, as in any agent."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from domain.errors import NotFound
from domain.runs import ApprovalDecision, RunErrorCode, RunFailure
from domain.tools import ToolApproval
from orchestration.runs import nesting
from orchestration.runs.attempts import Attempt, tool_key
from orchestration.runs.journal import Owner, carried_out
from orchestration.runs.pausing import Asked
from orchestration.runs.steps import Output, Step
from orchestration.runs.turns import DECLINED, Interrupted
from orchestration.thinking.thinker import Thinker
from orchestration.tools.tool import ERROR, Call, Result, Server, Tool
from persistence.approvals import ApprovalRow

CALL = "call"


class Text(BaseModel):
    text: str


async def called(thinker: Thinker, step: Step, key: UUID, arguments: dict[str, Any]) -> Output:
    """What a tool gives in a step; RunFailure when it fails, is denied or is declined."""
    try:
        tool = await thinker.turns.tool(key, thinker.attempt.run.user_id)
    except NotFound as error:
        raise RunFailure(RunErrorCode.TOOL_FAILED, "This server has no such tool, or not any more.") from error
    with nesting.in_step(step.key):
        return await _Calling(thinker, step, tool).output(json.dumps(arguments, ensure_ascii=False))


class _Calling:
    def __init__(self, thinker: Thinker, step: Step, tool: Tool) -> None:
        self._attempt, self._decided, self._tool = thinker.attempt, thinker.decided, tool
        self._owner, self._result = Owner(thinker.attempt, step.entries, {}, thinker.turns.questions), Result()
        self._step = step

    async def output(self, raw: str) -> Output:
        entries, tool, call_id = self._step.entries, self._tool, CALL
        approval = self._attempt.standing.approval(tool.key, tool.path, asks=tool.asks)
        if approval is ToolApproval.DENY:
            raise RunFailure(RunErrorCode.TOOL_FAILED, f"A rule denies {tool.path}.")
        # A call that a crash has left unknown is another one when it is made again, and has to be allowed as such.
        while not tool.idempotent and entries.outcome_unknown(call_id):
            call_id += "_again"
        if approval is ToolApproval.ASK or call_id != CALL:
            waiting = Asked(call_id, raw, tool, unknown=call_id != CALL)
            row = decision(self._decided, waiting, self._step)
            if row.decision is not ApprovalDecision.APPROVE:
                self._attempt.declined(call_id, tool.name, row.arguments, row.message or DECLINED)
                raise RunFailure(RunErrorCode.TOOL_FAILED, row.message or DECLINED)
        words = entries.output_of(call_id)
        if words is None:
            words = await self._call(call_id, raw)
        if self._result.error is not None or (not self._result.output and words.startswith(ERROR)):
            raise RunFailure(RunErrorCode.TOOL_FAILED, words.removeprefix(ERROR))
        return {"text": words}

    async def _call(self, call_id: str, raw: str) -> str:
        tool, run = self._tool, self._attempt.run
        if not tool.idempotent:
            await self._step.entries.put(tool_key(call_id), self._attempt.begun(call_id))
        raw = self._attempt.arguments(call_id, raw)

        async def work() -> Result:
            key = f"{run.id}:{nesting.path_of(call_id)}"
            self._result = await tool.call(raw, self._owner.call(tool, call_id, key))
            return self._result

        return await carried_out(self._owner, call_id, tool.name, raw, work, tool=tool) or ""


async def agreed(thinker: Thinker, step: Step, name: str, text: str) -> Output:
    """Whether a person agrees to a text, and the text as they have left it; their words when they do not."""
    attempt = thinker.attempt
    tool = _question(attempt, name)
    approval = attempt.standing.approval(tool.key, tool.path, asks=True)
    if approval is ToolApproval.DENY:
        return {"approved": False, "text": f"A rule denies {tool.path}."}
    if approval is ToolApproval.ASK:
        with nesting.in_step(step.key):
            row = decision(thinker.decided, Asked(CALL, json.dumps({"text": text}, ensure_ascii=False), tool), step)
        if row.decision is not ApprovalDecision.APPROVE:
            return {"approved": False, "text": row.message or "It was declined."}
        text = str((row.edited or {}).get("text", text))
    return {"approved": True, "text": text}


def _question(attempt: Attempt, name: str) -> Tool:
    """An approval is asked for as if it were a tool of the workflow: so rules and what people let run apply to it."""
    assert attempt.workflow is not None  # noqa: S101 - only workflows have approvals
    server = Server(attempt.workflow.id, attempt.workflow.name)
    return Tool(name, "Lets a workflow go on.", Text, _agreed, asks=True, server=server)


async def _agreed(text: Text, _: Call) -> str:
    """What comes of an approval is the text itself."""
    return text.text


def decision(decided: Sequence[ApprovalRow], asked: Asked, step: Step) -> ApprovalRow:
    """What a person has decided about a call of the step of the moment; Interrupted while they have not."""
    scoped = nesting.scoped(asked.call_id)
    row = next((row for row in decided if row.call_id == scoped), None)
    if row is None:
        raise Interrupted({}, [asked], step.key)
    return row
