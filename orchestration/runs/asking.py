"""What a person or program asks for: its limits, and what makes two requests the same one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from domain.errors import BadUserInput, Conflict
from domain.files import MOST_FILES
from domain.messages import CONTENT_LIMIT
from domain.models import Preference
from domain.runs import ThinkingMode, WhenBusy
from persistence.agents import AgentRow

LONGEST_KEY = 200
FEWEST_TOKENS, MOST_TOKENS = 100, 100_000_000
MOST_SECONDS = 86_400
LIMITS = ("max_cost_usd", "max_tokens", "max_seconds")
"""Options of a run that limit what it may use."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A new message to answer; `parent_id` or `sibling_of` says where it goes in the tree. With files it may be empty.

    With `continues` another model goes on with an answer that breaks off.
    """

    content: str
    chat_id: UUID | None = None
    parent_id: UUID | None = None
    sibling_of: UUID | None = None
    model: str | None = None
    agent_id: UUID | None = None
    workflow_id: UUID | None = None
    thinking: ThinkingMode | None = None
    when_busy: WhenBusy = WhenBusy.ENQUEUE
    idempotency_key: str | None = None
    preference: Preference | None = None
    max_cost_usd: Decimal | None = None
    max_tokens: int | None = None
    max_seconds: int | None = None
    local_only: bool = False
    background: bool = False
    continues: bool = False
    file_ids: tuple[UUID, ...] = ()
    api_key_id: UUID | None = None

    def check(self) -> None:
        wrong = _wrong_content(self.content, alone=not self.file_ids) | _wrong_key(self.idempotency_key)
        wrong |= _wrong_files(self.file_ids)
        if self.parent_id is not None and self.sibling_of is not None:
            wrong["input.siblingOf"] = "cannot be combined with `parentId`"
        if self.chat_id is None and (self.parent_id or self.sibling_of):
            wrong["input.chatId"] = "is needed to place the message below or beside another"
        if self.workflow_id is not None and (self.agent_id or self.thinking):
            wrong["input.workflowId"] = "cannot be combined with `agentId` or `thinking`: its steps have their own"
        if self.max_cost_usd is not None and not (self.max_cost_usd.is_finite() and self.max_cost_usd >= 0):
            wrong["input.maxCostUsd"] = "must be a number that is not negative"
        if self.max_tokens is not None and not FEWEST_TOKENS <= self.max_tokens <= MOST_TOKENS:
            wrong["input.maxTokens"] = f"must be a number from {FEWEST_TOKENS} to {MOST_TOKENS:,}"
        if self.max_seconds is not None and not 1 <= self.max_seconds <= MOST_SECONDS:
            wrong["input.maxSeconds"] = f"must be a number from 1 to {MOST_SECONDS:,}"
        if wrong:
            raise BadUserInput(wrong)

    @property
    def options(self) -> dict[str, Any]:
        """What the selection and the chain of models need to know, as it is stored with the run."""
        options = _wishes(self.preference, self.local_only)
        if self.max_cost_usd is not None:
            options["max_cost_usd"] = str(self.max_cost_usd)
        if self.max_tokens is not None:
            options["max_tokens"] = self.max_tokens
        if self.max_seconds is not None:
            options["max_seconds"] = self.max_seconds
        if self.continues:
            options["continues"] = True
        return options

    @property
    def request(self) -> dict[str, Any]:
        """What was asked for, field by field; the text only as a hash."""
        return _stated(
            "sendMessage",
            content=hashlib.sha256(self.content.encode("utf-8", "surrogatepass")).hexdigest(),
            chatId=self.chat_id, parentId=self.parent_id, siblingOf=self.sibling_of, model=self.model,
            agentId=self.agent_id, thinking=self.thinking, whenBusy=self.when_busy, preference=self.preference,
            maxCostUsd=self.max_cost_usd, background=self.background,
            # None, as in requests that were stored before there were these
            localOnly=self.local_only or None, continueWithAnother=self.continues or None,
            fileIds=",".join(map(str, self.file_ids)) or None,
            maxTokens=self.max_tokens, maxSeconds=self.max_seconds, workflowId=self.workflow_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Another answer beside one that is there; `message_id` is that one, or its question. `alternative` is the run and
    the number of an approach to go on with, and `limits` are those of that run."""

    message_id: UUID
    model: str | None = None
    thinking: ThinkingMode | None = None
    preference: Preference | None = None
    local_only: bool = False
    idempotency_key: str | None = None
    alternative: tuple[UUID, int] | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    api_key_id: UUID | None = None

    when_busy: ClassVar[WhenBusy] = WhenBusy.ENQUEUE
    background: ClassVar[bool] = False

    def check(self) -> None:
        if wrong := _wrong_key(self.idempotency_key):
            raise BadUserInput(wrong)

    @property
    def options(self) -> dict[str, Any]:
        options = _wishes(self.preference, self.local_only) | dict(self.limits)
        if self.alternative is not None:
            run_id, number = self.alternative
            options["alternative"] = {"run_id": str(run_id), "number": number}
        return options

    @property
    def request(self) -> dict[str, Any]:
        if self.alternative is not None:
            return _stated("chooseAlternative", runId=self.alternative[0], alternative=self.alternative[1])
        return _stated(
            "regenerate", messageId=self.message_id, model=self.model, thinking=self.thinking,
            preference=self.preference, localOnly=self.local_only or None,
        )  # fmt: skip


def within_limits(options: Mapping[str, Any], agent: AgentRow) -> dict[str, Any]:
    """The options of a run that this agent answers: of its own limits and those asked for, the lower ones."""
    lower = dict(options)
    for name in LIMITS:
        own, asked = getattr(agent, name), options.get(name)
        if own is not None and (asked is None or Decimal(asked) > own):
            lower[name] = str(own) if isinstance(own, Decimal) else own
    return lower


def check_content(content: str) -> None:
    """BadUserInput unless this can be a message."""
    if wrong := _wrong_content(content):
        raise BadUserInput(wrong)


def check_same(earlier: Mapping[str, Any] | None, now: Mapping[str, Any]) -> None:
    """Conflict when one idempotency key comes with another request than before; it says what differs."""
    if earlier is None:
        return
    if earlier["mutation"] != now["mutation"]:
        raise Conflict(f"This idempotency key was used for {earlier['mutation']} before. Take a new one.")
    differs = [f"input.{name}" for name in now if earlier.get(name) != now[name]]
    if differs:
        named = ", ".join(f"`{name}`" for name in differs)
        raise Conflict(f"This idempotency key came with another {named} before. Take a new one.", differs=differs)


def _wishes(preference: Preference | None, local_only: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if preference is not None:
        options["preference"] = [preference.quality, preference.cost, preference.latency]
    if local_only:
        options["local_only"] = True
    return options


def _stated(mutation: str, **given: object) -> dict[str, Any]:
    return {"mutation": mutation} | {name: None if value is None else str(value) for name, value in given.items()}


def _wrong_content(content: str, *, alone: bool = True) -> dict[str, str]:
    if alone and not content.strip():
        return {"input.content": "is empty; write a message"}
    if len(content) > CONTENT_LIMIT:
        return {"input.content": f"has {len(content):,} characters; at most {CONTENT_LIMIT:,} are allowed"}
    return {}


def _wrong_files(file_ids: tuple[UUID, ...]) -> dict[str, str]:
    if len(file_ids) > MOST_FILES:
        return {"input.fileIds": f"has {len(file_ids)} files; at most {MOST_FILES} are allowed"}
    if len(set(file_ids)) < len(file_ids):
        return {"input.fileIds": "names a file twice"}
    return {}


def _wrong_key(key: str | None) -> dict[str, str]:
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        return {"input.idempotencyKey": f"must have 1 to {LONGEST_KEY} characters"}
    return {}
