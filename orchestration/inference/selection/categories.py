"""Kinds of task: what the learned topics are grouped into, and plain rules for kinds that public data lacks."""

import re
from typing import NamedTuple

KINDS = {
    "code": "a coding task",
    "math": "mathematics",
    "science": "a science question",
    "health": "a question of medicine or health",
    "law": "a legal question",
    "business": "a question of business or economics",
    "humanities": "a question of history, society or philosophy",
    "psychology": "a psychology question",
    "engineering": "an engineering question",
    "facts": "a short factual question",
    "common_sense": "a question of common sense",
    "writing": "a writing task",
    "transformation": "a translation, summary or extraction",
    "conversation": "conversation",
    "general": "a general question",
}
"""Each kind and its words in an explanation."""

_WORDS = {
    "code": "mbpp human_eval computer_science computer_security college_computer_science high_school_computer_science"
    " machine_learning",
    "math": "gsm8k math elementary_mathematics high_school_mathematics college_mathematics abstract_algebra"
    " high_school_statistics econometrics formal_logic math-l5",
    "science": "physics chemistry biology college_physics conceptual_physics high_school_physics college_chemistry"
    " high_school_chemistry college_biology high_school_biology astronomy arc_challenge",
    "health": "health anatomy clinical_knowledge college_medicine professional_medicine medical_genetics virology"
    " nutrition human_aging human_sexuality",
    "law": "law professional_law international_law jurisprudence",
    "business": "business economics business_ethics management marketing professional_accounting public_relations"
    " high_school_macroeconomics high_school_microeconomics",
    "humanities": "history philosophy high_school_us_history high_school_world_history high_school_european_history"
    " prehistory world_religions moral_disputes moral_scenarios logical_fallacies sociology security_studies"
    " us_foreign_policy high_school_government_and_politics high_school_geography",
    "psychology": "psychology professional_psychology high_school_psychology",
    "engineering": "engineering electrical_engineering",
    "facts": "trivia_qa natural_qa global_facts miscellaneous",
    "common_sense": "commonsense_qa openbook_qa",
    "writing": "commongen",
}
_KIND_OF = {topic: kind for kind, topics in _WORDS.items() for topic in topics.split()}


def kind_of(topic: str) -> str:
    """The kind of a learned topic, such as `mmlu_pro|law`."""
    name = topic.partition("|")[2].replace(" ", "_")
    return _KIND_OF.get(name, "general")


class Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]


PLEASE = r"^\W*(?:please |can you |could you |would you )?"
GREETING = r"^\W*(?:hi|hello|hey|good (?:morning|evening)|thanks?(?: you)?|how are you|bye)\b[^?]{0,40}\??\W*$"
TRANSFORM = r"(?:translate|summari[sz]e|rephrase|paraphrase|extract|proofread|shorten|convert)\b"
SOURCE = r"```|^\s*(?:def|class|import|from|#include|SELECT|function|const|public) "
TALK_OF_CODE = r"\b(?:python|javascript|typescript|sql|regex|unit test|traceback|stack trace|refactor)\b"
TEXTS = r"\b(?:poem|story|essay|email|e-mail|letter|blog|post|song|speech|article)\b"

RULES = (
    Rule("conversation", re.compile(GREETING, re.IGNORECASE)),
    Rule("transformation", re.compile(PLEASE + TRANSFORM, re.IGNORECASE)),
    Rule("code", re.compile(SOURCE, re.MULTILINE)),
    Rule("code", re.compile(TALK_OF_CODE, re.IGNORECASE)),
    Rule("writing", re.compile(PLEASE + r"(?:write|draft|compose)\b.{0,40}" + TEXTS, re.IGNORECASE)),
)
"""The first that matches decides; they look at the beginning of a prompt only."""


def ruled(prompt: str) -> str | None:
    beginning = prompt[:600]
    return next((rule.kind for rule in RULES if rule.pattern.search(beginning)), None)
