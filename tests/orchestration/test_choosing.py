"""The choice itself: what a prompt is taken for, what is expected of models, and that all of it is quick and steady."""

import random
import statistics
import time
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid5

import pytest

from domain.models import Preference, ProviderKind, Selection
from domain.selection import EVERY_KIND, Belief, Policy
from orchestration.inference.selection.choosing import Mind, choose
from orchestration.inference.selection.features import features
from orchestration.inference.selection.predictor import Predictor, load
from orchestration.inference.selection.profiles import profile_name
from orchestration.inference.selection.quality import insight
from orchestration.inference.selection.task import Task
from persistence.model_stats import CallStats, ModelFacts
from persistence.models import ModelRow, ProviderRow

SPACE = UUID(int=7)
TRAIN = (
    "A train travels 180 miles in 3 hours and then 120 miles in 2 hours. What is its average speed in miles per hour?"
)
BIRTHS = "Write a python function that returns the two most common names in a list of births, and a unit test for it."
MERCHANT = (
    "A merchant promises in writing to keep an offer open for ten days and revokes it after three. Under the Uniform "
    "Commercial Code, may the buyer still accept, and is consideration needed?"
)
ENZYME = "Which enzyme unwinds the double helix of the DNA during replication, and what happens if it is inhibited?"
CAPITAL = "who sang the theme song of the james bond movie goldfinger"


def model(name: str, usd: str = "1", quality: float | None = None) -> ModelFacts:
    provider = ProviderRow(id=SPACE, name="p", kind=ProviderKind.OPENAI, base_url=None, source="user")
    row = ModelRow(
        id=uuid5(SPACE, name), provider_id=SPACE, name=name, display_name=name, enabled=True, available=True,
        capabilities=[], details={}, input_usd_per_million=Decimal(usd), output_usd_per_million=Decimal(usd),
        quality=quality,
    )  # fmt: skip
    return ModelFacts(row, provider, CallStats())


POOL = [
    model("gemini-1.5-pro-002", "5"), model("gemini-1.5-flash-002", "0.3"), model("gpt-4o-mini", "0.6"),
    model("meta-llama-3_1-8b-instruct", "0.18"), model("o1-mini-2024-09-12", "4.4"),
    model("qwen2.5-7b-instruct", "0.2"),
]  # fmt: skip


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return load()


def chosen(prompt: str, mind: Mind, pool: Sequence[ModelFacts] = POOL, **more: float) -> Selection:
    return choose(Task(prompt, question=prompt, preference=Preference(**more)), pool, mind)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        (TRAIN, "math"), (BIRTHS, "code"), (MERCHANT, "law"), (CAPITAL, "facts"), (ENZYME, "science"),
        ("hello!", "conversation"), ("Please summarize this report: sales rose.", "transformation"),
        ("Write a short poem about the sea", "writing"),
    ],
)  # fmt: skip
def test_a_prompt_is_taken_for_what_it_is(prompt: str, kind: str, predictor: Predictor) -> None:
    assert insight(prompt, POOL, predictor=predictor, policy=Policy(), beliefs={}).kind == kind


@pytest.mark.parametrize("prompt", ["", " ", "?", "日本語の質問です", "\ud800", "a" * 200_000, "1\n" * 50_000, "\x00"])
def test_any_text_can_be_read(prompt: str, predictor: Predictor) -> None:
    seen = insight(prompt, POOL, predictor=predictor, policy=Policy(), beliefs={})

    assert all(0 < one.quality < 1 for one in seen.expected)


def test_a_profile_counts_only_where_the_model_was_measured(predictor: Predictor) -> None:
    known, other = model("gemini-1.5-pro-002"), model("somebody-else")
    asked = (
        f"{MERCHANT}\nA. Yes, always\nB. No, never\nC. Only if it is signed\nD. Only if it was paid\nE. None of these"
    )

    def trust(prompt: str, *pool: ModelFacts) -> list[float]:
        seen = insight(prompt, pool, predictor=predictor, policy=Policy(), beliefs={})
        return [one.trust for one in seen.expected]

    assert trust(asked, known)[0] > 0.9
    assert 0 < trust(asked, known, other)[0] < 0.5  # beside a model that nothing is known of
    assert trust(asked, known, other)[1] == 0
    assert trust("hello!", known) == [0]


def test_what_a_person_says_of_an_unknown_model_counts(predictor: Predictor) -> None:
    seen = insight(
        "hello!", [model("mine", quality=0.9), model("other", quality=0.2)],
        predictor=predictor, policy=Policy(), beliefs={},
    )  # fmt: skip

    assert [round(one.quality, 2) for one in seen.expected] == [0.9, 0.2]


def test_evidence_moves_a_kind_of_task_most_and_others_a_little(predictor: Predictor) -> None:
    mine = model("mine", quality=0.6)
    beliefs = {(mine.model.id, "law"): Belief(15, -3.0), (mine.model.id, EVERY_KIND): Belief(15, -3.0)}

    def quality(prompt: str, learned: dict[tuple[UUID, str], Belief]) -> float:
        seen = insight(prompt, [mine], predictor=predictor, policy=Policy(), beliefs=learned)
        return seen.expected[0].quality

    law, poem = quality(MERCHANT, {}) - quality(MERCHANT, beliefs), quality("hello!", {}) - quality("hello!", beliefs)
    assert law > poem > 0
    assert law == pytest.approx(0.15)
    assert poem == pytest.approx(0.1)


def test_a_choice_says_with_which_confidence_and_why(predictor: Predictor) -> None:
    selection = chosen(MERCHANT, Mind(predictor=predictor), quality=1, cost=0, latency=0)
    first, second = selection.candidates[:2]

    assert selection.task_type == "law"
    assert selection.model_id == first.model_id
    assert selection.fallbacks[0] == second.model_id
    assert first.expected_quality is not None
    assert second.expected_quality is not None
    assert selection.confidence == pytest.approx(
        predictor.at_least_as_good(first.expected_quality, second.expected_quality), abs=0.01
    )
    assert "a legal question" in selection.reasoning
    assert selection.reasoning.count(". ") <= 2


def test_without_a_predictor_the_priors_decide_and_the_choice_says_so() -> None:
    selection = chosen(MERCHANT, Mind(), quality=1, cost=0, latency=0)

    assert (selection.source, selection.confidence) == ("default", 0)
    assert "safe default" in selection.reasoning
    assert selection.policy_version.endswith("(default)")


def rephrased(prompt: str) -> list[str]:
    bare = prompt.rstrip(".?")
    return [
        f"Please answer this: {prompt}", f"{prompt} Be brief.", f"I have a question. {bare}?",
        f"Could you help me with the following? {prompt}", f"{bare}, please. Thank you!",
    ]  # fmt: skip


QUESTIONS = [
    TRAIN, BIRTHS, MERCHANT, ENZYME, CAPITAL,
    "What is the difference between a hash map and a binary search tree, and when would you use which?",
    "Explain why the demand curve for a necessary good is inelastic.",
    "A patient of 54 years has chest pain that radiates to the left arm. Which test should be done first?",
    "Solve for x: 3x^2 - 12x + 9 = 0.",
    "Which treaty ended the Thirty Years' War, and what did it change for the Holy Roman Empire?",
    "Where would you put a wet umbrella when you come home?",
    "Write a function that checks whether a string is a palindrome.",
]  # fmt: skip


@pytest.mark.parametrize("quality", [1.0, 0.5])
def test_the_same_question_in_other_words_gets_the_same_model(quality: float, predictor: Predictor) -> None:
    mind, same = Mind(predictor=predictor), list[bool]()
    for question in QUESTIONS:
        first = chosen(question, mind, quality=quality)
        same += [chosen(other, mind, quality=quality).model_id == first.model_id for other in rephrased(question)]

    print(f"{statistics.mean(same):.0%} of {len(same)} choices are the same")
    assert statistics.mean(same) >= 0.8


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b"), ("Meta-Llama-3_1-8B-Instruct", "llama-3.1-8b"),
        ("Llama-3.1-8B-Instruct-Q4_K_M.gguf", "llama-3.1-8b"), ("gpt-4o-2024-08-06", "gpt-4o"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"), ("gemini-1.5-pro-002", "gemini-1.5-pro"),
        ("Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"), ("gpt-4-1106-preview", "gpt-4-1106"),
    ],
)  # fmt: skip
def test_a_name_leads_to_the_weights_behind_it(name: str, profile: str) -> None:
    assert profile_name(name) == profile


@pytest.mark.parametrize("first", range(1, 13))
def test_of_a_long_prompt_the_first_448_and_the_last_192_tokens_count(first: int) -> None:
    words = ["x" * first, *("abcdefghi"[: 1 + n % 7] + "abcdefghi"[n % 9] for n in range(2_000)), "end"]
    ends = [*words[:448], *words[-192:]]  # short enough to be read as a whole

    assert features(" ".join(words)).counts == features(" ".join(ends)).counts


@pytest.mark.alone
def test_a_choice_among_twenty_models_costs_no_more_than_reading_the_prompt_six_times(predictor: Predictor) -> None:
    dice, reading, choosing = random.Random(3), list[float](), list[float]()
    pool = [*POOL, *(model(f"model-{n}", str(n)) for n in range(14))]
    words = " ".join(QUESTIONS).split(" ")
    for _ in range(200):
        prompt = " ".join(dice.choice(words) for _ in range(1_600))  # about 2,000 tokens
        started = time.thread_time()
        features(prompt)
        read = time.thread_time()
        chosen(prompt, Mind(predictor=predictor), pool)
        choosing.append(time.thread_time() - read)
        reading.append(read - started)

    ratio = statistics.median(choosing) / statistics.median(reading)
    print(f"{ratio:.1f} times; {statistics.median(choosing) * 1000:.1f} ms of CPU")
    assert ratio <= 6
