"""Codes of second factors: those of an authenticator app, each good once, and recovery codes."""

import base64
import hmac
import re
import secrets
from datetime import UTC, datetime
from enum import Enum

import pyotp

from orchestration.inference.secrets import Keyring
from persistence import second_factors
from persistence.database import Session
from persistence.second_factors import SecondFactorRow
from resolvers.credentials import digest

ISSUER = "Parley"
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
APP_CODE = re.compile(r"\d{6}", re.ASCII)
LONGEST_CODE = 64


class Proof(Enum):
    """What a right code was."""

    APP = "app"
    RECOVERY_CODE = "recovery code"


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226, section 4, wants them."""
    return pyotp.random_base32()


def app_uri(secret: str, email: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def new_recovery_codes() -> list[str]:
    """Codes such as `k3vq-…`, in four groups of four: 80 random bits each."""
    texts = (base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES))
    return ["-".join(text[start : start + 4] for start in range(0, len(text), 4)) for text in texts]


def recovery_digest(code: str) -> bytes:
    """What is stored of a recovery code; how it is grouped and its case do not matter."""
    return digest(re.sub(r"[\s-]", "", code).lower())


def step_of(secret: str, code: str) -> int | None:
    """The 30 seconds that an app's code belongs to (RFC 6238), of the present ones and their neighbours; else None."""
    typed = re.sub(r"\s", "", code)
    if not APP_CODE.fullmatch(typed):
        return None
    app = pyotp.TOTP(secret)
    now = app.timecode(datetime.now(UTC))
    right = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(app.generate_otp(step), typed)]
    return right[0] if right else None


async def prove(session: Session, keys: Keyring, factor: SecondFactorRow, code: str) -> Proof | None:
    """Use up this code, if it is one of the app's or a recovery code and was not used before; None if it is neither.

    Raises Undecipherable when the server's secret key is not the one that the app was set up with.
    """
    typed = code[:LONGEST_CODE]
    if await second_factors.use_recovery_code(session, factor.user_id, recovery_digest(typed)):
        return Proof.RECOVERY_CODE
    step = step_of(keys.unseal(factor.secret_sealed, factor.user_id), typed)
    if step is None or not await second_factors.use_step(session, factor.user_id, step):
        return None
    return Proof.APP


async def reseal(session: Session, keys: Keyring) -> int:
    """Seal every secret with the current key; how many were not. Those that no key opens stay as they are."""
    changed = 0
    for row in await second_factors.sealed(session):
        if (new := keys.resealed(row.secret_sealed, row.user_id)) is not None:
            await second_factors.reseal(session, row.user_id, old=row.secret_sealed, new=new)
            changed += 1
    return changed
