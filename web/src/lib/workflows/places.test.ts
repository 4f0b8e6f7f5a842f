import { expect, test } from "vitest";

import { lineAt, placeIn, placesOf } from "./places";

const TEXT = `{
  "steps": [
    {"name": "a", "prompt": "say \\"}{[\\" twice", "items": 3},
    {"name": "b", "members": [{}, {"tool": "x"}], "last": true}
  ]
}`;

test("each part of a text is found by its path", () => {
  const places = placesOf(TEXT);
  const begins = (path: string) => TEXT.slice(placeIn(places, path)).split(/[,\n]/)[0];
  expect(begins("steps[0].name")).toBe('"a"');
  expect(begins("steps[0].items")).toBe("3}");
  expect(begins("steps[1].members[1].tool")).toBe('"x"}]');
  expect(begins("steps[1].last")).toBe("true}");
  expect(lineAt(TEXT, placeIn(places, "steps[1].name"))).toBe(4);
});

test("what is missing is looked for in what it is missing from", () => {
  const places = placesOf(TEXT);
  expect(placeIn(places, "steps[1].members[1].prompt")).toBe(places.get("steps[1].members[1]"));
  expect(placeIn(places, "steps[7].name")).toBe(places.get("steps"));
  expect(placeIn(places, "")).toBe(0);
});

test.each(["", "{", '{"a', "[1,", '{"a": [', "}{"])("%s, which is no JSON, comes to an end", (text) => {
  expect(placesOf(text).get("")).toBe(0);
});
