"""Answers of the Responses API: the events of a response, of which the last one has it whole."""

import time
from collections.abc import Iterator

import orjson

from domain.completions import Began, Called, Ended, Finish, Json, Piece, Said
from domain.ids import new_id
from domain.models import TokenUsage

TEXT = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
REFUSAL = {"type": "refusal", "refusal": ""}
CUT = {Finish.LENGTH: "max_output_tokens", Finish.CONTENT_FILTER: "content_filter"}


class ResponseAnswer:
    """One response. Its items are opened and closed as words of another kind follow."""

    def __init__(self, model: str, echo: Json) -> None:
        self._sequence = 0
        self._open: _Words | None = None
        self.response: Json = {
            "id": f"resp_{new_id().hex}", "object": "response", "created_at": int(time.time()),
            "status": "in_progress", "error": None, "incomplete_details": None, "model": model, "output": [],
            "usage": None, "user": None, **echo,
        }  # fmt: skip

    def events(self, piece: Piece) -> Iterator[Json]:
        """The events for one piece of the answer."""
        for name, more in self._told(piece):
            yield {"type": name, "sequence_number": self._sequence, **more}
            self._sequence += 1

    def frames(self, piece: Piece) -> Iterator[bytes]:
        return map(frame, self.events(piece))

    def failed(self, error: Json) -> bytes:
        """The frame that a response ends with when it fails in the middle."""
        reason = {"code": error["code"], "message": error["message"]}
        failed = {**self.response, "status": "failed", "error": reason}
        return frame({"type": "response.failed", "sequence_number": self._sequence, "response": failed})

    def _told(self, piece: Piece) -> Iterator[tuple[str, Json]]:
        match piece:
            case Began(model):
                self.response["model"] = model
                yield "response.created", {"response": {**self.response}}
                yield "response.in_progress", {"response": {**self.response}}
            case Said(kind, text):
                if self._open is None or self._open.kind != kind:
                    yield from self._close()
                    self._open = WORDS[kind](len(self.response["output"]))
                    yield from self._open.begin()
                yield self._open.say(text)
            case Called():
                yield from self._close()
                yield from self._call(piece)
            case Ended(finish, usage):
                yield from self._close()
                yield self._end(finish, usage)

    def _close(self) -> Iterator[tuple[str, Json]]:
        if self._open is not None:
            yield from self._open.end()
            self.response["output"].append(self._open.item)
            self._open = None

    def _call(self, call: Called) -> Iterator[tuple[str, Json]]:
        index = len(self.response["output"])
        item = {"type": "function_call", "id": _id("fc"), "call_id": call.id, "name": call.name}
        at = {"item_id": item["id"], "output_index": index}
        done = {**item, "arguments": call.arguments, "status": "completed"}
        opened = {**item, "arguments": "", "status": "in_progress"}
        yield "response.output_item.added", {"output_index": index, "item": opened}
        yield "response.function_call_arguments.delta", {**at, "delta": call.arguments}
        yield "response.function_call_arguments.done", {**at, "name": call.name, "arguments": call.arguments}
        yield "response.output_item.done", {"output_index": index, "item": done}
        self.response["output"].append(done)

    def _end(self, finish: Finish, usage: TokenUsage) -> tuple[str, Json]:
        reason = CUT.get(finish)
        status = "completed" if reason is None else "incomplete"
        self.response |= {"status": status, "usage": usage_of(usage)}
        if reason is not None:
            self.response["incomplete_details"] = {"reason": reason}
        return f"response.{status}", {"response": self.response}


class _Words:
    """An item that is being written: its part, and the names of the events of its kind."""

    kind: str
    part: Json
    field: str
    name: str
    part_name = "content_part"
    index_name = "content_index"

    def __init__(self, index: int) -> None:
        self._index, self._said, self.item = index, list[str](), self._new()

    def _new(self) -> Json:
        return {"type": "message", "id": _id("msg"), "role": "assistant", "status": "in_progress", "content": []}

    def _filled(self, part: Json) -> Json:
        return {**self.item, "status": "completed", "content": [part]}

    @property
    def _at(self) -> Json:
        return {"item_id": self.item["id"], "output_index": self._index, self.index_name: 0}

    def begin(self) -> Iterator[tuple[str, Json]]:
        yield "response.output_item.added", {"output_index": self._index, "item": self.item}
        yield f"response.{self.part_name}.added", {**self._at, "part": self.part}

    def say(self, text: str) -> tuple[str, Json]:
        self._said.append(text)
        return f"response.{self.name}.delta", {**self._at, "delta": text, **self._more}

    def end(self) -> Iterator[tuple[str, Json]]:
        part = {**self.part, self.field: "".join(self._said)}
        self.item = self._filled(part)
        yield f"response.{self.name}.done", {**self._at, self.field: part[self.field], **self._more}
        yield f"response.{self.part_name}.done", {**self._at, "part": part}
        yield "response.output_item.done", {"output_index": self._index, "item": self.item}

    @property
    def _more(self) -> Json:
        return {}


class _Text(_Words):
    kind, part, field, name = "text", TEXT, "text", "output_text"

    @property
    def _more(self) -> Json:
        return {"logprobs": []}


class _Refusal(_Words):
    kind, part, field, name = "refusal", REFUSAL, "refusal", "refusal"


class _Reasoning(_Words):
    kind, part, field = "reasoning", {"type": "summary_text", "text": ""}, "text"
    name, part_name, index_name = "reasoning_summary_text", "reasoning_summary_part", "summary_index"

    def _new(self) -> Json:
        return {"type": "reasoning", "id": _id("rs"), "status": "in_progress", "summary": []}

    def _filled(self, part: Json) -> Json:
        return {**self.item, "status": "completed", "summary": [part]}


WORDS: dict[str, type[_Words]] = {kind.kind: kind for kind in (_Text, _Refusal, _Reasoning)}


def _id(prefix: str) -> str:
    return f"{prefix}_{new_id().hex}"


def frame(event: Json) -> bytes:
    return f"event: {event['type']}".encode() + b"\ndata: " + orjson.dumps(event) + b"\n\n"


def usage_of(usage: TokenUsage) -> Json:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_input_tokens},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
