"""Questions of a server in the middle of a call (elicitation): whose call they belong to, and how long it waits."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

from mcp import MCPError
from mcp.shared.exceptions import UrlElicitationRequiredError
from mcp.types import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    URL_ELICITATION_REQUIRED,
    ElicitRequestFormParams,
    ElicitRequestParams,
    ElicitRequestURLParams,
    ElicitResult,
    ErrorData,
)

from domain.questions import Answer, AnswerAction, Question
from orchestration.tools.forms import NoForm, form_of
from orchestration.tools.tool import Ask

LONGEST_URL = 2_000
MOST_QUESTIONS = 20
"""Of one call."""


class Talk:
    """One call at work. It may take its `patience`, in seconds, without a sign of life of the server; while the person
    is asked, it is the server that waits."""

    def __init__(self, ask: Ask, patience: float) -> None:
        self._ask, self._patience = ask, patience
        self._limit, self._over = asyncio.timeout(patience), False
        self._open: set[asyncio.Task[Answer]] = set()
        self._begun: set[asyncio.Task[Answer]] = set()

    def alive(self) -> None:
        """The server has given a sign of life."""
        if not self._open:
            self._wait_until(asyncio.get_running_loop().time() + self._patience)

    @property
    def has_asked_enough(self) -> bool:
        return len(self._begun) >= MOST_QUESTIONS

    async def put(self, question: Question) -> Answer:
        """What the person answers; CANCEL when the call is over before."""
        task = asyncio.ensure_future(self._ask(question))
        self._begun.add(task)
        self._open.add(task)
        self._wait_until(None)
        try:
            await asyncio.wait({task})
        finally:
            self._let_go(task)
            self.alive()
        return Answer(AnswerAction.CANCEL) if task.cancelled() else task.result()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """The time of the call; TimeoutError when the server was silent for too long. Nobody is asked any more when it
        is over."""
        try:
            async with self._limit:
                yield
        finally:
            self._over = True
            for task in self._begun:
                self._let_go(task)
            if self._begun:
                await asyncio.wait(self._begun)

    def _let_go(self, task: asyncio.Task[Answer]) -> None:
        """Nobody waits for this answer any more. Said twice, it would disturb how the question is taken back."""
        if task in self._open:
            self._open.remove(task)
            task.cancel()

    def _wait_until(self, moment: float | None) -> None:
        if not (self._over or self._limit.expired()):
            self._limit.reschedule(moment)


_talk: ContextVar[Talk | None] = ContextVar("talk", default=None)


class Talks:
    """The calls that one connection makes just now. `clean` takes secrets out of what the server says."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._at_work: list[Talk] = []

    @asynccontextmanager
    async def begun(self, ask: Ask, patience: float) -> AsyncIterator[Talk]:
        """A call of the work of the moment; see `Talk.held`."""
        talk = Talk(ask, patience)
        self._at_work.append(talk)
        token = _talk.set(talk)
        try:
            async with talk.held():
                yield talk
        finally:
            _talk.reset(token)
            self._at_work.remove(talk)

    async def asked(self, context: object, params: ElicitRequestParams) -> ElicitResult | ErrorData:
        """What the person of the call says to a question of the server; an error when it cannot be put to them."""
        if (talk := self._asking()) is None:
            message = "Several calls are at work, so it is not known whom to ask. Ask when there is one."
            return ErrorData(code=INVALID_REQUEST, message=message)
        if talk.has_asked_enough:
            return ErrorData(code=INVALID_REQUEST, message=f"A call may ask {MOST_QUESTIONS} questions, and no more.")
        try:
            question = self._question(params)
        except NoForm as problem:
            return ErrorData(code=INVALID_PARAMS, message=f"The question cannot be shown to a person: {problem}.")
        answer = await talk.put(question)
        return ElicitResult(action=answer.action.value, content=answer.content)

    def _asking(self) -> Talk | None:
        """The call that a question belongs to. Since 2026-07-28 it is asked within the call; before, servers ask by the
        way, and only where a single call is at work nobody else's person can be meant."""
        if (talk := _talk.get()) in self._at_work:
            return talk
        return self._at_work[0] if len(self._at_work) == 1 else None

    def _question(self, params: ElicitRequestParams) -> Question:
        message = self._clean(params.message)
        if isinstance(params, ElicitRequestFormParams):
            return Question(message, form=json.loads(self._clean(json.dumps(form_of(params.requested_schema)))))
        return Question(message, url=page_of(params))


def page_of(params: ElicitRequestURLParams) -> str:
    """The page that a person is to visit; NoForm when it is none that a browser should be led to."""
    url = params.url
    try:
        place = urlsplit(url)
        usable = place.scheme in {"https", "http"} and bool(place.hostname) and not (place.username or place.password)
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        raise NoForm("`url` must be the address of a page, such as https://example.org/sign-in")
    return url


def to_visit(error: MCPError) -> str | None:
    """What a model is told when a server does nothing before the person has visited a page; None for other errors."""
    if error.code != URL_ELICITATION_REQUIRED:
        return None
    try:
        [first, *_] = UrlElicitationRequiredError.from_error(error.error).elicitations
        return (
            f"The server wants the person to visit {page_of(first)} first: {first.message} Tell them, and call again "
            "when they have."
        )
    except ValueError:  # whatever it is that it wants
        return None
