import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "urql";
import { afterEach, expect, test, vi } from "vitest";

import { OfferedPromptsDocument } from "@/gql/later/graphql";
import { type Asked, failed, type Scripted, scriptedClient } from "@/lib/scripted-client";

import PromptMenu from "./prompt-menu";

afterEach(cleanup);

const ABOUT = { name: "about", description: "What it is about.", required: true };
const poem = (...args: unknown[]) => ({ name: "poem", title: "A poem", description: "", arguments: args });

function opened(prompts: unknown[], written: Scripted) {
  const asked: unknown[] = [];
  const take = vi.fn();
  const client = scriptedClient(({ operationName, variables }: Asked) => {
    if (operationName === "OfferedPrompts")
      return { data: { mcpServers: [{ id: "mcp_1", name: "web", hasResources: false, prompts }] } };
    asked.push(variables);
    return written;
  });
  render(
    <Provider value={client}>
      <PromptMenu open onOpenChange={() => {}} onTake={take} onAttach={() => {}} />
    </Provider>,
  );
  return { asked, take, client };
}

test("a prompt is filled in, written out by its server and taken", async () => {
  const { asked, take } = opened([poem(ABOUT)], {
    data: { mcpPrompt: [{ role: "user", text: "On rain." }] },
  });
  await userEvent.click(await screen.findByText("A poem"));
  await userEvent.type(screen.getByLabelText("about"), "rain");
  await userEvent.click(screen.getByRole("button", { name: "Write it" }));

  await expect.poll(() => take.mock.calls).toEqual([["On rain."]]);
  expect(asked).toEqual([{ serverId: "mcp_1", name: "poem", arguments: { about: "rain" } }]);
});

test("what a server does not give is said", async () => {
  const { take } = opened([poem()], failed("CONFLICT"));
  await userEvent.click(await screen.findByText("A poem"));

  expect(await screen.findByRole("alert")).toBeDefined();
  expect(take).not.toHaveBeenCalled();
});

test("nothing shows where there are no prompts", async () => {
  const { client } = opened([], failed("CONFLICT"));
  await act(async () => {
    await client.query(OfferedPromptsDocument, {}).toPromise();
  });

  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a resource is read and attached as a text file", async () => {
  const attach = vi.fn();
  const notes = { uri: "file:///notes", name: "notes", description: "", mediaType: null };
  const client = scriptedClient(({ operationName }: Asked) => {
    if (operationName === "OfferedPrompts")
      return { data: { mcpServers: [{ id: "mcp_1", name: "web", hasResources: true, prompts: [] }] } };
    if (operationName === "ReadableResources") return { data: { mcpResources: [notes] } };
    return { data: { mcpResource: "Tea at four." } };
  });
  render(
    <Provider value={client}>
      <PromptMenu open onOpenChange={() => {}} onTake={() => {}} onAttach={attach} />
    </Provider>,
  );
  await userEvent.click(await screen.findByText("notes"));

  await expect.poll(() => attach.mock.calls.length).toBe(1);
  const file = attach.mock.calls[0]?.[0] as File;
  expect([file.name, await file.text()]).toEqual(["notes.txt", "Tea at four."]);
});
