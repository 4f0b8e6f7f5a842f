"""The conversation as a model gets it: the branch up to the question, with what tools were called for its answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from agents import TResponseInputItem

from domain.messages import MessageRole, MessageStatus
from domain.runs import ToolCallStatus
from orchestration.files.showing import Content
from orchestration.memory.fitting import Recap, fit
from orchestration.memory.tokens import weigh
from persistence.messages import MessageRow
from persistence.summaries import Reach

LONGEST = 200
"""Messages that are looked at, the newest ones."""
NO_CONTENTS: Mapping[UUID, Content] = MappingProxyType({})
ENDED = frozenset({ToolCallStatus.COMPLETED, ToolCallStatus.FAILED, ToolCallStatus.REJECTED})


def conversation(
    path: Sequence[MessageRow],
    summary: Reach | None,
    *,
    room: int,
    tools: bool,
    contents: Mapping[UUID, Content] = NO_CONTENTS,
) -> tuple[list[TResponseInputItem], Recap | None]:
    """A branch as the SDK takes it, oldest first, and what the summary of its older part can stand in for.

    Everything is there that fits into `room` tokens, which is that of the largest model that may be called; a smaller
    one gets less of it. `tools` says that the models know what tool calls are; else those of the past are left out.
    `contents` is what stands in messages that have files.
    """
    if summary is None:
        return _bounded(items(path, contents, tools=tools), room), None
    older = [row for row in path if row.depth <= summary.depth]
    newer = items(path[len(older) :], contents, tools=tools)
    whole = bool(older) and older[0].depth == 0
    covered = items(older, contents, tools=tools) if whole else []
    if covered and sum(map(weigh, [*covered, *newer])) <= room:
        return [*covered, *newer], Recap(summary.text, covered)
    return _bounded(newer, room), Recap(summary.text)


def items(path: Sequence[MessageRow], contents: Mapping[UUID, Content], *, tools: bool) -> list[TResponseInputItem]:
    """Messages that have something to say, in the SDK's words. What is still being written has not."""
    found: list[TResponseInputItem] = []
    for row in path:
        if row.status is MessageStatus.IN_PROGRESS:
            continue
        if tools and row.parts and row.role is MessageRole.ASSISTANT:
            found += _parts(row)
        elif content := contents.get(row.id, row.content):
            found.append(item(row, content))
    return found


def item(row: MessageRow, content: Content) -> TResponseInputItem:
    """A message as the SDK takes it, with its files in the content."""
    if row.role is MessageRole.ASSISTANT:
        return {"role": "assistant", "content": row.content}
    return cast("TResponseInputItem", {"role": "user", "content": content})


def _parts(row: MessageRow) -> Iterator[TResponseInputItem]:
    """An answer in the order in which it came: texts, and each tool call with its result. Reasoning stays behind.
    Content that no part has comes last."""
    for part in row.parts:
        if part["type"] == "text" and part["text"]:
            yield {"role": "assistant", "content": part["text"]}
        elif part["type"] == "tool_call" and (call := part["data"]).get("status") in ENDED:
            yield from _call(call)
    if row.content and not any(part["type"] == "text" for part in row.parts):
        yield {"role": "assistant", "content": row.content}


def _call(call: dict[str, Any]) -> Iterator[TResponseInputItem]:
    arguments = json.dumps(call.get("arguments") or {}, ensure_ascii=False)
    yield {"type": "function_call", "call_id": call["id"], "name": call["name"], "arguments": arguments}
    output = call.get("output")
    said = f"Error: {call['error']}" if call.get("error") else output if isinstance(output, str) else json.dumps(output)
    yield {"type": "function_call_output", "call_id": call["id"], "output": said}


def _bounded(given: list[TResponseInputItem], room: int) -> list[TResponseInputItem]:
    """Not more than any model takes: it is stored with each turn of the run. A question that no model takes stays."""
    fitted = fit(cast("list[dict[str, Any]]", given), room)
    return given if fitted is None else cast("list[TResponseInputItem]", fitted.items)
