"""API keys of providers at rest: AES-256-GCM, each bound to the provider it belongs to."""

import os
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
