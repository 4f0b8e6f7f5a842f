"""Which public profile fits a model of the pool, by its name alone."""

import re

DATE = re.compile(r"-(?:20\d\d-?\d\d-?\d\d|0\d{2,3})(?=$|-)")
BUILD = re.compile(
    r"(?:meta|instruct|inst|it|chat|hf|gguf|awq|gptq|latest|preview|fp8|fp16|bf16|v0\.\d|i?q\d\w*|k|[sml])"
)
ENDPOINT = re.compile(r"@.*$|:.*$|\.gguf$")


def profile_name(name: str) -> str:
    """The name without publisher, endpoint, date, tuning and quantisation: `meta/Llama-3.1-8B-Instruct-Q4_K_M`
    and `Meta-Llama-3_1-8B-Instruct` are both `llama-3.1-8b`.
    """
    bare = ENDPOINT.sub("", name.rsplit("/", 1)[-1].lower())
    bare = DATE.sub("", re.sub(r"(?<=\d)_(?=\d)", ".", bare))
    kept = [word for word in re.split(r"[-_ ]+", bare) if word and not BUILD.fullmatch(word)]
    return "-".join(kept)
