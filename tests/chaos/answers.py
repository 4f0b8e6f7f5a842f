"""The model provider: tells what a question asks for in other words each time, so that answers cannot be mixed up."""

import re
from typing import Any

from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, usage_chunk

ASKED = re.compile(r"Question (\d+): tell (\d+) words and (\d+) thoughts, (\d+) ms apart")
WORD = re.compile(r"(\d+):(\d+)é")


def question(number: int, *, words: int, thoughts: int, pace: int) -> str:
    """A question that says what its answer is to be; `pace` is in milliseconds."""
    return f"Question {number}: tell {words} words and {thoughts} thoughts, {pace} ms apart"


def told(text: str) -> int | None:
    """How many words the text has, from the first on and all of one telling; None when it is not such a text."""
    if not text:
        return 0
    words = [WORD.fullmatch(word) for word in text.split(" ")]
    numbers = [(word[1], int(word[2])) for word in words if word]
    whole = [(numbers[0][0], place) for place in range(len(words))] if numbers else None
    return len(words) if numbers == whole else None


class Storyteller(Upstream):
    """Every request gets an answer of its own: its words carry the request's number."""

    def _default(self, body: dict[str, Any]) -> Reply:
        asked = ASKED.search(str(body["messages"][-1].get("content")))
        if asked is None:
            return super()._default(body)
        count, thoughts, pace = (int(part) for part in asked.groups()[1:])
        telling = len(self.requests)
        thinking = [chunk(reasoning_content=f"{telling}:{place}…") for place in range(thoughts)]
        words = [chunk(content=f"{' ' if place else ''}{telling}:{place}é") for place in range(count)]
        ending = [chunk(finish="stop"), usage_chunk(7, count, reasoning=thoughts)]
        return Reply([chunk(role="assistant", content=""), *thinking, *words, *ending], delay=pace / 1000)
