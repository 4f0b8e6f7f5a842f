"""What a document may hold: counted in one pass, each fragment once, so that counting is never the attack."""

import re
from dataclasses import dataclass
from typing import NamedTuple

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
LEXEMES = re.compile(
    r'''
    """(?:\\"""|(?!""").)*(?:"""|$) | "(?:\\.|[^"\\\n\r])*"? | \#[^\n\r]*
    | [A-Za-z_][A-Za-z0-9_]* | -?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)? | \.\.\. | [^\s,\ufeff]
    ''',
    re.DOTALL | re.VERBOSE,
)
"""Comments, and what is a token, or else nothing that can be parsed."""
SATURATED = 1_000_000
LONGEST_MESSAGE = 1_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that one document may hold, and take. `inner` are tokens inside lists and objects of arguments, as checking
    those takes long. `nesting` counts brackets of every kind before parsing, then selections with those of the
    fragments that they spread; `fragments` how far fragments spread others; `objects` how many may come back (see
    `costs`). The seconds are those of an execution: a query, a mutation, which may wait for a model to be loaded, and
    one event of a subscription."""

    characters: int = 50_000
    tokens: int = 2_500
    inner: int = 500
    operations: int = 100
    nesting: int = 100
    fragments: int = 20
    depth: int = 20
    aliases: int = 50
    directives: int = 20
    fields: int = 1_000
    objects: int = 100_000
    query_seconds: float = 30.0
    mutation_seconds: float = 300.0
    event_seconds: float = 15.0


class Measure(NamedTuple):
    """What a selection holds once its fragments are spread; numbers saturate."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


NOTHING = Measure()


def too_complex(what: str, found: int, limit: int) -> GraphQLError:
    words = f"The document is too complex: it has {found:,} {what}, at most {limit:,} are allowed."
    figures = {"counted": what, "found": found, "limit": limit}
    return GraphQLError(words, extensions={"code": "QUERY_TOO_COMPLEX", **figures})


def refuse_excess(*counts: tuple[str, int, int]) -> None:
    """Raises the first of what was counted, found and allowed of which too much was found."""
    for what, found, limit in counts:
        if found > limit:
            raise too_complex(what, found, limit)


def shortened(error: GraphQLError) -> GraphQLError:
    """The error with a message of bounded length: graphql-core repeats in it what the client has written."""
    if len(error.message) > LONGEST_MESSAGE:
        error.message = error.message[:LONGEST_MESSAGE] + " …"
    return error


def check_text(text: str, limits: Limits) -> None:
    """Raises what is wrong with a document before it is parsed. Parsers recurse, so depth must be known first; and to
    parse a token takes thirty times as long as to count it."""
    if len(text) > limits.characters:
        raise too_complex("characters", len(text), limits.characters)
    tokens = inner = nesting = deepest = arguments = 0
    for lexeme in LEXEMES.findall(text):
        if lexeme[0] == "#":
            continue
        tokens += 1
        if lexeme in "{([":
            nesting += 1
            deepest = max(deepest, nesting)
            arguments = nesting if lexeme == "(" else arguments
        elif lexeme in "})]":
            nesting -= 1
            arguments = 0 if lexeme == ")" else arguments
        elif 0 < arguments < nesting:
            inner += 1
    refuse_excess(
        ("levels of nesting", deepest, limits.nesting),
        ("tokens", tokens, limits.tokens),
        ("tokens in lists and objects, which can be variables", inner, limits.inner),
    )


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raises what is wrong with a parsed document."""
    counter = _Counter(document, limits)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    refuse_excess(("operations", len(operations), limits.operations))
    for operation in operations:
        found = counter.selection(operation.selection_set)
        refuse_excess(
            ("levels of fields", found.depth, limits.depth),
            ("aliases", found.aliases, limits.aliases),
            ("directives", found.directives, limits.directives),
            ("fields", found.fields, limits.fields),
        )


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
        depth = fields = aliases = directives = 0
        for node in selections.selections:
            directives += len(node.directives or ())
            found, below = NOTHING, 0
            if isinstance(node, FieldNode):
                fields, aliases, below = fields + 1, aliases + (node.alias is not None), 1
                if node.selection_set:
                    found = self.selection(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                found = self._fragment(node.name.value)
            else:
                found = self.selection(node.selection_set)  # type: ignore[attr-defined]
            depth = max(depth, found.depth + below)
            fields, aliases = fields + found.fields, aliases + found.aliases
            directives += found.directives
        self._open -= 1
        return Measure(depth, *(min(count, SATURATED) for count in (fields, aliases, directives)))

    def _fragment(self, name: str) -> Measure:
        """Unknown and circular fragments count as empty: validation reports them."""
        if name not in self._known:
            self._known[name] = NOTHING
            if fragment := self._fragments.get(name):
                self._spread += 1
                if self._spread > self._limits.fragments:
                    raise too_complex("levels of fragments or more", self._spread, self._limits.fragments)
                self._known[name] = self.selection(fragment.selection_set)
                self._spread -= 1
        return self._known[name]
