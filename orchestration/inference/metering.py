"""Counting what one call used: the provider's own count where there is one, an estimate where there is none."""

from collections.abc import Mapping
from typing import Any, cast

from agents import TResponseInputItem
from openai.types.chat import ChatCompletion

from domain.calls import Price
from domain.models import TokenUsage
from orchestration.inference.wire import AnyChunk
from orchestration.memory.tokens import estimate_tokens, weigh

LONGEST_TOKEN = 24.0
"""Characters a chunk on average, up to which each chunk is taken for one token: most servers send them one by one."""
CHARACTERS_PER_TOKEN = 4.0

INPUT, OUTPUT = ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")
"""What reports of the chat-completions and of the responses form call them."""


class Meter:
    """Sees one answer, each chunk of it or the whole. `begun` tells that the provider has answered at all, `finish` why
    a streamed one ended."""

    def __init__(self) -> None:
        self.begun = False
        self.pieces = 0
        self.characters = 0
        self.told: Any = None
        self.finish: str | None = None

    def see(self, chunk: AnyChunk) -> None:
        self.begun = True
        if _counts(chunk.usage):
            self.told = chunk.usage
        if chunk.choices and chunk.choices[0].finish_reason:
            self.finish = chunk.choices[0].finish_reason
        if chunk.choices and (delta := chunk.choices[0].delta) is not None:
            words = delta.content or getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
            if words or delta.tool_calls:
                self.pieces += 1
                self.characters += len(words) if isinstance(words, str) else 0

    def see_whole(self, completion: ChatCompletion) -> None:
        """An answer that came at once."""
        self.begun = True
        self.told = completion.usage if _counts(completion.usage) else None
        message = completion.choices[0].message if completion.choices else None
        if message is not None:
            calls = [call.function.arguments for call in message.tool_calls or () if call.type == "function"]
            thought = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
            self.characters = sum(len(words) for words in (message.content, thought, *calls) if isinstance(words, str))
            self.pieces = round(self.characters / CHARACTERS_PER_TOKEN)

    def usage(
        self, price: Price | None, asked: str | list[TResponseInputItem], *, at_work: bool = False
    ) -> tuple[TokenUsage, bool]:
        """Tokens and money, and whether they are an estimate because the provider did not say. A provider that has
        refused has cost nothing; one that was `at_work` has read the question, even if nothing has come of it.
        """
        if self.told is not None:
            return counted(self.told, price), False
        if not (self.begun or at_work):
            return TokenUsage(requests=1), False
        average = self.characters / self.pieces if self.pieces else 0.0
        said = self.pieces if average <= LONGEST_TOKEN else round(self.characters / CHARACTERS_PER_TOKEN)
        return priced(price, input_tokens=estimated_input(asked), output_tokens=said), True


def _counts(told: Any) -> bool:
    """Whether a usage report says anything: some are empty, or have nothing but zeros."""
    return told is not None and any(_get(told, name) for name in (*INPUT, *OUTPUT))


def counted(told: Any, price: Price | None) -> TokenUsage:
    """A provider's usage report, of the chat-completions or of the responses form, as an object or as a mapping."""
    fresh, said = _one(told, *INPUT), _one(told, *OUTPUT)
    input_details = _get(told, "prompt_tokens_details") or _get(told, "input_tokens_details")
    output_details = _get(told, "completion_tokens_details") or _get(told, "output_tokens_details")
    return priced(
        price,
        input_tokens=fresh,
        output_tokens=said,
        cached=_one(input_details, "cached_tokens"),
        reasoning=_one(output_details, "reasoning_tokens"),
    )


def priced(
    price: Price | None, *, input_tokens: int, output_tokens: int, cached: int = 0, reasoning: int = 0
) -> TokenUsage:
    """One request. Without a price it costs nothing, as far as anybody knows."""
    usage = TokenUsage(1, input_tokens, min(cached, input_tokens), output_tokens, min(reasoning, output_tokens))
    if price is None:
        return usage
    cost = price.cost(input_tokens=input_tokens, cached_input_tokens=cached, output_tokens=output_tokens)
    return TokenUsage(1, usage.input_tokens, usage.cached_input_tokens, output_tokens, usage.reasoning_tokens, cost)


def estimated_input(asked: str | list[TResponseInputItem]) -> int:
    """Tokens of a conversation by its length."""
    if isinstance(asked, str):
        return estimate_tokens(asked)
    return sum(weigh(cast("Mapping[str, Any]", item)) for item in asked)


def _one(told: Any, *names: str) -> int:
    for name in names:
        if isinstance(value := _get(told, name), int | float):
            return max(int(value), 0)
    return 0


def _get(told: Any, name: str) -> Any:
    return told.get(name) if isinstance(told, Mapping) else getattr(told, name, None)
