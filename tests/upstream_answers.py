"""Answers of the mock provider: as chunks, as bytes, and the canned ones of its stand-alone models."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

ANSWER = """# A short answer

Parley streams **every token** as it comes. Here is some code:

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

| City   | Country | People     |
| ------ | ------- | ---------- |
| Paris  | France  | 2,100,000  |
| Vienna | Austria | 2,000,000  |

1. First, ask.
2. Then, read.

That is all.
"""

TOKEN = re.compile(r"\s*\S+|\s+")
STAND_ALONE_MODELS = ("scripted", "fast", "numbers")


def tokens_in(body: dict[str, Any]) -> int:
    """What the mock counts for a prompt: a token for 3.5 bytes of text, 4 for each message, and the tools' schemas."""
    sent = [*body["messages"], *body.get("tools", ())]
    return sum(4 + int(len(json.dumps(one, ensure_ascii=False).encode()) / 3.5) for one in _bare(sent))


def _bare(sent: list[dict[str, Any]]) -> list[Any]:
    """Messages without the names that the wire needs and no model gets."""
    return [one["content"] if one.keys() == {"role", "content"} else one for one in sent]


def too_long(window: int, tokens: int) -> dict[str, Any]:
    message = (
        f"This model's maximum context length is {window} tokens. However, your messages resulted in {tokens} tokens."
    )
    error = {
        "message": message,
        "type": "invalid_request_error",
        "param": "messages",
        "code": "context_length_exceeded",
    }
    return {"error": error}


def tokens_of(text: str) -> list[str]:
    return TOKEN.findall(text)


@dataclass
class Reply:
    """One answer to come. `raw` is sent instead of chunks; `held_after` chunks wait for `release()`. `rate` is how many
    chunks come in a second, however long each takes to be written."""

    chunks: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    raw: list[bytes] | None = None
    delay: float = 0.0
    rate: float | None = None
    held_after: int | None = None
    headers_held: bool = False
    cut_after: int | None = None
    done: bool = True
    newline: bytes = b"\n"


def said(text: str) -> Reply:
    """An answer: each word a chunk, then its usage."""
    words = tokens_of(text)
    ending = [chunk(finish="stop"), usage_chunk(7, len(words))]
    return Reply([chunk(role="assistant", content=""), *(chunk(content=word) for word in words), *ending])


def chunk(model: str = "mock", *, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [choice],
    }


def usage_chunk(prompt: int, completion: int, *, cached: int = 0, reasoning: int = 0) -> dict[str, Any]:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    return {**chunk(), "choices": [], "usage": usage}


def frames(reply: Reply) -> list[bytes]:
    end = reply.newline * 2
    sent = [b"data: " + json.dumps(data).encode() + end for data in reply.chunks]
    return [*sent, b"data: [DONE]" + end] if reply.done else sent


def whole(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The chunks of an answer as one unstreamed completion."""
    deltas = [choice["delta"] for data in chunks for choice in data["choices"]]
    message: dict[str, Any] = {"role": "assistant"}
    for name in ("content", "reasoning_content", "refusal"):
        message[name] = "".join(delta.get(name) or "" for delta in deltas) or None
    calls = [call for delta in deltas for call in delta.get("tool_calls") or ()]
    if calls:
        arguments = "".join(call["function"].get("arguments") or "" for call in calls)
        first = calls[0]
        message["tool_calls"] = [{**first, "function": {"name": first["function"]["name"], "arguments": arguments}}]
    finish = next((c["finish_reason"] for data in chunks for c in data["choices"] if c["finish_reason"]), "stop")
    usage = next((data["usage"] for data in chunks if data.get("usage")), None)
    choice = {"index": 0, "message": message, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "mock"}
    return {**head, "choices": [choice], "usage": usage}


def scripted(body: dict[str, Any]) -> Reply:
    """What the models of the stand-alone server answer."""
    question = _words_of(body["messages"][-1].get("content"))
    if body["model"] == "numbers":
        count = int(found.group()) if (found := re.search(r"\d+", question)) else 100
        words = [f"{' ' if number else ''}w{number}" for number in range(count)]
    else:
        words = tokens_of(ANSWER)
    ending = [chunk(finish="stop"), usage_chunk(len(tokens_of(question)), len(words))]
    chunks = [chunk(role="assistant", content=""), *(chunk(content=word) for word in words), *ending]
    return Reply(chunks, delay=0.033 if body["model"] == "scripted" else 0.0)


def _words_of(content: object) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")
