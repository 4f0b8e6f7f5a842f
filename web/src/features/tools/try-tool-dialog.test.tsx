import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { scriptedClient } from "@/lib/scripted-client";

import type { ToolFacts } from "./approvals";
import TryToolDialog from "./try-tool-dialog";

afterEach(cleanup);

const TOOL = {
  id: "tool_1",
  name: "calculator",
  description: "",
  inputSchema: { type: "object", properties: { expression: { type: "string" } }, required: ["expression"] },
} as unknown as ToolFacts;

test("what is filled in stays while the schema is looked at", async () => {
  const client = scriptedClient(() => new Promise(() => {}));
  render(
    <Provider value={client}>
      <TryToolDialog tool={TOOL} open onOpenChange={() => {}} />
    </Provider>,
  );
  await userEvent.type(screen.getByLabelText(/^expression/), "6 * 7");
  await userEvent.click(screen.getByRole("tab", { name: "Schema" }));
  expect(screen.queryByRole("textbox")).toBeNull();
  await userEvent.click(screen.getByRole("tab", { name: "Form" }));
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("6 * 7");
});
