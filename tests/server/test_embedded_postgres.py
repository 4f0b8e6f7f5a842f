"""The embedded PostgreSQL: who starts it, who attaches, and what happens when one of them dies."""

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from server.embedded.postgres import EmbeddedError, EmbeddedPostgres
from server.embedded.probing import Answer, ask, holder, is_alive

OWNER = """
import asyncio, sys
from pathlib import Path
from server.embedded.postgres import EmbeddedPostgres

async def main():
    postgres = EmbeddedPostgres(Path(sys.argv[1]))
    await postgres.start()
    print("owned" if postgres.owned else "attached", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@contextlib.asynccontextmanager
async def started(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(folder)
    await postgres.start()
    try:
        yield postgres
    finally:
        await postgres.stop()


@contextlib.asynccontextmanager
async def supervised(postgres: EmbeddedPostgres) -> AsyncIterator[None]:
    task = asyncio.create_task(postgres.supervise())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def another_process(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that starts, or attaches to, the database of the folder and then waits."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(folder), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def first_word(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def value(postgres: EmbeddedPostgres, query: str) -> object:
    async with await psycopg.AsyncConnection.connect(postgres.url) as connection:
        cursor = await connection.execute(query.encode())
        while cursor.nextset():
            pass
        row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def until_ready(folder: Path, *, other_than: int) -> None:
    async with asyncio.timeout(30):
        while holder(folder / "18") in {None, other_than} or await ask(folder) is not Answer.READY:
            await asyncio.sleep(0.02)


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(30):
        while is_alive(pid):
            await asyncio.sleep(0.02)


def pid_of(folder: Path) -> int:
    pid = holder(folder / "18")
    assert pid is not None
    return pid


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder as a process leaves it that hangs while it starts the server."""
    folder.mkdir()
    with (folder / ".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


async def test_a_fresh_folder_becomes_a_durable_database_in_utc(folder: Path) -> None:
    async with started(folder) as postgres:
        assert postgres.owned
        assert await value(postgres, "SHOW timezone") == "UTC"
        assert await value(postgres, "SHOW fsync") == "on"
        assert await value(postgres, "SHOW max_connections") == "200"
        assert await value(postgres, "SELECT current_database()") == "app"
        assert mode(folder) == 0o700
    assert holder(folder / "18") is None


async def test_data_outlives_a_restart(folder: Path) -> None:
    async with started(folder) as postgres:
        await value(postgres, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    async with started(folder) as postgres:
        assert await value(postgres, "SELECT answer FROM kept") == 42


async def test_of_several_processes_one_starts_it_and_the_others_attach(folder: Path) -> None:
    async with (
        another_process(folder) as one,
        another_process(folder) as two,
        another_process(folder) as three,
    ):
        words = [await first_word(process) for process in (one, two, three)]
        assert sorted(words) == ["attached", "attached", "owned"]


async def test_an_attached_process_leaves_the_server_running(folder: Path) -> None:
    async with started(folder) as owner:
        async with started(folder) as guest:
            assert not guest.owned
        assert await value(owner, "SELECT 1") == 1


async def test_an_owner_can_wait_for_its_guests(folder: Path) -> None:
    owner, guest = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    await owner.start()
    await guest.start()
    stopping = asyncio.create_task(owner.stop(wait_for_others=True))
    await asyncio.sleep(0)
    assert await value(guest, "SELECT 1") == 1
    await guest.stop()
    await stopping
    assert await ask(folder) is Answer.NOT_YET


async def test_no_server_is_left_when_its_owner_is_killed(folder: Path) -> None:
    async with another_process(folder) as owner:
        assert await first_word(owner) == "owned"
        pid = pid_of(folder)
        owner.kill()
        await owner.wait()
        await until_gone(pid)


async def test_a_crashed_server_comes_back(folder: Path) -> None:
    async with started(folder) as postgres, supervised(postgres):
        await value(postgres, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
        pid = pid_of(folder)
        os.kill(pid, signal.SIGKILL)
        await until_ready(folder, other_than=pid)
        assert await value(postgres, "SELECT answer FROM kept") == 42


async def test_a_guest_takes_over_from_a_killed_owner(folder: Path) -> None:
    async with another_process(folder) as owner:
        assert await first_word(owner) == "owned"
        async with started(folder) as guest, supervised(guest):
            pid = pid_of(folder)
            owner.kill()
            await until_ready(folder, other_than=pid)
            assert guest.owned


async def test_a_pid_that_a_reboot_gave_to_another_process_does_not_matter(folder: Path) -> None:
    async with started(folder):
        left = (folder / "18" / "postmaster.pid").read_text()
    _, _, rest = left.partition("\n")
    (folder / "18" / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")
    async with started(folder) as postgres:
        assert await value(postgres, "SELECT 1") == 1


async def test_a_path_too_long_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    async with started(tmp_path / ("long" * 25) / "postgres with % signs") as postgres:
        assert await value(postgres, "SELECT 1") == 1


async def test_odd_characters_of_a_path_survive_the_url(tmp_path: Path) -> None:
    async with started(tmp_path / "a b%20+&é") as postgres:
        assert await value(postgres, "SELECT 1") == 1


async def test_an_interrupted_set_up_starts_again(folder: Path) -> None:
    (folder / "18.new").mkdir(parents=True)
    (folder / "18.new" / "PG_VERSION").write_text("18\n")
    async with started(folder) as postgres:
        assert await value(postgres, "SELECT 1") == 1


async def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EmbeddedError) as caught:
        await EmbeddedPostgres(tmp_path / "file" / "postgres").start()
    assert "PARLEY_DATA" in caught.value.remedy


async def test_a_lock_that_is_never_let_go_of_is_explained(folder: Path) -> None:
    with locked(folder), pytest.raises(EmbeddedError, match="Another process holds"):
        await EmbeddedPostgres(folder, patience=0.1).start()


async def test_the_loop_is_never_held_up_for_long_by_a_first_start(folder: Path) -> None:
    slowest = 0.0

    async def tick() -> None:
        nonlocal slowest
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            slowest = max(slowest, time.monotonic() - before)

    ticking = asyncio.create_task(tick())
    async with started(folder):
        ticking.cancel()
    assert slowest < 0.5
