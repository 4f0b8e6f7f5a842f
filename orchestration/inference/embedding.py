"""What texts mean, as vectors of length 1 from an embedding model: a provider's, or one of the models folder."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import openai
import orjson

from domain.calls import CallPurpose, ModelCall
from domain.ids import new_id
from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.chat_client import read_object
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool, Served
from orchestration.inference.provider_errors import NotAModelEndpoint
from orchestration.inference.spans import note_call

PATIENCE = 3.0
"""Seconds that an answer waits for it."""
LARGEST = 8_192
"""Numbers of one vector."""
Vector = bytes
"""Numbers of two bytes each (IEEE 754 binary16, little-endian)."""


class Address(NamedTuple):
    """Where a provider's model answers."""

    base_url: str
    api_key: str | None


class EmbeddingModel(NamedTuple):
    """A model, and what serves it for as long as it is asked. Of a text it gets the first `longest` characters."""

    name: str
    served: Callable[[], AbstractAsyncContextManager[Served]]
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Embedder:
    """Asks the model that there is; `find` gives none where there is none now. Every call is in the ledger."""

    pool: ModelPool
    find: Callable[[], Awaitable[EmbeddingModel | None]]

    async def embed(self, model: EmbeddingModel, texts: Sequence[str], *, user_id: UUID) -> list[Vector]:
        """A vector for each text; RunFailure when the model cannot say within a few seconds, as one that has to be
        loaded first."""
        began_at, began = datetime.now(UTC), time.perf_counter()
        outcome, code, tokens = CallOutcome.FAILED, RunErrorCode.MODEL_UNAVAILABLE, 0
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._ask(model, texts)
            vectors = _vectors(answer, len(texts))
            tokens, outcome = _tokens(answer), CallOutcome.SUCCEEDED
        except (openai.OpenAIError, NotAModelEndpoint, OSError) as error:
            failure = failure_of(error, model.name)
            code = failure.code
            raise failure from error
        finally:
            call = ModelCall(
                id=new_id(),
                model_id=None,
                model_name=model.name,
                outcome=outcome,
                started_at=began_at,
                duration_ms=(time.perf_counter() - began) * 1000,
                usage=TokenUsage(1, tokens),
                error_code=None if outcome is CallOutcome.SUCCEEDED else code,
                purpose=CallPurpose.EMBEDDING,
            )
            note_call(call)
            await self.pool.recorder(user_id=user_id)(call)
        return vectors

    @staticmethod
    def likeness(text: Vector, others: Sequence[Vector]) -> list[float]:
        """How near others are in meaning: the cosine of the angle between two vectors of the same length."""
        import numpy as np  # noqa: PLC0415 - it takes its time, and most processes never need it

        matrix = np.frombuffer(b"".join(others), dtype="<f2").reshape(len(others), -1).astype(np.float32)
        found: list[float] = (matrix @ np.frombuffer(text, dtype="<f2").astype(np.float32)).tolist()
        return found

    async def _ask(self, model: EmbeddingModel, texts: Sequence[str]) -> dict[str, Any]:
        body = {"model": model.name, "input": [text[: model.longest] for text in texts], "encoding_format": "float"}
        kind = {"content-type": "application/json"}
        async with model.served() as server:
            endpoint = self.pool.endpoint(server.base_url, server.api_key)
            asked = endpoint.request("POST", "/embeddings", wait=PATIENCE, headers=kind, data=orjson.dumps(body))
            async with asked as (response, exchange):
                return await read_object(response, exchange)


def _vectors(answer: dict[str, Any], count: int) -> list[Vector]:
    """The vectors in their order; RunFailure when there are not that many, or not of one length."""
    import numpy as np  # noqa: PLC0415 - as above

    try:
        matrix = np.array([entry["embedding"] for entry in answer["data"]], dtype=np.float32)
        whole = matrix.ndim == 2 and matrix.shape[0] == count and 0 < matrix.shape[1] <= LARGEST
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True) if whole else np.zeros(1)
    except (TypeError, KeyError, ValueError):
        whole = False
    if not whole or not np.isfinite(matrix).all() or not lengths.all():
        raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, "The embedding model's answer is not a list of vectors.")
    return [row.tobytes() for row in (matrix / lengths).astype("<f2")]


def _tokens(answer: dict[str, Any]) -> int:
    usage = answer.get("usage")
    told = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return max(int(told), 0) if isinstance(told, int | float) else 0
