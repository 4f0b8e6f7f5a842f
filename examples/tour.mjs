// Ask a question and print the answer as it is written: PARLEY_KEY=… node examples/tour.mjs
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const url = `${process.env.PARLEY_URL ?? "http://127.0.0.1:8000"}/graphql`.replace("http", "ws");
const question = process.argv[2] ?? "What is the capital of France?";

const parley = createClient({
  url,
  webSocketImpl: WebSocket, // browsers, and Node.js from 22 on, have one of their own
  connectionParams: { Authorization: `Bearer ${process.env.PARLEY_KEY}` },
  shouldRetry: ({ code }) => code !== 4403, // a key that was refused stays refused
});

async function* ask(query, variables) {
  for await (const { data, errors } of parley.iterate({ query, variables })) {
    if (errors) throw new Error(errors.map((error) => error.message).join("; "));
    yield data;
  }
}

const send = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }";
const { value: sent } = await ask(send, { input: { content: question } }).next();

const watch = `subscription ($run: ID!) { runEvents(runId: $run) {
  __typename
  ... on TextDelta { text }
  ... on MessageDiscarded { reason }
  ... on RunFinished { run { status } }
} }`;
for await (const { runEvents: event } of ask(watch, { run: sent.sendMessage.run.id })) {
  if (event.__typename === "TextDelta") process.stdout.write(event.text);
  // What was written so far is void; it is written anew.
  if (event.__typename === "MessageDiscarded") console.log(`\n(${event.reason})`);
  if (event.__typename === "RunFinished") console.log(`\n${event.run.status}`);
}
await parley.dispose();
