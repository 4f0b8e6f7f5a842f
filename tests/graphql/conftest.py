"""Fixtures of the tests that speak GraphQL."""

from tests.browsers import browser, people
from tests.graphql.pair import pair
from tests.graphql.pool import three

__all__ = ["browser", "pair", "people", "three"]
