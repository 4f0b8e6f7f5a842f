"""Search engines for the web: what each is asked, and what of its answer is a result."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from orchestration.tools.fetching import Fetcher, Page
from orchestration.tools.tool import ToolFailure

BRAVE = "https://api.search.brave.com"
TAVILY = "https://api.tavily.com"
JSON = {"Accept": "application/json"}


class Hit(NamedTuple):
    title: str
    url: str
    snippet: str


SearchEngine = Callable[[str, int], Awaitable[list[Hit]]]
"""Takes a query and how many results are wanted at most."""


class PlainResult(BaseModel):
    title: str = ""
    url: str
    content: str | None = None


class Plain(BaseModel):
    """What SearXNG and Tavily answer."""

    results: list[PlainResult]

    def hits(self, count: int) -> list[Hit]:
        return [Hit(one.title, one.url, one.content or "") for one in self.results[:count]]


class BraveResult(BaseModel):
    title: str = ""
    url: str
    description: str | None = None


class BraveWeb(BaseModel):
    results: list[BraveResult] = []


class Brave(BaseModel):
    """What Brave answers; `web` is missing when it has found nothing."""

    web: BraveWeb = BraveWeb()

    def hits(self, count: int) -> list[Hit]:
        return [Hit(one.title, one.url, one.description or "") for one in self.web.results[:count]]


def searxng(fetcher: Fetcher, address: str) -> SearchEngine:
    """A SearXNG server, whose settings must allow the format `json`."""

    async def search(query: str, count: int) -> list[Hit]:
        wanted = {"q": query, "format": "json"}
        page = await fetcher.ask("GET", f"{address.rstrip('/')}/search", headers=JSON, params=wanted)
        return _found(page, Plain).hits(count)

    return search


def brave(fetcher: Fetcher, key: str, address: str = BRAVE) -> SearchEngine:
    async def search(query: str, count: int) -> list[Hit]:
        wanted = {"q": query, "count": str(count), "text_decorations": "false"}
        headers = {**JSON, "X-Subscription-Token": key}
        page = await fetcher.ask("GET", f"{address}/res/v1/web/search", headers=headers, params=wanted)
        return _found(page, Brave).hits(count)

    return search


def tavily(fetcher: Fetcher, key: str, address: str = TAVILY) -> SearchEngine:
    async def search(query: str, count: int) -> list[Hit]:
        wanted = {"query": query, "max_results": count}
        headers = {**JSON, "Authorization": f"Bearer {key}"}
        page = await fetcher.ask("POST", f"{address}/search", headers=headers, json=wanted)
        return _found(page, Plain).hits(count)

    return search


A = TypeVar("A", bound=BaseModel)


def _found(page: Page, kind: type[A]) -> A:
    if page.status == 429:
        raise ToolFailure("The search engine has been asked too often. Go on without it, or try again later.")
    if page.status in {401, 402, 403}:
        raise ToolFailure("The search engine refuses to answer this server. Go on without it, and say so.")
    if page.status != 200:
        raise ToolFailure(f"The search engine failed (status {page.status}). Go on without it, or try again later.")
    try:
        return kind.model_validate_json(page.body)
    except ValidationError:
        raise ToolFailure("The search engine gave an answer that cannot be understood. Go on without it.") from None
