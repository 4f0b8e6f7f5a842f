"""What a workflow is made of: named steps, and which step follows which."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from domain.workflows import NAME

MOST_STEPS = 50
MOST_AT_ONCE = 8
"""Members of a panel, and items of a list."""
MOST_ROUNDS = 10
MOST_RETRIES = 3
LONGEST_TEXT = 20_000
"""Characters of a prompt."""

StepName = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Condition(Part):
    """Something to compare, or a question that a model answers with yes or no."""

    value: Text | None = None
    comparison: Literal["empty", "equals", "contains", "above", "below"] | None = None
    to: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None = None
    ask: Text | None = None
    negate: bool = False

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Condition":
        if (self.ask is None) == (self.value is None):
            raise ValueError("needs either `ask`, or `value` and `comparison`")
        if self.ask is not None and (self.comparison is not None or self.to is not None):
            raise ValueError("`ask` goes without `comparison` and `to`")
        if self.value is not None and self.comparison is None:
            raise ValueError("`value` needs a `comparison`")
        if self.value is not None and (self.to is None) != (self.comparison == "empty"):
            raise ValueError("needs `to`" if self.to is None else "`empty` goes without `to`")
        return self


class Member(Part):
    """One of those who work side by side: an agent, or a tool. An agent without a `prompt` gets its panel's."""

    agent: Short | None = None
    model: Short | None = None
    prompt: Text | None = None
    tool: Short | None = None
    arguments: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Member":
        if self.tool is None and self.arguments is not None:
            raise ValueError("`arguments` are for a `tool`")
        if self.tool is not None and (self.agent or self.model or self.prompt):
            raise ValueError("a `tool` has neither `agent`, `model` nor `prompt`")
        return self


class _Step(Part):
    """`failure` says what happens when the step fails, after so many `retries`."""

    name: StepName
    title: Short | None = None
    next: str | None = None
    retries: Annotated[int, Field(ge=0, le=MOST_RETRIES)] = 0
    failure: Literal["fail", "continue"] = "fail"

    @property
    def label(self) -> str:
        return self.title or self.name


class AgentStep(_Step):
    """An agent works. With `items` it makes a list of so many short texts at most. Without an `agent` it is the
    assistant, without a `prompt` it answers the message itself."""

    kind: Literal["agent"]
    agent: Short | None = None
    model: Short | None = None
    prompt: Text | None = None
    items: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] | None = None

    @model_validator(mode="after")
    def _says_what_to_list(self) -> "AgentStep":
        if self.items is not None and self.prompt is None:
            raise ValueError("`items` needs a `prompt` that says of what")
        return self


class PanelStep(_Step):
    """Several work side by side: `members`, or one agent on so many different `models`, or one member for `each` item
    of a list. With `keep` their answers stay in the chat beside the run's own."""

    kind: Literal["panel"]
    members: Annotated[list[Member], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    models: Annotated[int, Field(ge=2, le=MOST_AT_ONCE)] | None = None
    each: str | None = None
    agent: Short | None = None
    prompt: Text | None = None
    keep: bool = False

    @model_validator(mode="after")
    def _says_who(self) -> "PanelStep":
        if self.models is not None and (self.members or self.each):
            raise ValueError("`models` goes without `members` and `each`")
        if self.each is not None and (self.members is None or len(self.members) != 1):
            raise ValueError("`each` needs exactly one of `members`, who works once for each item")
        if self.models is None and self.each is None and (self.members is None or len(self.members) < 2):
            raise ValueError("needs two `members` or more, or `models`, or `each`")
        if self.agent is not None and self.models is None:
            raise ValueError("`agent` is for `models`; members have their own")
        return self


class JudgeStep(_Step):
    """Scores the answers of a panel, `of`, and gives the best of them."""

    kind: Literal["judge"]
    of: str
    criteria: Annotated[list[Short], Field(min_length=1, max_length=5)]


class ToolStep(_Step):
    """Calls a tool. Templates may stand in all texts of the arguments."""

    kind: Literal["tool"]
    tool: Short
    arguments: dict[str, JsonValue] = {}


class ApprovalStep(_Step):
    """Waits until a person agrees to a text, which they may change. When they do not, `otherwise` follows, or the
    workflow ends."""

    kind: Literal["approval"]
    text: Text
    otherwise: str | None = None


class ConditionStep(_Step):
    """Goes on with `then` or `otherwise`. What is left out is the end."""

    kind: Literal["condition"]
    when: Condition
    then: str | None = None
    otherwise: str | None = None

    @model_validator(mode="after")
    def _has_ways(self) -> "ConditionStep":
        if self.next is not None:
            raise ValueError("a condition goes on with `then` and `otherwise`, not with `next`")
        if self.then is None and self.otherwise is None:
            raise ValueError("needs `then` or `otherwise`")
        return self


class LoopStep(_Step):
    """Repeats the steps from `body` on, until the condition holds after a round, `limit` times at most."""

    kind: Literal["loop"]
    body: str
    until: Condition | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROUNDS)]


FlowStep = AgentStep | PanelStep | JudgeStep | ToolStep | ApprovalStep | ConditionStep | LoopStep
KINDS = frozenset({"agent", "panel", "judge", "tool", "approval", "condition", "loop"})


class Definition(Part):
    """The steps of a workflow; the first one begins."""

    steps: Annotated[list[Annotated[FlowStep, Field(discriminator="kind")]], Field(min_length=1, max_length=MOST_STEPS)]

    def named(self, name: str) -> FlowStep:
        return next(step for step in self.steps if step.name == name)

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def ways(step: FlowStep) -> Iterator[tuple[str, str]]:
    """The steps that may follow, each with the field that names it; the body of a loop is not among them."""
    for field in ("next", "then", "otherwise"):
        target = getattr(step, field, None)
        if target is not None:
            yield field, target


def condition_of(step: FlowStep) -> tuple[str, Condition] | None:
    """The condition of a step, with the field that holds it."""
    if isinstance(step, ConditionStep):
        return "when", step.when
    if isinstance(step, LoopStep) and step.until is not None:
        return "until", step.until
    return None
