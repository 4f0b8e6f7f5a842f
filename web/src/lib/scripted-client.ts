import { Client, fetchExchange } from "urql";

/** An answer as the API gives it. */
export type Scripted = { data?: object | null; errors?: readonly object[] };
export type Asked = { operationName: string; variables: Record<string, unknown> };

export const failed = (code: string, message = "It went wrong."): Scripted => ({
  data: null,
  errors: [{ message, extensions: { code } }],
});

/** A client for tests: a real one, before a server that `answer`s each operation. */
export const scriptedClient = (answer: (asked: Asked) => Scripted | Promise<Scripted>): Client =>
  new Client({
    url: "http://localhost/graphql",
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetch: async (_address, init) => {
      const answered = await answer(JSON.parse(String(init?.body)) as Asked);
      return new Response(JSON.stringify(answered), { headers: { "content-type": "application/json" } });
    },
  });
