"""Roles of people and scopes of API keys."""

from enum import StrEnum


class UserRole(StrEnum):
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"


class Scope(StrEnum):
    """What an API key may do. A browser session may do everything its user may."""

    READ = "read"
    WRITE = "write"
    ACCOUNT = "account"
