"""The header of a GGUF file: what its model says about itself.

The format is described in ggml's documentation (docs/gguf.md): a magic number, a version, counts, metadata as
typed key-value pairs, then the shapes of all tensors. Everything is little-endian.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

Value = int | float | bool | str | None

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
LONGEST = 16 * 1024 * 1024
"""Bytes of a string, and items of an array, beyond which a header is not believed."""


class NotGGUF(Exception):
    """The file is not a readable GGUF model; the reason is the message."""


@dataclass(frozen=True, slots=True)
class Header:
    metadata: dict[str, Value]
    """Without the arrays, which are long and of no use here."""
    parameters: int
    """How many numbers the tensors have in all."""


def read_header(path: Path) -> Header:
    try:
        with path.open("rb") as file:
            return _Reader(file, path.stat().st_size).header()
    except (struct.error, UnicodeDecodeError) as error:
        raise NotGGUF("its header is damaged or incomplete") from error


class _Reader:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size

    def header(self) -> Header:
        if self._file.read(4) != b"GGUF":
            raise NotGGUF("it is not a GGUF file")
        version = self._number("I")
        if version not in {2, 3}:
            raise NotGGUF(f"its format version {version} is not known")
        tensors, pairs = self._count(), self._count()
        metadata: dict[str, Value] = {}
        for _ in range(pairs):
            key = self._string()
            metadata[key] = self._value(self._number("I"))
        return Header(metadata, sum(self._tensor() for _ in range(tensors)))

    def _tensor(self) -> int:
        self._string()
        elements = 1
        for _ in range(self._number("I")):
            elements *= self._number("Q")
        self._number("I")
        self._number("Q")
        return elements

    def _value(self, kind: int) -> Value:
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            self._skip_array()
            return None
        return self._scalar(kind)

    def _skip_array(self) -> None:
        kind, count = self._number("I"), self._count()
        if kind in SCALARS:
            self._file.seek(count * struct.calcsize(SCALARS[kind]), 1)
        elif kind == STRING:
            for _ in range(count):
                self._file.seek(self._number("Q"), 1)
                self._still_inside()
        else:
            raise NotGGUF("its header is damaged")
        self._still_inside()

    def _scalar(self, kind: int) -> Value:
        if kind not in SCALARS:
            raise NotGGUF("its header is damaged")
        code = "<" + SCALARS[kind]
        value: Value = struct.unpack(code, self._file.read(struct.calcsize(code)))[0]
        return value

    def _number(self, code: str) -> int:
        value: int = struct.unpack("<" + code, self._file.read(struct.calcsize("<" + code)))[0]
        return value

    def _count(self) -> int:
        count = self._number("Q")
        if count > LONGEST:
            raise NotGGUF("its header is damaged")
        return count

    def _string(self) -> str:
        return self._file.read(self._count()).decode("utf-8")

    def _still_inside(self) -> None:
        if self._file.tell() > self._size:
            raise NotGGUF("its header is damaged or incomplete")
