"""Typed parts of a message."""

from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from persistence import tool_outputs
from persistence.database import Session
from persistence.files import FileKey
from persistence.tool_outputs import OutputKey
from schema.context import FieldInfo
from schema.enums import ToolCallStatus
from schema.files import file_by_key, url_of
from schema.loading import Loader

MOST_OUTPUTS = 8
"""Whole results in one answer: each may have megabytes."""


async def _whole_outputs(session: Session, keys: list[OutputKey]) -> dict[OutputKey, str]:
    if len(keys) > MOST_OUTPUTS:
        raise BadUserInput({"fullOutput": f"can be had for at most {MOST_OUTPUTS} calls at once"})
    return await tool_outputs.whole(session, keys)


whole_output = Loader[OutputKey, str | None](fetch=_whole_outputs, missing=lambda: None)


@strawberry.type(description="One call of a tool.")
class ToolCall:
    id: strawberry.ID = strawberry.field(description="The call's id, unique in its run.")
    name: str = strawberry.field(description="Name of the tool.")
    arguments: JSON = strawberry.field(description="Arguments, in the shape of the tool's input schema.")
    output: JSON | None = strawberry.field(description="What the tool returned, as far as it is shown.", default=None)
    error: str | None = strawberry.field(description="Why the call failed.", default=None)
    status: ToolCallStatus = strawberry.field(description="State of the call.", default=ToolCallStatus.PENDING)
    duration_ms: float | None = strawberry.field(description="How long it took, in milliseconds.", default=None)
    parent_id: strawberry.ID | None = strawberry.field(
        description="The call of an agent, asked like a tool, that this one is a part of.", default=None
    )
    kept_by: strawberry.Private[UUID | None] = None

    @strawberry.field(description="Whether `output` or `error` was too long and is cut; `fullOutput` has all of it.")
    def output_truncated(self) -> bool:
        return self.kept_by is not None

    @strawberry.field(
        description="The whole result, up to 5,000,000 characters, when `output` or `error` is cut and the run still "
        f"exists; null otherwise. For at most {MOST_OUTPUTS} calls in one operation."
    )
    async def full_output(self, info: FieldInfo) -> str | None:
        if self.kept_by is None:
            return None
        return await info.context.load(whole_output, OutputKey(info.context.viewer_id, self.kept_by, self.id))

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
            kept_by=UUID(data["kept"]) if "kept" in data else None,
            parent_id=strawberry.ID(data["parent_id"]) if data.get("parent_id") else None,
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
    size_bytes: int = strawberry.field(description="Size in bytes.")
    key: strawberry.Private[UUID | None] = None

    @strawberry.field(
        description="Where to download it, on this server: a path, with the same sign-in. Null when the file was "
        "deleted, or was not in the archive that the message comes from."
    )
    async def url(self, info: FieldInfo) -> str | None:
        return url_of(self.key) if self.key is not None and await self._is_there(info, self.key) else None

    @strawberry.field(description="The file's id, as `SendMessageInput.fileIds` takes it; null where `url` is.")
    async def file_id(self, info: FieldInfo) -> strawberry.ID | None:
        there = self.key is not None and await self._is_there(info, self.key)
        return strawberry.ID(global_id(Kind.FILE, self.key)) if self.key is not None and there else None

    @staticmethod
    async def _is_there(info: FieldInfo, key: UUID) -> bool:
        return await info.context.load(file_by_key, FileKey(info.context.viewer_id, key)) is not None


MessagePart = Annotated[
    TextPart | ReasoningPart | ToolCallPart | FilePart,
    strawberry.union("MessagePart", description="One typed part of a message."),
]


def parts_of(content: str, stored: list[dict[str, Any]]) -> list[TextPart | ReasoningPart | ToolCallPart | FilePart]:
    """The typed parts of a message; content that none of those stored has is one text part, the last one."""
    parts = [_part(data) for data in stored]
    if content and not any(isinstance(part, TextPart) for part in parts):
        parts.append(TextPart(text=content))
    return parts


def _part(data: dict[str, Any]) -> TextPart | ReasoningPart | ToolCallPart | FilePart:
    match data["type"]:
        case "reasoning":
            return ReasoningPart(text=data["text"])
        case "tool_call":
            return ToolCallPart(tool_call=ToolCall.of(data["data"]))
        case "file":
            file = data["data"]
            key = UUID(file["id"]) if file["id"] else None
            return FilePart(name=file["name"], media_type=file["media_type"], size_bytes=file["size_bytes"], key=key)
        case _:
            return TextPart(text=data["text"])
