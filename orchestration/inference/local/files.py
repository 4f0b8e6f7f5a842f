"""The models folder: which GGUF files are there, and what each of them can do."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.inference.local.gguf import Header, NotGGUF, read_header

log = logging.getLogger(__name__)

LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")
"""A model in several files is loaded by the name of its first."""

COMPRESSION = re.compile(r"[-.](I?Q\d\w*|BF16|F16|F32|MXFP4)$", re.IGNORECASE)

EMBEDDING = frozenset({"bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2"})
"""Architectures of models that write nothing, but tell what texts mean."""
OTHER = frozenset({"clip", "t5encoder", "whisper"})


@dataclass(frozen=True, slots=True)
class ModelFile:
    file: str
    """The name within the folder."""
    name: str
    """Short and stable, made from the file's name."""
    title: str
    """For people: the same without the kind of compression."""
    architecture: str
    context_length: int | None
    parameters: float
    """In billions."""
    bytes: int
    chat: bool
    """Whether it has a chat template."""
    tools: bool
    """Whether that template has a place for tools."""


@dataclass(frozen=True, slots=True)
class BadFile:
    file: str
    reason: str


def scan(folder: Path) -> tuple[list[ModelFile], list[BadFile]]:
    """Chat models of the folder by name, and the files that are none, with the reason. Blocks."""
    good: list[ModelFile] = []
    bad: list[BadFile] = []
    for path in sorted(folder.glob("*.gguf")):
        if LATER_PART.search(path.stem):
            continue
        try:
            good.append(describe(path))
        except NotGGUF as error:
            bad.append(BadFile(path.name, str(error)))
        except OSError as error:
            bad.append(BadFile(path.name, error.strerror or str(error)))
    for one in bad:
        log.warning("the model file %s is left out: %s", one.file, one.reason)
    return good, bad


def describe(path: Path) -> ModelFile:
    """What a GGUF file says about its model; NotGGUF when it is none, or not one to talk to."""
    model = look_at(path)
    if model.architecture in EMBEDDING:
        raise NotGGUF(f"a {model.architecture} model does not write text; it finds memories by what they mean")
    return model


def find_embedding(folder: Path) -> ModelFile | None:
    """The first file of the folder, by name, whose model tells what texts mean. Blocks."""
    for path in sorted(folder.glob("*.gguf")):
        try:
            if not LATER_PART.search(path.stem) and (model := look_at(path)).architecture in EMBEDDING:
                return model
        except (NotGGUF, OSError):  # `scan` says so
            continue
    return None


def look_at(path: Path) -> ModelFile:
    """What a GGUF file says about its model; NotGGUF when it is none, or of a kind that nothing here can use."""
    header = read_header(path)
    architecture = _text(header, "general.architecture") or "unknown"
    if architecture in OTHER:
        raise NotGGUF(f"a {architecture} model does not write text")
    template = _text(header, "tokenizer.chat_template")
    name = re.sub(r"-00001-of-\d{5}$", "", path.stem)
    context = header.metadata.get(f"{architecture}.context_length")
    return ModelFile(
        file=path.name,
        name=name,
        title=COMPRESSION.sub("", name).replace("-", " "),
        architecture=architecture,
        context_length=context if isinstance(context, int) else None,
        parameters=round(header.parameters / 1e9, 3),
        bytes=sum(part.stat().st_size for part in parts(path)),
        chat=bool(template),
        tools="tools" in template,
    )


def parts(path: Path) -> list[Path]:
    """The files of a model: itself, or all of those that go with its first."""
    found = re.fullmatch(r"(.*)-00001-of-(\d{5})", path.stem)
    if found is None:
        return [path]
    return sorted(path.parent.glob(f"{glob_safe(found[1])}-*-of-{found[2]}.gguf"))


def glob_safe(name: str) -> str:
    return re.sub(r"([\[*?])", r"[\1]", name)


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value if isinstance(value, str) else ""
