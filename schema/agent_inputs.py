"""What clients send to make and change agents, and what they get back."""

from decimal import Decimal

import strawberry
from strawberry.scalars import JSON

from schema.agents import Agent
from schema.enums import ThinkingMode
from schema.versions import Fields


@strawberry.input(description="What an agent is to refuse. What is left out is not checked.")
class AgentGuardrailsInput:
    max_input_chars: int | None = strawberry.field(
        description="Most characters of a message, up to 200,000.", default=None
    )
    denied_input: list[str] = strawberry.field(
        description="Words and phrases that a message must not have: whole words, in any case. At most 50, of 100 "
        "characters each.",
        default_factory=list,
    )
    denied_output: list[str] = strawberry.field(
        description="Words and phrases that the answer must not have, likewise.", default_factory=list
    )


@strawberry.input
class AgentFields(Fields):
    """What createAgent and updateAgent have in common; the schema shows it only as a part of their inputs."""

    name: str | None = strawberry.field(description="From 1 to 100 characters.", default=strawberry.UNSET)
    description: str | None = strawberry.field(
        description="What it is good for, up to 1,000 characters; other agents are told this too.",
        default=strawberry.UNSET,
    )
    instructions: str | None = strawberry.field(
        description="What the model is told before the conversation, up to 50,000 characters.",
        default=strawberry.UNSET,
    )
    model_id: strawberry.ID | None = strawberry.field(
        description="The model it always uses; null leaves the choice to the selection.", default=strawberry.UNSET
    )
    thinking: ThinkingMode | None = strawberry.field(
        description="Thinking mode unless a message says otherwise; null is none.", default=strawberry.UNSET
    )
    tool_ids: list[strawberry.ID] | None = strawberry.field(
        description="Tools that it may call, single ones of MCP servers too, at most 64.", default=strawberry.UNSET
    )
    mcp_server_ids: list[strawberry.ID] | None = strawberry.field(
        description="MCP servers of which it may call all tools, at most 16.", default=strawberry.UNSET
    )
    handoff_ids: list[strawberry.ID] | None = strawberry.field(
        description="Agents that it may hand the conversation over to, at most 16.", default=strawberry.UNSET
    )
    agent_tool_ids: list[strawberry.ID] | None = strawberry.field(
        description="Agents that it may ask like tools, at most 16, and never in a circle.", default=strawberry.UNSET
    )
    output_schema: JSON | None = strawberry.field(
        description="JSON Schema (2020-12) of its final answer, an object; null for text.", default=strawberry.UNSET
    )
    guardrails: AgentGuardrailsInput | None = strawberry.field(
        description="What it is to refuse; null is nothing.", default=strawberry.UNSET
    )
    max_turns: int | None = strawberry.field(
        description="Most model calls of one run, from 1 to 100; 20 in a new agent.", default=strawberry.UNSET
    )
    max_tokens: int | None = strawberry.field(
        description="Most tokens that all model calls of one run may take together; null is without a limit. Where a "
        "message says less, that counts.",
        default=strawberry.UNSET,
    )
    max_cost_usd: Decimal | None = strawberry.field(
        description="Most that one run may cost, likewise.", default=strawberry.UNSET
    )
    max_seconds: int | None = strawberry.field(
        description="Longest that one run may be at work, in seconds, likewise.", default=strawberry.UNSET
    )
    shared: bool | None = strawberry.field(
        description="Whether everybody may use it; for administrators.", default=strawberry.UNSET
    )


@strawberry.input(description="Input of createAgent. It needs a `name`, or an agent to copy.")
class CreateAgentInput(AgentFields):
    copy_of: strawberry.ID | None = strawberry.field(
        description="An agent to start from: what is left out is as in that.", default=None
    )


@strawberry.input(description="Input of updateAgent. What is left out stays as it is.")
class UpdateAgentInput(AgentFields):
    id: strawberry.ID = strawberry.field(description="The agent.")
    expected_version: int | None = strawberry.field(
        description="CONFLICT unless this is its version: nobody has changed it since you looked.", default=None
    )


@strawberry.type(description="Result of createAgent.")
class CreateAgentPayload:
    agent: Agent = strawberry.field(description="The new agent.")


@strawberry.type(description="Result of updateAgent.")
class UpdateAgentPayload:
    agent: Agent = strawberry.field(description="The agent as it is now.")


@strawberry.input(description="Input of restoreAgent.")
class RestoreAgentInput:
    id: strawberry.ID = strawberry.field(description="The agent.")
    version: int = strawberry.field(description="The version to make the newest again.")


@strawberry.type(description="Result of restoreAgent.")
class RestoreAgentPayload:
    agent: Agent = strawberry.field(description="The agent as it is now.")


@strawberry.type(description="Result of deleteAgent.")
class DeleteAgentPayload:
    id: strawberry.ID = strawberry.field(description="The agent that is gone.")
