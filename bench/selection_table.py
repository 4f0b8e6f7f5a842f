"""How well the selection chooses, on questions whose answers were graded: `make eval-selection DATA=folder`.

The folder holds `*.jsonl` with one object a line (id, suite, category, prompt, scores{model: 0..1}, cost{model:
US$}), and `models.json` with prices: {suite: {model: {input_per_mtok, output_per_mtok}}}. A suite of two models is
scored as a cheap and a strong one; a larger one as a pool.

The shipped tables know the public questions that they were fitted on. For an honest score of those, `python -m
bench.selection_table DATA FITTED` takes tables that were fitted without each question, out of the folder that
`bench.fit_selection --keep` has filled.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench import selection_router as router
from orchestration.inference.selection.predictor import Predictor

OUTPUT = 300
"""Tokens of an answer, for the cost that the choice is weighed against."""
DIALS = np.concatenate([[0], np.logspace(-2, 7, 150)])
"""Weights of cost that are tried, from none to nothing else."""


class Suite(NamedTuple):
    name: str
    prompts: list[str]
    models: list[dict[str, Any]]
    scores: np.ndarray
    costs: np.ndarray


def read(file: Path, prices: dict[str, Any]) -> Suite:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    names = sorted(rows[0]["scores"])
    models = [{"id": name, **prices.get(file.stem, {}).get(name, {})} for name in names]
    scores, costs = (np.array([[row[key][name] for name in names] for row in rows]) for key in ("scores", "cost"))
    return Suite(file.stem, [row["prompt"] for row in rows], models, scores, costs)


def calibration(claimed: np.ndarray, seen: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: the mean distance of claimed and seen, over bins of what was claimed."""
    places = np.minimum((claimed * bins).astype(int), bins - 1)
    return float(sum((places == n).mean() * abs(claimed[places == n].mean() - seen[places == n].mean())
                     for n in np.unique(places)))  # fmt: skip


def two(suite: Suite, suffices: np.ndarray) -> dict[str, float]:
    """APGR, the mean share of the quality gap that is recovered over all shares of strong calls, and the shares of
    strong calls that recover 50 and 80 % of it (RouteLLM's measures).
    """
    weak, strong = np.argsort(suite.costs.mean(0))
    gains = (suite.scores[:, strong] - suite.scores[:, weak])[np.argsort(suffices, kind="stable")]
    recovered = np.concatenate([[0], np.cumsum(gains)]) / gains.sum()
    shares = np.linspace(0, 1, len(recovered))
    reached = {level: float(shares[np.argmax(recovered >= level)]) for level in (0.5, 0.8)}
    return {"apgr": float(np.trapezoid(recovered, shares)), "cpt50": reached[0.5], "cpt80": reached[0.8]}


def many(suite: Suite, expected: np.ndarray) -> dict[str, float]:
    """Against the best single model: the most quality that a dial of cost reaches, and the saving at equal quality."""
    rows, best = np.arange(len(suite.scores)), int(np.argmax(suite.scores.mean(0)))
    tokens = np.array([len(prompt) / 4 + 8 for prompt in suite.prompts])[:, None]
    given = [[m.get(key, 0.0) for m in suite.models] for key in ("input_per_mtok", "output_per_mtok")]
    price = (tokens * np.array(given[0]) + OUTPUT * np.array(given[1])) / 1e6
    points = []
    for dial in DIALS:
        taken = np.argmax(expected - dial * price, 1)
        points.append((suite.costs[rows, taken].mean(), suite.scores[rows, taken].mean()))
    quality, cost = suite.scores[:, best].mean(), suite.costs[:, best].mean()
    equal = cheapest(points, quality)
    return {"gain": max(got for _, got in points) / quality - 1, "saving": 1 - equal / cost}


def cheapest(points: list[tuple[float, float]], quality: float) -> float:
    """The least cost of a quality, where a dial may also be mixed out of two others; NaN if no dial reaches it."""
    costs = [
        low[0] + (high[0] - low[0]) * (quality - low[1]) / (high[1] - low[1])
        for low, high in itertools.product(points, points)
        if low[1] < quality <= high[1]
    ]
    return min([*costs, *(cost for cost, got in points if got >= quality)], default=float("nan"))


def fitted(folder: Path) -> tuple[Iterator[int], dict[int, Predictor]]:
    """The fold of each question, in the order of files and lines, and the tables that were fitted without each fold."""
    with np.load(folder / "held_out.npz") as kept:
        fold = kept["fold"].tolist()
    tables = {}
    for number in set(fold):
        with np.load(folder / f"fold{number}.npz") as stored:
            tables[number] = Predictor({name: stored[name] for name in stored.files})
    return iter(fold), tables


def main() -> None:
    folder = Path(sys.argv[1])
    fold, tables = fitted(Path(sys.argv[2])) if len(sys.argv) > 2 else (iter(()), {})
    prices = json.loads((folder / "models.json").read_text(encoding="utf-8"))
    print(f"{'suite':24}{'prompts':>8}{'models':>8}   measures")
    spent: list[float] = []
    for file in sorted(folder.glob("*.jsonl")):
        suite = read(file, prices)
        expected, suffices = np.zeros(suite.scores.shape), np.zeros(len(suite.prompts))
        cheap, *_, dear = (suite.models[n]["id"] for n in np.argsort(suite.costs.mean(0)))
        for n, prompt in enumerate(suite.prompts):
            router.TABLES[:] = [tables[number] for number in itertools.islice(fold, 1)]
            suffices[n] = router.route(prompt, cheap, dear)
            started = time.thread_time()
            said = router.route_pool(prompt, suite.models)
            spent.append((time.thread_time() - started) * 1000)
            expected[n] = [said[model["id"]] for model in suite.models]
        found = {"ece": calibration(expected.ravel(), suite.scores.ravel())}
        if len(suite.models) == 2:
            found |= two(suite, suffices)
        else:
            found |= many(suite, expected)
        shown = "  ".join(f"{name} {value:.3f}" for name, value in found.items())
        print(f"{suite.name:24}{len(suite.prompts):>8}{len(suite.models):>8}   {shown}", flush=True)
    print(f"CPU of a prediction: median {np.median(spent):.2f} ms, 95th percentile {np.percentile(spent, 95):.2f} ms")


if __name__ == "__main__":
    main()
