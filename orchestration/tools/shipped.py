"""The tools that come with the product, made from its settings."""

from yarl import URL

from orchestration.memory.memories import Memories
from orchestration.tools.calculator import CALCULATOR
from orchestration.tools.current_time import CURRENT_TIME
from orchestration.tools.fetching import Fetcher
from orchestration.tools.read_file import read_file
from orchestration.tools.read_output import read_output
from orchestration.tools.recall import recall
from orchestration.tools.remember import remember
from orchestration.tools.run_python import RUN_PYTHON
from orchestration.tools.search_chats import search_chats
from orchestration.tools.search_engines import SearchEngine, brave, searxng, tavily
from orchestration.tools.settings import ToolSettings
from orchestration.tools.tool import Tool
from orchestration.tools.web_fetch import web_fetch
from orchestration.tools.web_search import web_search
from persistence.database import Database


def shipped(db: Database, settings: ToolSettings, memories: Memories) -> list[Tool]:
    """All tools that work here; there is no search of the web without an engine."""
    engine = _engine(settings)
    web = [web_fetch(Fetcher(private_hosts=settings.private_hosts)), *([web_search(engine)] if engine else [])]
    own = [remember(memories), recall(memories), read_file(db), read_output(db), search_chats(db)]
    return [CURRENT_TIME, CALCULATOR, RUN_PYTHON, *own, *web]


def _engine(settings: ToolSettings) -> SearchEngine | None:
    if settings.searxng_url is not None:
        server = URL(settings.searxng_url)
        own = Fetcher(private_hosts=[f"{server.raw_host}:{server.port}"])  # the operator named it: it may be private
        return searxng(own, settings.searxng_url)
    if settings.brave_key is not None:
        return brave(Fetcher(), settings.brave_key)
    if settings.tavily_key is not None:
        return tavily(Fetcher(), settings.tavily_key)
    return None
