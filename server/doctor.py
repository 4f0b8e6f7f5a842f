"""`parley doctor`: checks every dependency and says what is wrong and what to do."""

import shutil
import socket
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import NamedTuple

import aiohttp

from orchestration.inference.secrets import Keyring
from persistence import mcp_servers, providers, second_factors
from persistence.database import Database, Unavailable, connect
from persistence.migrating import UnknownSchema, check
from persistence.streams import Away, Streams, words_of
from server.database import database, say
from server.embedded.postgres import EmbeddedError
from server.keys import UnusableKey, secret_key
from server.settings import Settings

LOW_DISK = 1_000_000_000


class Finding(NamedTuple):
    good: bool
    subject: str
    words: str


async def examine(settings: Settings) -> int:
    """Say what was found, a line a subject; 1 when something must be put right."""
    bad = 0
    async for finding in _findings(settings):
        bad += not finding.good
        say(f"{'ok  ' if finding.good else 'BAD '} {finding.subject}: {finding.words}")
    return 1 if bad else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding(sys.version_info >= (3, 11), "Python", sys.version.split()[0])
    yield _disk(settings)
    yield _web(settings)
    yield _secret(settings)
    yield _port(settings)
    yield _models(settings)
    for finding in await _database(settings):
        yield finding
    if settings.redis_url is not None:
        yield await _redis(settings.redis_url.get_secret_value())
    if settings.openai_api_key is not None or settings.openai_base_url is not None:
        yield await _provider(settings)


def _disk(settings: Settings) -> Finding:
    place = settings.parley_data if settings.parley_data.exists() else settings.parley_data.resolve().parent
    free = shutil.disk_usage(place).free
    words = f"{free / 1e9:.1f} GB free for {settings.parley_data}"
    return Finding(free > LOW_DISK, "Disk", words if free > LOW_DISK else f"only {words}; make room")


def _web(settings: Settings) -> Finding:
    built = (settings.parley_web / "index.html").exists()
    return Finding(built, "Web client", str(settings.parley_web) if built else "not built; run `make setup`")


def _secret(settings: Settings) -> Finding:
    configured = settings.parley_secret_key
    try:
        secret_key(configured.get_secret_value() if configured else None, settings.parley_data)
    except (UnusableKey, OSError) as error:
        return Finding(False, "Secret key", str(error))
    return Finding(True, "Secret key", "set" if configured else str(settings.parley_data / "secret.key"))


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.parley_host, settings.parley_port))
        except OSError as error:
            words = f"{settings.parley_host}:{settings.parley_port}: {error.strerror}; is Parley running already?"
            return Finding(False, "Port", words)
    return Finding(True, "Port", f"{settings.parley_host}:{settings.parley_port} is free")


def _models(settings: Settings) -> Finding:
    if not settings.parley_local_models:
        return Finding(True, "Local models", "turned off")
    if find_spec("xllamacpp") is None:
        return Finding(False, "Local models", "the engine is not installed; run `make setup`")
    files = sorted(path.name for path in settings.models_folder.glob("*.gguf"))
    words = ", ".join(files) or f"no GGUF file in {settings.models_folder}; run `parley fetch-model`"
    return Finding(bool(files), "Local models", words)


async def _database(settings: Settings) -> list[Finding]:
    try:
        async with database(settings) as url:
            db = connect(url)
            try:
                await check(db)
                sealed = await _sealed(db, settings)
            finally:
                await db.close()
    except EmbeddedError as error:
        return [Finding(False, "Database", f"{error.message} {error.remedy}")]
    except UnknownSchema as error:
        return [Finding(False, "Database", str(error))]
    except Unavailable as error:
        return [Finding(False, "Database", f"cannot be reached: {str(error).splitlines()[0]}")]
    return [Finding(True, "Database", "answers, and its schema is up to date"), *sealed]


async def _sealed(db: Database, settings: Settings) -> list[Finding]:
    """Whether what is stored can be unsealed: after a restore, the secret key may be another one."""
    configured = settings.parley_secret_key
    try:
        given = [configured.get_secret_value() if configured else None, *settings.earlier_secret_keys]
        current, *earlier = (secret_key(one, settings.parley_data) for one in given)
    except (UnusableKey, OSError):
        return []  # it has been told of already
    keys = Keyring(current, earlier)
    async with db.write() as session:  # these queries hold the rows, for those that seal them anew
        stored = [(row.name, row.api_key_encrypted, row.id) for row in await providers.with_keys(session)]
        for row in await mcp_servers.with_secrets(session):
            stored += [(row.name, sealed, row.id) for sealed in (row.secrets_encrypted, row.oauth_encrypted) if sealed]
        factors = [(row.secret_sealed, row.user_id) for row in await second_factors.sealed(session)]
    lost = [name for name, sealed, owner in stored if sealed is not None and not keys.fits(sealed, owner)]
    without = sum(not keys.fits(sealed, owner) for sealed, owner in factors)
    found = [Finding(True, "Stored secrets", f"the secret key fits all {len(stored)}")]
    if lost:
        words = f"another key has sealed those of {', '.join(lost[:10])}; use that one, or enter them anew"
        found = [Finding(False, "Stored secrets", words)]
    if without:
        words = f"another key has sealed {without} of {len(factors)}; use that one, or remove them with `updateUser`"
        return [*found, Finding(False, "Second factors", words)]
    return [*found, Finding(True, "Second factors", f"the secret key fits all {len(factors)}")]


async def _redis(url: str) -> Finding:
    streams = Streams(url)
    try:
        version = await streams.version()
    except Away as error:
        return Finding(False, "Redis", f"cannot be reached: {words_of(error)}; check REDIS_URL")
    finally:
        await streams.close()
    good = version >= (7,)
    words = f"version {'.'.join(map(str, version))}"
    return Finding(good, "Redis", f"answers, {words}" if good else f"{words} is too old; 7 or newer is needed")


async def _provider(settings: Settings) -> Finding:
    base = (settings.openai_base_url or "https://api.openai.com/v1").rstrip("/")
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{base}/models", headers=headers) as reply,
        ):
            good = reply.status < 400
            words = f"{base} answers" if good else f"{base} answers {reply.status}; check OPENAI_API_KEY"
            return Finding(good, "Provider", words)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(False, "Provider", f"{base} cannot be reached ({error}); check OPENAI_BASE_URL")
