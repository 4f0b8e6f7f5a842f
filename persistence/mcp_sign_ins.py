"""Sign-ins at MCP servers that have begun and wait for a browser to come back."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base, Moment
from persistence.database import Session


class McpSignInRow(Base):
    """`state_hash` is the SHA-256 of what the browser brings back; `sealed` is what has to be known then."""

    __tablename__ = "mcp_sign_ins"
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    server_id: Mapped[UUID] = mapped_column(ForeignKey("mcp_servers.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[Moment]


class Begun(NamedTuple):
    server_id: UUID
    sealed: bytes


async def begin(
    session: Session, *, state_hash: bytes, server_id: UUID, user_id: UUID, sealed: bytes, expires_at: datetime
) -> None:
    """Wait for a browser. What the same person has begun for this server before goes."""
    same = McpSignInRow.server_id == server_id, McpSignInRow.user_id == user_id
    await session.execute(delete(McpSignInRow).where(*same))
    session.add(
        McpSignInRow(
            state_hash=state_hash, server_id=server_id, user_id=user_id, sealed=sealed, expires_at=expires_at
        )
    )  # fmt: skip


async def take(session: Session, state_hash: bytes, user_id: UUID) -> Begun | None:
    """What this person has begun, once; None when it was somebody else, too long ago, or is over."""
    mine = McpSignInRow.state_hash == state_hash, McpSignInRow.user_id == user_id
    gone = delete(McpSignInRow).where(*mine, McpSignInRow.expires_at > func.now())
    found = (await session.execute(gone.returning(McpSignInRow.server_id, McpSignInRow.sealed))).one_or_none()
    return None if found is None else Begun(*found)


async def expire(session: Session) -> None:
    """Forget what nobody has come back for."""
    await session.execute(delete(McpSignInRow).where(McpSignInRow.expires_at < func.now()))
