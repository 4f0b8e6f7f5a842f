"""Forms that tools have people fill in: a small part of JSON Schema, the one that MCP allows for them.

A form is one flat object. Its fields are texts, numbers, yes or no, and choices of one or of several words.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError as Misfit
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from domain.messages import storable

MOST_FIELDS, MOST_OPTIONS = 30, 200
LONGEST_FORM, LONGEST_ANSWER = 20_000, 20_000
"""Characters as JSON."""
LONGEST_ADDRESS = 254

FORMATS = FormatChecker(formats=())

Number = Annotated[int | float, Field(allow_inf_nan=False)]
Words = Annotated[str, AfterValidator(storable)]


class NoForm(ValueError):
    """What a tool asks for is not a form that a person can fill in; the message says why."""


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class _Option(_Part):
    const: Words
    title: Words | None = None


class _Several(_Part):
    """What may be chosen in a field of several choices."""

    enum: list[Words] | None = Field(None, max_length=MOST_OPTIONS)
    any_of: list[_Option] | None = Field(None, max_length=MOST_OPTIONS)

    @model_validator(mode="after")
    def _offers_something(self) -> "_Several":
        if not (self.enum or self.any_of):
            raise ValueError("a list must be one of choices")
        return self


class _Field(_Part):
    """Every other keyword is left away; so is what a tool says on how to show it."""

    type: Literal["string", "number", "integer", "boolean", "array"]
    title: Words | None = None
    description: Words | None = None
    default: Any = None
    min_length: NonNegativeInt | None = None
    max_length: NonNegativeInt | None = None
    format: Literal["email", "uri", "date", "date-time"] | None = None
    enum: list[Words] | None = Field(None, min_length=1, max_length=MOST_OPTIONS)
    enum_names: list[Words] | None = Field(None, exclude=True)
    one_of: list[_Option] | None = Field(None, min_length=1, max_length=MOST_OPTIONS)
    minimum: Number | None = None
    maximum: Number | None = None
    items: _Several | None = None
    min_items: NonNegativeInt | None = None
    max_items: NonNegativeInt | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> "_Field":
        if (self.type == "array") != (self.items is not None):
            raise ValueError("a list, and nothing else, has `items` to choose from")
        if self.type != "string" and (self.enum or self.one_of):
            raise ValueError("choices must be words")
        if self.enum and len(self.enum_names or ()) == len(self.enum):  # how earlier revisions write titles
            named = zip(self.enum, self.enum_names or (), strict=True)
            self.one_of, self.enum = [_Option(const=value, title=title) for value, title in named], None
        return self

    def schema_of(self) -> dict[str, Any]:
        found = self.model_dump(by_alias=True, exclude_none=True)
        if "default" in found and not Draft202012Validator(found, format_checker=FORMATS).is_valid(found["default"]):
            del found["default"]
        return found


class _Form(BaseModel):
    type: Literal["object"]
    properties: dict[Words, _Field] = Field(max_length=MOST_FIELDS)
    required: list[str] | None = None


def form_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema as a form: what it says on its fields, and nothing else. NoForm when it asks for something else than a
    form can, or for too much."""
    try:
        form = _Form.model_validate(schema)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))[:200]
        raise NoForm(f"`{where}`: {first['msg']}") from error
    found = {
        "type": "object",
        "properties": {name: field.schema_of() for name, field in form.properties.items()},
        "required": [name for name in form.required or () if name in form.properties],
        "additionalProperties": False,
    }
    if (size := len(json.dumps(found))) > LONGEST_FORM:
        raise NoForm(f"it has {size:,} characters as JSON; at most {LONGEST_FORM:,} are allowed")
    return found


def misfits(form: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with an answer, by field; under an empty name, what is wrong with all of it."""
    if (size := len(json.dumps(answer))) > LONGEST_ANSWER:
        return {"": f"has {size:,} characters as JSON; at most {LONGEST_ANSWER:,} are allowed"}
    wrong: dict[str, str] = {}
    for error in Draft202012Validator(form, format_checker=FORMATS).iter_errors(answer):
        wrong |= _reasons(form, answer, error)
    for name, value in answer.items():
        if name not in wrong and any(storable(word) != word for word in _words(value)):
            wrong[name] = "holds characters that cannot be stored"
    return wrong


def _reasons(form: Mapping[str, Any], answer: Mapping[str, Any], error: Misfit) -> dict[str, str]:
    if error.validator == "required":
        return {name: "is needed" for name in form["required"] if name not in answer}
    if error.validator == "additionalProperties":
        return {name: "is not in the form" for name in answer if name not in form["properties"]}
    field = form["properties"].get(next(iter(error.path), ""), {})
    return {str(next(iter(error.path), "")): _reason(error, field)}


def _reason(error: Misfit, field: Mapping[str, Any]) -> str:
    allowed = error.validator_value
    match error.validator:
        case "type":
            kinds = {"string": "text", "boolean": "true or false", "integer": "a whole number", "array": "a list"}
            return f"must be {kinds.get(str(allowed), 'a number')}"
        case "enum" | "oneOf" | "anyOf":
            return f"must be one of the choices of {field.get('title') or 'this field'}"
        case "minimum":
            return f"must be at least {allowed:g}"
        case "maximum":
            return f"must be at most {allowed:g}"
        case "minLength" | "maxLength":
            return f"must have at {_bound(error)} {allowed} characters"
        case "minItems" | "maxItems":
            return f"must have at {_bound(error)} {allowed} choices"
        case _:
            examples = {"email": "ada@example.org", "uri": "https://example.org", "date": "2030-01-31"}
            return f"must be like {examples.get(str(allowed), '2030-01-31T09:00:00Z')}"


def _bound(error: Misfit) -> str:
    return "least" if str(error.validator).startswith("min") else "most"


def _words(value: object) -> list[str]:
    return [word for word in (value if isinstance(value, list) else [value]) if isinstance(word, str)]


def _is_email(value: object) -> bool:
    if not isinstance(value, str):
        return True
    name, at, place = value.rpartition("@")
    return bool(name and at and place) and len(value) <= LONGEST_ADDRESS and not any(map(str.isspace, value))


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or (bool(urlsplit(value).scheme) and not any(map(str.isspace, value)))


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


for _name, _check in {"email": _is_email, "uri": _is_uri, "date": _is_date, "date-time": _is_moment}.items():
    FORMATS.checks(_name, raises=ValueError)(_check)
