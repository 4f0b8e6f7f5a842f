import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";

import FindBar from "./find-bar";
import { EMPTY_THREAD, type Thread, type ThreadMessage } from "./thread";
import type { ThreadStore } from "./thread-store";

afterEach(cleanup);

const threadOf = (...texts: string[]): Thread => ({
  ...EMPTY_THREAD,
  messages: texts.map((content) => ({ id: content, content }) as ThreadMessage),
});
const store = { loadBackTo: async () => false } as unknown as ThreadStore;

test("the match that is shown stays the same while older messages come in", async () => {
  const revealed: string[] = [];
  const shared = { store, onReveal: (id: string) => revealed.push(id), onClose: () => {} };
  const { rerender } = render(<FindBar thread={threadOf("hills", "a river")} {...shared} />);
  await userEvent.type(screen.getByRole("textbox"), "RIVER");
  expect(screen.getByRole("status").textContent).toBe("1 of 1");

  rerender(<FindBar thread={threadOf("old rivers", "hills", "a river")} {...shared} />);

  expect(screen.getByRole("status").textContent).toBe("2 of 2");
  expect(new Set(revealed)).toEqual(new Set(["a river"]));
  await userEvent.keyboard("{Enter}");
  expect(screen.getByRole("status").textContent).toBe("1 of 2");
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}");
  expect(screen.getByRole("status").textContent).toBe("2 of 2");
  expect(revealed.slice(-2)).toEqual(["old rivers", "a river"]);
});
