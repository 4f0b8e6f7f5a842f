"""All tables, for the migrations."""

from persistence import accounts, agents, approvals, changes, chats, events, journal, messages, models, runs
from persistence.base import Base

metadata = Base.metadata

__all__ = [
    "accounts",
    "agents",
    "approvals",
    "changes",
    "chats",
    "events",
    "journal",
    "messages",
    "metadata",
    "models",
    "runs",
]
