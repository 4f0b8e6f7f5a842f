"""Agents as the API shows them."""

from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import agents
from persistence.agents import AgentRow
from schema.context import FieldInfo
from schema.enums import ThinkingMode
from schema.loading import Loader
from schema.models import Model, model_by_id
from schema.nodes import Node

agent_by_id = Loader[UUID, AgentRow | None](fetch=agents.by_ids, missing=lambda: None)


@strawberry.type(description="Stored configuration that a run is built from.")
class Agent(Node):
    name: str = strawberry.field(description="Name.")
    description: str = strawberry.field(description="What it is good for.")
    instructions: str = strawberry.field(description="What the model is told before the conversation.")
    thinking: ThinkingMode | None = strawberry.field(description="Thinking mode unless a message says otherwise.")
    max_turns: int = strawberry.field(description="Most model calls of one run.")
    model_key: strawberry.Private[UUID | None]

    @strawberry.field(description="The model it always uses; null leaves the choice to the selection.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.model_key is None else await info.context.load(model_by_id, self.model_key)
        return None if row is None else Model.from_row(row)

    @classmethod
    def from_row(cls, row: AgentRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.AGENT, row.id)),
            name=row.name,
            description=row.description,
            instructions=row.instructions,
            thinking=row.thinking,
            max_turns=row.max_turns,
            model_key=row.model_id,
        )
