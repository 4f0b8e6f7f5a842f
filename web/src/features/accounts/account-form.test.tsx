import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";

import { AccountForm, type NewAccount } from "./account-form";

afterEach(cleanup);

async function made(email: string | null): Promise<NewAccount[]> {
  const accounts: NewAccount[] = [];
  render(
    <AccountForm
      email={email}
      busy={false}
      error={undefined}
      onCreate={(account) => accounts.push(account)}
    />,
  );
  await userEvent.type(screen.getByLabelText("Name"), " Grace ");
  await userEvent.type(screen.getByLabelText("E-mail"), "grace@example.org");
  await userEvent.type(screen.getByLabelText("Password"), " a secret ");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
  return accounts;
}

test("an account has a name, an address and a password as it was written", async () => {
  expect(await made(null)).toEqual([{ name: "Grace", email: "grace@example.org", password: " a secret " }]);
});

test("an invitation for one address makes an account with that address", async () => {
  expect(await made("alan@example.org")).toMatchObject([{ email: "alan@example.org" }]);
});
