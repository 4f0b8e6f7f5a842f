"""Enums of the API: the domain's own words, described."""

import strawberry

from domain.accounts import UserRole
from domain.messages import MessageRole, MessageStatus
from domain.models import HealthState, ModelTier
from domain.runs import (
    ApprovalDecision,
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

__all__ = [
    "ApprovalDecision",
    "HealthState",
    "MessageRating",
    "MessageRole",
    "MessageStatus",
    "ModelTier",
    "RunErrorCode",
    "RunStatus",
    "StepKind",
    "StepStatus",
    "ThinkingMode",
    "ToolCallStatus",
    "UserRole",
    "WhenBusy",
]
