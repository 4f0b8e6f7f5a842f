"""Saying how far a download is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time

WIDTH = 30


class Progress:
    """`to` is called with the bytes that are there; `end` once, whatever happened."""

    def __init__(self, subject: str, total: int) -> None:
        self._subject, self._total = subject, max(total, 1)
        self._terminal = sys.stderr.isatty()
        self._last = float("-inf")

    def to(self, done: int) -> None:
        now = time.monotonic()
        if now - self._last < (0.1 if self._terminal else 5.0) and done < self._total:
            return
        self._last = now
        share = min(done / self._total, 1.0)
        counted = f"{done / 1e6:.0f} of {self._total / 1e6:.0f} MB"
        if self._terminal:
            filled = round(share * WIDTH)
            bar = "█" * filled + "░" * (WIDTH - filled)
            print(f"\r{self._subject} {bar} {share:4.0%}  {counted} ", end="", file=sys.stderr, flush=True)  # noqa: T201
        else:
            print(f"{self._subject}: {counted}", file=sys.stderr, flush=True)  # noqa: T201

    def end(self) -> None:
        if self._terminal and self._last > 0:
            print(file=sys.stderr, flush=True)  # noqa: T201
