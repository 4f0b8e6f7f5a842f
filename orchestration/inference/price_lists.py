"""Public prices of well-known providers, from the list that the package genai-prices brings along; no network."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot


class Listed(NamedTuple):
    """US dollars per million tokens, of the standard tier; `window` in tokens."""

    input_usd: Decimal
    output_usd: Decimal
    cached_input_usd: Decimal | None = None
    window: int | None = None


def listed_price(model: str, base_url: str) -> Listed | None:
    """The price of a model at the provider that this address belongs to; None when the list has none. Blocks."""
    try:
        _, found = _snapshot().find_provider_model(model, None, None, base_url)
    except LookupError:
        return None
    prices = vars(found.get_prices(datetime.now(UTC)))
    fresh, said = _base(prices.get("input_mtok")), _base(prices.get("output_mtok"))
    if fresh is None or said is None:
        return None
    return Listed(fresh, said, _base(prices.get("cache_read_mtok")), found.context_window)


@cache
def _snapshot() -> "DataSnapshot":
    """Imported late: it is large, and only discovery needs it."""
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

    return get_snapshot()


def _base(price: object) -> Decimal | None:
    """The price of the first tier, where it depends on the length of the prompt."""
    return price if isinstance(price, Decimal) else getattr(price, "base", None)
