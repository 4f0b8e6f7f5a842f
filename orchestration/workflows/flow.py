"""What is known while a workflow is carried out: who takes part, what came of each step, and what people see of it."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from domain.errors import BadUserInput
from domain.ids import Kind, parse
from domain.messages import CONTENT_LIMIT
from domain.runs import RunErrorCode, RunFailure, StepStatus
from orchestration.runs.steps import Output
from orchestration.thinking.thinker import Entry, Thinker
from orchestration.tools.toolbox import shipped_key
from orchestration.workflows.definition import Definition, FlowStep
from orchestration.workflows.templates import Reference, filled, filled_in
from persistence import models
from persistence.agents import ASSISTANT, AgentRow
from persistence.growing import Beside

KEPT = ("text", "why", "error", "items", "answers")
"""What of a step's output later steps can use."""


class Flow:
    """`outputs` has what came of each step, the last time that it was done; `last` is the newest of them that can be an
    answer."""

    def __init__(self, thinker: Thinker, definition: Definition) -> None:
        self.thinker, self.attempt, self.definition = thinker, thinker.attempt, definition
        self.outputs: dict[str, Output] = {}
        self.last: Output = {}
        self._states: dict[str, tuple[StepStatus, str | None]] = {}

    def agent(self, named: str | None) -> AgentRow:
        """Somebody of the run's team, by id or slug; the assistant without a name."""
        wanted = ASSISTANT if named is None else named
        known = parse(wanted)
        key = known[1] if known and known[0] is Kind.AGENT else None
        found = next((row for row in self.attempt.team if row.id == key or (row.slug or "") == wanted), None)
        if found is None:
            raise RunFailure(RunErrorCode.INTERNAL, f"The agent {wanted!r} is not there any more.")
        return found

    async def model(self, named: str | None) -> UUID | None:
        """A model of the pool, by id or name."""
        if named is None:
            return None
        try:
            async with self.thinker.db.read() as session:
                return await models.wanted(session, named)
        except BadUserInput as error:
            message = f"There is no model {named!r} any more."
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message) from error

    def fill(self, text: str, item: str = "", *, whole: bool = False) -> str:
        """A template with what it refers to. What has not been done is empty. For models it is shortened to fit their
        window, unless it is wanted `whole`."""

        def value(found: Reference) -> str:
            if found.step is None or found.field is None:
                return item if found.item else self.attempt.path[-1].content
            name = "text" if found.field == "output" else found.field
            return str(self.outputs.get(found.step, {}).get(name) or "")

        return filled(text, value, list if whole else self.thinker.within)[:CONTENT_LIMIT]

    def fill_all(self, arguments: dict[str, Any], item: str = "") -> dict[str, Any]:
        """The arguments of a tool, with what they refer to; RunFailure when that is too much for all of them."""
        room = CONTENT_LIMIT

        def fill(text: str) -> str:
            nonlocal room
            words = self.fill(text, item, whole=True)
            room -= len(words)
            if room < 0:
                message = f"The arguments would have more than {CONTENT_LIMIT:,} characters."
                raise RunFailure(RunErrorCode.TOOL_FAILED, message)
            return words

        done: dict[str, Any] = filled_in(arguments, fill)
        return done

    def keep(self, step: FlowStep, output: Output) -> None:
        """A step has come to an end."""
        done = {step.name: {name: output[name] for name in KEPT if name in output}} | output.get("inside", {})
        self.outputs |= done
        self.attempt.beside |= {one.id: one for given in done.values() for one in _beside(given)}
        if step.kind != "condition":
            self.last = output

    def mark(self, step: FlowStep, status: StepStatus, outcome: str | None = None, *, quiet: bool = False) -> None:
        """A step is in another state; people see it unless that is known from an earlier attempt."""
        self._states[step.name] = (status, outcome)
        if not quiet:
            self.show()

    def show(self, note: str | None = None) -> None:
        unknown = StepStatus.PENDING, None
        self.thinker.show(
            [Entry(step.label, *self._states.get(step.name, unknown)) for step in self.definition.steps], note
        )


def _beside(output: Output) -> Iterator[Beside]:
    """The answers of a panel that stay in the chat beside the run's own."""
    for one in output.get("answers", ()):
        if (message_id := one.get("message_id")) is not None:
            yield Beside(UUID(message_id), one["text"], one["model"], UUID(one["agent_id"]))


def tool_key_of(named: str) -> UUID:
    """The key of a tool by its id or, of those that come with the product, by its name."""
    known = parse(named)
    return known[1] if known and known[0] is Kind.TOOL else shipped_key(named)


def told(answers: Sequence[dict[str, Any]]) -> str:
    """Answers of a panel as one text, numbered."""
    return "\n\n".join(
        f"{number}. {one['label']}:\n{one.get('text') or 'no answer: ' + str(one.get('error'))}"
        for number, one in enumerate(answers, start=1)
    )
