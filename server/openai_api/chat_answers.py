"""Answers of the chat completions API: whole, or chunk by chunk."""

import time
from collections.abc import Iterator, Sequence

import orjson

from domain.completions import Answer, Began, Called, Ended, Json, Piece, Said
from domain.ids import new_id
from domain.models import TokenUsage

FIELDS = {"text": "content", "reasoning": "reasoning_content", "refusal": "refusal"}
DONE = b"data: [DONE]\n\n"


class ChatAnswer:
    """One completion. `model` is what was asked for, until it is known who answers."""

    def __init__(self, model: str, *, with_usage: bool = False) -> None:
        self._id, self._created = f"chatcmpl-{new_id().hex}", int(time.time())
        self._model, self._with_usage, self._calls = model, with_usage, 0

    def whole(self, answer: Answer) -> Json:
        """The answer that is not streamed."""
        message: Json = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal or None}
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        if answer.calls:
            message["tool_calls"] = [_call(call) for call in answer.calls]
        ended = answer.ended
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": ended and ended.finish}
        return self._object("chat.completion", answer.model, [choice], usage=ended and usage_of(ended.usage))

    def frames(self, piece: Piece) -> Iterator[bytes]:
        """The events for one piece of a streamed answer."""
        match piece:
            case Began(model):
                self._model = model
                yield self._chunk({"role": "assistant", "content": ""})
            case Said(kind, text):
                yield self._chunk({FIELDS[kind]: text})
            case Called():
                yield self._chunk({"tool_calls": [{"index": self._calls, **_call(piece)}]})
                self._calls += 1
            case Ended(finish, usage):
                yield self._chunk({}, finish)
                if self._with_usage:
                    told = self._object("chat.completion.chunk", self._model, [], usage=usage_of(usage))
                    yield frame(told)

    def _chunk(self, delta: Json, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        more = {"usage": None} if self._with_usage else {}
        return frame(self._object("chat.completion.chunk", self._model, [choice], **more))

    def _object(self, kind: str, model: str, choices: Sequence[Json], **more: object) -> Json:
        named = {"id": self._id, "object": kind, "created": self._created, "model": model}
        return {**named, "choices": choices, **more}


def frame(value: Json) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def _call(call: Called) -> Json:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def usage_of(usage: TokenUsage) -> Json:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_input_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }
