"""A model file that tells what texts mean, small enough to be made on the spot: one layer of BERT with random weights.

Texts that share words are near each other in it, and the others are not, which is all that tests want to know.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

WIDTH, INNER, LONGEST = 32, 64, 128
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
TEXT, FLOAT, WHOLE, FLAG, LIST, BYTES_APART = 8, 6, 4, 7, 9, 32
Value = str | float | int | bool | Sequence[str] | Sequence[int]


def make(path: Path, words: Sequence[str]) -> None:
    """Write the file; it knows these words, in small letters, and takes all others for the same one."""
    known = [*WORDS, *(f"\u2581{word}" for word in words)]
    tensors = _tensors(len(known), np.random.default_rng(7))
    facts: dict[str, Value] = {
        "general.architecture": "bert", "general.name": "tiny", "bert.block_count": 1, "bert.context_length": LONGEST,
        "bert.embedding_length": WIDTH, "bert.feed_forward_length": INNER, "bert.attention.head_count": 2,
        "bert.attention.layer_norm_epsilon": 1e-12, "bert.attention.causal": False, "bert.pooling_type": 1,
        "tokenizer.ggml.model": "bert", "tokenizer.ggml.tokens": known,
        "tokenizer.ggml.token_type": [3] * len(WORDS) + [1] * len(words), "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.padding_token_id": 0, "tokenizer.ggml.unknown_token_id": 1,
        "tokenizer.ggml.cls_token_id": 2, "tokenizer.ggml.bos_token_id": 2, "tokenizer.ggml.seperator_token_id": 3,
    }  # fmt: skip
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    head += b"".join(_text(name) + _typed(value) for name, value in facts.items())
    data = b""
    for name, values in tensors.items():
        head += _text(name) + struct.pack("<I", values.ndim) + struct.pack(f"<{values.ndim}Q", *values.shape[::-1])
        head += struct.pack("<IQ", 0, len(data))
        data += _padded(values.astype("<f4").tobytes())
    path.write_bytes(_padded(head) + data)


def _tensors(words: int, chance: np.random.Generator) -> dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"]:
    tensors = {
        "token_embd.weight": chance.normal(size=(words, WIDTH)),
        "position_embd.weight": np.zeros((LONGEST, WIDTH)),
        "token_types.weight": np.zeros((2, WIDTH)),
    }
    shapes = {
        **dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (WIDTH, WIDTH)),
        "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER),
    }  # fmt: skip
    for name, shape in shapes.items():
        tensors[f"blk.0.{name}.weight"] = chance.normal(size=shape) * 0.01
        tensors[f"blk.0.{name}.bias"] = np.zeros(shape[0])
    for name in ("token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm"):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = np.ones(WIDTH), np.zeros(WIDTH)
    return tensors


def _typed(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", FLAG, value)
    if isinstance(value, int):
        return struct.pack("<II", WHOLE, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT, value)
    if isinstance(value, str):
        return struct.pack("<I", TEXT) + _text(value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", LIST, TEXT, len(value)) + b"".join(_text(str(one)) for one in value)
    return struct.pack(f"<IIQ{len(value)}i", LIST, 5, len(value), *value)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % BYTES_APART)
