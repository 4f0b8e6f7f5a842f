import { expect, type Page } from "@playwright/test";

export type Said = {
  id: string;
  parentId: string | null;
  role: "user" | "assistant";
  content: string;
  parts?: object[];
};

/** Brings a chat in over the API, as an export of Parley; returns its address. */
export async function chatOf(page: Page, baseURL: string | undefined, name: string, messages: Said[]) {
  const ask = async (query: string, variables: object) => {
    const data = { query, variables };
    const response = await page.request.post("/graphql", { data, headers: { origin: baseURL ?? "" } });
    return (await response.json()) as {
      data: { chats?: { edges: { node: { id: string } }[] } };
    };
  };
  const stamped = messages.map((message, index) => ({
    parts: [{ type: "text", text: message.content }],
    status: "COMPLETED",
    model: message.role === "assistant" ? "scripted" : null,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
    ...message,
  }));
  const id = `${Date.now()}-${Math.random()}`;
  const chat = {
    format: "parley-chat",
    version: 1,
    id,
    title: name,
    updatedAt: new Date().toISOString(),
    headId: messages.at(-1)?.id,
    messages: stamped,
  };
  const brought = await ask(
    "mutation ($input: ImportChatsInput!) { importChats(input: $input) { imported } }",
    {
      input: { content: JSON.stringify(chat) },
    },
  );
  expect(brought).toMatchObject({ data: { importChats: { imported: 1 } } });
  // Its words end with the time, so that no other chat has them.
  const listed = await ask(
    "query ($text: String) { chats(first: 1, filter: { text: $text }) { edges { node { id } } } }",
    {
      text: name.slice(-13),
    },
  );
  const [newest] = listed.data.chats?.edges ?? [];
  return `/chat/${newest?.node.id}`;
}

/** A question and an answer, again and again. */
export function talk(count: number, textOf: (index: number) => string): Said[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    parentId: index > 0 ? `m${index - 1}` : null,
    role: index % 2 === 0 ? "user" : "assistant",
    content: textOf(index),
  }));
}
