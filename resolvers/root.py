"""The three roots of the schema."""

import strawberry

from resolvers.accounts import AccountMutations, AccountQueries
from resolvers.agents import AgentMutations, AgentQueries
from resolvers.approvals import ApprovalMutations, ApprovalQueries
from resolvers.archives import ArchiveMutations, ArchiveQueries
from resolvers.audit_events import AuditQueries
from resolvers.budgets import BudgetMutations, BudgetQueries
from resolvers.changes import ChangeSubscriptions
from resolvers.chats import ChatMutations, ChatQueries
from resolvers.downloads import DownloadMutations, DownloadQueries, DownloadSubscriptions
from resolvers.files import FileMutations, FileQueries
from resolvers.invitations import InvitationMutations, InvitationQueries
from resolvers.ledgers import LedgerQueries
from resolvers.mcp_servers import McpServerMutations, McpServerQueries
from resolvers.memories import MemoryMutations, MemoryQueries
from resolvers.metrics import MetricsQueries, MetricsSubscriptions
from resolvers.models import ModelQueries, ModelSubscriptions
from resolvers.nodes import NodeQueries
from resolvers.password_resets import PasswordResetMutations
from resolvers.providers import ProviderMutations, ProviderQueries
from resolvers.queued_messages import QueuedMessageMutations
from resolvers.rate_limits import RateLimitQueries
from resolvers.runs import RunMutations, RunQueries, RunSubscriptions
from resolvers.search import SearchQueries
from resolvers.second_factors import SecondFactorMutations
from resolvers.selection import SelectionMutations, SelectionQueries
from resolvers.shares import ShareMutations, ShareQueries
from resolvers.signing import SigningMutations
from resolvers.system import SystemQueries
from resolvers.tools import ToolMutations, ToolQueries
from resolvers.users import UserMutations, UserQueries
from resolvers.workflows import WorkflowMutations, WorkflowQueries


@strawberry.type(description="Reads.")
class Query(
    AccountQueries,
    UserQueries,
    InvitationQueries,
    AuditQueries,
    SystemQueries,
    RateLimitQueries,
    BudgetQueries,
    NodeQueries,
    ChatQueries,
    SearchQueries,
    ArchiveQueries,
    FileQueries,
    ShareQueries,
    RunQueries,
    MemoryQueries,
    ModelQueries,
    ProviderQueries,
    DownloadQueries,
    SelectionQueries,
    McpServerQueries,
    MetricsQueries,
    LedgerQueries,
    AgentQueries,
    WorkflowQueries,
    ToolQueries,
    ApprovalQueries,
):
    pass


@strawberry.type(description="Acts. Every mutation takes one input and returns what changed.")
class Mutation(
    SigningMutations,
    AccountMutations,
    SecondFactorMutations,
    PasswordResetMutations,
    UserMutations,
    InvitationMutations,
    BudgetMutations,
    ChatMutations,
    ArchiveMutations,
    FileMutations,
    ShareMutations,
    RunMutations,
    QueuedMessageMutations,
    ApprovalMutations,
    MemoryMutations,
    ProviderMutations,
    DownloadMutations,
    SelectionMutations,
    McpServerMutations,
    AgentMutations,
    WorkflowMutations,
    ToolMutations,
):
    pass


@strawberry.type(description="Watches. Leaving a subscription stops nothing.")
class Subscription(
    RunSubscriptions, ChangeSubscriptions, ModelSubscriptions, DownloadSubscriptions, MetricsSubscriptions
):
    pass
