"""Trying a model out: a tiny question whose answer shows whether it works, and how quickly."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from agents import Agent, ModelSettings, RunConfig, Runner
from agents.exceptions import AgentsException
from openai import OpenAIError

from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.budgets import charge_to
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool
from orchestration.inference.tries import Limits

QUESTION = "Count from one to ten in words."
ANSWER_TOKENS = 64
PATIENCE = 60.0
"""Seconds that a test takes at most; a local model may have to be loaded first."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`ttft_ms` and `tokens_per_second` are None when nothing could be measured."""

    ttft_ms: float | None = None
    tokens_per_second: float | None = None
    failure: RunFailure | None = None


async def try_out(pool: ModelPool, model_id: UUID, user_id: UUID) -> Trial:
    """Ask the model once. The call is in the ledger, and counts for its health like any other."""
    record, once = pool.recorder(user_id=user_id), Limits(tries=1, seconds=PATIENCE)
    failure: RunFailure | None = None
    charge_to(user_id)
    async with pool.open_chain([model_id], record=record, limits=once) as chain:
        chain.tap(lambda _, __: None)
        agent: Agent[None] = Agent(
            name="trial", model=chain.model, model_settings=ModelSettings(max_tokens=ANSWER_TOKENS)
        )
        try:
            async with asyncio.timeout(PATIENCE):
                result = Runner.run_streamed(agent, QUESTION, run_config=RunConfig(tracing_disabled=True))
                async for _ in result.stream_events():
                    pass
        except (RunFailure, AgentsException, OpenAIError, OSError) as error:
            failure = failure_of(error, chain.name)
    if not chain.calls:
        return Trial(failure=failure or RunFailure(RunErrorCode.INTERNAL, "The model was not called."))
    call = chain.calls[-1]
    if failure is not None and failure.code is RunErrorCode.CONTEXT_TOO_LONG:
        failure = None  # the question is tiny, so it has thought for all of its few tokens: it works
    spoken = 0.0 if call.ttft_ms is None else (call.duration_ms - call.ttft_ms) / 1000
    speed = call.usage.output_tokens / spoken if spoken > 0 and call.usage.output_tokens > 1 else None
    return Trial(call.ttft_ms, speed, failure)
