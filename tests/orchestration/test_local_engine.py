"""The embedded engine with the real small model: it answers, is shared, evicted, restarted and ended."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.local.engine import LocalEngine
from orchestration.inference.local.serving import LocalServer
from orchestration.inference.local.weights import CHECKOUT, ensure_weights

MESSAGES = [
    {"role": "system", "content": "You are a helpful assistant. Answer briefly."},
    {"role": "user", "content": "What is the capital of France?"},
]
CHILD = """
import asyncio, sys
from pathlib import Path
from orchestration.inference.local.engine import LocalEngine

async def main():
    engine = LocalEngine(Path(sys.argv[1]), 4096)
    async with engine.use(Path(sys.argv[2])):
        place, = engine._places.values()
        print(place.serving._process.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(scope="session")
def weights() -> Path:
    return ensure_weights(CHECKOUT / "data" / "models")


@pytest.fixture
def another(weights: Path, tmp_path: Path) -> Path:
    """The same model under another name: another model, as far as the engine knows."""
    place = tmp_path / "another.gguf"
    place.symlink_to(weights)
    return place


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[LocalEngine]:
    opened = LocalEngine(tmp_path / "logs", memory_mb=4_096)
    yield opened
    await opened.close()


async def ask(server: LocalServer, api_key: str | None = None) -> list[str]:
    """The words of the answer, as they come."""
    headers = {"Authorization": f"Bearer {api_key or server.api_key}"}
    asked = {"messages": MESSAGES, "temperature": 0, "max_tokens": 40, "stream": True}
    words: list[str] = []
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(f"{server.base_url}/chat/completions", headers=headers, json=asked) as response,
    ):
        async for line in response.content:
            if line.startswith(b"data: {"):
                words += [choice["delta"].get("content") for choice in json.loads(line[6:])["choices"]]
    return [word for word in words if word]


def process_of(engine: LocalEngine, path: Path) -> int:
    serving = engine._places[path].serving
    assert serving is not None
    return serving._process.pid


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(30):
        while alive(pid):
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_small_model_says_what_the_capital_of_france_is(engine: LocalEngine, weights: Path) -> None:
    async with engine.use(weights) as server:
        words = await ask(server)
    assert len(words) > 3
    assert "Paris" in "".join(words)


async def test_only_who_has_the_key_may_use_it(engine: LocalEngine, weights: Path) -> None:
    async with engine.use(weights) as server:
        with pytest.raises(aiohttp.ClientResponseError, match="401"):
            await ask(server, "guessed")


async def test_who_come_together_share_one_process(engine: LocalEngine, weights: Path) -> None:
    seen = []

    async def come() -> None:
        async with engine.use(weights) as server:
            seen.append(server)

    await asyncio.gather(*(come() for _ in range(5)))
    assert len(set(seen)) == 1
    assert engine.loaded(weights)


async def test_loading_goes_on_when_the_first_who_asked_goes_away(engine: LocalEngine, weights: Path) -> None:
    async def come() -> LocalServer:
        async with engine.use(weights) as server:
            return server

    first, second = asyncio.create_task(come()), asyncio.create_task(come())
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).base_url
    assert first.cancelled()


async def test_a_crashed_process_is_replaced(engine: LocalEngine, weights: Path) -> None:
    async with engine.use(weights):
        pid = process_of(engine, weights)
    os.kill(pid, signal.SIGKILL)
    await until_gone(pid)
    assert not engine.loaded(weights)
    async with engine.use(weights) as server:
        assert await ask(server)
    assert process_of(engine, weights) != pid


async def test_an_unused_model_makes_room(tmp_path: Path, weights: Path, another: Path) -> None:
    engine = LocalEngine(tmp_path / "logs", memory_mb=500)
    async with engine.use(weights):
        pass
    async with engine.use(another):
        assert not engine.loaded(weights)
        assert engine.loaded(another)
    await engine.close()


async def test_a_model_in_use_is_never_let_go_of(tmp_path: Path, weights: Path, another: Path) -> None:
    engine = LocalEngine(tmp_path / "logs", memory_mb=500)
    order: list[str] = []

    async def use_another() -> None:
        async with engine.use(another):
            order.append("another")

    async with engine.use(weights) as server:
        waiting = asyncio.create_task(use_another())
        assert await ask(server)
        assert not engine.loaded(another)
        order.append("first")
    await waiting
    assert order == ["first", "another"]
    await engine.close()


async def test_a_model_beyond_the_memory_is_refused(tmp_path: Path, weights: Path) -> None:
    engine = LocalEngine(tmp_path / "logs", memory_mb=256)
    with pytest.raises(RunFailure, match="PARLEY_LOCAL_MEMORY_MB"):
        async with engine.use(weights):
            pass


@pytest.mark.parametrize("content", [b"not a model", b"GGUF\x03\x00\x00\x00"])
async def test_a_file_that_is_no_model_is_refused(engine: LocalEngine, tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.gguf"
    write(bad, content)
    with pytest.raises(RunFailure) as caught:
        async with engine.use(bad):
            pass
    assert caught.value.code is RunErrorCode.MODEL_UNAVAILABLE


async def test_a_file_that_the_engine_cannot_load_is_explained(
    engine: LocalEngine, tmp_path: Path, weights: Path
) -> None:
    cut = tmp_path / "cut.gguf"
    write(cut, beginning(weights))
    with pytest.raises(RunFailure, match="process ended"):
        async with engine.use(cut):
            pass


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4_000_000)


async def test_closing_is_quick_and_leaves_no_process(engine: LocalEngine, weights: Path) -> None:
    async with engine.use(weights):
        pid = process_of(engine, weights)
        started = time.monotonic()
        await engine.close()
        assert time.monotonic() - started < 3
    assert not alive(pid)


async def test_no_process_is_left_when_the_server_is_killed(tmp_path: Path, weights: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), str(weights), stdout=subprocess.PIPE, cwd=CHECKOUT
    )
    assert owner.stdout is not None
    pid = int(await owner.stdout.readline())
    owner.kill()
    await owner.wait()
    await until_gone(pid)
