"""Histograms with logarithmic bins that merge without loss, in SQL and here: how values are spread, within 2 %.

The bins are those of DDSketch (Masson, Rim, Lee: VLDB 2019): bin i holds what lies above gamma^(i-1) and up to gamma^i.
A histogram is an array of entries, each `measure and bin << 32 | count`. So to put two arrays together is to merge two
histograms, and only the values themselves need SQL that knows of bins.
"""

import math
from collections.abc import Sequence
from enum import IntEnum
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

RELATIVE_ERROR = 0.02
"""How far a percentile may be from the value of its rank."""
GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
LN_GAMMA: LiteralString = "0.04000533461370"
"""ln(GAMMA), in the words of SQL."""
OFFSET = 200
"""Bin of the value 1. Values go from a thousandth to a thousand million; what is beyond counts as the last of these."""
BINS = 768
"""More than there are, so that measure and bin are one number."""
AT_ONCE = 64
"""Histograms that are spread out in memory together; so many fit into a processor's cache."""
COUNT = 0xFFFF_FFFF


class Measure(IntEnum):
    TTFT_MS = 0
    DURATION_MS = 1
    TOKENS_PER_SECOND = 2


MERGED: LiteralString = """ARRAY(
    SELECT (entry >> 32 << 32) + sum(entry & 4294967295)::bigint FROM unnest({0} || {1}) AS entry
    GROUP BY entry >> 32 ORDER BY 1
)"""
"""Two histograms as one, in SQL."""
WIRE = np.dtype([("size", ">i4"), ("entry", ">i8")])
PACKED: LiteralString = "coalesce(string_agg(substring(array_send({0}) FROM 21), ''::bytea), ''::bytea)"
"""All histograms of a group, end to end: the wire form of each array without its header of 20 bytes."""


def entry(measure: Measure, value: LiteralString) -> LiteralString:
    """One value as an entry, in SQL; NULL stays NULL."""
    bin_ = f"ceil(ln(least(greatest({value}, 1e-3), 1e9)) / {LN_GAMMA})"
    # `greatest` and `least` pass over NULL.
    return f"CASE WHEN {value} IS NOT NULL THEN (({measure.value * BINS + OFFSET} + {bin_})::bigint << 32) + 1 END"


def quantiles(histograms: Sequence[bytes], shares: Sequence[float]) -> NDArray[np.float64]:
    """For each packed histogram, each measure and each share the value of the rank `floor(share * (n - 1))`; NaN where
    nothing was measured."""
    found = np.empty((len(histograms), len(Measure), len(shares)))
    for first in range(0, len(histograms), AT_ONCE):
        counts = _counts(histograms[first : first + AT_ONCE])
        used = np.flatnonzero(counts.any(axis=(0, 1)))
        lowest, highest = (used[0], used[-1]) if len(used) else (0, 0)
        up_to = np.cumsum(counts[..., lowest : highest + 1], axis=-1)
        total = up_to[..., -1]
        for number, share in enumerate(shares):
            rank = np.floor(share * np.maximum(total - 1, 0))
            bins = lowest + (up_to <= rank[..., None]).sum(axis=-1)
            found[first : first + AT_ONCE, :, number] = np.where(total > 0, _middle(bins), np.nan)
    return found


def at_most(histogram: bytes, measure: Measure, limits: Sequence[float]) -> tuple[list[int], float]:
    """How many values are at most each limit, and the sum of all values; both as exact as the bins are."""
    counts, values = _counts([histogram])[0, measure], _middle(np.arange(BINS))
    return [int(counts[values <= limit].sum()) for limit in limits], float((values * counts).sum())


def _counts(histograms: Sequence[bytes]) -> NDArray[np.float64]:
    """How many values are in each bin, by histogram and measure; whole numbers."""
    entries = np.frombuffer(b"".join(histograms), WIRE)["entry"].astype(np.int64)
    sizes = [len(histogram) // WIRE.itemsize for histogram in histograms]
    each = len(Measure) * BINS
    places = np.repeat(np.arange(len(histograms)), sizes) * each + (entries >> 32)
    counts = np.bincount(places, (entries & COUNT).astype(np.float64), len(histograms) * each).astype(
        np.float64, copy=False
    )
    return counts.reshape(len(histograms), len(Measure), BINS)


def _middle(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """The value whose relative distance to both ends of its bin is the same."""
    values: NDArray[np.float64] = 2 * np.exp((bins - OFFSET) * math.log(GAMMA)) / (GAMMA + 1)
    return values
