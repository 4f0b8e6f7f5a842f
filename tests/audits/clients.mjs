// The usual clients against a server: `node clients.mjs URL TOKEN JOBS` runs the operations of JOBS, a JSON array of
// {client, query, variables, take}, one after the other and prints one JSON array of what each of them received.
import { createClient as sseClient } from "graphql-sse";
import { createClient as wsClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, jobs] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const lasting = wsClient({
  url: url.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: authorization },
  retryAttempts: 0,
});
const clients = {
  ws: lasting,
  sse: sseClient({ url, headers: { authorization }, retryAttempts: 0 }),
};

async function received({ client, query, variables, take }) {
  const results = [];
  try {
    for await (const result of clients[client].iterate({ query, variables })) {
      results.push(result);
      if (results.length === take) break;
    }
  } catch (error) {
    const errors = Array.isArray(error) ? error : [{ message: String(error?.message ?? error?.reason ?? error) }];
    results.push({ thrown: errors });
  }
  return results;
}

const answers = [];
for (const job of JSON.parse(jobs)) answers.push(await received(job));
console.log(JSON.stringify(answers));
await lasting.dispose();
