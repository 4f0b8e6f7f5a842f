"""The key that encrypts stored secrets: from the settings, or made once in the data folder."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class UnusableKey(Exception):
    """The key is not 32 bytes in hexadecimal."""


def secret_key(configured: str | None, data: Path) -> bytes:
    """The configured key, or the one in `data/secret.key`, which is made when it is missing.

    Several processes may start at once: the first to link its file wins, and all use that one.
    """
    if configured is not None:
        return _parsed(configured, "PARLEY_SECRET_KEY")
    path = data / "secret.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        draft = data / f".secret.{os.getpid()}.key"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _parsed(path.read_text(), str(path))


def _parsed(text: str, source: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableKey(f"{source} must hold {KEY_BYTES} bytes in hexadecimal ({2 * KEY_BYTES} digits).")
    return key
