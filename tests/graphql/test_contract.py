"""The operations of the public contract: each validates against the schema."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    build_schema,
    parse,
    validate,
    visit,
)

from server.graphql.guard import Documents
from server.graphql.limits import Limits
from server.settings import ROOT

SCHEMA = build_schema((ROOT / "schema" / "schema.graphql").read_text())
TEXT = (ROOT / "contract" / "operations.graphql").read_text()
CONTRACT = parse(TEXT)
FRAGMENTS = {node.name.value: node for node in CONTRACT.definitions if isinstance(node, FragmentDefinitionNode)}


class Spreads(Visitor):
    """Names of the fragments that a node spreads, those within fragments included."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        name = node.name.value
        if name not in self.names:
            self.names.add(name)
            visit(FRAGMENTS[name], self)


def spread_in(node: Node) -> set[str]:
    found = Spreads()
    visit(node, found)
    return found.names


def operations() -> Iterator[tuple[str, DocumentNode]]:
    """Each operation with the fragments that it needs, as a client would send it."""
    for node in CONTRACT.definitions:
        if isinstance(node, OperationDefinitionNode):
            assert node.name is not None
            needed = [FRAGMENTS[name] for name in sorted(spread_in(node))]
            yield node.name.value, DocumentNode(definitions=(node, *needed))


def test_each_operation_is_served() -> None:
    problems = {name: [error.message for error in validate(SCHEMA, document)] for name, document in operations()}
    assert len(problems) >= 45
    assert not any(problems.values()), {name: said for name, said in problems.items() if said}


def test_every_fragment_of_the_contract_is_used() -> None:
    used = {name for _, document in operations() for name in spread_in(document)}
    assert used == set(FRAGMENTS)


def test_all_of_them_are_one_document_that_is_not_too_large() -> None:
    """Clients such as GraphiQL send the whole of their file, with the name of one operation."""
    assert Documents(Limits()).look_up(TEXT, SCHEMA).errors == ()
