"""API keys of providers at rest: AES-256-GCM, each bound to the provider it belongs to."""

import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
FORMAT = b"\x01"


class Undecipherable(Exception):
    """The stored bytes were not sealed with this key for this provider."""


def seal(text: str, key: bytes, provider_id: UUID) -> bytes:
    """Format byte, random nonce (NIST SP 800-38D, section 8.2.2), ciphertext with its tag. `key` has 32
    bytes.
    """
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, text.encode(), FORMAT + provider_id.bytes)


def unseal(sealed: bytes, key: bytes, provider_id: UUID) -> str:
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != FORMAT or len(nonce) < NONCE_BYTES:
        raise Undecipherable("unknown format")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, FORMAT + provider_id.bytes).decode()
    except InvalidTag:
        raise Undecipherable("another key sealed it") from None


class Keyring:
    """The key that seals, and earlier ones that still open: so that the key can be changed at any time."""

    def __init__(self, current: bytes, earlier: Sequence[bytes] = ()) -> None:
        self._current, self._earlier = current, tuple(earlier)

    def __repr__(self) -> str:
        return f"Keyring({len(self._earlier)} earlier)"

    def seal(self, text: str, provider_id: UUID) -> bytes:
        return seal(text, self._current, provider_id)

    def unseal(self, sealed: bytes, provider_id: UUID) -> str:
        """Undecipherable when none of the keys fits."""
        try:
            return unseal(sealed, self._current, provider_id)
        except Undecipherable:
            for key in self._earlier:
                if (text := _tried(sealed, key, provider_id)) is not None:
                    return text
            raise

    def fits(self, sealed: bytes, provider_id: UUID) -> bool:
        """Whether one of the keys opens it."""
        return any(_tried(sealed, key, provider_id) is not None for key in (self._current, *self._earlier))

    def resealed(self, sealed: bytes, provider_id: UUID) -> bytes | None:
        """The same secret under the current key; None when it is so already, or no key fits."""
        if _tried(sealed, self._current, provider_id) is not None:
            return None
        texts = (_tried(sealed, key, provider_id) for key in self._earlier)
        text = next((text for text in texts if text is not None), None)
        return None if text is None else self.seal(text, provider_id)


def _tried(sealed: bytes, key: bytes, provider_id: UUID) -> str | None:
    try:
        return unseal(sealed, key, provider_id)
    except Undecipherable:
        return None
