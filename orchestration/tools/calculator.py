"""Arithmetic: exact with whole numbers and fractions, to 15 digits where a function leaves them."""

import ast
import math
import operator
from collections.abc import Callable
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, Field
from simpleeval import InvalidExpression, SimpleEval

from orchestration.tools.tool import Call, Tool, ToolFailure

MOST_BITS = 10_000
"""Of any number on the way: about 3,000 digits, with which every operation takes microseconds."""
MOST_DIGITS = 40
"""Of a number that is not whole."""
SPELLINGS = {"^": "**", "×": "*", "·": "*", "÷": "/", "−": "-", "π": "pi", "√": "sqrt"}  # noqa: RUF001
HINT = "Use numbers without separators, + - * / // % **, brackets, and the functions that the description names."
Number = Fraction | float


class TooLarge(ValueError):
    """A number that nobody needs, and that would take too long to compute with."""


class Arguments(BaseModel):
    expression: str = Field(
        description="Such as (17.5 * 12 + 3) / 4, 2 ** 64, sqrt(2), 0.19 * 250 for 19 percent of 250. "
        "Functions: sqrt, cbrt, exp, ln, log10, log2, log(x, base), sin, cos, tan, asin, acos, atan, radians, degrees, "
        "abs, round(x, digits), floor, ceil, min, max, sum, mean, factorial, comb, gcd, lcm. Angles in radians. "
        "Write numbers without separators: 1234567.89.",
        max_length=1_000,
    )


async def _run(arguments: Arguments, _: Call) -> dict[str, object]:
    return shown(calculated(arguments.expression))


def calculated(expression: str) -> Number:
    """The value of an expression; ToolFailure says what is wrong with it."""
    for spelling, meant in SPELLINGS.items():
        expression = expression.replace(spelling, meant)
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        value = _evaluator(expression).eval(expression, previously_parsed=tree.body)
        return _kept(value)
    except ZeroDivisionError:
        raise ToolFailure("The expression divides by zero.") from None
    except (TooLarge, ArithmeticError):
        raise ToolFailure("A number in the expression gets too large to compute with.") from None
    except SyntaxError as error:
        raise ToolFailure(f"The expression is not arithmetic: {error.msg}. {HINT}") from None
    except InvalidExpression as error:
        raise ToolFailure(f"The expression cannot be computed: {getattr(error, 'message', error)} {HINT}") from None
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise ToolFailure(f"The expression cannot be computed: {error}.") from None


def shown(value: Number) -> dict[str, object]:
    """A number as decimals, and whether they are all of it; a fraction without an end also as such."""
    if isinstance(value, float):
        return {"result": repr(value), "exact": False}
    if value.denominator == 1:
        return {"result": str(value.numerator), "exact": True}
    context = Context(prec=MOST_DIGITS)
    decimals = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    if not context.flags[Inexact]:
        return {"result": _written(decimals), "exact": True}
    told: dict[str, object] = {"result": _written(decimals), "exact": False}
    fraction = f"{value.numerator}/{value.denominator}"
    return told | {"fraction": fraction} if len(fraction) <= 2 * MOST_DIGITS else told


def _written(decimals: Decimal) -> str:
    return f"{decimals:f}" if -MOST_DIGITS < decimals.adjusted() < MOST_DIGITS else str(decimals)


def _evaluator(expression: str) -> SimpleEval:
    """Knows numbers, names, operators and calls of the functions below: no text, attributes, lists or conditions."""
    evaluator = SimpleEval(operators=OPERATORS, functions=FUNCTIONS, names=NAMES)
    evaluator.nodes = {kind: evaluator.nodes[kind] for kind in (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name)}
    evaluator.nodes[ast.Constant] = lambda node: _constant(node, ast.get_source_segment(expression.strip(), node))
    return evaluator


def _constant(node: ast.Constant, written: str | None) -> Fraction:
    """A number exactly as it is written: 0.1 is a tenth."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise TypeError("only numbers can be computed with")
    exact = Decimal(node.value if isinstance(node.value, int) else (written or repr(node.value)))
    if abs(exact.adjusted()) > MOST_BITS:  # before 1e-999999999 becomes a fraction
        raise TooLarge
    return _bounded(Fraction(exact))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise TooLarge
    return value


def _kept(value: Any) -> Number:
    """A result that may be computed with; whole floats stay floats, since they are not exact."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TooLarge
        return value
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return _bounded(Fraction(value))
    raise TypeError("it has no number as its value")


def _bounding(function: Callable[..., Any]) -> Callable[..., Number]:
    def bounded(*values: Number) -> Number:
        return _kept(function(*values))

    return bounded


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        power = exponent.numerator
        if base in {-1, 0, 1}:  # all that matters is the sign and whether it is odd, however large it is
            power = (2 - power % 2) * (-1 if power < 0 else 1) if power else 0
        elif max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(power) > 2 * MOST_BITS:
            raise TooLarge
        return base**power
    if base < 0:
        raise ValueError("the power has no real value")
    return math.pow(base, exponent)


def _root(value: Number) -> Number:
    if isinstance(value, Fraction) and value >= 0:
        exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if exact * exact == value:
            return exact
    return math.sqrt(value)


def _round(value: Number, digits: Number = Fraction(0)) -> Number:
    """Half away from zero, as people round, not half to even."""
    places = _whole(digits)
    if abs(places) > 1_000:
        raise TooLarge
    exact = abs(Fraction(value)) * Fraction(10) ** places
    rounded = math.floor(exact + Fraction(1, 2)) / Fraction(10) ** places
    return -rounded if value < 0 else rounded


def _log(value: Number, base: Number | None = None) -> float:
    if base is None:
        raise ValueError("say which logarithm: ln(x), log10(x), log2(x), or log(x, base)")
    return math.log(value) / math.log(base)


def _whole(value: Number) -> int:
    if value != int(value):
        raise ValueError("it needs whole numbers here")
    return int(value)


def _factorial(value: Number) -> int:
    if value > 1_000:
        raise TooLarge
    return math.factorial(_whole(value))


def _comb(total: Number, chosen: Number) -> int:
    if total > MOST_BITS:
        raise TooLarge
    return math.comb(_whole(total), _whole(chosen))


def _mean(*values: Number) -> Number:
    return sum(values) / Fraction(len(values))


def _whole_numbers(function: Callable[..., int]) -> Callable[..., int]:
    return lambda *values: function(*map(_whole, values))


NAMES = {"pi": math.pi, "e": math.e, "tau": math.tau}
OPERATORS = {
    ast.Add: _bounding(operator.add),
    ast.Sub: _bounding(operator.sub),
    ast.Mult: _bounding(operator.mul),
    ast.Div: _bounding(operator.truediv),
    ast.FloorDiv: _bounding(operator.floordiv),
    ast.Mod: _bounding(operator.mod),
    ast.Pow: _bounding(_power),
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
COMPUTE: dict[str, Callable[..., Any]] = {
    "sqrt": _root, "cbrt": math.cbrt, "exp": math.exp, "ln": math.log, "log": _log, "log10": math.log10,
    "log2": math.log2, "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos,
    "atan": math.atan, "radians": math.radians, "degrees": math.degrees, "abs": abs, "round": _round,
    "floor": math.floor, "ceil": math.ceil, "min": min, "max": max, "sum": lambda *values: sum(values),
    "mean": _mean, "factorial": _factorial, "comb": _comb, "gcd": _whole_numbers(math.gcd),
    "lcm": _whole_numbers(math.lcm),
}  # fmt: skip
FUNCTIONS = {name: _bounding(function) for name, function in COMPUTE.items()}

CALCULATOR = Tool(
    name="calculator",
    description="Compute an arithmetic expression exactly. Use it for every calculation.",
    arguments=Arguments,
    run=_run,
    timeout=5.0,
)
