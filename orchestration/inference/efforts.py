"""How hard a model should think, in the words of those that can be told."""

import re
from enum import Enum, auto
from typing import Literal

from agents import ModelSettings
from agents.models.reasoning_content_replay import (
    ReasoningContentReplayContext,
    default_should_replay_reasoning_content,
)
from openai.types.shared import Reasoning

from domain.models import ProviderKind
from domain.runs import ThinkingMode
from persistence.models import ModelRow

Word = Literal["none", "minimal", "low", "high"]


class Effort(Enum):
    """LEAST is for answers that should come at once, MOST for plans and judgements."""

    LEAST = auto()
    MOST = auto()

    @classmethod
    def of(cls, thinking: ThinkingMode) -> "Effort":
        return cls.LEAST if thinking is ThinkingMode.IMMEDIATE else cls.MOST


LEAST: tuple[tuple[re.Pattern[str], Word], ...] = (
    (re.compile(r"(^|/)gpt-5\.\d"), "none"),
    (re.compile(r"(^|/)gpt-5(?!-chat)"), "minimal"),
    (re.compile(r"(^|/)(o1|o3|o4)(-|$)(?!mini-high|preview)"), "low"),
    (re.compile(r"gpt-oss"), "low"),
    (re.compile(r"gemini-2\.5-flash"), "none"),
    (re.compile(r"gemini-(2\.5|3)"), "low"),
)
"""The least that a model lets itself be told, by what its provider documents; the first pattern that fits counts.
Others are not told anything: an unknown parameter is an error at many endpoints."""

SWITCHED = re.compile(r"qwen-?3|glm-?4|deepseek-?v3\.|hunyuan", re.IGNORECASE)
"""Models whose chat template has a switch for thinking; servers that run templates hand it on."""
TEMPLATES = frozenset({ProviderKind.VLLM, ProviderKind.LLAMACPP})


def effort_settings(row: ModelRow, kind: ProviderKind, effort: Effort | None) -> ModelSettings:
    """What to ask of a model so that it thinks as hard as it should; nothing where nobody knows how to say it."""
    if effort is None or "reasoning" not in row.capabilities:
        return ModelSettings()
    word = next((word for pattern, word in LEAST if pattern.search(row.name.lower())), None)
    if word is not None:
        return ModelSettings(reasoning=Reasoning(effort=word if effort is Effort.LEAST else "high"))
    if kind in TEMPLATES and SWITCHED.search(row.name):
        return ModelSettings(extra_body={"chat_template_kwargs": {"enable_thinking": effort is Effort.MOST}})
    return ModelSettings()


REPLAYED = re.compile(r"kimi-k2-think|glm-?4\.[5-9]|minimax-m2|qwen-?3.*think", re.IGNORECASE)
"""Models that are to see their own reasoning again between two tool calls of one answer, as their makers say; DeepSeek
is on the SDK's own list. Everybody else refuses it, ignores it, or does worse."""


def replays_reasoning(context: ReasoningContentReplayContext) -> bool:
    """Whether a model gets back what it, and nobody else, has thought."""
    if REPLAYED.search(context.model):
        return context.reasoning.origin_model == context.model
    return default_should_replay_reasoning_content(context)
