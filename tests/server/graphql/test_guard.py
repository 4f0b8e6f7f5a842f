"""Documents: what is refused before it costs, and how much is remembered."""

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind, get_introspection_query

from server.graphql import guard
from server.graphql.guard import Documents
from server.graphql.limits import Limits, check_text
from tests.server.graphql.conftest import toy_schema

SCHEMA = toy_schema()._schema


def refusal(text: str) -> tuple[str, str]:
    """Code and message of the only thing that is wrong."""
    try:
        [error] = Documents(Limits()).look_up(text, SCHEMA).errors
    except GraphQLError as raised:
        error = raised
    return str((error.extensions or {})["code"]), error.message


def test_introspection_is_not_too_complex() -> None:
    text = get_introspection_query(
        descriptions=True, specified_by_url=True, directive_is_repeatable=True, schema_description=True,
        input_value_deprecation=True,
    )  # fmt: skip

    assert Documents(Limits()).look_up(text, SCHEMA).errors == ()


@pytest.mark.parametrize("hiding", ["#\r", '"x\r', '# "\r', '"""x""" #\r'])
def test_nesting_cannot_hide_behind_what_ends_at_a_carriage_return(hiding: str) -> None:
    code, message = refusal("{ hello " + hiding + "{a" * 400 + "}" * 400 + " }")

    assert code == "QUERY_TOO_COMPLEX"
    assert "401 levels of nesting, at most 100" in message


@pytest.mark.parametrize("text", ["{{{", '"{{{"', '"""{{{ \\""" {{{"""', "#{{{\n"])
def test_brackets_in_texts_and_comments_do_not_count(text: str) -> None:
    value = text if text.startswith('"') else '"x"'
    comment = text if text.startswith("#") else ""
    document = f"{{ echo(text: {value}) {comment} }}"

    assert Documents(Limits(nesting=2)).look_up(document, SCHEMA).errors == ()


@pytest.mark.parametrize(
    "text",
    [
        "{ hello } fragment f on Query { " + "hello " * 1_900 + "}",
        "{ " + " ".join(f'echo(text: "{n}")' for n in range(330)) + " }",
        "{ " + " ".join(f"...f{n}" for n in range(190)) + " }"
        + " ".join(f"fragment f{n} on Query {{ hello }}" for n in range(190)),
    ],
    ids=["unused", "conflicting", "spread"],
)  # fmt: skip
def test_what_takes_long_to_compare_is_refused(text: str) -> None:
    code, message = refusal(text)

    assert code == "QUERY_TOO_COMPLEX"
    assert "at most 1,000 comparisons" in message


def test_a_document_of_too_many_operations_is_refused() -> None:
    code, message = refusal(" ".join(f"query q{n} {{ hello }}" for n in range(101)))

    assert code == "QUERY_TOO_COMPLEX"
    assert "101 operations, at most 100" in message


def test_fragments_that_nest_much_and_spread_others_are_refused() -> None:
    chain = " ".join(
        f"fragment f{n} on Query {{ {'... { ' * 60} ...f{n + 1} {'} ' * 60} }}" for n in range(6)
    )  # fmt: skip

    code, message = refusal(f"{{ ...f0 }} {chain} fragment f6 on Query {{ hello }}")

    assert code == "QUERY_TOO_COMPLEX"
    assert "levels of nesting or more, at most 100" in message


def test_what_is_known_is_not_examined_again() -> None:
    documents = Documents(Limits())

    assert documents.look_up("{ hello }", SCHEMA) is documents.look_up("{ hello }", SCHEMA)


def test_many_small_documents_are_counted_by_what_they_hold() -> None:
    documents, most = Documents(Limits()), guard.MOST_BYTES // guard.BYTES_EACH
    for number in range(most + 500):
        documents.look_up(f"{{a{number}}}", SCHEMA)

    assert len(documents._known) < most
    assert documents.look_up(f"{{a{most + 499}}}", SCHEMA) in documents._known.values()


@pytest.mark.parametrize(
    "text",
    [
        "{a...b}", "{ a(x: [1-2-3, -4.5e-6,7]) }", '{ a(x: "#,{ \\" \\\\", y: """ " \\""" {{ """) # no [ } \n b }',
        "query Q($a: [Int!]! = [1], $b: X = {c: $d}) @e(f: A) { g: h ... on I @j { k } ...L } fragment L on I { m }",
        "\ufeff{ a,,, b\t\r\n c }", '{ a(b: "", c: """""") }', "extend type A implements B & C = | D { e: F! }",
    ],
)  # fmt: skip
def test_tokens_are_counted_as_they_are_parsed(text: str) -> None:
    lexer, count = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1

    with pytest.raises(GraphQLError) as refused:
        check_text(text, Limits(tokens=0))

    assert refused.value.extensions is not None
    assert refused.value.extensions["found"] == count
