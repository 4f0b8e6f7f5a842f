import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { Provider } from "urql";
import { afterEach, expect, test, vi } from "vitest";

import { scriptedClient } from "@/lib/scripted-client";

import { SearchTab } from "./search-tab";

afterEach(cleanup);

/** A server that is still at it. */
const client = scriptedClient(() => new Promise(() => {}));

/** A page that holds the words, and takes others from outside. */
function Library({ onAsked }: { onAsked: (words: string) => void }) {
  const [query, setQuery] = useState("hills");
  const search = (words: string) => {
    onAsked(words);
    setQuery(words);
  };
  return (
    <Provider value={client}>
      <button type="button" onClick={() => setQuery("rivers")}>
        Palette
      </button>
      <SearchTab query={query} onQuery={search} />
    </Provider>
  );
}

test("a search that comes from outside stands in the field and stays; what is typed then goes on from it", async () => {
  const asked: string[] = [];
  render(<Library onAsked={(words) => asked.push(words)} />);
  const field = screen.getByRole<HTMLInputElement>("searchbox");

  await userEvent.click(screen.getByRole("button", { name: "Palette" }));
  expect(field.value).toBe("rivers");
  await userEvent.type(field, " north");
  await vi.waitFor(() => expect(asked).toEqual(["rivers north"]));
  await userEvent.click(screen.getByRole("button", { name: "Palette" }));
  expect(field.value).toBe("rivers");
});
