/** A tab the playground opens with. */
export type Example = { query: string; variables?: string };

const json = (value: unknown) => JSON.stringify(value, null, 2);

const viewer = `# Every request is made as you.
# Ctrl-Enter runs it.
# The schema is on the left.
query Viewer {
  viewer {
    id
    name
    email
    role
  }
}
`;

const chats = `query Chats($first: Int) {
  chats(first: $first) {
    edges {
      node {
        id
        title
        updatedAt
        messageCount
        lastMessage {
          role
          content
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const sendMessage = `# Returns at once: watch run.id in the next tab.
mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    chat {
      id
      title
    }
    run {
      id
      status
    }
  }
}
`;

const runEvents = `# What happened in a run, then live.
# "after": the last sequence you have seen.
subscription RunEvents($runId: ID!, $after: Int) {
  runEvents(runId: $runId, after: $after) {
    __typename
    sequence
    ... on ModelSelected {
      selection {
        confidence
        reasoning
        model {
          displayName
        }
      }
    }
    ... on TextDelta {
      text
    }
    ... on RunFinished {
      run {
        status
        usage {
          inputTokens
          outputTokens
          costUsd
        }
      }
      message {
        content
      }
    }
  }
}
`;

const models = `query Models {
  models {
    id
    name
    displayName
    tier
    local
    contextWindow
    provider {
      name
    }
    health {
      state
      ttftMs {
        p50
        p95
      }
    }
  }
}
`;

const selectModel = `# Which model would answer, and why. Nothing is run.
query SelectModel($input: SelectModelInput!) {
  selectModel(input: $input) {
    confidence
    reasoning
    reasons {
      code
      weight
      text
    }
    candidates {
      model {
        displayName
      }
      score
      excludedBecause
    }
  }
}
`;

const changes = `# Whatever changes in your chats from now on.
subscription Changes {
  changes {
    __typename
    cursor
    ... on ChatChanged {
      chat {
        id
        title
      }
    }
    ... on MessageChanged {
      message {
        role
        content
      }
    }
    ... on RunChanged {
      run {
        id
        status
      }
    }
  }
}
`;

export const EXAMPLES: Example[] = [
  { query: viewer },
  { query: chats, variables: json({ first: 10 }) },
  { query: sendMessage, variables: json({ input: { content: "What is the capital of France?" } }) },
  { query: runEvents, variables: json({ runId: "", after: 0 }) },
  { query: models },
  {
    query: selectModel,
    variables: json({ input: { prompt: "Prove that there are infinitely many primes." } }),
  },
  { query: changes },
];
