import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

import { examples } from "./examples";

const schema = buildSchema(readFileSync("../schema/schema.graphql", "utf8"));

test.each(examples().map(({ query }) => query))("an example is valid: %.60s", (query) => {
  expect(validate(schema, parse(query))).toEqual([]);
});
