"""Downloading one large file: resumed where it stopped, tried again, and checked against its hash."""

import hashlib
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from orchestration.inference.local.progress import Progress

CHUNK = 256 * 1024
TRIES = 5
TIMEOUT = 30.0
LOST = (urllib.error.URLError, TimeoutError, ConnectionError, ssl.SSLError, HTTPException, EOFError)
"""What a bad connection raises; other OSErrors are about the disk."""


class Artifact(NamedTuple):
    url: str
    size: int
    sha256: str


class Unreachable(Exception):
    """The network did not give the file; the reason is the message."""


class WrongHash(Exception):
    """What came is not what was asked for; it has been deleted."""


def download(artifact: Artifact, target: Path, progress: Progress) -> None:
    """Fetch into `target`, going on with what an earlier attempt left there."""
    reason = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(min(2**attempt, 10))
        try:
            _append(artifact, target, progress)
            break
        except urllib.error.HTTPError as error:
            reason = f"the server says {error.code} {error.reason}"
            if error.code < 500 and error.code not in {408, 429}:
                raise Unreachable(reason) from None
        except LOST as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            if isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError):
                raise Unreachable(reason) from None
    else:
        raise Unreachable(reason)
    if sha256_of(target) != artifact.sha256:
        target.unlink()
        raise WrongHash


def _append(artifact: Artifact, target: Path, progress: Progress) -> None:
    have = target.stat().st_size if target.exists() else 0
    if have > artifact.size:
        target.unlink()
        have = 0
    if have == artifact.size:
        return
    request = urllib.request.Request(artifact.url, headers={"User-Agent": "parley"})  # noqa: S310 - from uv
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        resumed = response.status == 206
        have = have if resumed else 0
        with target.open("ab" if resumed else "wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                have += len(chunk)
                progress.to(have)
    if have < artifact.size:
        raise EOFError("the connection ended early")


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
