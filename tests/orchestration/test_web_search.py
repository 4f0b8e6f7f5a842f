"""Each search engine is asked as its documentation says, and understood."""

import json
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from aiohttp import web

from orchestration.tools.fetching import Fetcher
from orchestration.tools.search_engines import SearchEngine, brave, searxng, tavily
from orchestration.tools.tool import Call, Result
from orchestration.tools.web_search import web_search
from tests.sites import Names, Site

SOMEBODY = Call(uuid4(), uuid4(), uuid4(), "key")
SEARXNG: dict[str, object] = {
    "query": "bread", "number_of_results": 0, "answers": [], "corrections": [], "infoboxes": [], "suggestions": ["rye"],
    "unresponsive_engines": [["google", "timeout"]],
    "results": [
        {"url": "https://a.example/", "title": "A", "content": "About bread", "engine": "duckduckgo", "score": 4.0,
         "parsed_url": ["https", "a.example", "/", "", "", ""], "template": "default.html", "engines": ["duckduckgo"],
         "positions": [1], "category": "general", "publishedDate": None, "thumbnail": ""},
        {"url": "https://b.example/", "title": "B", "content": None, "engine": "brave", "category": "general"},
    ],
}  # fmt: skip
BRAVE: dict[str, object] = {
    "type": "search",
    "query": {"original": "bread", "more_results_available": True},
    "mixed": {"type": "mixed", "main": [{"type": "web", "index": 0, "all": False}]},
    "web": {
        "type": "search", "family_friendly": True,
        "results": [
            {"title": "A", "url": "https://a.example/", "is_source_local": False, "description": "About bread",
             "language": "en", "type": "search_result", "meta_url": {"scheme": "https", "hostname": "a.example"}},
            {"title": "B", "url": "https://b.example/", "type": "search_result"},
        ],
    },
}  # fmt: skip
TAVILY: dict[str, object] = {
    "query": "bread", "follow_up_questions": None, "answer": None, "images": [], "response_time": 0.9,
    "request_id": "1",
    "results": [
        {"title": "A", "url": "https://a.example/", "content": "About bread", "score": 0.98, "raw_content": None},
        {"title": "B", "url": "https://b.example/", "content": "", "score": 0.5, "raw_content": None},
    ],
}  # fmt: skip
Engines = dict[str, tuple[Callable[[Fetcher, str], SearchEngine], str, dict[str, object]]]
ENGINES: Engines = {
    "searxng": (searxng, "/search", SEARXNG),
    "brave": (lambda fetcher, address: brave(fetcher, "key-1", address), "/res/v1/web/search", BRAVE),
    "tavily": (lambda fetcher, address: tavily(fetcher, "key-1", address), "/search", TAVILY),
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as started:
        yield started


async def search(site: Site, name: str, **arguments: object) -> Result:
    fetcher = Fetcher(private_hosts=[f"engine.test:{site.port}"], resolver=Names(engine_test=[["127.0.0.1"]]))
    engine = ENGINES[name][0](fetcher, f"http://engine.test:{site.port}")
    return await web_search(engine).call(json.dumps({"query": "bread", **arguments}), SOMEBODY)


@pytest.mark.parametrize("name", ENGINES)
async def test_results_have_title_address_and_snippet(site: Site, name: str) -> None:
    _, path, answer = ENGINES[name]
    site.page(path, json.dumps(answer), media_type="application/json")
    result = await search(site, name)
    assert result.error is None
    assert json.loads(result.output) == [
        {"title": "A", "url": "https://a.example/", "snippet": "About bread"},
        {"title": "B", "url": "https://b.example/", "snippet": ""},
    ]
    assert len(json.loads((await search(site, name, count=1)).output)) == 1


async def test_each_engine_is_asked_in_its_way(site: Site) -> None:
    bodies: list[object] = []

    async def note(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.json_response(TAVILY)

    site.page("/search", json.dumps(SEARXNG), media_type="application/json")
    site.page("/res/v1/web/search", json.dumps(BRAVE), media_type="application/json")
    await search(site, "searxng")
    await search(site, "brave", count=7)
    site.handle("/search", note)
    await search(site, "tavily", count=7)

    first, second, third = site.asked
    assert (first.method, dict(first.query)) == ("GET", {"q": "bread", "format": "json"})
    assert (second.method, second.headers["X-Subscription-Token"]) == ("GET", "key-1")
    assert dict(second.query) == {"q": "bread", "count": "7", "text_decorations": "false"}
    assert (third.method, third.headers["Authorization"]) == ("POST", "Bearer key-1")
    assert bodies == [{"query": "bread", "max_results": 7}]


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, "", "asked too often"),
        (401, '{"detail": "no such key key-1"}', "refuses to answer this server"),
        (403, "", "refuses to answer this server"),
        (500, "", "failed (status 500)"),
        (200, "<html>hello</html>", "cannot be understood"),
        (200, '{"results": [{"title": "no address"}], "web": {"results": [{"title": "no address"}]}}', "cannot be"),
    ],
)
async def test_failures_are_told_without_secrets(site: Site, name: str, status: int, body: str, said: str) -> None:
    site.page(ENGINES[name][1], body, status=status, media_type="application/json")
    result = await search(site, name)
    assert said in (result.error or "")
    assert "key-1" not in result.words


async def test_nothing_found_is_an_answer(site: Site) -> None:
    site.page("/res/v1/web/search", '{"type": "search"}', media_type="application/json")
    result = await search(site, "brave")
    assert result.output == "Nothing was found for 'bread'. Try other words."
