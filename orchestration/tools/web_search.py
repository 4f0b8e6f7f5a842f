"""Searching the web, through the engine that the settings name."""

from pydantic import BaseModel, Field

from orchestration.tools.search_engines import SearchEngine
from orchestration.tools.tool import Call, Tool

LONGEST_SNIPPET = 500


class Arguments(BaseModel):
    query: str = Field(description="What to search for, as one would type it into a search engine.", max_length=400)
    count: int = Field(default=5, ge=1, le=20, description="How many results.")


def web_search(engine: SearchEngine) -> Tool:
    async def run(arguments: Arguments, _: Call) -> object:
        hits = await engine(arguments.query, arguments.count)
        if not hits:
            return f"Nothing was found for {arguments.query!r}. Try other words."
        return [{"title": hit.title, "url": hit.url, "snippet": hit.snippet[:LONGEST_SNIPPET]} for hit in hits]

    return Tool(
        name="web_search",
        description="Search the web: titles, addresses and snippets. Read a page that matters with web_fetch.",
        arguments=Arguments,
        run=run,
    )
