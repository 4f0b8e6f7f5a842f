"""Requests of the chat completions API, checked, and read as enquiries."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from domain.completions import Enquiry, Json, OfferedTool
from server.openai_api.parts import (
    MOST_ITEMS,
    MOST_PARTS,
    MOST_STOPS,
    MOST_TOOLS,
    NO_PARAMETERS,
    Detail,
    Effort,
    Function,
    Lenient,
    Name,
    Penalty,
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


class Text(Lenient):
    type: Literal["text"]
    text: str


class Refused(Lenient):
    type: Literal["refusal"]
    refusal: str


class ImageUrl(Lenient):
    url: PictureUrl
    detail: Detail = "auto"


class Image(Lenient):
    type: Literal["image_url"]
    image_url: ImageUrl


Texts = Annotated[list[Text], at_most(MOST_PARTS), listed("text")]


class SystemMessage(Lenient):
    role: Literal["system", "developer"]
    content: Texts

    def items(self) -> Iterator[Json]:
        yield {"role": self.role, "content": content([words(part.text) for part in self.content])}


class UserMessage(Lenient):
    role: Literal["user"]
    content: Annotated[list[Annotated[Text | Image, Field(discriminator="type")]], at_most(MOST_PARTS), listed("text")]

    def items(self) -> Iterator[Json]:
        parts = [
            words(part.text) if isinstance(part, Text) else picture(part.image_url.url, part.image_url.detail)
            for part in self.content
        ]
        yield {"role": "user", "content": content(parts)}


class Arguments(Lenient):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    arguments: str = "{}"


class ToolCall(Lenient):
    id: Annotated[str, Field(min_length=1, max_length=200)]
    type: Literal["function"] = "function"
    function: Arguments


class AssistantMessage(Lenient):
    role: Literal["assistant"]
    content: Annotated[
        list[Annotated[Text | Refused, Field(discriminator="type")]], at_most(MOST_PARTS), listed("text")
    ] = []
    tool_calls: Annotated[list[ToolCall], at_most(MOST_TOOLS)] | None = None

    def items(self) -> Iterator[Json]:
        said = "\n".join(part.text if isinstance(part, Text) else part.refusal for part in self.content)
        if said:
            yield {"role": "assistant", "content": said}
        for call in self.tool_calls or ():
            yield {
                "type": "function_call", "call_id": call.id,
                "name": call.function.name, "arguments": call.function.arguments or "{}",
            }  # fmt: skip


class ToolMessage(Lenient):
    role: Literal["tool"]
    content: Texts
    tool_call_id: Annotated[str, Field(min_length=1, max_length=200)]

    def items(self) -> Iterator[Json]:
        output = content([words(part.text) for part in self.content])
        yield {"type": "function_call_output", "call_id": self.tool_call_id, "output": output}


Message = Annotated[SystemMessage | UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")]


class Tool(Lenient):
    type: Literal["function"]
    function: Function


class NamedFunction(Lenient):
    name: Name


class Choice(Lenient):
    type: Literal["function"]
    function: NamedFunction


class JsonSchema(Lenient):
    name: Name
    schema_: Annotated[dict[str, Any], Field(alias="schema")] = {}
    strict: bool | None = None


class PlainFormat(Lenient):
    type: Literal["text", "json_object"]


class SchemaFormat(Lenient):
    type: Literal["json_schema"]
    json_schema: JsonSchema


class StreamOptions(Lenient):
    include_usage: bool | None = None


def _one(value: int | None) -> int | None:
    if value not in (None, 1):
        raise ValueError("must be 1: one request gets one answer here")
    return value


def _off(value: object) -> object:
    if value:
        raise ValueError("is not served here")
    return value


Off = Annotated[Any, AfterValidator(_off)]


class ChatRequest(Lenient):
    """What POST /v1/chat/completions takes."""

    model: Annotated[str, Field(min_length=1, max_length=300)]
    messages: Annotated[list[Message], Field(min_length=1), at_most(MOST_ITEMS)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: Annotated[list[Tool], at_most(MOST_TOOLS)] | None = None
    tool_choice: Annotated[Literal["none", "auto", "required"], Tag("mode")] | Choice | None = None
    parallel_tool_calls: bool | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    stop: str | Annotated[list[str], at_most(MOST_STOPS)] | None = None
    seed: int | None = None
    response_format: Annotated[PlainFormat | SchemaFormat, Field(discriminator="type")] | None = None
    reasoning_effort: Effort | None = None
    store: bool | None = None
    n: Annotated[int | None, AfterValidator(_one)] = None
    logprobs: Off = None
    audio: Off = None
    functions: Annotated[Any, AfterValidator(_off), Field(description="Given up for `tools`.")] = None

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    @property
    def enquiry(self) -> Enquiry:
        choice = self.tool_choice
        return Enquiry(
            items=[item for message in self.messages for item in message.items()],
            tools=[_offered(tool.function) for tool in self.tools or ()],
            tool_choice=choice.function.name if isinstance(choice, Choice) else choice,
            parallel_tool_calls=self.parallel_tool_calls,
            temperature=self.temperature,
            top_p=self.top_p,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            max_tokens=self.max_completion_tokens or self.max_tokens,
            reasoning_effort=self.reasoning_effort,
            more=self._more(),
        )

    def _more(self) -> Json:
        form = self.response_format
        shape = None if form is None else form.model_dump(by_alias=True, exclude_none=True)
        given = {"stop": self.stop, "seed": self.seed, "response_format": shape}
        return {name: value for name, value in given.items() if value is not None}


def _offered(function: Function) -> OfferedTool:
    return OfferedTool(
        function.name, function.description or "", function.parameters or NO_PARAMETERS, strict=bool(function.strict)
    )
