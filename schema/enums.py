"""Enums of the API: the domain's own words, described."""

import strawberry

from domain.accounts import UserRole
from domain.calls import BreakerState, DownloadState
from domain.messages import MessageRole, MessageStatus
from domain.models import CallOutcome, HealthState, ModelTier
from domain.runs import (
    ApprovalDecision,
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

strawberry.enum(MessageRating, description="What a person thinks of an answer.")
strawberry.enum(UserRole, description="What an account may do: an ADMIN also manages the server.")
strawberry.enum(MessageRole, description="Who said a message.")
strawberry.enum(
    MessageStatus,
    description="Whether a message is whole: IN_PROGRESS while its run is at work, INCOMPLETE when that run was "
    "cancelled or failed; what had arrived by then is kept.",
)
strawberry.enum(RunStatus, description="State of a run; COMPLETED, FAILED, CANCELLED and EXPIRED are final.")
strawberry.enum(RunErrorCode, description="Why a run failed.")
strawberry.enum(StepKind, description="What a step of a run does.")
strawberry.enum(StepStatus, description="State of a step of a run or of a plan.")
strawberry.enum(ToolCallStatus, description="State of a tool call.")
strawberry.enum(ApprovalDecision, description="What a person decided about a tool call.")
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

__all__ = [
    "ApprovalDecision",
    "BreakerState",
    "CallOutcome",
    "DownloadState",
    "HealthState",
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
    "ToolCallStatus",
    "UserRole",
    "WhenBusy",
]
