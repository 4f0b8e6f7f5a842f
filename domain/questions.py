"""Questions that a tool asks a person in the middle of its call, and what they answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class AnswerAction(StrEnum):
    """What the person did, in MCP's words: CANCEL is for those who say neither yes nor no."""

    ACCEPT = "accept"
    DECLINE = "decline"
    CANCEL = "cancel"


class Answer(NamedTuple):
    """`content` is what a form was filled in with."""

    action: AnswerAction
    content: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A `form` is the JSON Schema of a flat object, see `orchestration/tools/forms.py`. A `url` leads to a page of
    somebody else's where the person is to do something. There is one of both."""

    message: str
    form: dict[str, Any] | None = None
    url: str | None = None

    @property
    def usual(self) -> dict[str, Any]:
        """What the form is filled in with if nobody changes it."""
        fields = (self.form or {}).get("properties", {})
        return {name: field["default"] for name, field in fields.items() if "default" in field}
