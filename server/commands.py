"""The command line: `parley serve | worker | migrate | backup | restore | create-user | … | doctor`.

A command imports by itself what only it needs and takes seconds to load.
"""

import argparse
import asyncio
import getpass
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from pydantic import ValidationError

from domain.accounts import Scope, UserRole
from domain.errors import DomainError
from orchestration.inference.local.weights import WeightsError, ensure_a_model
from persistence.database import Unavailable, connect
from persistence.migrating import UnknownSchema, migrate
from resolvers.registration import create_api_key, create_user
from server.backups import BackupError, back_up, restore
from server.database import CannotStart, database, say
from server.embedded.postgres import EmbeddedError
from server.keys import UnusableKey
from server.logs import configure_logs
from server.settings import Settings

Command = Callable[[Settings, argparse.Namespace], Awaitable[int | None]]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it did what it should. What a person must put right is said in one line."""
    asked = _parser().parse_args(arguments)
    command: Command = asked.command
    try:
        settings = Settings()
        configure_logs(settings.parley_log_level, settings.parley_log_format)
        return uvloop.run(_run(command, settings, asked)) or 0
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])).upper()} {e['msg']}" for e in error.errors())
        say(f"The settings are not usable: {problems}.")
    except EmbeddedError as error:
        say(f"{error.message} {error.remedy}")
    except WeightsError as error:
        say(f"{error.message} {error.remedy}")
    except (BackupError, CannotStart, UnknownSchema, UnusableKey) as error:
        say(str(error))
    except DomainError as error:
        say(error.message)
    except Unavailable as error:
        say(f"The database cannot be reached: {str(error).splitlines()[0]}. Check DATABASE_URL.")
    except KeyboardInterrupt:
        return 130
    return 1


async def _run(command: Command, settings: Settings, asked: argparse.Namespace) -> int | None:
    return await command(settings, asked)


async def _serve(settings: Settings, asked: argparse.Namespace) -> None:
    from server.serving import serve  # noqa: PLC0415

    await serve(settings)


async def _worker(settings: Settings, asked: argparse.Namespace) -> None:
    from server.serving import work  # noqa: PLC0415

    await work(settings)


async def _migrate(settings: Settings, asked: argparse.Namespace) -> None:
    async with database(settings) as url:
        revision = await asyncio.to_thread(migrate, url)
    say(f"The database is at revision {revision}.")


async def _backup(settings: Settings, asked: argparse.Namespace) -> None:
    async with database(settings) as url:
        size = await asyncio.to_thread(back_up, url, asked.file)
    kept = "PARLEY_SECRET_KEY" if settings.parley_secret_key else str(settings.parley_data / "secret.key")
    say(
        f"{asked.file} has everything in the database, in {size / 1e6:.1f} MB. Not in it: {kept}. Keep that as well, in"
    )
    say("another place: without it the stored keys of providers cannot be read.")


async def _restore(settings: Settings, asked: argparse.Namespace) -> None:
    async with database(settings) as url:
        revision = await asyncio.to_thread(restore, url, asked.file)
    say(f"The backup is in the database, which is at revision {revision} now. Parley needs the secret key of its time.")


async def _create_user(settings: Settings, asked: argparse.Namespace) -> None:
    password = sys.stdin.readline().rstrip("\n") if asked.password_stdin else getpass.getpass("Password: ")
    async with database(settings) as url:
        await asyncio.to_thread(migrate, url)
        db = connect(url)
        user = await create_user(
            db, asked.email, asked.name or asked.email.partition("@")[0], password,
            UserRole.ADMIN if asked.admin else None,  # the first account becomes an administrator by itself
        )  # fmt: skip
        await db.close()
    say(f"The {user.role.lower()} {user.email} can sign in now.")


async def _create_api_key(settings: Settings, asked: argparse.Namespace) -> None:
    expires = None if asked.days is None else datetime.now(UTC) + timedelta(days=asked.days)
    async with database(settings) as url:
        db = connect(url)
        secret = await create_api_key(db, asked.email, asked.name, asked.scope or None, expires)
        await db.close()
    say("This key is shown only once:")
    print(secret)  # noqa: T201 - standard output carries the secret and nothing else


async def _mcp(settings: Settings, asked: argparse.Namespace) -> None:
    from orchestration.mcp.failures import McpFailure  # noqa: PLC0415
    from orchestration.mcp.serving import bridge  # noqa: PLC0415

    if settings.parley_api_key is None:
        raise CannotStart("PARLEY_API_KEY is needed. `parley create-api-key EMAIL NAME` makes one.")
    here = f"http://{settings.parley_host}:{settings.parley_port}/mcp"
    try:
        await bridge(asked.url or here, settings.parley_api_key.get_secret_value())
    except McpFailure as error:
        raise CannotStart(error.message) from error


async def _fetch_model(settings: Settings, asked: argparse.Namespace) -> None:
    if settings.parley_local_models:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C ends the download, which resumes later
        ensure_a_model(settings.models_folder)


async def _doctor(settings: Settings, asked: argparse.Namespace) -> int:
    from server.doctor import examine  # noqa: PLC0415

    return await examine(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parley", description="Chat with a pool of AI models through one API.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=command)
        return sub

    add("serve", _serve, "Serve the API and the web client, and carry runs on.")
    add("worker", _worker, "Only carry runs on; any number of workers may share one database.")
    add("migrate", _migrate, "Bring the database schema up to date.")
    backup = add("backup", _backup, "Write everything in the database to a file, while Parley goes on working.")
    backup.add_argument("file", type=Path, help="what to write")
    restored = add("restore", _restore, "Bring a backup into an empty database.")
    restored.add_argument("file", type=Path, help="what `backup` has written")
    add("fetch-model", _fetch_model, "Download the small model that is embedded, unless it is there.")
    mcp = add("mcp", _mcp, "Offer a running Parley's tools to an MCP client, on standard input and output.")
    mcp.add_argument("--url", help="where it is, such as https://chat.example.org/mcp; this machine without it")
    add("doctor", _doctor, "Check every dependency and say what is wrong.")
    user = add("create-user", _create_user, "Make an account.")
    user.add_argument("email")
    user.add_argument("--name", help="the person's name; the address's first part without it")
    user.add_argument("--admin", action="store_true", help="may manage the server")
    user.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    key = add("create-api-key", _create_api_key, "Make an API key and print it.")
    key.add_argument("email", help="whose key it is")
    key.add_argument("name", help="what it is for")
    key.add_argument("--scope", action="append", choices=[scope.value for scope in Scope], help="repeatable")
    key.add_argument("--days", type=int, help="days until it expires; never without it")
    return parser


if __name__ == "__main__":
    logging.captureWarnings(capture=True)
    sys.exit(main())
