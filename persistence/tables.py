"""All tables, for the migrations."""

from persistence import accounts, agents, changes, chats, events, messages, models, runs, selection
from persistence.base import Base

metadata = Base.metadata

__all__ = ["accounts", "agents", "changes", "chats", "events", "messages", "metadata", "models", "runs", "selection"]
