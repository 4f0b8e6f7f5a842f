"""The operations behind the addresses: what a request may do, and what it may see, is decided in the schema alone."""

CHAT = "fragment Chat on Chat { id title headId pinned archived messageCount createdAt updatedAt }"
MESSAGE = "fragment Message on Message { id chatId parentId role content status modelUsed agentId createdAt }"
RUN = """fragment Run on Run {
  id status attempt thinking createdAt startedAt finishedAt firstTokenMs
  error { code message retryable }
  usage { requests inputTokens cachedInputTokens outputTokens reasoningTokens costUsd }
  selection { modelId confidence reasoning source }
  chat { id } message { id } model { id name }
}"""
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
STATS = """fragment Stats on ModelCallStats {
  calls errors errorRate inputTokens outputTokens costUsd
  ttftMs { p50 p95 p99 } durationMs { p50 p95 p99 } outputTokensPerSecond { p50 p95 p99 }
}"""

CHATS = f"""query ($first: Int, $after: String, $filter: ChatFilter) {{
  found: chats(first: $first, after: $after, filter: $filter) {{ edges {{ node {{ ...Chat }} }} {PAGE} }}
}} {CHAT}"""
ONE_CHAT = f"query ($id: ID!) {{ found: chat(id: $id) {{ ...Chat }} }} {CHAT}"
CREATE_CHAT = f"""mutation ($input: CreateChatInput!) {{
  found: createChat(input: $input) {{ chat {{ ...Chat }} }}
}} {CHAT}"""
UPDATE_CHAT = f"""mutation ($input: UpdateChatInput!) {{
  found: updateChat(input: $input) {{ chat {{ ...Chat }} }}
}} {CHAT}"""
DELETE_CHAT = "mutation ($id: ID!) { found: deleteChat(id: $id) { id } }"
MESSAGES = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  found: chat(id: $id) {{
    messages(first: $first, after: $after, last: $last, before: $before) {{ edges {{ node {{ ...Message }} }} {PAGE} }}
  }}
}} {MESSAGE}"""
SEND_MESSAGE = f"""mutation ($input: SendMessageInput!) {{
  found: sendMessage(input: $input) {{ message {{ ...Message }} reply {{ ...Message }} run {{ ...Run }} }}
}} {MESSAGE} {RUN}"""
ONE_RUN = f"query ($id: ID!) {{ found: run(id: $id) {{ ...Run }} }} {RUN}"
CANCEL_RUN = f"mutation ($id: ID!) {{ found: cancelRun(id: $id) {{ run {{ ...Run }} }} }} {RUN}"
RUN_EVENTS = f"""subscription ($id: ID!, $after: Int) {{
  found: runEvents(runId: $id, after: $after) {{
    type: __typename sequence createdAt
    ... on RunStatusChanged {{ status }}
    ... on ModelSelected {{ selection {{ modelId confidence reasoning source }} }}
    ... on AgentChanged {{ agent {{ id name }} }}
    ... on MessageStarted {{ messageId }}
    ... on TextDelta {{ messageId text }}
    ... on ReasoningDelta {{ messageId text }}
    ... on MessageDiscarded {{ messageId reason }}
    ... on PlanUpdated {{ steps {{ title status }} }}
    ... on ToolCallStarted {{ toolCall {{ id name status arguments }} }}
    ... on ToolCallFinished {{ toolCall {{ id name status arguments output error durationMs }} }}
    ... on ApprovalRequested {{ approval {{ id }} }}
    ... on RunFinished {{ run {{ ...Run }} message {{ ...Message }} }}
  }}
}} {RUN} {MESSAGE}"""
MODELS = """{ found: models {
  id name displayName enabled available local tier capabilities contextWindow maxOutputTokens
  inputUsdPerMillion outputUsdPerMillion health { state reason errorRate }
} }"""
METRICS = f"""query ($range: TimeRangeInput!, $everyone: Boolean) {{
  found: metrics(range: $range, everyone: $everyone) {{
    totals {{ ...Stats }} byModel {{ modelName model {{ id }} stats {{ ...Stats }} feedback {{ up down }} }}
  }}
}} {STATS}"""
SESSIONS = """{ found: viewer {
  sessions { id current createdAt lastSeenAt expiresAt ipAddress userAgent }
} }"""
END_SESSION = "mutation ($id: ID!) { found: revokeSession(id: $id) { id } }"
