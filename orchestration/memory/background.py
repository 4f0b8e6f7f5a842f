"""What a model is told beside the conversation: what is known of the person, and what was said long ago."""

from dataclasses import dataclass

from orchestration.files.pictures import Pictures
from orchestration.memory.fitting import Recap

KNOWN = "What you know about the person from earlier conversations. It may be out of date; use it where it helps:"
EARLIER = "A summary of what was said earlier in this conversation:"


@dataclass(frozen=True, slots=True)
class Background:
    """`known` are memories, the most important first; `pictures` is where those of the conversation are found."""

    known: tuple[str, ...] = ()
    recap: Recap | None = None
    pictures: Pictures | None = None

    def below(self, instructions: str | None) -> str | None:
        """Instructions with what is known of the person below them."""
        if not self.known:
            return instructions
        return _joined(instructions, "\n".join([KNOWN, *(f"- {text}" for text in self.known)]))

    @staticmethod
    def recalling(instructions: str | None, recap: str | None) -> str | None:
        """Instructions with a summary below them."""
        return instructions if recap is None else _joined(instructions, f"{EARLIER}\n{recap}")


def _joined(above: str | None, below: str) -> str:
    return f"{above}\n\n{below}" if above else below
