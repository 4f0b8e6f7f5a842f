// The usual clients against a server: `node clients.mjs URL TOKEN JOBS` runs the operations of JOBS, a JSON array of
// {client, query, variables, take}, one after the other, and prints {job, result} as soon as one receives something.
import { createClient as sseClient } from "graphql-sse";
import { createClient as wsClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, jobs] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const clients = {
  ws: wsClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
    retryAttempts: 0,
  }),
  sse: sseClient({ url, headers: { authorization }, retryAttempts: 0 }),
};

async function run({ client, query, variables, take }, say) {
  let received = 0;
  try {
    for await (const result of clients[client].iterate({ query, variables })) {
      say(result);
      if (++received === take) break;
    }
  } catch (error) {
    say({ thrown: Array.isArray(error) ? error : [{ message: String(error?.message ?? error?.reason ?? error) }] });
  }
}

for (const [job, asked] of JSON.parse(jobs).entries()) {
  await run(asked, (result) => console.log(JSON.stringify({ job, result })));
}
await clients.ws.dispose();
clients.sse.dispose();
