// Ask through the REST addresses, with types made of their description: PARLEY_KEY=… node examples/rest.mjs
import createClient from "openapi-fetch";

const baseUrl = process.env.PARLEY_URL ?? "http://127.0.0.1:8000";
const question = process.argv[2] ?? "What is the capital of France?";
const headers = { Authorization: `Bearer ${process.env.PARLEY_KEY}` };

/** @type {ReturnType<typeof createClient<import("./rest.js").paths>>} */
const parley = createClient({ baseUrl, headers });

/**
 * What an answer holds; a problem says what was wrong.
 * @template T
 * @param {{ data?: T, error?: import("./rest.js").components["schemas"]["Problem"] }} answer
 * @returns {NonNullable<T>}
 */
function given({ data, error }) {
  if (!data) throw new Error(error?.detail ?? "no answer");
  return data;
}

const chat = given(await parley.POST("/api/v1/chats", { body: { title: "From a program" } }));
const path = { id: chat.id };
const { run } = given(await parley.POST("/api/v1/chats/{id}/messages", { params: { path }, body: { content: question } }));

// The stream ends when the run has ended; to resume it, send the last id as `Last-Event-ID`.
const watched = { params: { path: { id: run.id } }, parseAs: /** @type {const} */ ("stream") };
const events = given(await parley.GET("/api/v1/runs/{id}/events", watched));
let rest = "";
for await (const text of /** @type {any} */ (events).pipeThrough(new TextDecoderStream())) {
  const frames = (rest + text).split("\n\n");
  rest = frames.pop() ?? "";
  for (const frame of frames) {
    const data = frame.match(/^event: TextDelta\ndata: (.*)$/m)?.[1];
    if (data) process.stdout.write(JSON.parse(data).text);
  }
}
const ended = given(await parley.GET("/api/v1/runs/{id}", { params: { path: { id: run.id } } }));
console.log(`\n${ended.status}, ${ended.usage.outputTokens} tokens, $${ended.usage.costUsd}`);
