import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test, vi } from "vitest";

import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "./dropdown-menu";

beforeAll(() => {
  // jsdom lays nothing out.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
  Element.prototype.hasPointerCapture = () => false;
});

afterEach(cleanup);

function Menu({ onPick }: { onPick: () => void }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger>Actions</DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={onPick}>Rename</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

test("the first click loads the menu and opens it; afterwards it opens by click and by script alike", async () => {
  const person = userEvent.setup();
  const picked: string[] = [];
  render(<Menu onPick={() => picked.push("rename")} />);

  await person.click(screen.getByRole("button", { name: "Actions" }));
  await person.click(await screen.findByRole("menuitem", { name: "Rename" }));
  screen.getByRole("button", { name: "Actions" }).click();
  await person.click(await screen.findByRole("menuitem", { name: "Rename" }));

  expect(picked).toEqual(["rename", "rename"]);
});

test("the arrow key opens it, and Escape gives the focus back", async () => {
  const person = userEvent.setup();
  render(<Menu onPick={() => {}} />);

  await person.tab();
  await person.keyboard("{ArrowDown}");
  await screen.findByRole("menuitem", { name: "Rename" });
  await person.keyboard("{Escape}");

  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Actions" }));
});
