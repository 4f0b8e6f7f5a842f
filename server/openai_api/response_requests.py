"""Requests of the Responses API, checked, and read as enquiries."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from domain.completions import Enquiry, Json, OfferedTool
from server.openai_api.parts import (
    MOST_ITEMS,
    MOST_METADATA,
    MOST_PARTS,
    MOST_TOOLS,
    NO_PARAMETERS,
    Detail,
    Effort,
    Function,
    Lenient,
    Name,
    PictureUrl,
    Share,
    Temperature,
    Tokens,
    at_most,
    content,
    listed,
    picture,
    words,
)

Id = Annotated[str, Field(min_length=1, max_length=200)]


class Text(Lenient):
    type: Literal["input_text", "output_text"]
    text: str

    def part(self) -> Json:
        return words(self.text)


class Refused(Lenient):
    type: Literal["refusal"]
    refusal: str

    def part(self) -> Json:
        return words(self.refusal)


class Image(Lenient):
    type: Literal["input_image"]
    image_url: PictureUrl
    detail: Detail = "auto"

    def part(self) -> Json:
        return picture(self.image_url, self.detail)


Parts = Annotated[
    list[Annotated[Text | Image | Refused, Field(discriminator="type")]], at_most(MOST_PARTS), listed("input_text")
]


class Message(Lenient):
    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system", "developer"]
    content: Parts

    def items(self) -> Iterator[Json]:
        yield {"role": self.role, "content": content([part.part() for part in self.content])}


class FunctionCall(Lenient):
    type: Literal["function_call"]
    call_id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    arguments: str = "{}"

    def items(self) -> Iterator[Json]:
        yield {**self.model_dump(), "arguments": self.arguments or "{}"}


class FunctionOutput(Lenient):
    type: Literal["function_call_output"]
    call_id: Id
    output: Annotated[list[Text], at_most(MOST_PARTS), listed("input_text")]

    def items(self) -> Iterator[Json]:
        yield {
            "type": self.type, "call_id": self.call_id, "output": content([part.part() for part in self.output])
        }  # fmt: skip


class Reasoning(Lenient):
    """What a model has thought before; other models have no use for it."""

    type: Literal["reasoning"]

    def items(self) -> Iterator[Json]:
        return iter(())


def _kind(item: Any) -> str:
    return str(item.get("type", "message")) if isinstance(item, dict) else "message"


Item = Annotated[
    Annotated[Message, Tag("message")]
    | Annotated[FunctionCall, Tag("function_call")]
    | Annotated[FunctionOutput, Tag("function_call_output")]
    | Annotated[Reasoning, Tag("reasoning")],
    Discriminator(_kind),
]


def _conversation(value: Any) -> Any:
    return [{"role": "user", "content": value}] if isinstance(value, str) else value


class Tool(Function):
    type: Literal["function"]


class Choice(Lenient):
    type: Literal["function"]
    name: Name


class PlainFormat(Lenient):
    type: Literal["text", "json_object"]


class SchemaFormat(Lenient):
    type: Literal["json_schema"]
    name: Name
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    strict: bool | None = None


class TextSettings(Lenient):
    format: Annotated[PlainFormat | SchemaFormat, Field(discriminator="type")] = PlainFormat(type="text")


class Thinking(Lenient):
    effort: Effort | None = None


def _not_kept(value: object) -> object:
    if value:
        raise ValueError("is not served: responses are not kept here, so send the whole conversation as `input`")
    return value


NotKept = Annotated[Any, AfterValidator(_not_kept)]


class ResponseRequest(Lenient):
    """What POST /v1/responses takes."""

    model: Annotated[str, Field(min_length=1, max_length=300)]
    input: Annotated[list[Item], Field(min_length=1), at_most(MOST_ITEMS), BeforeValidator(_conversation)]
    instructions: str | None = None
    stream: bool | None = None
    tools: Annotated[list[Tool], at_most(MOST_TOOLS)] = []
    tool_choice: Literal["none", "auto", "required"] | Choice = "auto"
    parallel_tool_calls: bool | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    max_output_tokens: Tokens | None = None
    text: TextSettings = TextSettings()
    reasoning: Thinking | None = None
    metadata: Annotated[dict[str, str], at_most(MOST_METADATA)] | None = None
    store: bool | None = None
    previous_response_id: NotKept = None
    conversation: NotKept = None
    background: NotKept = None

    @property
    def enquiry(self) -> Enquiry:
        return Enquiry(
            items=[item for given in self.input for item in given.items()],
            instructions=self.instructions,
            tools=[
                OfferedTool(
                    tool.name, tool.description or "", tool.parameters or NO_PARAMETERS, strict=bool(tool.strict)
                )
                for tool in self.tools
            ],
            tool_choice=self.tool_choice.name if isinstance(self.tool_choice, Choice) else self.tool_choice,
            parallel_tool_calls=self.parallel_tool_calls,
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_output_tokens,
            reasoning_effort=None if self.reasoning is None else self.reasoning.effort,
            more=self._more(),
        )

    def _more(self) -> Json:
        match self.text.format:
            case SchemaFormat() as shape:
                given = {"name": shape.name, "schema": shape.schema_, "strict": shape.strict}
                schema = {name: value for name, value in given.items() if value is not None}
                return {"response_format": {"type": "json_schema", "json_schema": schema}}
            case PlainFormat(type="json_object"):
                return {"response_format": {"type": "json_object"}}
            case _:
                return {}

    @property
    def echo(self) -> Json:
        """What a response repeats of its request."""
        return {
            "instructions": self.instructions,
            "max_output_tokens": self.max_output_tokens,
            "metadata": self.metadata or {},
            "parallel_tool_calls": self.parallel_tool_calls is not False,
            "previous_response_id": None,
            "reasoning": {"effort": self.reasoning.effort if self.reasoning else None, "summary": None},
            "store": False,
            "temperature": self.temperature,
            "text": self.text.model_dump(by_alias=True, exclude_none=True),
            "tool_choice": self.tool_choice if isinstance(self.tool_choice, str) else self.tool_choice.model_dump(),
            "tools": [{**tool.model_dump(), "parameters": tool.parameters or NO_PARAMETERS} for tool in self.tools],
            "top_p": self.top_p,
            "truncation": "disabled",
        }
