import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";

// Biome lints the code; ESLint only knows the schema and the operations. It runs from the root of the repository,
// as the schema is not inside web/.
const from = (path) => fileURLToPath(new URL(path, import.meta.url));
const rulesOf = (...names) => Object.assign({}, ...names.map((name) => graphql.configs[name].rules));

export default [
  { ignores: ["**/*.{js,mjs,cjs,ts,tsx}", "**/node_modules/**"] },
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {
        graphQLConfig: {
          schema: from("../schema/schema.graphql"),
          documents: [from("src/**/*.graphql"), from("packages/**/*.graphql")],
        },
      },
    },
    plugins: { "@graphql-eslint": graphql },
  },
  { files: ["web/{src,packages}/**/*.graphql"], rules: rulesOf("flat/operations-recommended") },
  {
    files: ["schema/schema.graphql"],
    rules: {
      ...rulesOf("flat/schema-recommended", "flat/schema-relay"),
      // Only nodes have an id: payloads, edges, events and parts of a node do not.
      "@graphql-eslint/strict-id-in-types": "off",
      // Lists that cannot grow without bound are plain lists; those that can are connections. What is found by a search,
      // a version or a share has no id of its own.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // An agent's tools and the agents that it asks like tools are two things.
      "@graphql-eslint/no-typename-prefix": "off",
      // A list in one natural order may page in one direction only.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
    },
  },
];
