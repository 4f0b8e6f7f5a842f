"""Enums of the API: the domain's own words, described."""

import strawberry

from domain.accounts import AuditKind, UserRole
from domain.budgets import BudgetPeriod
from domain.calls import BreakerState, DownloadState
from domain.mcp import McpErrorCode, McpStatus, McpTransport
from domain.memories import MemorySource
from domain.messages import MessageRole, MessageStatus
from domain.metrics import TimeBucket
from domain.models import CallOutcome, HealthState, ModelTier
from domain.runs import (
    ApprovalDecision,
    Limit,
    Remember,
    RunErrorCode,
    RunStatus,
    StepKind,
    StepStatus,
    ThinkingMode,
    ToolCallStatus,
    WhenBusy,
)
from domain.selection import MessageRating
from domain.tools import ToolApproval, ToolErrorCode

strawberry.enum(MessageRating, description="What a person thinks of an answer.")
strawberry.enum(
    AuditKind,
    description="What the audit log knows. CODE_MISSING: the password was right, but the second factor's code did not "
    "come.",
)
strawberry.enum(BudgetPeriod, description="A day or a month of the calendar, in UTC.")
strawberry.enum(UserRole, description="What an account may do: an ADMIN also manages the server.")
strawberry.enum(MessageRole, description="Who said a message.")
strawberry.enum(
    MessageStatus,
    description="Whether a message is whole: IN_PROGRESS while its run is at work, INCOMPLETE when that run was "
    "cancelled or failed; what had arrived by then is kept.",
)
strawberry.enum(MemorySource, description="Who has put a memory down: the person, or an agent that was told.")
strawberry.enum(RunStatus, description="State of a run; COMPLETED, FAILED, CANCELLED and EXPIRED are final.")
strawberry.enum(RunErrorCode, description="Why a run failed.")
strawberry.enum(
    StepKind,
    description="What a step of a run does: a MODEL_CALL, a TOOL_CALL, the work of an AGENT, a PLAN and the CHECK of "
    "one of its steps; EXPLORE finds approaches, PROJECT thinks one of them through, JUDGE chooses. Steps of workflows "
    "are also a PANEL, whose parts work side by side, a TOOL, an APPROVAL by a person, a CONDITION and a LOOP.",
)
strawberry.enum(Limit, name="RunLimit", description="What a run may use only so much of.")
strawberry.enum(StepStatus, description="State of a step of a run or of a plan.")
strawberry.enum(ToolCallStatus, description="State of a tool call.")
strawberry.enum(ApprovalDecision, description="What a person decided about a tool call.")
strawberry.enum(
    ToolApproval,
    description="Whether a tool asks before it runs: NEVER and ALWAYS_ALLOW do not, the one by nature, the other "
    "because somebody has said so; DENY keeps it from models altogether.",
)
strawberry.enum(ToolErrorCode, description="Why a call of a tool failed.")
strawberry.enum(
    Remember,
    description="How far an approval reaches: CALL is this one, RUN the rest of the run, CHAT all of the chat, ALWAYS "
    "every chat.",
)
strawberry.enum(
    ThinkingMode,
    description="How an answer is made: IMMEDIATE answers, STRATEGIC plans and executes, FUTURE explores alternatives.",
)
strawberry.enum(
    WhenBusy,
    description="What a message does while its branch is still being answered: ENQUEUE waits for its turn, REJECT "
    "fails with RUN_BUSY, STEER enters before the run's next model call, INTERRUPT keeps the partial answer and goes "
    "on with the new message, ROLLBACK replaces the message that is being answered.",
)
strawberry.enum(ModelTier, description="Where a model is: loaded in RAM, warm in SWAP, on disk, or REMOTE.")
strawberry.enum(HealthState, description="How a model has been doing lately.")
strawberry.enum(CallOutcome, description="How a call to a model ended.")
strawberry.enum(
    BreakerState,
    description="CLOSED lets calls through, OPEN keeps them away, HALF_OPEN lets one through to see how it goes.",
)
strawberry.enum(
    DownloadState,
    description="State of a download: PAUSED and FAILED keep what has come; COMPLETED has become a local model.",
)
strawberry.enum(
    McpTransport,
    description="How an MCP server is reached: STDIO is a program on this machine, STREAMABLE_HTTP a URL, SSE a URL of "
    "a server that speaks the protocol's first revision only.",
)
strawberry.enum(
    McpStatus,
    description="What came of the last try to reach an MCP server: DISCONNECTED is none since it was added or changed. "
    "A connection is made when it is needed and rests in between.",
)
strawberry.enum(McpErrorCode, description="Why an MCP server, or some of its tools, cannot be used.")
strawberry.enum(TimeBucket, description="How finely a series is cut, on full minutes, hours or days of UTC.")

__all__ = [
    "ApprovalDecision",
    "AuditKind",
    "BreakerState",
    "BudgetPeriod",
    "CallOutcome",
    "DownloadState",
    "HealthState",
    "Limit",
    "McpErrorCode",
    "McpStatus",
    "McpTransport",
    "MemorySource",
    "MessageRating",
    "MessageRole",
    "MessageStatus",
    "ModelTier",
    "Remember",
    "RunErrorCode",
    "RunStatus",
    "StepKind",
    "StepStatus",
    "ThinkingMode",
    "TimeBucket",
    "ToolApproval",
    "ToolCallStatus",
    "ToolErrorCode",
    "UserRole",
    "WhenBusy",
]
