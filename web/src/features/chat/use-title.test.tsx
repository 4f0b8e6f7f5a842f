import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { useTitle } from "./use-title";

function Tab({ title }: { title: string | null }) {
  useTitle(title);
  return null;
}

afterEach(cleanup);

test("a tab keeps the name of its chat when Next sets the page's title late", async () => {
  const { rerender, unmount } = render(<Tab title="Rivers" />);
  document.title = "Parley";
  await expect.poll(() => document.title).toBe("Rivers · Parley");
  document.head.replaceChildren(Object.assign(document.createElement("title"), { text: "Parley" }));
  await expect.poll(() => document.title).toBe("Rivers · Parley");

  rerender(<Tab title={null} />);
  expect(document.title).toBe("Parley");
  rerender(<Tab title="Lakes" />);
  unmount();
  document.title = "Agents · Parley";
  expect(document.title).toBe("Agents · Parley");
});
