"""Relay's Node: everything that has a global id."""

import strawberry


@strawberry.interface(description="Anything with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque global id.")
