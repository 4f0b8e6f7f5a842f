"""The three roots of the schema."""

import strawberry

from resolvers.accounts import AccountMutations, AccountQueries
from resolvers.approvals import ApprovalMutations
from resolvers.changes import ChangeSubscriptions
from resolvers.chats import ChatMutations, ChatQueries
from resolvers.downloads import DownloadMutations, DownloadQueries, DownloadSubscriptions
from resolvers.models import ModelQueries, ModelSubscriptions
from resolvers.nodes import NodeQueries
from resolvers.providers import ProviderMutations, ProviderQueries
from resolvers.queued_messages import QueuedMessageMutations
from resolvers.runs import RunMutations, RunQueries, RunSubscriptions
from resolvers.selection import SelectionMutations, SelectionQueries


@strawberry.type(description="Reads.")
class Query(
    AccountQueries,
    NodeQueries,
    ChatQueries,
    RunQueries,
    ModelQueries,
    ProviderQueries,
    DownloadQueries,
    SelectionQueries,
):
    pass


@strawberry.type(description="Acts. Every mutation takes one input and returns what changed.")
class Mutation(
    AccountMutations,
    ChatMutations,
    RunMutations,
    QueuedMessageMutations,
    ApprovalMutations,
    ProviderMutations,
    DownloadMutations,
    SelectionMutations,
):
    pass


@strawberry.type(description="Watches. Leaving a subscription stops nothing.")
class Subscription(RunSubscriptions, ChangeSubscriptions, ModelSubscriptions, DownloadSubscriptions):
    pass
