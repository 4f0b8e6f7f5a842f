"""The three roots of the schema."""

import strawberry

from resolvers.accounts import AccountMutations, AccountQueries
from resolvers.changes import ChangeSubscriptions
from resolvers.chats import ChatMutations, ChatQueries
from resolvers.models import ModelQueries
from resolvers.nodes import NodeQueries
from resolvers.runs import RunMutations, RunQueries, RunSubscriptions
from resolvers.selection import SelectionMutations, SelectionQueries


@strawberry.type(description="Reads.")
class Query(AccountQueries, NodeQueries, ChatQueries, RunQueries, ModelQueries, SelectionQueries):
    pass


@strawberry.type(description="Acts. Every mutation takes one input and returns what changed.")
class Mutation(AccountMutations, ChatMutations, RunMutations, SelectionMutations):
    pass


@strawberry.type(description="Watches. Leaving a subscription stops nothing.")
class Subscription(RunSubscriptions, ChangeSubscriptions):
    pass
