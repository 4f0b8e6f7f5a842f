"""Doors to the catalogue of local models and to downloads."""

from collections.abc import AsyncGenerator

import strawberry

from domain.accounts import Scope, UserRole
from domain.ids import Kind, key_of
from orchestration.inference.downloads import Downloads, switched_off
from persistence import model_downloads
from resolvers.context import Context, Info
from schema.downloads import CatalogueModel, DeleteDownloadPayload, Download, DownloadPayload


@strawberry.type
class DownloadQueries:
    @strawberry.field(description="Local models that can be downloaded. CONFLICT when local models are switched off.")
    async def local_catalogue(self, info: Info) -> list[CatalogueModel]:
        info.context.require(Scope.READ)
        downloads = _downloads(info.context)
        return [
            CatalogueModel(
                name=offer.name,
                title=offer.title,
                file=offer.file,
                size_bytes=float(offer.size_bytes),
                sha256=offer.sha256,
                licence=offer.licence,
                url=offer.url,
                publisher=offer.publisher,
                installed=downloads.installed(offer),
            )
            for offer in await downloads.offers()
        ]

    @strawberry.field(description="Downloads of local models, the oldest first; also those that are done.")
    async def downloads(self, info: Info) -> list[Download]:
        info.context.require(Scope.READ)
        async with info.context.db.read() as session:
            return [Download.from_row(row) for row in await model_downloads.listed(session)]


@strawberry.type
class DownloadMutations:
    @strawberry.mutation(
        description="Download a model of `localCatalogue`; it goes on when everybody leaves, and after a restart. "
        "Administrators only."
    )
    async def download_model(self, info: Info, name: str) -> DownloadPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        return DownloadPayload(download=Download.from_row(await _downloads(info.context).begin(name)))

    @strawberry.mutation(
        description="Stop a download within about a second and keep what has come. Administrators only."
    )
    async def pause_download(self, info: Info, id: strawberry.ID) -> DownloadPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        row = await _downloads(info.context).pause(key_of(Kind.DOWNLOAD, id))
        return DownloadPayload(download=Download.from_row(row))

    @strawberry.mutation(
        description="Go on with a download that is paused or has failed, where it stopped. Administrators only."
    )
    async def resume_download(self, info: Info, id: strawberry.ID) -> DownloadPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        row = await _downloads(info.context).resume(key_of(Kind.DOWNLOAD, id))
        return DownloadPayload(download=Download.from_row(row))

    @strawberry.mutation(
        description="Stop a download and delete what has come, the whole file if it is complete. Administrators only."
    )
    async def delete_download(self, info: Info, id: strawberry.ID) -> DeleteDownloadPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        await _downloads(info.context).delete(key_of(Kind.DOWNLOAD, id))
        return DeleteDownloadPayload(id=id)


@strawberry.type
class DownloadSubscriptions:
    @strawberry.subscription(description="Every download once, as it is now, and again whenever it has moved on.")
    async def download_progress(self, info: Info) -> AsyncGenerator[Download, None]:
        info.context.require(Scope.READ)
        async for batch in _downloads(info.context).watch():
            for row in batch:
                yield Download.from_row(row)


def _downloads(context: Context) -> Downloads:
    downloads = context.engine.pool.downloads
    if downloads is None:
        raise switched_off()
    return downloads
