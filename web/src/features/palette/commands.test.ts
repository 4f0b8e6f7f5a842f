import { Moon } from "lucide-react";
import { expect, test } from "vitest";

import { type Command, matching } from "./commands";

const command = (name: string, hint?: string): Command => ({
  id: name,
  name,
  hint,
  icon: Moon,
  run: () => {},
});

test("a command is found by parts of its words, in any order and case", () => {
  const commands = [command("New chat"), command("Dark", "Theme"), command("Chat with Ada", "Agent")];
  const names = (text: string) => matching(commands, text).map(({ name }) => name);

  expect(names("CHA")).toEqual(["New chat", "Chat with Ada"]);
  expect(names("theme dar")).toEqual(["Dark"]);
  expect(names("")).toHaveLength(3);
  expect(names("nothing")).toEqual([]);
});
