import { expect, test } from "vitest";

import { bytes, money, pace, price, tokens } from "./quantities";

test("a price has two digits at least, and as many as it needs up to four", () => {
  expect(["0", "3", "0.15", "0.0375", "12.5"].map(price)).toEqual([
    "free",
    "$3.00",
    "$0.15",
    "$0.0375",
    "$12.50",
  ]);
});

test("what cost nothing is not spoken of, and what cost nearly nothing is not called free", () => {
  expect([money("0"), money("0.00001"), money("0.0042"), money("1.239")]).toEqual([
    null,
    "<$0.0001",
    "$0.0042",
    "$1.24",
  ]);
});

test("sizes and speeds are short", () => {
  expect([bytes(491_400_064), bytes(1_117_320_736)]).toEqual(["491 MB", "1.1 GB"]);
  expect([tokens(128_000), tokens(8_192), pace(7.25), pace(1_234.4)]).toEqual([
    "128K",
    "8.2K",
    "7.3 tok/s",
    "1,234 tok/s",
  ]);
});
