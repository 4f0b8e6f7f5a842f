import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { twMerge } from "tailwind-merge";
import { describe, expect, it } from "vitest";

import { cn } from "./cn";

const SOURCES = join(import.meta.dirname, "..");

/** All that may be a class in what the client is made of. */
function classesOfTheClient(): string[] {
  const found = new Set<string>();
  for (const name of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!/(?<!\.test)\.tsx?$/.test(name) || /^(gql|messages|lib\/cn)\b/.test(name)) continue;
    for (const [, text = ""] of readFileSync(join(SOURCES, name), "utf8").matchAll(/["'`]([^"'`\n]*)["'`]/g))
      for (const word of text.split(/\s+/)) if (/^[-\w@:[\]()/.%&>*!=,+~_#]+$/.test(word)) found.add(word);
  }
  return [...found];
}

/** A class without what says when it holds. */
const bare = (name: string) => name.replace(/^(?:[\w@*-]*(?:\[[^\]]*\])?[\w/-]*:)+/, "");

const kindOf = (name: string) => name.replace(/^-/, "").replace(/-(\[.*|\(.*|[^-]*)$/, "");

describe("cn", () => {
  it("takes and keeps what tailwind-merge does, of the classes that the client has", () => {
    const names = [...new Set(classesOfTheClient().map(bare))];
    const known = names.filter((name) => twMerge(`${name} ${name}`) === name);
    expect(known.length).toBeGreaterThan(300);
    const kinds = new Map<string, string[]>();
    for (const name of known) kinds.set(kindOf(name), [...(kinds.get(kindOf(name)) ?? []), name]);
    const firsts = [...kinds.values()].flatMap((all) => all.slice(0, 1));
    const wrong: string[] = [];
    for (const one of known)
      for (const other of [...firsts, ...(kinds.get(kindOf(one)) ?? [])]) {
        const both = `${one} ${other}`;
        if (one !== other && cn(both) !== twMerge(both)) wrong.push(`${both} → ${cn(both)}`);
      }
    expect(wrong).toEqual([]);
  });

  it("keeps apart what holds at different times", () => {
    expect(cn("p-2 hover:p-3 data-[state=open]:p-4 sm:hover:p-5", "hover:p-1 sm:p-6", false)).toBe(
      "p-2 data-[state=open]:p-4 sm:hover:p-5 hover:p-1 sm:p-6",
    );
  });
});
