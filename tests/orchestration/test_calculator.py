"""The calculator is exact where it can be, says what it cannot do, and is not to be kept busy."""

import json
import time
from uuid import uuid4

import pytest

from orchestration.tools.calculator import CALCULATOR
from orchestration.tools.tool import Call, Result

SOMEBODY = Call(uuid4(), uuid4(), uuid4(), "key")


async def calculate(expression: str) -> Result:
    return await CALCULATOR.call(json.dumps({"expression": expression}), SOMEBODY)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("0.1 + 0.2", "0.3"), ("19.99 * 3", "59.97"), ("(17.5 * 12 + 3) / 4", "53.25"),
        ("2 ** 64", "18446744073709551616"),
        ("2^3 + 1", "9"), ("-2 ** 2", "-4"),
        ("6 \u00d7 7 \u00f7 2 \u2212 1", "20"), ("1/7 * 7", "1"), ("sqrt(144)", "12"),
        ("√(2.25)", "1.5"), ("-7 // 2", "-4"), ("10 % 3", "1"), ("round(2.5)", "3"), ("round(2.675, 2)", "2.68"),
        ("round(-2.5)", "-3"), ("round(1250, -2)", "1300"), ("mean(1, 2, 3.3)", "2.1"), ("sum(1, 2, 3)", "6"),
        ("comb(52, 5)", "2598960"), ("gcd(12, 18) + lcm(4, 6)", "18"), ("factorial(20)", "2432902008176640000"),
        ("1_000 + 0x10", "1016"), ("1e3 * 1e-3", "1"), ("0 ** 0", "1"), ("(-1) ** (10 ** 50 + 1)", "-1"),
        ("floor(2.5) + ceil(2.5)", "5"), ("1e-50", "1E-50"),
    ],
)  # fmt: skip
async def test_what_is_exact(expression: str, result: str) -> None:
    assert json.loads((await calculate(expression)).output) == {"result": result, "exact": True}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("2 ** 0.5", "1.4142135623730951"), ("log(8, 2)", "3.0"), ("ln(e)", "1.0"), ("cos(radians(180))", "-1.0"),
        ("1 / 3", "0.3333333333333333333333333333333333333333"),
        ("2 / 3 * 10 ** 50", "66666666666666666666666666666666666666670000000000.0"),
    ],
)  # fmt: skip
async def test_what_is_not_exact_says_so(expression: str, result: str) -> None:
    told = json.loads((await calculate(expression)).output)
    assert told["exact"] is False
    assert float(told["result"]) == pytest.approx(float(result), rel=1e-15)


async def test_a_fraction_without_an_end_is_shown_as_one() -> None:
    assert json.loads((await calculate("1/3 + 1/7")).output)["fraction"] == "10/21"


@pytest.mark.parametrize(
    "bomb",
    [
        "9**9**9", "9**9**9**9", "2**(2**40)", "factorial(10**9)", "factorial(1001)", "comb(10**6, 5*10**5)",
        "round(1, 10**10)", "1e999999", "1e-999999", "1e-99999999999999",
        "1e-9999999999999999999999", "exp(1000)", "1/3**99999", "*".join(["9" * 80] * 12 + ["9**3000"]),
        "-" * 990 + "1", "(" * 490 + "1" + ")" * 490, "9" * 1_000 + "**9", "10**3000 * 10**3000", "0.1**-5000",
    ],
)  # fmt: skip
async def test_bombs_are_told_at_once(bomb: str) -> None:
    began = time.perf_counter()
    result = await calculate(bomb)
    assert result.error is not None
    assert "unexpectedly" not in result.error
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "attack",
    [
        "().__class__", "(1).real", "__import__('os').system('id')", "'a' * 9", "[1] * 9", "{1: 2}", "lambda: 1",
        "x := 1",
        "abs", "open('/etc/passwd')", "f'{1}'", "1 if 1 else 2", "1 == 1", "True", "3j", "sum(*[1])", "abs(x=3)",
        "(i for i in [1])", "eval('1')", "1; 2", "import os", "", "   ",
    ],
)  # fmt: skip
async def test_only_arithmetic_is_understood(attack: str) -> None:
    result = await calculate(attack)
    assert result.error is not None
    assert "unexpectedly" not in result.error


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/0", "divides by zero"), ("1,000 * 2", "numbers without separators"), ("sqrt(-1)", "domain error"),
        ("foo(1)", "'foo' not defined"), ("(-8) ** (1/3)", "no real value"), ("log(8)", "say which logarithm"),
        ("gcd(1.5, 2)", "whole numbers"), ("5 +", "not arithmetic"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_said(expression: str, said: str) -> None:
    result = await calculate(expression)
    assert said in (result.error or "")


async def test_an_expression_has_a_length() -> None:
    result = await calculate("1+" * 600 + "1")
    assert "at most 1000 characters" in (result.error or "")
