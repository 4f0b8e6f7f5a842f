"""What is counted: each ledger with its lines in one shape, so that all of them are summed in the same way."""

from dataclasses import dataclass, replace
from typing import LiteralString

from persistence.histograms import Measure, entry

NOBODY: LiteralString = "'00000000-0000-0000-0000-000000000000'::uuid"
"""Stands for what a line does not have, where NULL would not be equal to itself."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table with `user_id`, and with `counted`, which is true for lines that the sums have. `subject` is what they
    are told apart by, such as the model or the tool that a line is about; `among` is the table where one that has been
    removed is missing."""

    kind: LiteralString
    table: LiteralString
    key: LiteralString
    at: LiteralString
    subject: LiteralString = NOBODY
    name: LiteralString = "''"
    errors: LiteralString = "0"
    input_tokens: LiteralString = "0"
    output_tokens: LiteralString = "0"
    cost_usd: LiteralString = "0::numeric"
    entries: LiteralString = "'{}'::bigint[]"
    among: LiteralString | None = None

    @property
    def lines(self) -> LiteralString:
        """The columns of a line in the common shape, in SQL."""
        return (
            f"user_id, {self.at} AS at, {self.subject} AS subject_id, {self.name} AS name, {self.errors} AS errors,"
            f" {self.input_tokens} AS input_tokens, {self.output_tokens} AS output_tokens, {self.cost_usd} AS cost_usd,"
            f" {self.entries} AS entries"
        )


_SPOKEN: LiteralString = "nullif(greatest(duration_ms - ttft_ms, 0), 0) / 1000"
_SPEED: LiteralString = f"CASE WHEN output_tokens > 1 THEN output_tokens / ({_SPOKEN}) END"
_MEASURED: LiteralString = ", ".join(
    (entry(Measure.TTFT_MS, "ttft_ms"), entry(Measure.DURATION_MS, "duration_ms"),
     entry(Measure.TOKENS_PER_SECOND, f"({_SPEED})"))
)  # fmt: skip

CALLS = Ledger(
    kind="call",
    table="model_calls",
    key="id",
    at="started_at",
    subject=f"coalesce(model_id, {NOBODY})",
    name="model_name",
    errors="(outcome = 'failed')::int",
    input_tokens="input_tokens",
    output_tokens="output_tokens",
    cost_usd="cost_usd",
    entries=f"CASE WHEN outcome = 'succeeded' THEN array_remove(ARRAY[{_MEASURED}], NULL) ELSE '{{}}'::bigint[] END",
    among="models",
)
"""Calls to models, by model. Times and speeds are those of calls that succeeded."""

AGENTS = replace(CALLS, kind="agent", subject=f"coalesce(agent_id, {NOBODY})", name="''", among="agents")
"""The same by agent: sums of each of both are far fewer than of each model of each agent, which nobody asks for."""

TOOLS = Ledger(
    kind="tool",
    table="tool_calls",
    key="id",
    at="started_at",
    subject="tool_key",
    name="name",
    errors="(status = 'FAILED')::int",
    entries=f"ARRAY[{entry(Measure.DURATION_MS, 'duration_ms')}]",
)
"""Calls to tools."""

CHOICES = Ledger(kind="choice", table="selections", key="run_id", at="created_at")
"""Models that a policy chose."""

ALL = (CALLS, AGENTS, TOOLS, CHOICES)
TABLES = ((CALLS, AGENTS), (TOOLS,), (CHOICES,))
"""Those of the same lines together: what has counted a line has counted it for all of them."""
