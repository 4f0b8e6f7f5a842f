"""The catalogue of local models, and downloads, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from domain.ids import Kind, global_id
from persistence.model_downloads import ModelDownloadRow
from schema.enums import DownloadState
from schema.nodes import Node


@strawberry.type(description="A local model that can be downloaded, as its publisher offers it.")
class CatalogueModel:
    name: str = strawberry.field(description="What to give to `downloadModel`.")
    title: str = strawberry.field(description="What people call it.")
    file: str = strawberry.field(description="Its file in the models folder.")
    size_bytes: float = strawberry.field(description="Bytes of that file; about as much memory is needed to use it.")
    sha256: str = strawberry.field(name="sha256", description="SHA-256 of the file; every download is checked.")
    licence: str = strawberry.field(description="Its licence, as an SPDX identifier where it has one.")
    url: str = strawberry.field(description="Where the file comes from.")
    publisher: str = strawberry.field(description="The publisher's page about it.")
    installed: bool = strawberry.field(description="Whether the file is in the models folder.")


@strawberry.type(description="A download of a local model.")
class Download(Node):
    name: str = strawberry.field(description="The catalogue's name of the model.")
    state: DownloadState = strawberry.field(description="How it is going.")
    received_bytes: float = strawberry.field(description="Bytes that have come, up to date to about a second.")
    error: str | None = strawberry.field(description="Why it has failed.")
    created_at: datetime = strawberry.field(description="When somebody first asked for it.")

    @classmethod
    def from_row(cls, row: ModelDownloadRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.DOWNLOAD, row.id)),
            name=row.name,
            state=row.state,
            received_bytes=float(row.received_bytes),
            error=row.error,
            created_at=row.created_at,
        )


@strawberry.type(description="A download that was begun, paused or resumed.")
class DownloadPayload:
    download: Download = strawberry.field(description="The download as it is now.")


@strawberry.type(description="What deleteDownload deleted.")
class DeleteDownloadPayload:
    id: strawberry.ID = strawberry.field(description="Id of the download that was deleted.")
