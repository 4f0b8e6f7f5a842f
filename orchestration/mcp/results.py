"""What a tool of a server gave back, as words for a model."""

import json

from mcp.types import (
    AudioContent,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

Block = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource


def words_of(result: CallToolResult) -> str:
    """The texts of a result; what is no text is named. A result of data alone is JSON."""
    if not result.content and result.structured_content is not None:
        return json.dumps(result.structured_content, ensure_ascii=False)
    return "\n\n".join(words_of_block(block) for block in result.content)


def words_of_block(block: Block) -> str:
    """A part of a result; what is no text is named."""
    if isinstance(block, TextContent):
        return block.text
    if isinstance(block, ImageContent | AudioContent):
        return f"[{block.mime_type}, {len(block.data) * 3 // 4:,} bytes, which cannot be shown here]"
    if isinstance(block, ResourceLink):
        return f"[{block.title or block.name}]({block.uri})"
    if isinstance(block.resource, TextResourceContents):
        return block.resource.text
    return f"[{block.resource.uri}, which is no text]"
