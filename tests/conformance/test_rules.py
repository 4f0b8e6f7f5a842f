"""The schema by the rules of Relay, and beside the one that was released last."""

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    build_schema,
    find_breaking_changes,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from server.settings import ROOT

SCHEMA = build_schema((ROOT / "schema" / "schema.graphql").read_text())
RELEASED = build_schema((ROOT / "schema" / "released.graphql").read_text())
CONNECTIONS = [
    kind
    for name, kind in SCHEMA.type_map.items()
    if name.endswith("Connection") and isinstance(kind, GraphQLObjectType)
]
FIELDS = [
    (f"{kind.name}.{name}", field)
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
    for name, field in kind.fields.items()
]


def test_what_clients_of_the_last_release_ask_for_is_still_there() -> None:
    """A release moves `schema/schema.graphql` to `schema/released.graphql`."""
    assert [change.description for change in find_breaking_changes(RELEASED, SCHEMA)] == []


def test_a_node_has_one_id() -> None:
    node = SCHEMA.type_map["Node"]

    assert {name: str(one.type) for name, one in node.fields.items()} == {"id": "ID!"}  # type: ignore[attr-defined]
    query = SCHEMA.query_type
    assert query is not None
    assert str(query.fields["node"].type) == "Node"
    assert {name: str(one.type) for name, one in query.fields["node"].args.items()} == {"id": "ID!"}
    assert (str(query.fields["nodes"].type), str(query.fields["nodes"].args["ids"].type)) == ("[Node]!", "[ID!]!")


def test_page_info_is_relays() -> None:
    info = SCHEMA.type_map["PageInfo"]

    assert {name: str(one.type) for name, one in info.fields.items()} == {  # type: ignore[attr-defined]
        "hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!", "startCursor": "String", "endCursor": "String",
    }  # fmt: skip


@pytest.mark.parametrize("connection", CONNECTIONS, ids=str)
def test_a_connection_has_edges_and_page_info(connection: GraphQLObjectType) -> None:
    edges = connection.fields["edges"].type
    edge = get_named_type(edges)

    assert str(connection.fields["pageInfo"].type) == "PageInfo!"
    assert is_non_null_type(edges)
    assert is_list_type(edges.of_type)
    assert is_object_type(edge)
    assert edge.name == connection.name.removesuffix("Connection") + "Edge"
    assert str(edge.fields["cursor"].type) == "String!"
    assert not is_list_type(getattr(edge.fields["node"].type, "of_type", edge.fields["node"].type))


def paging_of(field: GraphQLField) -> str | None:
    """What is wrong with how a field is paged; None when nothing is."""
    arguments = {key: str(one.type) for key, one in field.args.items()}
    if not get_named_type(field.type).name.endswith("Connection"):
        return "has pages and no connection" if {"first", "last"} & set(arguments) else None
    if (arguments.get("first"), arguments.get("after")) != ("Int", "String"):
        return "must take first: Int and after: String"
    if ("last" in arguments) != ("before" in arguments):
        return "must take last and before together"
    return None if is_non_null_type(field.type) else "must not be null"


def test_connections_and_only_they_are_paged() -> None:
    assert {name: wrong for name, field in FIELDS if (wrong := paging_of(field))} == {}
    assert len(CONNECTIONS) > 5
