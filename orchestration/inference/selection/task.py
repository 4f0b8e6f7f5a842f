"""What a model is chosen for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.messages import MessageRole
from domain.models import Preference
from domain.runs import ThinkingMode
from orchestration.inference.selection.eligibility import Demands
from orchestration.memory.tokens import estimate_tokens
from persistence.messages import MessageRow


@dataclass(frozen=True, slots=True)
class Task:
    """`prompt` is the whole conversation, `question` the part that must not be cut and that says what is asked for.

    `wishes` are capabilities that count like those it `requires`, as long as any model has them. `current` names the
    model that answered last in the conversation. Only a task that will be run may `explore`.
    """

    prompt: str
    question: str | None = None
    model_id: UUID | None = None
    thinking: ThinkingMode = ThinkingMode.IMMEDIATE
    preference: Preference = field(default_factory=Preference)
    requires: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    local_only: bool = False
    max_cost_usd: Decimal | None = None
    current: str | None = None
    explore: bool = False

    @staticmethod
    def of_run(
        *, prompt: str, model_id: UUID | None, thinking: ThinkingMode, options: Mapping[str, Any],
        question: str | None = None, current: str | None = None, wishes: frozenset[str] = frozenset(),
    ) -> "Task":  # fmt: skip
        """The task of a run, with the options that are stored with it."""
        limit = options.get("max_cost_usd")
        return Task(
            prompt=prompt,
            question=question,
            model_id=model_id,
            thinking=thinking,
            preference=preference_of(options),
            wishes=wishes,
            local_only=bool(options.get("local_only")),
            max_cost_usd=None if limit is None else Decimal(limit),
            current=current,
            explore=True,
        )

    def after(self, path: Sequence[MessageRow]) -> "Task":
        """The same task at the end of a conversation."""
        prompt = "\n".join([*(row.content for row in path), self.prompt])
        return replace(self, prompt=prompt, current=current_model(path))

    @property
    def demands(self) -> Demands:
        question = 0 if self.question is None else estimate_tokens(self.question)
        return Demands(estimate_tokens(self.prompt), question, self.requires, self.local_only, self.max_cost_usd)


def preference_of(options: Mapping[str, Any]) -> Preference:
    """The preference that is stored with a run."""
    weights = options.get("preference")
    return Preference() if weights is None else Preference(*weights)


def current_model(path: Sequence[MessageRow]) -> str | None:
    """The model that answered last on this branch; None before the first answer."""
    answers = (row.model_used for row in reversed(path) if row.role is MessageRole.ASSISTANT)
    return next((name for name in answers if name is not None), None)
