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
MIDDLES: NDArray[np.float64] = 2 * np.exp((np.arange(BINS) - OFFSET) * math.log(GAMMA)) / (GAMMA + 1)
"""For each bin, the value whose relative distance to both of its ends is the same."""
COUNT = 0xFFFF_FFFF


class Measure(IntEnum):
    TTFT_MS = 0
    DURATION_MS = 1
    TOKENS_PER_SECOND = 2


SHARES = (0.5, 0.95, 0.99)
"""The percentiles that are shown."""


MERGED: LiteralString = """ARRAY(
    SELECT (entry >> 32 << 32) + sum(entry & 4294967295)::bigint FROM unnest({0} || {1}) AS entry
    GROUP BY entry >> 32 ORDER BY 1
)"""
"""Two histograms as one, in SQL."""
SHORT: LiteralString = "32"
"""Entries of a histogram that is worked out in no time."""
_RANKED: LiteralString = ", ".join(
    f"coalesce(min(bin) FILTER (WHERE bin / {BINS} = {measure.value} AND up_to > floor({share} * (total - 1))), 0)"
    for measure in Measure
    for share in SHARES
)
PERCENTILES: LiteralString = f"""CASE WHEN cardinality({{0}}) > {SHORT} THEN (
    SELECT ARRAY[{_RANKED}]::smallint[] FROM (
        SELECT entry >> 32 AS bin, sum((entry & 4294967295)::float8) OVER (spread ORDER BY entry) AS up_to,
            sum((entry & 4294967295)::float8) OVER spread AS total
        FROM unnest({{0}}) AS entry WINDOW spread AS (PARTITION BY (entry >> 32) / {BINS})
    ) AS ranked
) END"""
"""For a histogram in SQL, what `percentiles` reads: the bin of each measure and share, and bin 0, which no value is in,
where nothing was measured. NULL for one that is short."""
WIRE = np.dtype([("size", ">i4"), ("entry", ">i8")])
RANKED = np.dtype([("size", ">i4"), ("bin", ">i2")])
PACKED: LiteralString = "substring(array_send({0}) FROM 21)"
"""The wire form of an array without its header of 20 bytes, so that histograms end to end are one."""


def entry(measure: Measure, value: LiteralString) -> LiteralString:
    """One value as an entry, in SQL; NULL stays NULL."""
    bin_ = f"ceil(ln(least(greatest({value}, 1e-3), 1e9)) / {LN_GAMMA})"
    # `greatest` and `least` pass over NULL.
    return f"CASE WHEN {value} IS NOT NULL THEN (({measure.value * BINS + OFFSET} + {bin_})::bigint << 32) + 1 END"


def quantiles(histograms: Sequence[bytes], shares: Sequence[float]) -> NDArray[np.float64]:
    """For each packed histogram, each measure and each share the value of the rank `floor(share * (n - 1))`; NaN where
    nothing was measured."""
    places, counts = _in_order(*_entries(histograms), len(histograms))
    up_to = np.concatenate(([0], np.cumsum(counts)))
    # Ranks go on from one measure, and from one histogram, to the next.
    ends = np.searchsorted(places, np.arange(len(histograms) * len(Measure) + 1) * BINS)
    before, total = up_to[ends[:-1]], np.diff(up_to[ends])
    ranks = before[:, None] + np.floor(np.multiply.outer(np.maximum(total - 1, 0), shares)).astype(np.int64)
    at = np.searchsorted(up_to[1:], ranks, side="right").clip(max=max(len(places) - 1, 0))
    found = np.full(ranks.shape, np.nan)
    found[total > 0] = MIDDLES[places[at[total > 0]] % BINS]
    return found.reshape(len(histograms), len(Measure), len(shares))


def percentiles(ranked: Sequence[bytes]) -> NDArray[np.float64]:
    """The same for SHARES, of what PERCENTILES found, packed."""
    bins = np.frombuffer(b"".join(ranked), RANKED)["bin"].astype(np.int64)
    return np.where(bins > 0, MIDDLES[bins % BINS], np.nan).reshape(len(ranked), len(Measure), len(SHARES))


def at_most(histogram: bytes, measure: Measure, limits: Sequence[float]) -> tuple[list[int], float]:
    """How many values are at most each limit, and the sum of all values; both as exact as the bins are."""
    places, counts = _entries([histogram])
    of_it = places // BINS == measure
    values, counts = MIDDLES[places[of_it] % BINS], counts[of_it]
    return [int(counts[values <= limit].sum()) for limit in limits], float((values * counts).sum())


def _entries(histograms: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each entry where it counts, as histogram, measure and bin in one number; and what it counts."""
    entries = np.frombuffer(b"".join(histograms), WIRE)["entry"].astype(np.int64)
    sizes = [len(histogram) // WIRE.itemsize for histogram in histograms]
    return np.repeat(np.arange(len(histograms)) * len(Measure) * BINS, sizes) + (entries >> 32), entries & COUNT


def _in_order(
    places: NDArray[np.int64], counts: NDArray[np.int64], histograms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same in the order of places. Of many for each place, there is one left."""
    if len(places) > histograms * BINS:
        spread = np.bincount(places, counts).astype(np.int64)
        found = np.flatnonzero(spread)
        return found, spread[found]
    if (places[1:] > places[:-1]).all():
        return places, counts
    order = np.argsort(places, kind="stable")  # which is quick with pieces that are in order
    return places[order], counts[order]
