"""Fits the tables of the quality predictor: `python -m bench.fit_selection DATA [--folds 5] [--write]`.

DATA is a folder of `*.jsonl` files with one object a line: id, suite, category, prompt, scores{model: 0..1},
cost{model: US$}. One small network learns topic and correctness of each model together; the words' vectors are
stored with 8 bits. `--folds` fits on the rest of each fold and saves predictions for `bench.selection_table`.
Needs scipy (`pip install scipy`); what is shipped needs numpy only.
"""

import argparse
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, diags

from orchestration.inference.selection.features import BUCKETS, features
from orchestration.inference.selection.predictor import TABLES, Predictor
from orchestration.inference.selection.profiles import profile_name

WIDTH, EPOCHS, BATCH = 96, 8, 256
RATE, DROP, DROP_WORDS, HEAD_LOSS = 6e-3, 0.5, 0.4, 1.2
STRENGTH = 15
"""Pseudo-labels of a topic's prior in the tables."""
TYPICAL = 0.4
"""Log-odds of the average measured model on the scale of priors (0.6)."""
SHINGLE, LARGEST_GROUP = 13, 30


class Data(NamedTuple):
    rows: list[dict[str, Any]]
    words: csr_matrix
    measures: np.ndarray
    lengths: np.ndarray
    topics: list[str]
    topic: np.ndarray
    models: list[str]
    scores: np.ndarray
    """Rows by models; NaN where a model was not asked."""


def load(folder: Path) -> Data:
    rows = [row | {"suite": file.stem} for file in sorted(folder.glob("*.jsonl")) for row in _lines(file)]
    seen = [features(row["prompt"]) for row in rows]
    indices = [bucket for one in seen for bucket in one.counts]
    values = [1 + np.log(count) for one in seen for count in one.counts.values()]
    starts = np.cumsum([0] + [len(one.counts) for one in seen])
    words = csr_matrix((np.array(values, np.float32), indices, starts), shape=(len(rows), BUCKETS))
    topics = sorted({_topic(row) for row in rows})
    models = sorted({f"{row['suite']}|{name}" for row in rows for name in row["scores"]})
    column = {name: n for n, name in enumerate(models)}
    scores = np.full((len(rows), len(models)), np.nan, np.float32)
    for n, row in enumerate(rows):
        for name, score in row["scores"].items():
            scores[n, column[f"{row['suite']}|{name}"]] = score
    topic = np.array([topics.index(_topic(row)) for row in rows])
    measures = np.array([one.measures for one in seen], np.float32)
    return Data(rows, words, measures, np.array([one.log_length for one in seen]), topics, topic, models, scores)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _topic(row: dict[str, Any]) -> str:
    return f"{row['suite']}|{row['category']}"


def folds(rows: list[dict[str, Any]], count: int) -> np.ndarray:
    """A fold for each row; rows that share 13 words in a row stay together, unless it is a suite's own formula."""
    parent = list(range(len(rows)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = n = parent[parent[n]]
        return n

    first: dict[str, int] = {}
    for n, row in enumerate(rows):
        words = re.findall(r"\w+", row["prompt"].lower())
        for k in range(max(1, len(words) - SHINGLE + 1)):
            other = first.setdefault(" ".join(words[k : k + SHINGLE]), n)
            parent[root(other)] = root(n)
    roots = [root(n) for n in range(len(rows))]
    sizes = np.bincount(roots, minlength=len(rows))
    leaders = [one if sizes[one] <= LARGEST_GROUP else n for n, one in enumerate(roots)]
    return np.array([int(hashlib.sha256(rows[n]["id"].encode()).hexdigest(), 16) % count for n in leaders])


def fit(data: Data, rows: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """All tables of the predictor but the confidence, fitted on these rows."""
    words, measures = data.words[rows], data.measures[rows]
    seen = np.bincount(words.indices, minlength=BUCKETS)
    idf = np.where(seen < 2, 0, np.log((1 + len(rows)) / (1 + seen))).astype(np.float16)
    mean, deviation = measures.mean(0), measures.std(0) + 1e-3
    words = words @ diags(idf.astype(np.float32))
    norms = np.sqrt(np.asarray(words.multiply(words).sum(1))).ravel()
    words = (diags(1 / np.maximum(norms, 1e-9)) @ words).tocsr().astype(np.float32)
    net = _train(words, ((measures - mean) / deviation).astype(np.float32), data, rows, seed)
    scale = np.abs(net["words"]).max(0) / 127
    table, counts = _table(data, rows)
    ability, easiness = _additive(table, counts, data.models)
    return {
        "models": np.array(data.models), "topics": np.array(data.topics), "idf": idf,
        "words": np.round(net["words"] / scale).astype(np.int8), "scale": (scale * 4).astype(np.float32),
        "measures": net["measures"], "bias": net["bias"], "mean": mean, "deviation": deviation,
        "topic_weights": net["topic_weights"], "topic_bias": net["topic_bias"],
        "heads": net["heads"], "head_bias": net["head_bias"], "table": table, "counts": counts,
        "ability": ability, "easiness": easiness,
        "length": np.array([data.lengths[rows].mean(), data.lengths[rows].std()]), "confidence": np.array([0.0, 1.0]),
    }  # fmt: skip


def _train(words: csr_matrix, measures: np.ndarray, data: Data, rows: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Adam on the topic's cross entropy and the models' log loss together, with dropout on words and latents."""
    random = np.random.default_rng(seed)
    scores = data.scores[rows]
    asked, truth, topic = ~np.isnan(scores), np.nan_to_num(scores), data.topic[rows]
    rate = (truth.sum(0) + 1) / (asked.sum(0) + 2)
    shapes = {"words": (BUCKETS, WIDTH, 0.05), "measures": (measures.shape[1], WIDTH, 0.1),
              "topic_weights": (WIDTH, len(data.topics), 0.1), "heads": (WIDTH, len(data.models), 0.02)}  # fmt: skip
    net = {name: random.normal(0, size, (n, m)).astype(np.float32) for name, (n, m, size) in shapes.items()}
    net |= {"bias": np.zeros(WIDTH), "topic_bias": np.zeros(len(data.topics)), "head_bias": np.log(rate / (1 - rate))}
    net = {name: value.astype(np.float32) for name, value in net.items()}
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in net.items()}
    step, batches = 0, len(rows) // BATCH
    for epoch in range(EPOCHS):
        order = random.permutation(len(rows))
        for n in range(batches):
            step, chosen = step + 1, order[n * BATCH : (n + 1) * BATCH]
            slopes = _slopes(net, words[chosen], measures[chosen], topic[chosen], truth[chosen], asked[chosen], random)
            _adam(net, slopes, moments, step, RATE * (1 - epoch / EPOCHS) + 3e-5)
    return net


def _slopes(
    net: dict[str, np.ndarray], words: csr_matrix, measures: np.ndarray, topic: np.ndarray, truth: np.ndarray,
    asked: np.ndarray, random: np.random.Generator,
) -> dict[str, np.ndarray]:  # fmt: skip
    size = len(topic)
    words = words.copy()
    words.data *= (random.random(words.nnz) > DROP_WORDS) / np.float32(1 - DROP_WORDS)
    latent = np.tanh(words @ net["words"] * 4 + measures @ net["measures"] + net["bias"])
    kept = ((random.random(latent.shape) > DROP) / (1 - DROP)).astype(np.float32)
    seen = latent * kept
    raised = seen @ net["topic_weights"] + net["topic_bias"]
    topics = np.exp(raised - raised.max(1, keepdims=True))
    topics /= topics.sum(1, keepdims=True)
    topics[np.arange(size), topic] -= 1
    topics /= size
    right = 1 / (1 + np.exp(-np.clip(seen @ net["heads"] + net["head_bias"], -30, 30)))
    heads = (right - truth) * asked / np.maximum(asked.sum(1, keepdims=True), 1) / size * HEAD_LOSS
    back = (topics @ net["topic_weights"].T + heads @ net["heads"].T) * kept * (1 - latent * latent)
    return {
        "topic_weights": seen.T @ topics, "topic_bias": topics.sum(0), "heads": seen.T @ heads + 1e-4 * net["heads"],
        "head_bias": heads.sum(0), "words": words.T @ back * 4 + 1e-5 * net["words"], "measures": measures.T @ back,
        "bias": back.sum(0),
    }  # fmt: skip


def _adam(net: dict[str, np.ndarray], slopes: dict[str, np.ndarray], moments: Any, step: int, rate: float) -> None:
    for name, (mean, square) in moments.items():
        slope = slopes[name].astype(np.float32)
        np.add(0.9 * mean, 0.1 * slope, out=mean)
        np.add(0.999 * square, 0.001 * slope * slope, out=square)
        net[name] -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)


def _table(data: Data, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean score of each model on each topic, shrunk towards model mean plus the topic's profile; and label counts."""
    shape = (len(data.topics), len(data.models))
    table, counts = np.zeros(shape, np.float32), np.zeros(shape, np.int32)
    scores, topic = data.scores[rows], data.topic[rows]
    suites = np.array([name.partition("|")[0] for name in data.topics])
    for suite in sorted(set(suites)):
        within = np.flatnonzero(suites == suite)
        part = scores[np.isin(topic, within)]
        models = np.flatnonzero(~np.isnan(part).all(0))
        overall, mean = np.nanmean(part[:, models], 0), np.nanmean(part)
        for n in within:
            here = scores[topic == n][:, models]
            shift = 0.0 if not len(here) else (np.nanmean(here) - mean) * len(here) / (len(here) + 5)
            prior = np.clip(overall + shift, 0.02, 0.98)
            table[n, models] = (np.nansum(here, 0) + STRENGTH * prior) / (len(here) + STRENGTH)
            counts[n, models] = len(here)
    return table, counts


def _additive(table: np.ndarray, counts: np.ndarray, models: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds as ability of the model plus easiness of the topic; models that several suites share link them."""
    names = [profile_name(name.partition("|")[2]) for name in models]
    same = np.array([[one == other for other in names] for one in names], np.float32)
    odds = np.log(np.clip(table, 0.02, 0.98) / (1 - np.clip(table, 0.02, 0.98)))
    weight = counts / (counts + 20)
    ability, easiness = np.zeros(table.shape[1]), np.zeros(table.shape[0])
    for _ in range(2_000):
        ability = (weight * (odds - easiness[:, None])).sum(0) @ same / (weight.sum(0) @ same + 1e-6)
        ability += TYPICAL - ability.mean()
        easiness = (weight * (odds - ability[None])).sum(1) / (weight.sum(1) + 0.05)
    return ability.astype(np.float32), easiness.astype(np.float32)


def predictions(tables: dict[str, Any], data: Data, rows: np.ndarray) -> np.ndarray:
    """What the shipped predictor says of these rows, for the models that were asked."""
    predictor = Predictor(tables)
    found = np.full((len(rows), len(data.models)), np.nan, np.float32)
    for n, row in enumerate(rows):
        asked = np.flatnonzero(~np.isnan(data.scores[row])).tolist()
        reading = predictor.read(data.rows[row]["prompt"])
        found[n, asked] = [one.quality for one in predictor.estimate(reading, [(one,) for one in asked])]
    return found


def confidence(expected: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Level and slope that calibrate `1 - (1 - chosen) * other` for the two models that lead, on unseen rows."""
    plain, right = [], []
    for row, truth in zip(expected, scores, strict=True):
        asked = np.flatnonzero(~np.isnan(truth))
        leading = asked[np.argsort(-row[asked])][:4]
        for a, b in ((0, 1), (1, 0), (0, 3), (3, 0)):
            if max(a, b) < len(leading):
                plain.append(np.clip(1 - (1 - row[leading[a]]) * row[leading[b]], 0.005, 0.995))
                right.append(truth[leading[a]] >= truth[leading[b]])
    odds = np.log(np.array(plain) / (1 - np.array(plain)))
    inputs, truths, found = np.stack([np.ones_like(odds), odds], 1), np.array(right, float), np.array([0.0, 1.0])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (truths - likely)
        found += np.linalg.solve((inputs * (likely * (1 - likely))[:, None]).T @ inputs + 1e-6 * np.eye(2), slope)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="a folder for the tables of each fold and their held-out rows")
    parser.add_argument("--write", action="store_true", help="fit on everything and put the tables into the product")
    options = parser.parse_args()
    data = load(options.data)
    fold = folds(data.rows, options.folds)
    expected = np.full_like(data.scores, np.nan)
    for n in range(options.folds):
        tables = fit(data, np.flatnonzero(fold != n))
        held_out = np.flatnonzero(fold == n)
        expected[held_out] = predictions(tables, data, held_out)
        print(f"fold {n}: {len(held_out)} rows", flush=True)
        if options.keep:
            np.savez(options.keep / f"fold{n}.npz", **tables)
    found = confidence(expected, data.scores)
    print("confidence: level and slope", found)
    if options.keep:
        np.savez(options.keep / "held_out.npz", fold=fold, expected=expected, confidence=found)
    if options.write:
        tables = fit(data, np.arange(len(data.rows))) | {"confidence": found}
        TABLES.parent.mkdir(exist_ok=True)
        np.savez_compressed(TABLES, **tables)
        print(TABLES, TABLES.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
