import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Provider } from "urql";
import { afterEach, expect, test } from "vitest";

import { type Asked, type Scripted, scriptedClient } from "@/lib/scripted-client";

import { PeopleCard } from "./people-card";

afterEach(cleanup);

const person = (name: string) => ({
  id: name,
  name,
  email: `${name}@example.org`,
  role: "MEMBER",
  disabledAt: null,
  apiKeys: [],
});
const pageOf = (nodes: object[], endCursor: string | null = null) => ({
  edges: nodes.map((node) => ({ node })),
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});

const invitation = (email: string) => ({
  id: email,
  email,
  role: "MEMBER",
  createdAt: "2026-01-01T00:00:00Z",
  expiresAt: "2999-01-01T00:00:00Z",
  invitedBy: { id: "Joan", name: "Joan" },
});

/** A server with two pages of people, and as many invitations as are made and not revoked. */
function server() {
  let open = ["ada@example.org"];
  const answer = (operation: string, { after, id, input }: Asked["variables"]) => {
    switch (operation) {
      case "People":
        return { users: after ? pageOf([person("Grace")]) : pageOf([person("Joan")], "next") };
      case "Invitations":
        return { invitations: pageOf(open.map(invitation)) };
      case "InviteUser": {
        const { email } = input as { email: string };
        open = [email, ...open];
        return { inviteUser: { token: "t", invitation: { id: email } } };
      }
      case "CreatePasswordReset":
        return { createPasswordReset: { token: "secret", expiresAt: "2999-01-01T00:00:00Z" } };
      case "RevokeInvitation":
        open = open.filter((email) => email !== id);
        return { revokeInvitation: { id } };
      default:
        return { updateUser: { user: { id: "Grace", role: "MEMBER", disabledAt: "2026-01-02T00:00:00Z" } } };
    }
  };
  return scriptedClient(
    ({ operationName, variables }): Scripted => ({ data: answer(operationName, variables) }),
  );
}

const show = () =>
  render(
    <Provider value={server()}>
      <PeopleCard viewerId="Joan" />
    </Provider>,
  );

test("open invitations are listed, the newest at once, and one that is revoked is gone", async () => {
  show();
  const list = await screen.findByRole("region", { name: "Open invitations" });
  await userEvent.type(screen.getByLabelText("Invite somebody"), "alan@example.org");
  await userEvent.click(screen.getByRole("button", { name: "Create link" }));
  await within(list).findByText("alan@example.org");

  await userEvent.click(screen.getByRole("button", { name: "Revoke the invitation for ada@example.org" }));
  await userEvent.click(await screen.findByRole("button", { name: "Revoke" }));

  await waitFor(() => expect(within(list).queryByText("ada@example.org")).toBeNull());
  expect(within(list).getByText("alan@example.org")).toBeDefined();
});

test("people beyond the first page are shown when asked for, and can be disabled there", async () => {
  show();
  await screen.findByText("Joan");
  expect(screen.queryByText("Grace")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  await userEvent.click(await screen.findByRole("button", { name: "Disable Grace" }));
  await userEvent.click(await screen.findByRole("button", { name: "Disable" }));
  expect(await screen.findByText("Disabled")).toBeDefined();
  expect(screen.getByText("Joan")).toBeDefined();
});

test("a link for a new password is gone with its dialog", async () => {
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
  const open = async () => {
    await userEvent.click(await screen.findByRole("button", { name: "Password link for Grace" }));
    return within(await screen.findByRole("dialog"));
  };
  const dialog = await open();
  await userEvent.click(dialog.getByRole("button", { name: "Create link" }));
  await dialog.findByLabelText("Link for the new password");

  await userEvent.keyboard("{Escape}");
  const again = await open();
  expect(again.getByRole("button", { name: "Create link" })).toBeDefined();
  expect(again.queryByLabelText("Link for the new password")).toBeNull();
});
