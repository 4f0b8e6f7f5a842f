"""The audit log as the API shows it."""

from datetime import datetime
from typing import Self

import strawberry

from domain.ids import Kind, global_id
from persistence.audit_events import AuditEventRow
from schema.enums import AuditKind
from schema.nodes import Node


@strawberry.type(description="Something that happened to the safety of an account or of the server.")
class AuditEvent(Node):
    kind: AuditKind = strawberry.field(description="What happened.")
    created_at: datetime = strawberry.field(description="When.")
    actor_id: strawberry.ID | None = strawberry.field(
        description="Who did it; null when nobody was signed in. The account may be gone."
    )
    actor: str | None = strawberry.field(description="The address of who did it, as it was then.")
    subject_id: strawberry.ID | None = strawberry.field(description="Whose account it is about; it may be gone.")
    subject: str | None = strawberry.field(description="The address of that account, as it was then.")
    ip_address: str | None = strawberry.field(description="The network address it came from.")
    user_agent: str | None = strawberry.field(description="How the browser or program named itself, on one line.")
    details: list["AuditDetail"] = strawberry.field(description="What else is worth knowing.")

    @classmethod
    def from_row(cls, row: AuditEventRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.AUDIT_EVENT, row.id)),
            kind=row.kind,
            created_at=row.created_at,
            actor_id=strawberry.ID(global_id(Kind.USER, row.actor_id)) if row.actor_id else None,
            actor=row.actor,
            subject_id=strawberry.ID(global_id(Kind.USER, row.subject_id)) if row.subject_id else None,
            subject=row.subject,
            ip_address=row.ip_address,
            user_agent=row.user_agent,
            details=[AuditDetail(name=name, value=str(value)) for name, value in sorted(row.details.items())],
        )


@strawberry.type(description="One more fact about an event.")
class AuditDetail:
    name: str = strawberry.field(description="Such as `role` or `name`.")
    value: str = strawberry.field(description="Such as `ADMIN`.")


@strawberry.input(description="Which events are wanted; an empty field wants all.")
class AuditFilter:
    kinds: list[AuditKind] | None = strawberry.field(default=strawberry.UNSET, description="What happened, up to 50.")
    user_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who did it, or whose account it is about."
    )
    since: datetime | None = strawberry.field(default=strawberry.UNSET, description="From then on.")
    until: datetime | None = strawberry.field(default=strawberry.UNSET, description="Before then.")
