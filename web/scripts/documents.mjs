// Writes the texts of all documents of the client, by their ids, beside the pages that ask for them.
import { readFileSync, writeFileSync } from "node:fs";

const WRITTEN = [
  "src/gql/persisted-documents.json",
  "src/gql/later/persisted-documents.json",
  "packages/react/src/gql/persisted-documents.json",
];

const texts = Object.assign({}, ...WRITTEN.map((file) => JSON.parse(readFileSync(file, "utf8"))));
writeFileSync("out/documents.json", JSON.stringify(texts));
console.log(`${Object.keys(texts).length} documents`);
