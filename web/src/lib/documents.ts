import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type Asked, idOf, subscribe as subscribeTo, UNKNOWN_DOCUMENT } from "@parley/react";
import type { Client, Sink } from "graphql-ws";
import { type Exchange, makeOperation, mapExchange, stringifyDocument } from "urql";

type Known = Pick<Asked<unknown>, "__meta__">;

const texts = new Map<string, string>();

/** Asks for documents by their ids, which urql sends in the place of the text. */
export const byId = (): Exchange =>
  mapExchange({
    onOperation: (operation) => {
      const id = operation.kind === "teardown" ? undefined : idOf(operation.query as Known);
      if (id === undefined) return operation;
      texts.set(id, stringifyDocument(operation.query));
      const extensions = { ...operation.extensions, persistedQuery: { version: 1 as const, sha256Hash: id } };
      return makeOperation(operation.kind, { ...operation, extensions }, operation.context);
    },
  });

/** `fetch`, which asks again with the text where the server does not know an id. */
export const fetchById: typeof fetch = async (address, init) => {
  const response = await fetch(address, init);
  if (response.ok || !(await response.clone().text()).includes(UNKNOWN_DOCUMENT)) return response;
  const { extensions, ...asked } = JSON.parse(String(init?.body));
  const body = JSON.stringify({ ...asked, query: texts.get(extensions.persistedQuery.sha256Hash) });
  return fetch(address, { ...init, body });
};

/** Subscribes on a socket, in the same way. */
export function subscribe<Data, Variables extends object>(
  socket: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  sink: Sink<{ data?: Data | null }>,
): () => void {
  const { __meta__ } = document as Known;
  const asked = { toString: () => stringifyDocument(document), __meta__ };
  return subscribeTo<Data>(socket, asked, variables, sink);
}
