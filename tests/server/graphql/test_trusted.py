"""Trusted documents: asked for by their ids, added while the server runs, and nothing else where only they count."""

import hashlib
import json
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.trusted import Manifest, TrustedDocuments
from tests.server.graphql.conftest import serving, toy_schema
from tests.server.graphql.toys import Clock, toy_context

HELLO, LEAVES = "query Hello { hello }", "query Leaves($n: Int!) { leaves(count: $n) { id } }"
STREAM = "subscription Numbers { numbers }"


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(file: Path, *texts: str) -> None:
    """Every other one as the code generator of the web client does, and the others as Relay's does."""
    names = ["sha256:" * (number % 2) + key(text) for number, text in enumerate(texts)]
    file.write_text(json.dumps(dict(zip(names, texts, strict=True))))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "documents.json"
    write(file, HELLO, LEAVES, STREAM)
    return file


@pytest.fixture(params=[False, True], ids=["any", "only"])
async def url(manifest: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    trusted = TrustedDocuments([Manifest(manifest)], only=request.param)
    endpoint = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()), trusted=trusted)
    async with serving(endpoint) as address:
        yield address


async def asked(url: str, **body: Any) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as response:
        found: dict[str, Any] = await response.json(content_type=None)
        return found


def code(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    return str(error["extensions"]["code"])


async def test_a_document_is_asked_for_by_its_id(url: str) -> None:
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": key(HELLO)}}
    got = {"documentId": key(LEAVES), "variables": '{"n": 1}'}

    assert (await asked(url, documentId=key(HELLO)))["data"] == {"hello": "world"}
    assert (await asked(url, documentId="sha256:" + key(HELLO)))["data"] == {"hello": "world"}
    assert (await asked(url, extensions=apollo))["data"] == {"hello": "world"}
    assert (await asked(url, query=HELLO))["data"] == {"hello": "world"}
    async with aiohttp.ClientSession(headers={"X-Requested-With": "a test"}) as http, http.get(url, params=got) as got_:
        assert (await got_.json(content_type=None))["data"] == {"leaves": [{"id": "leaf-0"}]}


async def test_an_unknown_id_is_told_so(url: str) -> None:
    assert code(await asked(url, documentId="f" * 64)) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(await asked(url, documentId=7)) in {"BAD_USER_INPUT", "FORBIDDEN"}


async def test_a_socket_takes_ids_however_they_are_said(url: str) -> None:
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": key(STREAM)}}
    said = [{"documentId": key(STREAM)}, {"query": None, "documentId": key(STREAM)}, {"extensions": apollo}]
    async with aiohttp.ClientSession() as http, http.ws_connect(url, protocols=["graphql-transport-ws"]) as ws:
        await ws.send_json({"type": "connection_init"})
        await ws.receive_json()
        for payload in said:
            await ws.send_json({"id": "1", "type": "subscribe", "payload": payload})
            heard = [(await ws.receive_json())["type"] for _ in range(4)]
            assert heard == ["next", "next", "next", "complete"]
        await ws.send_json({"id": "2", "type": "subscribe", "payload": {"documentId": "f" * 64}})
        refused = await ws.receive_json()

    assert (refused["id"], refused["type"]) == ("2", "error")
    assert refused["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("url", [True], ids=["only"], indirect=True)
async def test_where_only_trusted_documents_are_served_others_are_refused(url: str) -> None:
    assert code(await asked(url, query="{ hello }")) == "FORBIDDEN"
    assert code(await asked(url, query="{ __schema { types { name } } }")) == "FORBIDDEN"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, protocols=["graphql-transport-ws"]) as ws:
        await ws.send_json({"type": "connection_init"})
        await ws.receive_json()
        await ws.send_json({"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
        assert (await ws.receive_json())["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_documents_of_a_new_client_are_found_without_a_restart(url: str, manifest: Path) -> None:
    new = "query New { hello }"
    assert code(await asked(url, documentId=key(new))) == "PERSISTED_QUERY_NOT_FOUND"

    write(manifest, new)
    os.utime(manifest, ns=(1, 1))

    assert (await asked(url, documentId=key(new)))["data"] == {"hello": "world"}


@pytest.mark.parametrize("words", ["", "[]", '{"a": 1}', "{"])
def test_a_broken_manifest_is_no_manifest(tmp_path: Path, words: str, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "documents.json"
    file.write_text(words)

    assert Manifest(file).texts == {}
    assert "documents.json" in caplog.text
