"""Files as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import files
from persistence.files import FileKey, FileRow
from schema.loading import Loader
from schema.nodes import Node

file_by_key = Loader[FileKey, FileRow | None](fetch=files.owned_by_key, missing=lambda: None)


def url_of(file_id: UUID) -> str:
    """Where a file is had, on this server."""
    return f"/files/{global_id(Kind.FILE, file_id)}"


@strawberry.type(description="A file that a person has sent with `POST /files`.")
class File(Node):
    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Media type by the contents, such as image/png.")
    size_bytes: int = strawberry.field(description="Size in bytes.")
    url: str = strawberry.field(description="Where to download it, on this server: a path, with the same sign-in.")
    characters: int | None = strawberry.field(
        description="Characters of the text that models can read in it; null for a picture."
    )
    attached: bool = strawberry.field(
        description="Whether it has become part of a message. One that has not is deleted after a day."
    )
    created_at: datetime = strawberry.field(description="When it came.")

    @classmethod
    def from_row(cls, row: FileRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.FILE, row.id)),
            name=row.name,
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            url=url_of(row.id),
            characters=row.characters,
            attached=row.attached_at is not None,
            created_at=row.created_at,
        )


@strawberry.type(description="Result of deleteFile.")
class DeleteFilePayload:
    id: strawberry.ID = strawberry.field(description="The file that is gone.")
