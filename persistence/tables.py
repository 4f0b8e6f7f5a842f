"""All tables, for the migrations."""

from persistence import (
    accounts,
    agents,
    approvals,
    changes,
    chats,
    events,
    journal,
    messages,
    model_breakers,
    model_downloads,
    model_prices,
    models,
    runs,
    selection,
)
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
    "model_breakers",
    "model_downloads",
    "model_prices",
    "models",
    "runs",
    "selection",
]
