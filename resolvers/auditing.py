"""Writing to the audit log, in the transaction that makes an event true."""

from typing import NamedTuple, Protocol
from uuid import UUID

from domain.accounts import AuditKind
from persistence import audit_events
from persistence.accounts import UserRow
from persistence.database import Session
from resolvers.visits import Visit
from schema.context import Identity


class Who(NamedTuple):
    """A person as the log remembers them, also when they are gone."""

    id: UUID
    email: str

    @staticmethod
    def of(person: Identity | UserRow) -> "Who":
        return Who(person.user_id if isinstance(person, Identity) else person.id, person.email)


class Visited(Protocol):
    """Who asks, and from where."""

    @property
    def visit(self) -> Visit: ...
    @property
    def identity(self) -> Identity | None: ...


async def note(
    session: Session, at: Visited, kind: AuditKind, *, about: Who | None = None, **details: str | None
) -> None:
    """The event of whoever asks; it is about themselves unless `about` says otherwise.

    `details` are short words that this program chose, or that were checked: never a secret, never a stranger's text.
    """
    actor = Who.of(at.identity) if at.identity else None
    subject = about or actor
    await audit_events.record(
        session,
        kind=kind,
        actor_id=actor.id if actor else None,
        actor=actor.email if actor else None,
        subject_id=subject.id if subject else None,
        subject=subject.email if subject else None,
        ip_address=at.visit.ip_address,
        user_agent=at.visit.user_agent,
        details={name: value for name, value in details.items() if value is not None},
    )
