"""Downloads of local models: one at a time, resumed where they stopped, checked against their hash."""

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import aiohttp

from domain.calls import DownloadState
from domain.errors import BadUserInput, Conflict
from orchestration.inference.addresses import GuardedResolver
from orchestration.inference.local.catalogue import Offer, offers
from orchestration.inference.local.fetching import sha256_of
from persistence import model_downloads
from persistence.database import Database, Unavailable
from persistence.model_downloads import GOING, ModelDownloadRow

log = logging.getLogger(__name__)

CHUNK = 1_048_576
TELL = 1.0
"""Seconds between two notes of how far a download is."""
TRIES = 5
LONGEST_PAUSE = 10.0
SWEEP = 60.0
"""Seconds after which a process looks for downloads that another one has left, without being told."""
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=60.0)
SPARE = 100_000_000
"""Bytes of disk that must stay free."""


class Stopped(Exception):
    """Somebody has paused or deleted the download."""


class Broken(Exception):
    """The download cannot go on; the reason is the message."""


class Downloads:
    """`folder` is the models folder. `serve` does the work until it is cancelled; `wake` tells that there is some."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self._folder = db, folder
        self._changed = asyncio.Event()

    def wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def offers(self) -> list[Offer]:
        return list((await asyncio.to_thread(offers, self._folder)).values())

    def installed(self, offer: Offer) -> bool:
        return (self._folder / offer.file).is_file()

    async def begin(self, name: str) -> ModelDownloadRow:
        """Ask for a model of the catalogue; one that is going on already goes on."""
        if name not in await asyncio.to_thread(offers, self._folder):
            raise BadUserInput({"name": "is not in `localCatalogue`"})
        async with self._db.write() as session:
            row = await model_downloads.ask_for(session, name)
        self.wake()
        return row

    async def resume(self, download_id: UUID) -> ModelDownloadRow:
        async with self._db.read() as session:
            row = await model_downloads.by_id(session, download_id)
        return await self.begin(row.name)

    async def pause(self, download_id: UUID) -> ModelDownloadRow:
        """Stop within about a second and keep what has come."""
        async with self._db.write() as session:
            return await model_downloads.pause(session, download_id)

    async def delete(self, download_id: UUID) -> None:
        """Forget a download and delete what has come of it; a model that is in use answers on until it is let go of."""
        async with self._db.write() as session:
            row = await model_downloads.remove(session, download_id)
        offer = (await asyncio.to_thread(offers, self._folder)).get(row.name)
        if offer is not None:
            for path in (self._folder / offer.file, self._part(offer)):
                path.unlink(missing_ok=True)
        self.wake()

    async def watch(self) -> AsyncIterator[list[ModelDownloadRow]]:
        """Downloads that are new or have moved on, in batches, for ever; the first one is all of them."""
        seen: dict[UUID, object] = {}
        while True:
            changed = self._changed
            async with self._db.read() as session:
                rows = await model_downloads.listed(session)
            now: dict[UUID, object] = {row.id: (row.state, row.received_bytes, row.error) for row in rows}
            different = [row for row in rows if seen.get(row.id) != now[row.id]]
            seen = now
            if different:
                yield different
            await _wait(changed, SWEEP)

    async def serve(self) -> None:
        """Download what was asked for, one file at a time, for ever; also what was left when a process died."""
        while True:
            changed = self._changed
            try:
                if not await self._next():
                    await _wait(changed, SWEEP)
            except Unavailable as error:
                log.warning("downloads cannot be noted (%s); trying again", error)
                await _wait(changed, LONGEST_PAUSE)

    async def _next(self) -> bool:
        """Work at the oldest download that nobody works at; False when there is none."""
        async with self._db.read() as session:
            rows = [row for row in await model_downloads.listed(session) if row.state in GOING]
        known = await asyncio.to_thread(offers, self._folder) if rows else {}
        for row in rows:
            offer = known.get(row.name)
            if offer is None:
                await self._note(row.name, DownloadState.FAILED, error="It is not in the catalogue any more.")
                return True
            with self._alone(offer) as mine:
                if mine:
                    await self._work(offer)
                    return True
        return False

    async def _work(self, offer: Offer) -> None:
        try:
            if not self.installed(offer):
                await self._fetch(offer)
                await self._check(offer)
            await self._note(offer.name, DownloadState.COMPLETED, offer.size_bytes)
        except Stopped:
            await self._tidy(offer)
        except Broken as error:
            await self._note(offer.name, DownloadState.FAILED, error=str(error))
        except OSError as error:
            reason = f"The models folder cannot hold it: {error.strerror or error}."
            await self._note(offer.name, DownloadState.FAILED, error=reason)

    async def _tidy(self, offer: Offer) -> None:
        """What came between somebody's deleting the download and our noticing it goes as well."""
        async with self._db.read() as session:
            wanted = any(row.name == offer.name for row in await model_downloads.listed(session))
        if not wanted:
            self._part(offer).unlink(missing_ok=True)

    async def _fetch(self, offer: Offer) -> None:
        """Everything into the part file. A connection that brings something is worth another try."""
        part, tries, have = self._part(offer), 0, self._have(offer)
        if shutil.disk_usage(self._folder).free + have < offer.size_bytes + SPARE:
            raise Broken(f"There is no room on the disk for {offer.size_bytes / 1e6:.0f} MB.")
        connector = aiohttp.TCPConnector(resolver=GuardedResolver())
        async with aiohttp.ClientSession(timeout=TIMEOUT, connector=connector) as http:
            while self._have(offer) < offer.size_bytes:
                before = self._have(offer)
                try:
                    await self._append(http, offer, part)
                    reason = "the connection ended early"
                except (aiohttp.ClientError, TimeoutError) as error:
                    reason = str(error) or type(error).__name__
                tries = 0 if self._have(offer) > before else tries + 1
                if tries >= TRIES:
                    raise Broken(f"The publisher's server does not give the file: {reason}.")
                if self._have(offer) < offer.size_bytes:
                    await asyncio.sleep(min(2.0**tries / 2, LONGEST_PAUSE))
                    await self._going(offer, DownloadState.DOWNLOADING)

    async def _append(self, http: aiohttp.ClientSession, offer: Offer, part: Path) -> None:
        have = self._have(offer)
        wanted = {"Range": f"bytes={have}-"} if have else {}
        async with http.get(offer.url, headers={"User-Agent": "parley", **wanted}) as response:
            if response.status in range(400, 500) and response.status not in {408, 416, 429}:
                raise Broken(f"The publisher's server says {response.status} {response.reason}.")
            response.raise_for_status()
            resumed = response.status == 206
            told = asyncio.get_running_loop().time()
            await self._going(offer, DownloadState.DOWNLOADING)
            with part.open("ab" if resumed else "wb") as file:
                async for data in response.content.iter_chunked(CHUNK):
                    await asyncio.to_thread(file.write, data)
                    if file.tell() > offer.size_bytes:
                        break  # the hash will say that it is another file
                    if (now := asyncio.get_running_loop().time()) - told >= TELL:
                        told = now
                        await self._going(offer, DownloadState.DOWNLOADING, file.tell())

    async def _check(self, offer: Offer) -> None:
        part = self._part(offer)
        await self._going(offer, DownloadState.VERIFYING, offer.size_bytes)
        if await asyncio.to_thread(sha256_of, part) != offer.sha256:
            part.unlink()
            raise Broken("What came is not the file that the catalogue means, so it was deleted.")
        await self._going(offer, DownloadState.VERIFYING)
        part.replace(self._folder / offer.file)

    async def _going(self, offer: Offer, state: DownloadState, received: int | None = None) -> None:
        if not await self._note(offer.name, state, self._have(offer) if received is None else received):
            raise Stopped

    async def _note(
        self, name: str, state: DownloadState, received: int | None = None, error: str | None = None
    ) -> bool:
        async with self._db.write() as session:
            return await model_downloads.note(session, name, state, received, error)

    def _part(self, offer: Offer) -> Path:
        return self._folder / f"{offer.file}.part"

    def _have(self, offer: Offer) -> int:
        part = self._part(offer)
        return part.stat().st_size if part.exists() else 0

    @contextlib.contextmanager
    def _alone(self, offer: Offer) -> Iterator[bool]:
        """Whether this process, of all that share the folder, is the one that downloads it now."""
        descriptor = os.open(self._folder / f".{offer.file}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(descriptor)


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await changed.wait()


def switched_off() -> Conflict:
    return Conflict("Local models are switched off here (PARLEY_LOCAL_MODELS).")
