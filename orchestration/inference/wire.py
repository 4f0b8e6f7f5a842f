"""Chunks of a chat-completions stream as the wire has them, decoded into plain structs.

The Agents SDK only reads attributes of a chunk, so a struct serves it as well as the openai client's models,
which cost more to build than all other work on a token together.
"""

from typing import Any

import msgspec
import orjson
from openai import APIError
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceLogprobs

from orchestration.inference.provider_errors import Exchange


class FunctionDelta(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class ToolCallDelta(msgspec.Struct):
    index: int = 0
    id: str | None = None
    type: str | None = None
    function: FunctionDelta | None = None
    extra_content: Any = None
    provider_specific_fields: Any = None


class Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: Any = None
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None
    role: str | None = None
    thinking_blocks: Any = None
    annotations: Any = None
    audio: Any = None


class Choice(msgspec.Struct):
    index: int = 0
    delta: Delta | None = None
    finish_reason: str | None = None
    logprobs: Any = None


class Chunk(msgspec.Struct):
    id: str | None = None
    model: str | None = None
    choices: list[Choice] | None = None
    usage: Any = None
    error: Any = None


AnyChunk = Chunk | ChatCompletionChunk

_decode = msgspec.json.Decoder(Chunk).decode


def read_chunk(payload: bytes, exchange: Exchange) -> AnyChunk:
    """One event's data as a chunk; APIError when it is an error report or no JSON object at all.

    A provider that bends the format (numbers as texts, say) gets the openai client's lenient reading.
    """
    try:
        chunk = _decode(payload)
    except msgspec.ValidationError:
        return _lenient(payload, exchange)
    except msgspec.DecodeError:
        raise exchange.malformed(payload) from None
    if chunk.error:
        raise reported(chunk.error, exchange)
    return chunk


def _lenient(payload: bytes, exchange: Exchange) -> ChatCompletionChunk:
    found = orjson.loads(payload)
    if not isinstance(found, dict):
        raise exchange.malformed(payload)
    if found.get("error"):
        raise reported(found["error"], exchange)
    for choice in objects(found.get("choices")):
        choice["index"] = choice.get("index") or 0
        straighten(choice.get("delta"))
    return ChatCompletionChunk.construct(**found)


def straighten(said: Any) -> None:
    """Put the words of a delta or a message where the SDK looks for them, as texts: some providers send lists of parts,
    Mistral with what the model thinks among them, and some send the arguments of a call as an object.
    """
    if not isinstance(said, dict):
        return
    content = said.get("content")
    thoughts = _words([part.get("thinking") for part in objects(content)])
    if thoughts:
        said["reasoning_content"] = thoughts
    for name in ("content", "reasoning_content", "refusal"):
        if not isinstance(said.get(name), str | None):
            said[name] = _words(said[name]) or None
    for call in objects(said.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, dict) and isinstance(function.get("arguments"), dict):
            function["arguments"] = orjson.dumps(function["arguments"]).decode()


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects in a list; none in anything else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _words(said: Any) -> str:
    """The words of a text, of a part that holds one, or of a list of these."""
    if isinstance(said, list):
        return "".join(map(_words, said))
    if isinstance(said, dict):
        return _words(said.get("text"))
    return said if isinstance(said, str) else ""


def reported(error: object, exchange: Exchange) -> APIError:
    """What a provider says went wrong, in the midst of a stream or with status 200."""
    message = error.get("message") if isinstance(error, dict) else error
    shown = message if isinstance(message, str) and message else "An error occurred during streaming"
    return exchange.reported(shown, error)


def typed(chunk: AnyChunk) -> AnyChunk:
    """Give the rare parts of a chunk that is about to leave the types the SDK expects: usage and logprobs."""
    if isinstance(chunk, Chunk):
        if isinstance(chunk.usage, dict):
            chunk.usage = CompletionUsage.construct(**chunk.usage)
        for choice in chunk.choices or ():
            if isinstance(choice.logprobs, dict):
                choice.logprobs = ChoiceLogprobs.construct(**choice.logprobs)
    return chunk


def finished(chunk: AnyChunk) -> bool:
    """Whether a choice ends with this chunk; an empty reason is none."""
    return any(choice.finish_reason for choice in chunk.choices or ())
