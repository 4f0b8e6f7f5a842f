import { t } from "@/messages/playground";

/** A tab the playground opens with. */
export type Example = { query: string; variables?: string };

const json = (value: unknown) => JSON.stringify(value, null, 2);

const viewer = `query Viewer {
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

const sendMessage = `mutation SendMessage($input: SendMessageInput!) {
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

const runEvents = `subscription RunEvents($runId: ID!, $after: Int) {
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

const selectModel = `query SelectModel($input: SelectModelInput!) {
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

const changes = `subscription Changes {
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

/** A query below lines that say what it is for. */
const noted = (note: string, query: string) => `${note.replace(/^/gm, "# ")}\n${query}`;

export const examples = (): Example[] => [
  { query: noted(t("notes.viewer"), viewer) },
  { query: chats, variables: json({ first: 10 }) },
  {
    query: noted(t("notes.sendMessage"), sendMessage),
    variables: json({ input: { content: t("question") } }),
  },
  { query: noted(t("notes.runEvents"), runEvents), variables: json({ runId: "", after: 0 }) },
  { query: models },
  { query: noted(t("notes.selectModel"), selectModel), variables: json({ input: { prompt: t("task") } }) },
  { query: noted(t("notes.changes"), changes) },
];
