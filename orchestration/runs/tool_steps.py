"""Tool calls as steps of their run."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.calls import ToolCall
from domain.runs import RunErrorCode, RunFailure, StepKind, StepStatus
from orchestration.tools.tool import Result
from persistence import steps
from persistence.database import Session
from persistence.steps import NewStep

LONGEST_NOTE = 4_000
"""Characters of a tool's output that its step shows."""


@dataclass(frozen=True, slots=True)
class ToolStep:
    """A tool call that has ended, for the steps of its run: its path there, its arguments, and what it gave."""

    path: str
    arguments: dict[str, Any]
    result: Result
    call: ToolCall

    async def enter(self, session: Session, run_id: UUID, parent_id: UUID | None) -> None:
        new = NewStep(f"tool:{self.path}", StepKind.TOOL_CALL, self.call.name, parent_id, self.arguments)
        step_id = await steps.begin(session, run_id, new, started_at=self.call.started_at)
        if self.result.error is None:
            await steps.end(session, step_id, StepStatus.COMPLETED, output={"text": self.result.output[:LONGEST_NOTE]})
        else:
            failure = RunFailure(RunErrorCode.TOOL_FAILED, self.result.error)
            await steps.end(session, step_id, StepStatus.FAILED, failure=failure)
