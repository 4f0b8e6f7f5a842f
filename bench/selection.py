"""What a choice costs: CPU time of the whole decision with 20 models and a prompt of 2,000 tokens."""

import gc
import random
import statistics
import time

from bench.selection_router import PAIR, facts
from domain.models import Preference
from orchestration.inference.selection.choosing import Mind, choose
from orchestration.inference.selection.predictor import load
from orchestration.inference.selection.task import Task

ROUNDS = 500
NAMES = [*PAIR, "gpt-4o", "gpt-4o-mini", "o1-mini", "llama-3.1-8b-instruct", "qwen2.5-7b-instruct", "gemma-2-9b-it"]
WORDS = [
    "function",
    "server",
    "request",
    "returns",
    "error",
    "when",
    "two",
    "users",
    "open",
    "the",
    "same",
    "page",
    "because",
    "lock",
    "17",
    "is",
    "held",
    "(",
    "see",
    "line",
    "42",
    ")",
    "please",
    "explain",
    "why",
    ",",
    "and",
    "write",
    "a",
    "test",
    "that",
    "shows",
    "it",
    ":",
    "contract",
    "liability",
    "patient",
    "equation",
    "integral",
    "history",
    "of",
]


def prompt(tokens: int, dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(tokens))


def main() -> None:
    dice = random.Random(1)  # noqa: S311 - words, not secrets
    started = time.process_time()
    predictor = load()
    loaded = time.process_time() - started
    pool = [facts(name, 0.5, 1.5) for name in NAMES] + [facts(f"model-{n}", 0.1 * n, 0.3 * n) for n in range(1, 13)]
    mind = Mind(predictor=predictor)
    times = {2_000: list[float](), 50: list[float]()}
    gc.collect()
    for size, spent in times.items():
        for _ in range(ROUNDS):
            text = prompt(size, dice)
            started = time.thread_time()
            choose(Task(text, question=text, preference=Preference()), pool, mind)
            spent.append((time.thread_time() - started) * 1000)
    print(f"\na choice among {len(pool)} models, ms of CPU (median, 95th percentile of {ROUNDS})")
    for size, spent in times.items():
        late = statistics.quantiles(spent, n=20)[-1]
        print(f"  prompt of {size:>5,} tokens  {statistics.median(spent):6.2f} {late:6.2f}")
    print(f"  reading the predictor's tables, once: {loaded * 1000:.0f} ms")


if __name__ == "__main__":
    main()
