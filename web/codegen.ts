import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

import { writeTexts } from "./scripts/lazy-documents";

const client = (documents: string[], documentMode?: "string") => ({
  documents,
  preset: "client" as const,
  presetConfig: {
    fragmentMasking: { unmaskFunctionName: "readFragment" },
    // Each document knows its id; `npm run build` brings the texts to the server.
    persistedDocuments: { mode: "embedHashInDocument" as const, hashPropertyName: "id" },
  },
  // The cache is normalised, so every selection carries its type's name.
  documentTransforms: [addTypenameSelectionDocumentTransform],
  config: {
    strictScalars: true,
    useTypeImports: true,
    enumsAsTypes: true,
    ...(documentMode ? { documentMode } : {}),
    scalars: {
      ID: { input: "string", output: "string" },
      DateTime: "string",
      Decimal: "string",
      JSON: "unknown",
    },
  },
});

const LATER = "src/**/*.later.graphql";

const config: CodegenConfig = {
  schema: "../schema/schema.graphql",
  ignoreNoDocuments: true,
  // Also where nothing has changed: what an earlier version has written may be there.
  hooks: { afterAllFileWrite: (...paths: string[]) => paths.forEach(writeTexts) },
  generates: {
    "./src/gql/": client(["src/**/*.graphql", `!${LATER}`]),
    // All documents of one output are one module, and part of every page. What only some pages or floating parts
    // use comes with them, from here.
    "./src/gql/later/": client([LATER]),
    // The package for clients of others brings its operations as texts, so that it needs no library to print them.
    "./packages/react/src/gql/": client(["packages/react/src/*.graphql"], "string"),
  },
};

export default config;
