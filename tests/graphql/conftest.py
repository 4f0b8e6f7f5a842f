"""Fixtures of the tests that speak GraphQL."""

from tests.browsers import browser, people

__all__ = ["browser", "people"]
