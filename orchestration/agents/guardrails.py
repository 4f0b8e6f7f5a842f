"""What an agent refuses to take or to say: checks of the question that it is asked and of the final answer."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents import Agent, GuardrailFunctionOutput, InputGuardrail, OutputGuardrail, TResponseInputItem
from agents.run_context import RunContextWrapper

from domain.errors import BadUserInput
from domain.messages import CONTENT_LIMIT

MOST_PHRASES, LONGEST_PHRASE = 50, 100


@dataclass(frozen=True, slots=True)
class Guardrails:
    """`denied_input` and `denied_output` are words and phrases, found as whole words in any case."""

    max_input_chars: int | None = None
    denied_input: tuple[str, ...] = ()
    denied_output: tuple[str, ...] = ()

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Guardrails":
        return cls(
            stored.get("max_input_chars"), tuple(stored.get("denied_input", ())), tuple(stored.get("denied_output", ()))
        )

    def stored(self) -> dict[str, Any]:
        """Without what is not asked for."""
        given = {
            "max_input_chars": self.max_input_chars,
            "denied_input": list(self.denied_input),
            "denied_output": list(self.denied_output),
        }
        return {name: value for name, value in given.items() if value}

    def check(self) -> None:
        """BadUserInput unless these can be stored."""
        wrong: dict[str, str] = {}
        if self.max_input_chars is not None and not 1 <= self.max_input_chars <= CONTENT_LIMIT:
            wrong["input.guardrails.maxInputChars"] = f"must be between 1 and {CONTENT_LIMIT:,}"
        for name, phrases in (("deniedInput", self.denied_input), ("deniedOutput", self.denied_output)):
            if len(phrases) > MOST_PHRASES:
                wrong[f"input.guardrails.{name}"] = f"has {len(phrases)} phrases; at most {MOST_PHRASES} are allowed"
            elif any(not 1 <= len(phrase.strip()) <= LONGEST_PHRASE for phrase in phrases):
                wrong[f"input.guardrails.{name}"] = f"needs phrases of 1 to {LONGEST_PHRASE} characters"
        if wrong:
            raise BadUserInput(wrong)

    def refusal_of_input(self, text: str) -> str | None:
        """Why a message is not taken; None when it is."""
        if self.max_input_chars is not None and len(text) > self.max_input_chars:
            return f"takes messages of at most {self.max_input_chars:,} characters; this one has {len(text):,}"
        return "does not take messages with words that are denied to it" if found(text, self.denied_input) else None

    def refusal_of_output(self, text: str) -> str | None:
        """Why an answer is not given; None when it is."""
        return "was about to use words that are denied to it" if found(text, self.denied_output) else None


def found(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in a text, as whole words, in any case and with any space between them."""
    patterns = [r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases]
    return bool(patterns) and re.search(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", text, re.IGNORECASE) is not None


def input_guardrails(name: str, rails: Guardrails) -> list[InputGuardrail[Any]]:
    """For the SDK, of agents that are asked like tools; they end before the model is called."""

    def check(
        _: RunContextWrapper[Any], __: Agent[Any], asked: str | list[TResponseInputItem]
    ) -> GuardrailFunctionOutput:
        return _tripped(name, rails.refusal_of_input(_question(asked)))

    wanted = rails.max_input_chars is not None or rails.denied_input
    return [InputGuardrail(check, name="input", run_in_parallel=False)] if wanted else []


def output_guardrails(name: str, rails: Guardrails) -> list[OutputGuardrail[Any]]:
    def check(_: RunContextWrapper[Any], __: Agent[Any], answer: object) -> GuardrailFunctionOutput:
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str)
        return _tripped(name, rails.refusal_of_output(text))

    return [OutputGuardrail(check, name="output")] if rails.denied_output else []


def _tripped(name: str, refusal: str | None) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(f"{name} {refusal}." if refusal else None, tripwire_triggered=refusal is not None)


def _question(asked: str | list[TResponseInputItem]) -> str:
    """The newest of the messages to the agent, without its pictures."""
    if isinstance(asked, str):
        return asked
    said: Any = next((item.get("content") for item in reversed(asked) if item.get("role") == "user"), "")
    if isinstance(said, str):
        return said
    return "\n".join(part["text"] for part in said if part["type"] == "input_text")
