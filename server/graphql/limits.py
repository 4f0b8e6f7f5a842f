"""What a document may hold: counted in one pass, each fragment once, so that counting is never the attack."""

import re
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

# As in GraphQL's lexer, a carriage return ends a comment and a string too: else brackets could hide behind one.
BRACKETS = re.compile(r'"""(?:\\"""|(?!""").)*(?:"""|$)|"(?:\\.|[^"\\\n\r])*"?|#[^\n\r]*|[{(\[]|[})\]]', re.DOTALL)
SATURATED = 1_000_000
LONGEST_MESSAGE = 1_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that one document may hold, and take. `nesting` counts brackets of every kind before parsing, then
    selections with those of the fragments that they spread; `fragments` how far fragments spread others; `objects`
    how many may come back (see `costs`). The seconds are those of an execution: a query, a mutation, which
    may wait for a model to be loaded, and one event of a subscription."""

    characters: int = 50_000
    tokens: int = 5_000
    nesting: int = 100
    fragments: int = 20
    depth: int = 20
    aliases: int = 50
    directives: int = 20
    fields: int = 2_000
    objects: int = 100_000
    query_seconds: float = 30.0
    mutation_seconds: float = 300.0
    event_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection holds once its fragments are spread; numbers saturate."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Measure", *, below: int = 0) -> "Measure":
        return Measure(
            max(self.depth, other.depth + below),
            min(self.fields + other.fields, SATURATED),
            min(self.aliases + other.aliases, SATURATED),
            min(self.directives + other.directives, SATURATED),
        )


def too_complex(what: str, found: int, limit: int) -> GraphQLError:
    words = f"The document is too complex: it has {found:,} {what}, at most {limit:,} are allowed."
    figures = {"counted": what, "found": found, "limit": limit}
    return GraphQLError(words, extensions={"code": "QUERY_TOO_COMPLEX", **figures})


def shortened(error: GraphQLError) -> GraphQLError:
    """The error with a message of bounded length: graphql-core repeats in it what the client has written."""
    if len(error.message) > LONGEST_MESSAGE:
        error.message = error.message[:LONGEST_MESSAGE] + " …"
    return error


def check_text(text: str, limits: Limits) -> None:
    """Raises what is wrong with a document before it is parsed: parsers recurse, so depth must be known first."""
    if len(text) > limits.characters:
        raise too_complex("characters", len(text), limits.characters)
    nesting = deepest = 0
    for found in BRACKETS.finditer(text):
        if found[0] in "{([":
            nesting += 1
            deepest = max(deepest, nesting)
        elif found[0] in "})]":
            nesting -= 1
    if deepest > limits.nesting:
        raise too_complex("levels of nesting", deepest, limits.nesting)


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raises what is wrong with a parsed document."""
    counter = _Counter(document, limits)
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        found = counter.selection(definition.selection_set)
        for what, count, limit in (
            ("levels of fields", found.depth, limits.depth),
            ("aliases", found.aliases, limits.aliases),
            ("directives", found.directives, limits.directives),
            ("fields", found.fields, limits.fields),
        ):
            if count > limit:
                raise too_complex(what, count, limit)


class _Counter:
    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self._limits = limits
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Measure] = {}
        self._open = self._spread = 0

    def selection(self, selections: SelectionSetNode) -> Measure:
        self._open += 1
        if self._open > self._limits.nesting:
            raise too_complex("levels of nesting or more", self._open, self._limits.nesting)
        total = Measure()
        for node in selections.selections:
            total = total.beside(Measure(directives=len(node.directives or ())))
            if isinstance(node, FieldNode):
                total = total.beside(Measure(depth=1, fields=1, aliases=1 if node.alias else 0))
                if node.selection_set:
                    total = total.beside(self.selection(node.selection_set), below=1)
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._fragment(node.name.value))
            else:
                total = total.beside(self.selection(node.selection_set))  # type: ignore[attr-defined]
        self._open -= 1
        return total

    def _fragment(self, name: str) -> Measure:
        """Unknown and circular fragments count as empty: validation reports them."""
        if name not in self._known:
            self._known[name] = Measure()
            if fragment := self._fragments.get(name):
                self._spread += 1
                if self._spread > self._limits.fragments:
                    raise too_complex("levels of fragments or more", self._spread, self._limits.fragments)
                self._known[name] = self.selection(fragment.selection_set)
                self._spread -= 1
        return self._known[name]
