import { readFileSync, writeFileSync } from "node:fs";

import { type DefinitionNode, print, stripIgnoredCharacters } from "graphql";

const DOCUMENT = /^export const (\w+) = (\{.*\}) as unknown as (DocumentNode<.*>);$/gm;
const FIRST = /^export const \w+ = documentOf/m;

/** The name of a definition among all of a module: a fragment may be called like an operation. */
const nameOf = (definition: DefinitionNode) => {
  const name = "name" in definition ? (definition.name?.value ?? "") : "";
  return definition.kind === "FragmentDefinition" ? `...${name}` : name;
};

/** A generated module, with texts in the place of its documents' trees: see src/lib/lazy-documents.ts. */
function withTexts(module: string): string {
  const texts: Record<string, string> = {};
  const written = module.replace(DOCUMENT, (_, constant, tree, type) => {
    const { definitions, __meta__ } = JSON.parse(tree);
    for (const definition of definitions)
      texts[nameOf(definition)] = stripIgnoredCharacters(print(definition));
    const made = [definitions.map(nameOf), ...(__meta__ ? [__meta__.id] : [])];
    const given = made.map((value) => JSON.stringify(value)).join(", ");
    return `export const ${constant} = documentOf(${given}) as unknown as ${type};`;
  });
  const head = `import { documentsOf } from "@/lib/lazy-documents";

const documentOf = documentsOf(${JSON.stringify(texts, null, 2)});
`;
  return written.replace(FIRST, (first) => `${head}${first}`);
}

/** Rewrites a generated module in place. */
export function writeTexts(path: string): void {
  const module = readFileSync(path, "utf8");
  const written = withTexts(module);
  if (written !== module) writeFileSync(path, written);
}
