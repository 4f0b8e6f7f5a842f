"""Typed parts of a message."""

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from schema.enums import ToolCallStatus


@strawberry.type(description="One call of a tool.")
class ToolCall:
    id: strawberry.ID = strawberry.field(description="The call's id, unique in its run.")
    name: str = strawberry.field(description="Name of the tool.")
    arguments: JSON = strawberry.field(description="Arguments, in the shape of the tool's input schema.")
    output: JSON | None = strawberry.field(description="What the tool returned.", default=None)
    error: str | None = strawberry.field(description="Why the call failed.", default=None)
    status: ToolCallStatus = strawberry.field(description="State of the call.", default=ToolCallStatus.PENDING)
    duration_ms: float | None = strawberry.field(description="How long it took, in milliseconds.", default=None)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "ToolCall":
        return cls(
            id=strawberry.ID(data["id"]),
            name=data["name"],
            arguments=JSON(data.get("arguments") or {}),
            output=data.get("output"),
            error=data.get("error"),
            status=ToolCallStatus(data.get("status", ToolCallStatus.PENDING)),
            duration_ms=data.get("duration_ms"),
        )


@strawberry.type(description="Text, as Markdown.")
class TextPart:
    text: str = strawberry.field(description="The text.")


@strawberry.type(description="What a reasoning model thought before it answered.")
class ReasoningPart:
    text: str = strawberry.field(description="The reasoning.")


@strawberry.type(description="A tool call and its result.")
class ToolCallPart:
    tool_call: ToolCall = strawberry.field(description="The call.")


@strawberry.type(description="A file that belongs to the message.")
class FilePart:
    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Media type, such as image/png.")
    url: str = strawberry.field(description="Where to download it.")
    size_bytes: int = strawberry.field(description="Size in bytes.")


MessagePart = Annotated[
    TextPart | ReasoningPart | ToolCallPart | FilePart,
    strawberry.union("MessagePart", description="One typed part of a message."),
]


def parts_of(content: str, stored: list[dict[str, Any]]) -> list[TextPart | ReasoningPart | ToolCallPart | FilePart]:
    """The typed parts of a message; plain content is one text part."""
    if not stored:
        return [TextPart(text=content)] if content else []
    return [_part(data) for data in stored]


def _part(data: dict[str, Any]) -> TextPart | ReasoningPart | ToolCallPart | FilePart:
    match data["type"]:
        case "reasoning":
            return ReasoningPart(text=data["text"])
        case "tool_call":
            return ToolCallPart(tool_call=ToolCall.of(data["data"]))
        case "file":
            return FilePart(**data["data"])
        case _:
            return TextPart(text=data["text"])
