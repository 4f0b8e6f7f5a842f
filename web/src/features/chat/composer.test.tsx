import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ComponentProps, createRef } from "react";
import { renderToString } from "react-dom/server";
import { type Client, Provider } from "urql";
import { afterEach, expect, test, vi } from "vitest";

import { OfferedPromptsDocument } from "@/gql/later/graphql";
import { type Scripted, scriptedClient } from "@/lib/scripted-client";

import { Attachments } from "./attachments";
import { Composer } from "./composer";

afterEach(cleanup);
afterEach(() => localStorage.clear());

const PROMPTS: Scripted = {
  data: {
    mcpServers: [
      {
        id: "mcp_1",
        name: "web",
        prompts: [{ name: "poem", title: "A poem", description: "", arguments: [] }],
      },
    ],
  },
};
const NEW = { chatId: null };
const none = () => {};
const composer = (client: Client, given: Partial<ComponentProps<typeof Composer>> = {}) => (
  <Provider value={client}>
    <Composer
      thread={NEW}
      field={createRef<HTMLTextAreaElement>()}
      running={false}
      offered={null}
      attachments={new Attachments(() => new Promise(none))}
      onSend={none}
      onStop={none}
      onEditLast={none}
      {...given}
    />
  </Provider>
);

test("prompts that come late do not fall into what is being written by then", async () => {
  const answers: ((answer: Scripted) => void)[] = [];
  const client = scriptedClient(() => new Promise((resolve) => answers.push(resolve)));
  render(composer(client));
  const field = screen.getByRole("textbox", { name: "Message" });
  await userEvent.type(field, "/");
  await expect.poll(() => answers.length).toBe(1);
  await userEvent.type(field, "etc/hosts");
  const known = client.query(OfferedPromptsDocument, {}).toPromise();
  answers[0]?.(PROMPTS);
  await known;
  expect(screen.queryByRole("dialog")).toBeNull();

  await userEvent.clear(field);
  await userEvent.type(field, "/");
  expect(await screen.findByText("A poem")).toBeDefined();
});

test("what is typed stays and is sent, however late React hears of it", async () => {
  const client = scriptedClient(() => new Promise(none));
  const sent = vi.fn();
  const field = createRef<HTMLTextAreaElement>();
  const { rerender } = render(composer(client, { field, onSend: sent }));
  if (field.current) field.current.value = "Hello";
  rerender(composer(client, { field, onSend: sent, running: true }));
  await userEvent.type(screen.getByRole("textbox", { name: "Message" }), "{Enter}");

  expect(sent).toHaveBeenCalledWith("Hello", []);
  expect(field.current?.value).toBe("");
});

test("a draft comes into the page that was sent without it, and stays kept", async () => {
  localStorage.setItem("parley.draft.new", "A draft");
  const page = composer(scriptedClient(() => new Promise(none)));
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = renderToString(page);
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  expect(field.value).toBe("");
  render(page, { container, hydrate: true });

  expect(screen.getByRole("textbox", { name: "Message" })).toBe(field);
  expect(field.value).toBe("A draft");
  expect(localStorage.getItem("parley.draft.new")).toBe("A draft");
});

test("what a prompt is filled in with is not sent as a message", async () => {
  const send = vi.fn();
  const about = { name: "about", description: "", required: true };
  const poem = { name: "poem", title: "A poem", description: "", arguments: [about] };
  const client = scriptedClient(({ operationName }) =>
    operationName === "OfferedPrompts"
      ? { data: { mcpServers: [{ id: "mcp_1", name: "web", hasResources: false, prompts: [poem] }] } }
      : { data: { mcpPrompt: [{ role: "user", text: "On rain." }] } },
  );
  render(composer(client, { onSend: send }));
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  await userEvent.clear(field);
  await userEvent.type(field, "/");
  await userEvent.click(await screen.findByText("A poem"));
  await userEvent.type(screen.getByLabelText("about"), "rain");
  await userEvent.click(screen.getByRole("button", { name: "Write it" }));

  await expect.poll(() => field.value).toBe("On rain.");
  expect(send).not.toHaveBeenCalled();
});
