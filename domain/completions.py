"""Completions: answers outside of chats, what a program asks for and what comes back of it, piece by piece."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from domain.models import TokenUsage

Json = dict[str, Any]


class Finish(StrEnum):
    """Why an answer ended, in OpenAI's words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A function that the program offers. It is the program that calls it; `parameters` is its JSON Schema."""

    name: str
    description: str = ""
    parameters: Json = field(default_factory=dict)
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What a program asks of a model. `items` are a conversation in the form of OpenAI's Responses API: messages,
    function calls and their outputs. `more` goes to the model's provider as it is.
    """

    items: Sequence[Json]
    instructions: str | None = None
    tools: Sequence[OfferedTool] = ()
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """All that is said, item by item."""
        said = [text for item in self.items if (text := text_of(item))]
        return [self.instructions, *said] if self.instructions else said

    @property
    def question(self) -> str:
        """What a person said last."""
        return next((text_of(item) for item in reversed(self.items) if item.get("role") == "user"), "")

    @property
    def shows_images(self) -> bool:
        contents: list[object] = [item.get("content") for item in self.items]
        parts = (part for content in contents if isinstance(content, list) for part in content)
        return any(part["type"] == "input_image" for part in parts)


def text_of(item: Json) -> str:
    """The words of an item of a conversation."""
    content: str | list[Json] = item.get("content") or item.get("output") or item.get("arguments") or ""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content)


@dataclass(frozen=True, slots=True)
class Began:
    """Comes first: who is about to answer."""

    model: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words to append to the answer, to its reasoning, or to a refusal."""

    kind: Literal["text", "reasoning", "refusal"]
    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """The model wants one of the offered tools to be called; `arguments` is JSON as it wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Comes last: the answer is whole."""

    finish: Finish
    usage: TokenUsage


Piece = Began | Said | Called | Ended


@dataclass(slots=True)
class Answer:
    """The pieces of an answer, put together."""

    model: str = ""
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[Called] = field(default_factory=list)
    ended: Ended | None = None

    def add(self, piece: Piece) -> None:
        match piece:
            case Began(model):
                self.model = model
            case Said(kind, text):
                setattr(self, kind, getattr(self, kind) + text)
            case Called():
                self.calls.append(piece)
            case Ended():
                self.ended = piece
