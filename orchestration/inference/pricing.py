"""What a call would cost."""

from decimal import Decimal

from persistence.model_prices import price_of
from persistence.models import ModelRow


def cost_of(row: ModelRow, input_tokens: int, output_tokens: int) -> Decimal | None:
    """US dollars at the price of now; None when the price is not known. Local models cost nothing."""
    price = price_of(row)
    return None if price is None else price.cost(input_tokens=input_tokens, output_tokens=output_tokens)
