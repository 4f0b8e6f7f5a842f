"""The types that the Agents SDK makes of a model's answer."""

from agents.models import chatcmpl_stream_handler, openai_chatcompletions
from pydantic import BaseModel


def build_types() -> None:
    """Build them now: the openai client leaves that to the first answer of a process, which waited for it for several
    times as long as for everything else that is done for a message."""
    for module in (openai_chatcompletions, chatcmpl_stream_handler):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                kind.model_rebuild()
