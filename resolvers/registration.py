"""Making accounts and API keys: what is acceptable, for the API's doors and the command line alike."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput, Forbidden, NotFound
from persistence import accounts, api_keys
from persistence.accounts import UserRow
from persistence.database import Database, Session
from resolvers.credentials import new_key, passwords

LONGEST_NAME = 100
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
LONGEST_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3: a path is at most 256 octets with its brackets."""
FARTHEST_EXPIRY = timedelta(days=36_500)
DEFAULT_SCOPES = (Scope.READ, Scope.WRITE)

# What a browser accepts in <input type=email>: HTML Standard, "valid e-mail address".
EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


class Person(NamedTuple):
    email: str
    name: str


def refuse(problems: Mapping[str, str | None]) -> None:
    """BadUserInput with every path that has a problem; nothing when none has."""
    if found := {path: problem for path, problem in problems.items() if problem}:
        raise BadUserInput(found)


def normal_email(email: str) -> str:
    """The form in which addresses are stored and looked up."""
    return email.strip().lower()


def email_problem(email: str) -> str | None:
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        return "is not an e-mail address"
    return None


def name_problem(name: str) -> str | None:
    """Why this cannot be the name of a person or of a key, when it cannot."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"must have from 1 to {LONGEST_NAME} characters"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "must not contain control characters"
    return None


def password_problem(password: str) -> str | None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"must have from {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
    return None


def expiry_problem(expires_at: datetime | None) -> str | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        return "must say its time zone, such as 2030-01-31T12:00:00Z"
    now = datetime.now(UTC)
    if expires_at <= now:
        return "must be in the future"
    return "must be within 100 years" if expires_at > now + FARTHEST_EXPIRY else None


def checked_person(email: str, name: str, password: str, *, within: str = "") -> Person:
    """Address and name in the form in which they are stored; `within` goes before the paths of problems."""
    person = Person(normal_email(email), name.strip())
    refuse(
        {
            f"{within}email": email_problem(person.email),
            f"{within}name": name_problem(person.name),
            f"{within}password": password_problem(password),
        }
    )
    return person


def checked_scopes(words: Iterable[str] | None, *, path: str = "scopes") -> list[Scope]:
    """The scopes that these words name, each once; read and write for None."""
    if words is None:
        return list(DEFAULT_SCOPES)
    wanted, known = set(words), {scope.value for scope in Scope}
    choices = ", ".join(f"`{scope}`" for scope in Scope)
    if not wanted:
        raise BadUserInput({path: f"must name at least one of {choices}"})
    if unknown := sorted(wanted - known):
        raise BadUserInput({path: f"{unknown[0][:40]!r} is not a scope; the scopes are {choices}"})
    return [scope for scope in Scope if scope.value in wanted]


async def register(
    session: Session, person: Person, password_hash: str | None, *, role: UserRole | None, is_open: bool
) -> UserRow:
    """Add a person; without a role the first is an ADMIN and the others are MEMBERs.

    Without a hash the person signs in elsewhere. Forbidden when there are accounts and sign-up is not open; Conflict
    when the address is taken.
    """
    await accounts.lock_first(session)
    is_first = not await accounts.any_exist(session)
    if not (is_first or is_open):
        raise sign_up_closed()
    role = role or (UserRole.ADMIN if is_first else UserRole.MEMBER)
    return await accounts.add(session, email=person.email, name=person.name, password_hash=password_hash, role=role)


def sign_up_closed() -> Forbidden:
    return Forbidden("Sign-up is closed here. Ask an administrator for an account.")


async def create_user(db: Database, email: str, name: str, password: str, role: UserRole | None = None) -> UserRow:
    """An account made by whoever runs the server, also while sign-up is closed."""
    person = checked_person(email, name, password)
    password_hash = await passwords.hash(password)
    async with db.write() as session:
        return await register(session, person, password_hash, role=role, is_open=True)


async def create_api_key(
    db: Database,
    email: str,
    name: str,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A key for the person with this address, made by whoever runs the server; returns the secret."""
    called, allowed, secret = name.strip(), checked_scopes(scopes), new_key()
    refuse({"name": name_problem(called), "expires_at": expiry_problem(expires_at)})
    async with db.write() as session:
        user = await accounts.by_email(session, normal_email(email))
        if user is None:
            raise NotFound(f"Nobody here has the e-mail address {email[:LONGEST_EMAIL]!r}.")
        await api_keys.add(
            session,
            user_id=user.id,
            name=called,
            prefix=secret.prefix,
            secret_hash=secret.digest,
            scopes=allowed,
            expires_at=expires_at,
        )
    return secret.text
