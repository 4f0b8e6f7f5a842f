"""However a stream is framed and sliced, the same words come out, and the first ones at once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest

from domain.runs import RunErrorCode
from orchestration.inference.chat_client import ChatClient, Endpoint, Timeouts, open_session
from orchestration.inference.coalescing import Tap
from orchestration.inference.sse import EventData
from orchestration.inference.streaming import ChatStream
from tests.upstream import Upstream
from tests.upstream_answers import chunk

SHORT = Timeouts(connect=1.0, first_byte=0.2, idle=0.2)
Connect = Callable[..., ChatClient]
Case = tuple[int, str, str | None, RunErrorCode, bool]


@pytest.fixture
async def connect(upstream: Upstream) -> AsyncIterator[Connect]:
    session = open_session(Timeouts())

    def connect(tap: Tap | None = None, timeouts: Timeouts | None = None, base_url: str | None = None) -> ChatClient:
        times = timeouts or Timeouts()
        return ChatClient(Endpoint(base_url or upstream.base_url, "sk-test", session, times), tap)

    yield connect
    await session.close()


async def opened(client: ChatClient) -> ChatStream:
    stream = await client.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
    assert isinstance(stream, ChatStream)
    return stream


async def text(client: ChatClient) -> str:
    stream = await opened(client)
    words = ""
    async for found in stream:
        for choice in found.choices or ():
            words += (choice.delta.content or "") if choice.delta else ""
    return words


def sent(*contents: str, ending: bytes = b"\n\n") -> bytes:
    chunks = [*(chunk(content=content) for content in contents), chunk(finish="stop")]
    return b"".join(b"data: " + json.dumps(c, ensure_ascii=False).encode() + ending for c in chunks)


BODIES = {
    "line feeds": sent("grün ", "🌍") + b"data: [DONE]\n\n",
    "carriage returns and line feeds": sent("grün ", "🌍", ending=b"\r\n\r\n") + b"data: [DONE]\r\n\r\n",
    "carriage returns": sent("grün ", "🌍", ending=b"\r\r") + b"data: [DONE]\r\r",
    "comments": b": ping\n\n" + sent("grün ", "🌍", ending=b"\n\n: processing\n\n"),
    "no space": (sent("grün ", "🌍") + b"data: [DONE]\n\n").replace(b"data: ", b"data:"),
    "other fields": (sent("grün ", "🌍")).replace(b"data: ", b"event: message\nid: 1\nretry: 3\ndata: "),
    "data on two lines": (sent("grün ", "🌍")).replace(b', "model"', b',\ndata: "model"'),
    "a byte order mark": b"\xef\xbb\xbf" + sent("grün ", "🌍"),
    "no [DONE]": sent("grün ", "🌍"),
    "no last empty line": sent("grün ", "🌍") + b"data: [DONE]",
    "more after [DONE]": sent("grün ", "🌍") + b"data: [DONE]\n\ndata: {}\n\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_events_are_the_same_however_the_bytes_are_sliced(name: str) -> None:
    body = BODIES[name]
    whole = EventData()
    expected = [*whole.feed(body), whole.end()]

    for size in (1, 2, 3, 5, 7, 64):
        events = EventData()
        found = [data for start in range(0, len(body), size) for data in events.feed(body[start : start + size])]
        assert [data for data in [*found, events.end()] if data] == [data for data in expected if data]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("size", [3, 1_000])
async def test_every_framing_gives_the_same_words(name: str, size: int, upstream: Upstream, connect: Connect) -> None:
    body = BODIES[name]
    heard: list[str] = []
    upstream.raw(*(body[start : start + size] for start in range(0, len(body), size)))

    assert await text(connect(lambda _, words: heard.append(words))) == "grün 🌍"
    assert "".join(heard) == "grün 🌍"


@pytest.mark.parametrize("tapped", [False, True])
async def test_the_first_words_are_not_held_back(tapped: bool, upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one two three four", held_after=2)  # the role, then the first word
    heard: list[str] = []
    client = connect((lambda _, words: heard.append(words)) if tapped else None)
    stream = await opened(client)
    seen = ""
    async for found in stream:
        seen += "".join(c.delta.content or "" for c in found.choices or () if c.delta)
        if seen:
            break
    assert seen == "one"
    assert heard == (["one"] if tapped else [])
    await stream.close()


async def test_a_tap_hears_words_that_the_sdk_gets_later(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one two three", held_after=3)
    heard: asyncio.Queue[str] = asyncio.Queue()
    reading = asyncio.create_task(text(connect(lambda _, words: heard.put_nowait(words))))

    said = ""
    while said != "one two":
        said += await heard.get()
    assert not reading.done()
    upstream.release()

    assert await reading == "one two three"
