import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

const client = (documents: string[]) => ({
  documents,
  preset: "client" as const,
  presetConfig: { fragmentMasking: { unmaskFunctionName: "readFragment" } },
  // The cache is normalised, so every selection carries its type's name.
  documentTransforms: [addTypenameSelectionDocumentTransform],
  config: {
    strictScalars: true,
    useTypeImports: true,
    enumsAsTypes: true,
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
  generates: {
    "./src/gql/": client(["src/**/*.graphql", `!${LATER}`]),
    // All documents of one output are one module, and part of every page. What only some pages or floating parts
    // use comes with them, from here.
    "./src/gql/later/": client([LATER]),
  },
};

export default config;
