"""Kinds of providers: where each of them usually is, and what it wants to see in a request."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.models import ProviderKind


class Preset(NamedTuple):
    """`base_url` is a suggestion; without one it depends on the account. `self_hosted` models cost nothing to call."""

    kind: ProviderKind
    title: str
    base_url: str | None
    needs_api_key: bool = True
    self_hosted: bool = False
    hint: str = ""


PRESETS = (
    Preset(ProviderKind.OPENAI, "OpenAI", "https://api.openai.com/v1", hint="Or any other OpenAI-compatible address."),
    Preset(
        ProviderKind.AZURE, "Azure OpenAI", None,
        hint="https://RESOURCE.openai.azure.com/openai/v1; models are the names of your deployments.",
    ),
    Preset(ProviderKind.OPENROUTER, "OpenRouter", "https://openrouter.ai/api/v1"),
    Preset(ProviderKind.GROQ, "Groq", "https://api.groq.com/openai/v1"),
    Preset(ProviderKind.TOGETHER, "Together", "https://api.together.xyz/v1"),
    Preset(ProviderKind.MISTRAL, "Mistral", "https://api.mistral.ai/v1"),
    Preset(ProviderKind.GEMINI, "Google Gemini", "https://generativelanguage.googleapis.com/v1beta/openai"),
    Preset(ProviderKind.ANTHROPIC, "Anthropic", "https://api.anthropic.com/v1"),
    Preset(ProviderKind.VLLM, "vLLM", "http://localhost:8000/v1", needs_api_key=False, self_hosted=True),
    Preset(ProviderKind.OLLAMA, "Ollama", "http://localhost:11434/v1", needs_api_key=False, self_hosted=True),
    Preset(ProviderKind.LLAMACPP, "llama.cpp", "http://localhost:8080/v1", needs_api_key=False, self_hosted=True),
    Preset(ProviderKind.LMSTUDIO, "LM Studio", "http://localhost:1234/v1", needs_api_key=False, self_hosted=True),
)  # fmt: skip
BY_KIND = {preset.kind: preset for preset in PRESETS}

ALIASES = {"openaicompatible": "openai", "compatible": "openai", "custom": "openai", "google": "gemini"}


def kind_of(name: str) -> ProviderKind | None:
    """A kind by its name as people write it: `LM-Studio`, `llama.cpp`, `openai_compatible`; None for no such kind."""
    bare = "".join(letter for letter in name.lower() if letter.isalnum())
    bare = ALIASES.get(bare, bare)
    return next((preset.kind for preset in PRESETS if preset.kind.value == bare), None)


def headers_of(kind: ProviderKind, api_key: str | None) -> Mapping[str, str]:
    """What a provider wants besides `Authorization: Bearer`, which all of them take for chat completions.

    Azure documents `api-key` for its keys; Anthropic lists its models only to its own headers.
    """
    if api_key is None:
        return {}
    if kind is ProviderKind.AZURE:
        return {"api-key": api_key}
    if kind is ProviderKind.ANTHROPIC:
        return {"x-api-key": api_key, "anthropic-version": "2023-06-01"}
    return {}
