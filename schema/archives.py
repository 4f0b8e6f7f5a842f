"""Exports and imports of chats as the API shows them."""

from enum import StrEnum

import strawberry

from domain.archives.recognising import ImportFormat

strawberry.enum(ImportFormat, description="Which program wrote an archive.")


@strawberry.enum(
    description="How a chat is written: JSON has everything and can be imported again, MARKDOWN the branch that is "
    "shown."
)
class ExportFormat(StrEnum):
    JSON = "JSON"
    MARKDOWN = "MARKDOWN"


@strawberry.type(description="A chat as a file.")
class ExportedChat:
    file_name: str = strawberry.field(description="A name for the file, after the chat's title.")
    media_type: str = strawberry.field(description="Media type, such as application/json.")
    content: str = strawberry.field(description="The whole file.")


@strawberry.input(description="Input of importChats.")
class ImportChatsInput:
    content: str = strawberry.field(
        description="An export as JSON: one chat, or a list of chats. A request has at most 4 MB; larger exports come "
        "in pieces, each a list of some of the chats."
    )
    format: ImportFormat | None = strawberry.field(
        description="Which program wrote it; recognised without it.", default=None
    )


@strawberry.type(description="A chat of an archive that was not imported.")
class SkippedChat:
    index: int = strawberry.field(description="Its place in the archive, from 0.")
    reason: str = strawberry.field(description="Why it was left out, in words for people.")


@strawberry.type(description="Result of importChats.")
class ImportChatsPayload:
    imported: int = strawberry.field(description="How many chats are new.")
    skipped: list[SkippedChat] = strawberry.field(description="What was left out, and why; the rest was imported.")
