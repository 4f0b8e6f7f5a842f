import { act, cleanup, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, expect, test } from "vitest";

import { ErrorBoundary } from "@/components/error-boundary";

import { lazy } from "./lazy";

afterEach(cleanup);

/** A part that comes when it is asked for as often as this. */
function partAfter(failures: number) {
  let asked = 0;
  const Part = lazy(async () => {
    asked += 1;
    if (asked <= failures) throw new Error("the part cannot be reached");
    return { default: () => <p>here</p> };
  });
  render(
    <ErrorBoundary>
      <p>the page</p>
      <Suspense>
        <Part />
      </Suspense>
    </ErrorBoundary>,
  );
  return () => asked;
}

const online = () => act(async () => window.dispatchEvent(new Event("online")));

test("a part that cannot be reached leaves the page as it is, and comes with the connection", async () => {
  const asked = partAfter(1);
  await expect.poll(asked).toBe(1);
  expect(screen.getByText("the page")).toBeTruthy();
  await online();
  expect(await screen.findByText("here")).toBeTruthy();
  expect(screen.getByText("the page")).toBeTruthy();
});

test("one that is not there though there is a connection is an error", async () => {
  const asked = partAfter(9);
  await expect.poll(asked).toBe(1);
  await online();
  await expect.poll(asked).toBe(2);
  expect((await screen.findByRole("alert")).textContent).toContain("Reload");
  expect(screen.queryByText("the page")).toBeNull();
});
