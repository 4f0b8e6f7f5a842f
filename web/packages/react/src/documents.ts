import type { Client, ClientOptions, Sink, SubscribePayload } from "graphql-ws";

/** The code of a server that has documents of another build: then texts are sent, as programs do. */
export const UNKNOWN_DOCUMENT = "PERSISTED_QUERY_NOT_FOUND";

/** A document by its text, and by the id under which servers of the same build know it. */
export type Asked<Data> = {
  toString(): string;
  __meta__?: { id?: string };
  __apiType?: (variables: never) => Data;
};

/** Under which id the server knows a document; it has those of a build only, not of what is being worked on. */
export const idOf = ({ __meta__ }: Pick<Asked<unknown>, "__meta__">): string | undefined =>
  process.env.NODE_ENV === "production" ? __meta__?.id : undefined;

type ById = SubscribePayload & { documentId?: string };

/** graphql-ws wants a text with every subscription; what has an id goes without. */
export const withoutText: ClientOptions["jsonMessageReplacer"] = (key, value) =>
  key === "payload" && (value as ById)?.documentId ? { ...value, query: undefined } : value;

/**
 * Subscribes by the document's id, and by its text once a server has refused the id. The `variables` object itself is
 * sent again after a reconnect.
 */
export function subscribe<Data>(
  socket: Client,
  document: Asked<Data>,
  variables: object,
  sink: Sink<{ data?: Data | null }>,
): () => void {
  const payload = { query: document.toString(), variables } as SubscribePayload;
  const hearing = sink as Parameters<typeof socket.subscribe>[1];
  const documentId = idOf(document);
  if (documentId === undefined) return socket.subscribe(payload, hearing);
  const refused = (error: unknown) => {
    if (!JSON.stringify(error).includes(UNKNOWN_DOCUMENT)) return hearing.error(error);
    stop = socket.subscribe(payload, hearing);
  };
  let stop = socket.subscribe({ ...payload, documentId } as ById, { ...hearing, error: refused });
  return () => stop();
}
