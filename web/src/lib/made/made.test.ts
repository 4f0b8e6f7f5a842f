import { expect, test } from "vitest";

import { addressesOf } from "./addresses";
import { grouped, nameOfCopy } from "./made";

const PLACES = addressesOf("/agents", "agent");
const at = (path: string) => PLACES.placeOf(new URL(path, "http://parley.test").searchParams);

test("each place has an address that leads back to it", () => {
  expect(at(PLACES.list)).toEqual({ at: "list" });
  expect(at(PLACES.fresh)).toEqual({ at: "new" });
  expect(at(PLACES.pathOf("a&b"))).toEqual({ at: "one", id: "a&b" });
  expect(at(PLACES.copyPathOf("a b"))).toEqual({ at: "copy", id: "a b" });
});

test("one's own come first, then what is shared, then what is always there", () => {
  const thing = (id: string, editable: boolean, slug: string | null = null) => ({
    id,
    name: id,
    description: "",
    shared: true,
    editable,
    slug,
  });
  const things = [thing("built in", false, "b"), thing("theirs", false), thing("own", true)];
  expect(grouped(things).map((group) => group.things.map(({ id }) => id))).toEqual([
    ["own"],
    ["theirs"],
    ["built in"],
  ]);
});

test("a copy's name is no longer than a name may be, and begins like one", () => {
  expect(nameOfCopy("Ada")).toBe("Copy of Ada");
  expect(nameOfCopy("x".repeat(100))).toHaveLength(100);
  expect(nameOfCopy("x".repeat(100))).toMatch(/^Copy of x/);
});
