"""The quality predictor: what was fitted on public results, as small tables; numpy only, read once, off the loop.

A prompt becomes a latent vector and a probability for each learned topic. A model with a public profile is
expected to do as it did on such topics, moved a little by its own head on the latent vector. How far a profile
is trusted for a prompt depends on how much of the prompt's topics the model was measured on: what was learned
elsewhere does not transfer, so an unmeasured topic falls back to the model's prior.
"""

import functools
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from orchestration.inference.selection.categories import kind_of
from orchestration.inference.selection.features import Features, features
from orchestration.inference.selection.profiles import profile_name

TABLES = Path(__file__).with_name("data") / "predictor.npz"

HEAD, HEAD_LABELS = 0.7, 5_000
"""A model's own head counts at most HEAD, half of that at HEAD_LABELS labels, and little with few of them."""
SHARPNESS = 1.5
"""The topic classifier is too modest on prompts that it has not seen: its probabilities are raised to this power."""
FORM = 0.4
"""How far the form of a prompt, such as options to choose from, counts for its kind beside its words."""
FEW = 20
"""Labels of a topic at which it counts half."""
FAMILIAR = (0.05, 0.20)
"""Measured share of the topics below which a profile says nothing, and above which it is trusted fully."""

Array = np.ndarray[Any, np.dtype[np.float32]]


Profile = tuple[int, ...]
"""Columns of the tables that measured one model."""


class Reading(NamedTuple):
    """A prompt as the predictor sees it. `length` is its log length in standard deviations of the public data."""

    topics: Array
    latent: Array
    length: float
    kinds: dict[str, float]
    easiness: float


class Estimate(NamedTuple):
    """Expected quality by the public profile, and how far it is to be trusted (both 0 to 1)."""

    quality: float
    trust: float


class Predictor:
    """`load` makes one; all methods are pure."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self._t = tables | {"idf": tables["idf"].astype(np.float32)}  # each word would be made one at each reading
        self.topics = [str(name) for name in tables["topics"]]
        self._kinds = [kind_of(topic) for topic in self.topics]
        counts = tables["counts"].astype(np.float32)
        self._columns: dict[str, list[int]] = {}
        for column, measured in enumerate(tables["models"]):
            if not counts[:, column].any():
                continue
            name = str(measured).partition("|")[2]
            for key in {name.lower(), profile_name(name)}:
                self._columns.setdefault(key, []).append(column)
        self._measured: Array = counts / (counts + FEW)
        labels: Array = counts.sum(0)
        self._head: Array = HEAD * labels**2 / (labels**2 + HEAD_LABELS**2)

    def read(self, prompt: str) -> Reading:
        return self.read_features(features(prompt))

    def read_features(self, seen: Features) -> Reading:
        t = self._t
        buckets = np.fromiter(seen.counts, np.int64, len(seen.counts))
        counts = np.fromiter(seen.counts.values(), np.float32, len(seen.counts))
        values = (1 + np.log(counts)) * t["idf"][buckets]
        values /= max(float(np.sqrt(values @ values)), 1e-9)
        words = (values @ t["words"][buckets].astype(np.float32)) * t["scale"]
        measures = (np.array(seen.measures, np.float32) - t["mean"]) / t["deviation"]
        latent = np.tanh(words + measures @ t["measures"] + t["bias"])
        raised = latent @ t["topic_weights"] + t["topic_bias"]
        topics = _softmax(SHARPNESS * raised)
        kinds = self._kinds_of(_softmax(raised), np.tanh(words + t["bias"]))
        length = (seen.log_length - float(t["length"][0])) / float(t["length"][1])
        return Reading(topics, latent, min(2.5, max(-2.5, length)), kinds, float(topics @ t["easiness"]))

    def _kinds_of(self, topics: Array, words: Array) -> dict[str, float]:
        """Shares of the kinds, mostly by the words alone: people ask about law without four options to choose from.

        Topics that mix all subjects say nothing of the kind, unless nothing else is left.
        """
        t = self._t
        kinds = {"general": 0.02}
        both = FORM * topics + _softmax(words @ t["topic_weights"] + t["topic_bias"])
        for kind, share in zip(self._kinds, both, strict=True):
            if kind != "general":
                kinds[kind] = kinds.get(kind, 0.0) + float(share)
        total = sum(kinds.values())
        return {kind: share / total for kind, share in kinds.items()}

    def profile(self, name: str) -> Profile | None:
        """The measurements of a model: those under exactly this name, else those of the same weights; or None."""
        found = self._columns.get(name.lower()) or self._columns.get(profile_name(name))
        return None if found is None else tuple(found)

    def estimate(self, reading: Reading, profiles: list[Profile]) -> list[Estimate]:
        """What these profiles say of a prompt. Several measurements of a model count by how well they fit it."""
        t = self._t
        columns = [column for profile in profiles for column in profile]
        shares = reading.topics[:, None] * self._measured[:, columns]
        mass = shares.sum(0)
        table = (shares * t["table"][:, columns]).sum(0) / np.maximum(mass, 1e-6)
        head = 1 / (1 + np.exp(-(reading.latent @ t["heads"][:, columns] + t["head_bias"][columns])))
        weight = self._head[columns]
        said = iter(zip(((1 - weight) * table + weight * head).tolist(), mass.tolist(), strict=True))
        return [_joined([next(said) for _ in profile]) for profile in profiles]

    def ability(self, profile: Profile) -> float:
        """Log-odds of a model's quality on a topic of average easiness."""
        return float(self._t["ability"][profile[0]])

    def at_least_as_good(self, chosen: float, other: float) -> float:
        """The calibrated probability that an answer of expected quality `chosen` is not worse than the other's."""
        plain = min(0.995, max(0.005, 1 - (1 - chosen) * other))
        level, slope = self._t["confidence"]
        return float(1 / (1 + np.exp(-(level + slope * np.log(plain / (1 - plain))))))


def _joined(said: list[tuple[float, float]]) -> Estimate:
    """One estimate from those of several measurements, each with its measured share of the topics."""
    total = sum(mass for _, mass in said)
    quality = sum(quality * mass for quality, mass in said) / total if total > 0 else said[0][0]
    low, high = FAMILIAR
    return Estimate(quality, min(1.0, max(0.0, (total - low) / (high - low))))


def _softmax(values: Array) -> Array:
    raised = np.exp(values - values.max())
    shares: Array = raised / raised.sum()
    return shares


@functools.cache
def load() -> Predictor:
    """The shipped tables; about 30 ms the first time, so call it in a thread."""
    with np.load(TABLES, allow_pickle=False) as stored:
        return Predictor({name: stored[name] for name in stored.files})
