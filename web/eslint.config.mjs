import graphql from "@graphql-eslint/eslint-plugin";

// Biome lints the code; ESLint only knows the schema and the operations.
const schema = "../schema/schema.graphql";
const documents = "src/**/*.graphql";
const rulesOf = (...names) =>
  Object.assign({}, ...names.map((name) => graphql.configs[`flat/${name}`].rules));

export default [
  { ignores: ["node_modules", "out", ".next", "src/gql", "**/*.{js,mjs,cjs,ts,tsx}"] },
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema, documents } },
    },
    plugins: { "@graphql-eslint": graphql },
  },
  { files: [documents], rules: rulesOf("operations-recommended") },
  {
    files: ["../schema/schema.graphql", "**/schema.graphql"],
    rules: rulesOf("schema-recommended", "schema-relay"),
  },
];
