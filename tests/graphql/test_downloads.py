"""Downloads of local models through the front door: progress, pause, resume, and what goes wrong."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from persistence.database import connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.orchestration.test_upstream_pool import gguf
from tests.people import Person, sign_up

DOWNLOAD = "id name state receivedBytes error"
BEGIN = f"mutation ($name: String!) {{ downloadModel(name: $name) {{ download {{ {DOWNLOAD} }} }} }}"
PAUSE = f"mutation ($id: ID!) {{ pauseDownload(id: $id) {{ download {{ {DOWNLOAD} }} }} }}"
RESUME = f"mutation ($id: ID!) {{ resumeDownload(id: $id) {{ download {{ {DOWNLOAD} }} }} }}"
DELETE = "mutation ($id: ID!) { deleteDownload(id: $id) { id } }"
WATCH = f"subscription {{ downloadProgress {{ {DOWNLOAD} }} }}"
CATALOGUE = "query { localCatalogue { name title file sizeBytes sha256 licence url publisher installed } }"
CONTENT = gguf("llama", 2_048) + bytes(3_000_000)
HALF = len(CONTENT) // 2


class Shelf:
    """A publisher of one file, which holds half of it back until `released`."""

    def __init__(self) -> None:
        self.released, self.holding, self.left = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.ranges: list[str | None] = []
        self.status = 200
        self.url = ""

    async def give(self, request: web.Request) -> web.StreamResponse:
        self.ranges.append(request.headers.get("Range"))
        if self.status != 200:
            return web.Response(status=self.status)
        start = int((self.ranges[-1] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        response = web.StreamResponse(status=206 if start else 200)
        await response.prepare(request)
        try:
            if start < HALF:
                await response.write(CONTENT[start:HALF])
                start = HALF
            self.holding.set()
            while not self.released.is_set():  # something now and then, as a slow network gives it
                await asyncio.wait_for(response.write(CONTENT[start : start + 1]), 5)
                start += 1
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.released.wait(), 0.2)
            await response.write(CONTENT[start:])
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise
        return response


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    shelf, app = Shelf(), web.Application()
    app.router.add_get("/file", shelf.give)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shelf.url = f"http://127.0.0.1:{runner.addresses[0][1]}/file"
    yield shelf
    shelf.released.set()
    await runner.cleanup()


@pytest.fixture
def folder(tmp_path: Path, shelf: Shelf) -> Path:
    """A models folder with a catalogue of its own."""
    folder = tmp_path / "models"
    folder.mkdir()
    offer = {
        "name": "grand", "title": "Grand", "file": "Grand-2B.gguf", "size_bytes": len(CONTENT), "licence": "MIT",
        "sha256": hashlib.sha256(CONTENT).hexdigest(), "url": shelf.url, "publisher": "https://example.org",
    }  # fmt: skip
    wrong = {**offer, "name": "wrong", "file": "Wrong-2B.gguf", "sha256": "0" * 64}
    climbing = {**offer, "name": "climbing", "file": "../escape.gguf"}
    (folder / "catalogue.json").write_text(json.dumps([offer, wrong, climbing]))
    return folder


@pytest.fixture
async def stocked(settings: Settings, folder: Path, database_url: str, db: object) -> AsyncIterator[Running]:
    changed = Settings(**{**settings.model_dump(), "parley_local_models": True, "parley_models": folder})
    async with running(changed, connect(database_url)) as started:
        yield started


@pytest.fixture
async def eve(stocked: Running) -> AsyncIterator[Person]:
    async with sign_up(stocked, "eve@example.org", "Eve") as person:
        yield person


def left(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def until(person: Person, state: str) -> dict[str, Any]:
    """The download as soon as it is in this state."""
    async with asyncio.timeout(20), person.socket() as socket:
        async for data in socket.watch(WATCH):
            if data["downloadProgress"]["state"] == state:
                found: dict[str, Any] = data["downloadProgress"]
                return found
    raise AssertionError("the stream ended")


async def test_a_download_is_paused_resumed_and_becomes_a_model(eve: Person, shelf: Shelf, folder: Path) -> None:
    begun = (await eve.gql(BEGIN, name="grand"))["downloadModel"]["download"]
    await asyncio.wait_for(shelf.holding.wait(), 10)
    await eve.gql(PAUSE, id=begun["id"])
    await until(eve, "PAUSED")
    await asyncio.wait_for(shelf.left.wait(), 10)
    shelf.released.set()

    resumed = (await eve.gql(RESUME, id=begun["id"]))["resumeDownload"]["download"]
    done = await until(eve, "COMPLETED")

    assert resumed["id"] == done["id"] == begun["id"]
    assert done["receivedBytes"] == len(CONTENT)
    assert shelf.ranges[0] is None
    assert int((shelf.ranges[-1] or "bytes=0-")[6:-1]) >= HALF  # it went on where it had stopped
    assert (folder / "Grand-2B.gguf").read_bytes() == CONTENT
    assert not left(folder, "*.part")
    offers = {offer["name"]: offer for offer in (await eve.gql(CATALOGUE))["localCatalogue"]}
    assert offers["grand"]["installed"] is True
    assert offers["wrong"]["installed"] is False


async def test_what_is_not_the_file_meant_is_thrown_away(eve: Person, shelf: Shelf, folder: Path) -> None:
    shelf.released.set()
    await eve.gql(BEGIN, name="wrong")

    failed = await until(eve, "FAILED")

    assert "not the file" in failed["error"]
    assert not (folder / "Wrong-2B.gguf").exists()
    assert not left(folder, "*.part")


async def test_a_publisher_that_says_no_is_quoted(eve: Person, shelf: Shelf) -> None:
    shelf.status = 404
    await eve.gql(BEGIN, name="grand")

    assert "404" in (await until(eve, "FAILED"))["error"]


async def test_a_deleted_download_leaves_nothing(eve: Person, shelf: Shelf, folder: Path) -> None:
    shelf.released.set()
    begun = (await eve.gql(BEGIN, name="grand"))["downloadModel"]["download"]
    await until(eve, "COMPLETED")

    await eve.gql(DELETE, id=begun["id"])

    assert (await eve.gql("query { downloads { id } }"))["downloads"] == []
    assert not left(folder, "Grand*")
    assert (await eve.gql_error(DELETE, id=begun["id"]))["extensions"]["code"] == "NOT_FOUND"


async def test_what_is_not_in_the_catalogue_is_refused(eve: Person, folder: Path) -> None:
    for name in ("nothing", "climbing"):
        error = await eve.gql_error(BEGIN, name=name)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    offers = (await eve.gql(CATALOGUE))["localCatalogue"]
    assert all(len(offer["sha256"]) == 64 and offer["licence"] for offer in offers)
    assert len(offers) == 5  # three that Parley knows, and two of this folder


async def test_members_do_not_download(eve: Person, stocked: Running) -> None:
    async with sign_up(stocked, "mal@example.org", "Mal") as member:
        for refused in (
            await member.gql_error(BEGIN, name="grand"),
            await member.gql_error(PAUSE, id="download_" + "0" * 32),
            await member.gql_error(RESUME, id="download_" + "0" * 32),
            await member.gql_error(DELETE, id="download_" + "0" * 32),
        ):
            assert refused["extensions"]["code"] == "FORBIDDEN"


async def test_without_local_models_there_is_no_catalogue(ada: Person) -> None:
    assert (await ada.gql_error(CATALOGUE))["extensions"]["code"] == "CONFLICT"
