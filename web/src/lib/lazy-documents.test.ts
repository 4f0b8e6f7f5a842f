import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DocumentNode, parse, print } from "graphql";
import { expect, test } from "vitest";

import * as first from "@/gql/graphql";
import * as later from "@/gql/later/graphql";

type Made = DocumentNode & { __meta__?: { id: string } };

const persisted: Record<string, string> = Object.assign(
  {},
  ...["", "later/"].map((folder) =>
    JSON.parse(readFileSync(join(__dirname, `../gql/${folder}persisted-documents.json`), "utf8")),
  ),
);

/** What stands in a document; the server's text has fragments and fields in an order of its own. */
const wordsOf = (document: DocumentNode) => print(document).split(/\W+/).sort().join(" ");

test("each operation says what the server knows by its id", () => {
  const documents: Made[] = [...Object.values(first), ...Object.values(later)];
  const operations = documents.filter(({ __meta__ }) => __meta__);
  const known = operations.map((document) => [document.__meta__?.id, wordsOf(document)]);
  expect(known.length).toBeGreaterThan(100);
  expect(Object.fromEntries(known)).toEqual(
    Object.fromEntries(Object.entries(persisted).map(([id, text]) => [id, wordsOf(parse(text))])),
  );
});

test("a tree is built once for all documents that have a part in common", () => {
  const [own] = first.ChatRowFragmentDoc.definitions;
  const documents: Made[] = Object.values(first);
  const others = documents.filter(
    ({ __meta__, definitions }) => __meta__ && definitions.includes(own as never),
  );
  expect(others.length).toBeGreaterThan(1);
});
