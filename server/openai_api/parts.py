"""What the requests of both APIs have in common: lenient objects, texts and pictures."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain.completions import Json

MOST_ITEMS = 2_000
"""Messages, or items, of one conversation."""
MOST_PARTS = 1_000
"""Texts and pictures of one message."""
MOST_TOOLS = 128
MOST_STOPS, MOST_METADATA = 16, 16
LONGEST_NAME = 64
NAME = r"^[a-zA-Z0-9_-]+$"

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NAME)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Share = Annotated[float, Field(ge=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Tokens = Annotated[int, Field(ge=1, le=10_000_000)]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class Lenient(BaseModel):
    """Programs send what their library knows; what is of no use here is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _picture(url: str) -> str:
    if not url.startswith(("https://", "data:image/")):
        raise ValueError("must be a data: URL of an image or begin with https://")
    return url


PictureUrl = Annotated[str, AfterValidator(_picture)]
Detail = Literal["auto", "low", "high"]


def at_most(count: int) -> Any:
    """A list or an object of at most so many. The first wrong one is told and no other: a body could hold a million."""
    return Field(max_length=count, fail_fast=True)


def listed(kind: str) -> BeforeValidator:
    """A text stands for a list with one part of this kind, and nothing for an empty list."""

    def as_parts(value: Any) -> Any:
        if isinstance(value, str):
            return [{"type": kind, "text": value}]
        return [] if value is None else value

    return BeforeValidator(as_parts)


class Function(Lenient):
    """A function as the Responses API describes it, and as chat completions do one level deeper."""

    name: Name
    description: Annotated[str, Field(max_length=20_000)] | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


NO_PARAMETERS: Json = {"type": "object", "properties": {}}


def content(parts: Sequence[Json]) -> str | list[Json]:
    """Parts of a message as short as they can be: models that only read want plain texts."""
    if all(part["type"] == "input_text" for part in parts):
        return "\n".join(part["text"] for part in parts)
    return list(parts)


def picture(url: str, detail: Detail) -> Json:
    return {"type": "input_image", "image_url": url, "detail": detail}


def words(text: str) -> Json:
    return {"type": "input_text", "text": text}
