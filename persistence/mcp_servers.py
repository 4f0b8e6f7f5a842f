"""MCP servers that people keep, the tools that each of them has listed, and every query on both."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from domain.accounts import UserRole
from domain.errors import Conflict, NotFound
from domain.ids import Kind, global_id
from domain.mcp import McpErrorCode, McpStatus, McpTransport
from domain.tools import ToolFacts
from persistence import accounts
from persistence.accounts import UserRow
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session
from persistence.notifications import MCP_SERVERS

NAME = "uq_mcp_servers_owner_id_name"


class McpServerRow(Base):
    """`secrets_encrypted` holds headers and environment, `oauth_encrypted` what signing in has given. `revision` rises
    when it is reached in another way from then on; `failures` counts those in a row, and before `retry_at` nobody tries
    again by themselves. A `trusted` server is believed what it says of its tools."""

    __tablename__ = "mcp_servers"
    id: Mapped[Key]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    transport: Mapped[McpTransport] = mapped_column(Word(McpTransport))
    command: Mapped[str | None]
    args: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    url: Mapped[str | None]
    secrets_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    oauth_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    shared: Mapped[bool] = mapped_column(server_default="false")
    trusted: Mapped[bool] = mapped_column(server_default="false")
    timeout_seconds: Mapped[int] = mapped_column(server_default="60")
    prompts: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", default=list)
    revision: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[McpStatus] = mapped_column(Word(McpStatus), server_default=McpStatus.DISCONNECTED.value)
    error_code: Mapped[McpErrorCode | None] = mapped_column(Word(McpErrorCode))
    error_message: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[Moment | None]
    connected_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    __table_args__ = (UniqueConstraint("owner_id", "name"),)


class McpToolRow(Base):
    """A tool as its server has listed it, or one of our `own` that reads what the server has. `id` is made of server
    and name, so it stays the same while the list changes."""

    __tablename__ = "mcp_tools"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    server_id: Mapped[UUID] = mapped_column(ForeignKey("mcp_servers.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    name: Mapped[str]
    description: Mapped[str]
    input_schema: Mapped[dict[str, Any]]
    read_only: Mapped[bool]
    idempotent: Mapped[bool]
    own: Mapped[bool] = mapped_column(server_default="false")


class KnownTool(NamedTuple):
    """A tool as a server presents it."""

    name: str
    description: str
    input_schema: dict[str, Any]
    read_only: bool
    idempotent: bool
    own: bool = False


class Usable(NamedTuple):
    """A server with what must be known of its owner now."""

    server: McpServerRow
    owner_role: UserRole


def _visible(user_id: UUID) -> ColumnElement[bool]:
    return McpServerRow.shared | (McpServerRow.owner_id == user_id)


def _missing(server_id: UUID) -> NotFound:
    return NotFound(f"There is no MCP server with the id {global_id(Kind.MCP_SERVER, server_id)!r}.")


async def listed(session: Session, user_id: UUID) -> list[McpServerRow]:
    """The viewer's own servers and those that are shared, the oldest first."""
    return list(await session.scalars(select(McpServerRow).where(_visible(user_id)).order_by(McpServerRow.id)))


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, McpServerRow]:
    """Those of the servers that the viewer may use."""
    rows = await session.scalars(select(McpServerRow).where(McpServerRow.id.in_(ids), _visible(user_id)))
    return {row.id: row for row in rows}


async def visible_to(session: Session, server_id: UUID, user_id: UUID) -> McpServerRow:
    """A server that the viewer may use; NotFound otherwise."""
    if (row := (await owned(session, user_id, [server_id])).get(server_id)) is None:
        raise _missing(server_id)
    return row


async def kept_by(session: Session, server_id: UUID, user_id: UUID) -> McpServerRow:
    """A server that the viewer may change, with its row locked: their own, and what is shared if they are an
    administrator; NotFound otherwise."""
    theirs = (McpServerRow.owner_id == user_id) | (McpServerRow.shared & accounts.is_admin(user_id))
    query = select(McpServerRow).where(McpServerRow.id == server_id, theirs).with_for_update()
    if (row := await session.scalar(query)) is None:
        raise _missing(server_id)
    return row


async def usable(session: Session, user_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Usable]:
    """Those of the servers that the viewer may use, each with its owner's role."""
    query = select(McpServerRow, UserRow.role).join(UserRow, UserRow.id == McpServerRow.owner_id)
    rows = await session.execute(query.where(McpServerRow.id.in_(list(ids)), _visible(user_id)))
    return {row.id: Usable(row, role) for row, role in rows}


async def count_of(session: Session, user_id: UUID) -> int:
    """How many servers a person keeps. Nobody else adds one for them until the block ends."""
    await session.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update())
    query = select(func.count()).select_from(McpServerRow).where(McpServerRow.owner_id == user_id)
    return await session.scalar(query) or 0


async def flushed(session: Session, name: str) -> None:
    """Write what has changed; Conflict when its owner has another server of that name."""
    try:
        await session.flush()
    except IntegrityError as error:
        if NAME in str(error.orig):
            raise Conflict(f"There is an MCP server named {name!r} already. Choose another name.") from error
        raise


async def remove(session: Session, row: McpServerRow) -> None:
    """A server with its tools."""
    await session.execute(delete(McpServerRow).where(McpServerRow.id == row.id))
    await told(session, row.id)


async def told(session: Session, server_id: UUID) -> None:
    """Let all processes hear, when this commits, that a server is gone or reached in another way."""
    await session.execute(select(func.pg_notify(MCP_SERVERS, server_id.hex)))


async def put_oauth(session: Session, server_id: UUID, revision: int, sealed: bytes) -> None:
    """A token was renewed; it is none for a server that is reached in another way now."""
    await session.execute(_note(server_id, revision).values(oauth_encrypted=sealed))


async def with_secrets(session: Session) -> list[McpServerRow]:
    """Servers that have secrets stored, locked."""
    some = McpServerRow.secrets_encrypted.is_not(None) | McpServerRow.oauth_encrypted.is_not(None)
    query = select(McpServerRow).where(some).order_by(McpServerRow.id)
    return list(await session.scalars(query.with_for_update()))


async def note_connected(
    session: Session, server_id: UUID, revision: int, left_out: str | None, prompts: list[dict[str, Any]]
) -> None:
    """It was reached and has listed its tools and prompts; `left_out` says which of the tools are not usable."""
    values = {
        "status": McpStatus.CONNECTED, "connected_at": func.now(), "failures": 0, "retry_at": None, "prompts": prompts,
        "error_code": None if left_out is None else McpErrorCode.TOOLS_LEFT_OUT, "error_message": left_out,
    }  # fmt: skip
    await session.execute(_note(server_id, revision).values(**values))


async def note_failed(
    session: Session, row: McpServerRow, code: McpErrorCode, message: str, *, retry_at: datetime
) -> None:
    """It could not be reached; nobody tries again by themselves before `retry_at`. Those who have all seen the same
    `row`, and have failed at once, count as one failure."""
    values = {
        "status": McpStatus.FAILED, "failures": McpServerRow.failures + 1, "retry_at": retry_at,
        "error_code": code, "error_message": message,
    }  # fmt: skip
    noted = _note(row.id, row.revision).where(McpServerRow.failures == row.failures)
    await session.execute(noted.values(**values))


def _note(server_id: UUID, revision: int) -> Any:
    """What is found out by way of old settings says nothing about the new ones."""
    return update(McpServerRow).where(McpServerRow.id == server_id, McpServerRow.revision == revision)


async def put_tools(session: Session, server_id: UUID, revision: int, tools: Sequence[KnownTool]) -> None:
    """The tools of a server are these now, for all processes; nothing happens when it is reached in another way by
    now, as those of the old one are not its tools."""
    held = select(McpServerRow.id).where(McpServerRow.id == server_id, McpServerRow.revision == revision)
    held = held.with_for_update()
    if await session.scalar(held) is None:
        return
    rows = [
        {"id": uuid5(server_id, tool.name), "server_id": server_id, "place": place, **tool._asdict()}
        for place, tool in enumerate(tools)
    ]
    gone = McpToolRow.id.not_in([row["id"] for row in rows])
    await session.execute(delete(McpToolRow).where(McpToolRow.server_id == server_id, gone))
    if rows:
        statement = insert(McpToolRow).values(rows)
        new = {name: statement.excluded[name] for name in ("place", *KnownTool._fields)}
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new))


async def tools_by_server(session: Session, ids: list[UUID]) -> dict[UUID, list[McpToolRow]]:
    """The tools of each server in the order in which it lists them; no check of who asks."""
    found: dict[UUID, list[McpToolRow]] = {}
    query = select(McpToolRow).where(McpToolRow.server_id.in_(ids))
    for row in await session.scalars(query.order_by(McpToolRow.server_id, McpToolRow.place)):
        found.setdefault(row.server_id, []).append(row)
    return found


class ServedTool(NamedTuple):
    """A tool with the server that it is of."""

    server: McpServerRow
    tool: McpToolRow


async def tools_by_key(session: Session, user_id: UUID, keys: Sequence[UUID]) -> dict[UUID, ServedTool]:
    """Those of the tools whose servers list them now, and whose servers the viewer may use."""
    query = select(McpServerRow, McpToolRow).join(McpToolRow, McpToolRow.server_id == McpServerRow.id)
    found = await session.execute(query.where(McpToolRow.id.in_(keys), _visible(user_id)))
    return {tool.id: ServedTool(server, tool) for server, tool in found}


class Seen(NamedTuple):
    """A tool as somebody sees it."""

    viewer_id: UUID
    tool_id: UUID


async def facts_by_key(session: Session, wanted: list[Seen]) -> dict[Seen, ToolFacts]:
    """Those of the tools whose servers the viewer, of whom one operation has one, may use."""
    found: dict[Seen, ToolFacts] = {}
    for viewer_id in {one.viewer_id for one in wanted}:
        tools = await tools_by_key(session, viewer_id, [one.tool_id for one in wanted])
        found |= {Seen(viewer_id, key): facts_of(*served) for key, served in tools.items()}
    return found


async def tool_visible_to(session: Session, tool_id: UUID, user_id: UUID) -> ServedTool:
    """A tool, and the server that it is of, if the viewer may use that; NotFound otherwise."""
    if (found := (await tools_by_key(session, user_id, [tool_id])).get(tool_id)) is None:
        raise NotFound(f"There is no tool with the id {global_id(Kind.TOOL, tool_id)!r}.")
    return found


async def facts_visible_to(session: Session, user_id: UUID) -> list[ToolFacts]:
    """What is known of all tools of the servers that the viewer may use."""
    query = select(McpServerRow, McpToolRow).join(McpToolRow, McpToolRow.server_id == McpServerRow.id)
    return [facts_of(server, tool) for server, tool in await session.execute(query.where(_visible(user_id)))]


async def facts_by_viewer(session: Session, ids: list[UUID]) -> dict[UUID, list[ToolFacts]]:
    """The same by viewer, of whom one operation has one."""
    return {user_id: await facts_visible_to(session, user_id) for user_id in ids}


def facts_of(server: McpServerRow, tool: McpToolRow) -> ToolFacts:
    """A tool asks first, unless it only reads: which is its server's word, and counts where that is trusted."""
    asks = not (server.trusted and tool.read_only)
    return ToolFacts(tool.id, tool.name, tool.description, tool.input_schema, server.name, asks)


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, McpServerRow]:
    """Servers by id; no check of who asks."""
    rows = await session.scalars(select(McpServerRow).where(McpServerRow.id.in_(ids)))
    return {row.id: row for row in rows}
