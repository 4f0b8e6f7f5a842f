import { createRequest, type TypedDocumentNode } from "@urql/core";

type Definitions = TypedDocumentNode["definitions"];

/**
 * Documents of which the pages have the texts, one of each definition by its name: a tenth of what their trees take, and
 * a tree is only built where a document is asked for. `codegen.ts` writes such documents.
 */
export function documentsOf(texts: Readonly<Record<string, string>>) {
  const built = new Map<string, Definitions>();
  const definition = (name: string) => {
    const known = built.get(name) ?? createRequest(texts[name] ?? "", {}).query.definitions;
    built.set(name, known);
    return known;
  };
  return (names: readonly string[], id?: string) => ({
    kind: "Document",
    get definitions() {
      return names.flatMap(definition);
    },
    ...(id ? { __meta__: { id } } : {}),
  });
}
