"""Histograms merge without loss: what PostgreSQL put into bins is spread as the values themselves are."""

import random

import numpy as np
import pytest
from sqlalchemy import text

from persistence.database import Database
from persistence.histograms import MERGED, PACKED, Measure, at_most, entry, quantiles

BINNED = f"SELECT array_agg({entry(Measure.DURATION_MS, 'v')}) FROM unnest(cast(:values AS float8[])) AS v"
TOGETHER = f"SELECT {MERGED.format('cast(:one AS bigint[])', 'cast(:other AS bigint[])')}"
PACK = f"SELECT {PACKED.format('cast(:histogram AS bigint[])')}"
SHARES = (0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0)


async def binned(db: Database, values: list[float]) -> list[int]:
    async with db.read() as session:
        return list((await session.execute(text(BINNED), {"values": values})).scalar_one())


async def packed(db: Database, histogram: list[int]) -> bytes:
    async with db.read() as session:
        return bytes((await session.execute(text(PACK), {"histogram": histogram})).scalar_one())


@pytest.mark.parametrize("seed", [1, 2])
async def test_merged_percentiles_are_within_2_percent_of_the_values(seed: int, db: Database) -> None:
    dice = random.Random(seed)
    values, merged, apart = list[float](), list[int](), b""
    for size in (1, 7, 500, 2_000):
        some = [dice.lognormvariate(5, 2) for _ in range(size)]
        values += some
        new = await binned(db, some)
        apart += await packed(db, new)
        async with db.read() as session:
            merged = list((await session.execute(text(TOGETHER), {"one": merged, "other": new})).scalar_one())

        exact = [float(np.quantile(values, share, method="lower")) for share in SHARES]
        both = quantiles([await packed(db, merged), b"", apart], SHARES)
        assert both[0][Measure.DURATION_MS].tolist() == pytest.approx(exact, rel=0.0200001)
        np.testing.assert_array_equal(both[2], both[0])
        assert np.isnan(both[1]).all()
        assert np.isnan(both[0][Measure.TTFT_MS]).all()
    assert len(merged) < len(values) / 3


async def test_what_is_beyond_the_bins_counts_as_their_end(db: Database) -> None:
    histogram = await packed(db, await binned(db, [-5.0, 0.0, 1e-9, 1e30]))

    found = quantiles([histogram], (0.0, 1.0))[0][Measure.DURATION_MS]

    assert found.tolist() == pytest.approx([1e-3, 1e9], rel=0.03)


async def test_counts_up_to_limits_rise_to_all(db: Database) -> None:
    histogram = await packed(db, await binned(db, [50.0, 150.0, 150.0, 5_000.0]))

    counts, total = at_most(histogram, Measure.DURATION_MS, [100.0, 1_000.0, float("inf")])

    assert counts == [1, 3, 4]
    assert total == pytest.approx(5_350, rel=0.02)
    assert at_most(histogram, Measure.TTFT_MS, [float("inf")]) == ([0], 0.0)
