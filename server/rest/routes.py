"""The addresses below /api/v1, each with the operation behind it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response

from domain.completions import Json
from domain.errors import BadUserInput
from server.programs import program
from server.rest import documents
from server.rest.models import (
    Chat,
    ChatChange,
    Message,
    Metrics,
    Model,
    NewChat,
    NewMessage,
    Page,
    Problem,
    Run,
    Sent,
    Session,
)
from server.rest.operations import Caller, RestDoors
from server.rest.problems import Door

KEY = HTTPBearer(auto_error=False, scheme_name="ApiKey", description="An API key of a person of this server.")
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "The events, as server-sent events.", "content": {"text/event-stream": {}}}
}


async def caller(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(KEY)]) -> Caller:
    """The program that asks, as its API key says."""
    doors: RestDoors = request.app.state.rest
    return Caller(doors, await program(request, doors.context_of))


Asks = Annotated[Caller, Depends(caller)]
First = Annotated[int | None, Query(ge=0, le=200, description="At most so many, from the beginning; default 50.")]
Last = Annotated[int | None, Query(ge=0, le=200, description="At most so many, from the end.")]
LONGEST_EVENT_ID = 10
"""Digits of the largest sequence that a run may reach."""

After = Annotated[str | None, Query(description="Only what follows this cursor.")]
Before = Annotated[str | None, Query(description="Only what precedes this cursor.")]

router = APIRouter(
    prefix="/api/v1",
    route_class=Door,
    responses={"default": {"model": Problem, "description": "What went wrong."}},
    generate_unique_id_function=lambda route: route.name,
)


@router.get("/chats", response_model=Page[Chat])
async def list_chats(
    asks: Asks,
    first: First = None,
    after: After = None,
    archived: bool | None = None,
    pinned: bool | None = None,
    text: Annotated[str | None, Query(description="A part of the title.")] = None,
) -> Json:
    """Your chats, newest change first."""
    wanted = {"archived": archived, "pinned": pinned, "text": text}
    return _page(await asks.ask(documents.CHATS, first=first, after=after, filter=wanted))


@router.post("/chats", response_model=Chat, status_code=HTTPStatus.CREATED)
async def create_chat(asks: Asks, new: NewChat) -> Any:
    """Make an empty chat."""
    return (await asks.ask(documents.CREATE_CHAT, input=new.input))["chat"]


@router.get("/chats/{id}", response_model=Chat)
async def get_chat(asks: Asks, id: str) -> Any:
    """One of your chats."""
    return await asks.ask(documents.ONE_CHAT, id=id)


@router.patch("/chats/{id}", response_model=Chat)
async def update_chat(asks: Asks, id: str, change: ChatChange) -> Any:
    """Rename, pin or archive a chat, or show another of its branches."""
    return (await asks.ask(documents.UPDATE_CHAT, input={**change.input, "id": id}))["chat"]


@router.delete("/chats/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_chat(asks: Asks, id: str) -> Response:
    """Delete a chat with everything in it. Runs at work in it are stopped."""
    await asks.ask(documents.DELETE_CHAT, id=id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/chats/{id}/messages", response_model=Page[Message])
async def list_messages(
    asks: Asks, id: str, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Json:
    """The branch of a chat that is shown, oldest first."""
    found = await asks.ask(documents.MESSAGES, id=id, first=first, after=after, last=last, before=before)
    return _page(found["messages"])


@router.post("/chats/{id}/messages", response_model=Sent, status_code=HTTPStatus.ACCEPTED)
async def send_message(asks: Asks, id: str, new: NewMessage) -> Json:
    """Send a message and start the run that answers it; watch it at `/runs/{id}/events`."""
    sent = await asks.ask(documents.SEND_MESSAGE, input={**new.input, "chatId": id})
    return {**sent, "run": _run(sent["run"])}


@router.get("/runs/{id}", response_model=Run)
async def get_run(asks: Asks, id: str) -> Json:
    """One of your runs."""
    return _run(await asks.ask(documents.ONE_RUN, id=id))


@router.post("/runs/{id}/cancel", response_model=Run)
async def cancel_run(asks: Asks, id: str) -> Json:
    """Stop a run and keep what it has said."""
    return _run((await asks.ask(documents.CANCEL_RUN, id=id))["run"])


@router.get("/runs/{id}/events", responses=EVENT_STREAM, response_class=Response)
async def watch_run(
    asks: Asks,
    id: str,
    after: Annotated[int | None, Query(description="Only events with a higher sequence.")] = None,
    last_event_id: Annotated[str | None, Header(description="The same, as browsers resume.")] = None,
) -> Response:
    """Every event of a run in order, each once: the stored ones, then live ones. Leaving does not stop the run."""
    return asks.watch(documents.RUN_EVENTS, id=id, after=_sequence(last_event_id) if after is None else after)


@router.get("/models", response_model=list[Model])
async def list_models(asks: Asks) -> Any:
    """All models of the pool."""
    return await asks.ask(documents.MODELS)


@router.get("/metrics", response_model=Metrics)
async def get_metrics(
    asks: Asks,
    start: Annotated[datetime, Query(alias="from", description="The first moment, with its time zone.")],
    end: Annotated[datetime, Query(alias="to", description="The first moment after the range.")],
    everyone: bool | None = None,
) -> Json:
    """Figures over a range of time, your own; administrators see everybody's."""
    moments = {"from": start.isoformat(), "to": end.isoformat()}
    found = await asks.ask(documents.METRICS, range=moments, everyone=everyone)
    models = [{**line, "modelId": line["model"] and line["model"]["id"]} for line in found["byModel"]]
    return {**found, "byModel": models}


@router.get("/sessions", response_model=list[Session])
async def list_sessions(asks: Asks) -> Any:
    """The browsers that are signed in to your account."""
    return (await asks.ask(documents.SESSIONS))["sessions"]


@router.delete("/sessions/{id}", status_code=HTTPStatus.NO_CONTENT)
async def end_session(asks: Asks, id: str) -> Response:
    """End one of your sessions. Needs the scope `account`."""
    await asks.ask(documents.END_SESSION, id=id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _page(connection: Json) -> Json:
    return {"items": [edge["node"] for edge in connection["edges"]], **connection["pageInfo"]}


def _run(run: Json) -> Json:
    return {**run, "chatId": run["chat"]["id"], "messageId": run["message"] and run["message"]["id"]}


def _sequence(last_event_id: str | None) -> int | None:
    if last_event_id is None:
        return None
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) <= LONGEST_EVENT_ID):
        raise BadUserInput({"Last-Event-ID": "must be the id of an event of this run"})
    return int(last_event_id)
