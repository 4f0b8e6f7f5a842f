"""What a request used, as our own fact, and what it cost."""

from decimal import Decimal

from openai.types.responses import ResponseUsage

from domain.models import TokenUsage
from persistence.models import ModelRow

MILLION = Decimal(1_000_000)


def usage_of(usage: ResponseUsage, row: ModelRow) -> TokenUsage:
    """Tokens and cost of one request. Without a price the cost is 0; cached input is priced like other input, from
    above.
    """
    return TokenUsage(
        requests=1,
        input_tokens=usage.input_tokens,
        cached_input_tokens=usage.input_tokens_details.cached_tokens or 0,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.output_tokens_details.reasoning_tokens or 0,
        cost_usd=cost_of(row, usage.input_tokens, usage.output_tokens) or Decimal(0),
    )


def cost_of(row: ModelRow, input_tokens: int, output_tokens: int) -> Decimal | None:
    """US dollars; None when the price is not known. Local models cost nothing."""
    if row.file is not None:
        return Decimal(0)
    if row.input_usd_per_million is None or row.output_usd_per_million is None:
        return None
    return (input_tokens * row.input_usd_per_million + output_tokens * row.output_usd_per_million) / MILLION
