import { withoutText } from "@parley/react";
import type { Client } from "graphql-ws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LiveMetricsDocument } from "@/gql/later/graphql";

import { subscribe } from "./documents";

type Sent = {
  payload: { query?: string; documentId?: string; variables: object };
  refuse: (error: unknown) => void;
};

function socketOf(sent: Sent[]): Client {
  const take = (payload: Sent["payload"], sink: { error: (error: unknown) => void }) => {
    const wire = JSON.parse(JSON.stringify({ id: "1", type: "subscribe", payload }, withoutText));
    sent.push({ payload: { ...wire.payload, variables: payload.variables }, refuse: sink.error });
    return () => {};
  };
  return { subscribe: take } as unknown as Client;
}

beforeEach(() => {
  vi.stubEnv("NODE_ENV", "production");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test("a subscription goes by its id, and by its text once the id was refused", () => {
  const sent: Sent[] = [];
  const variables = { everyone: null };
  const error = vi.fn();
  subscribe(socketOf(sent), LiveMetricsDocument, variables, { next: () => {}, error, complete: () => {} });
  sent[0]?.refuse([{ message: "no such", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }]);
  sent[1]?.refuse([{ message: "no", extensions: { code: "INTERNAL" } }]);

  expect(sent.map(({ payload }) => [payload.query !== undefined, payload.documentId?.slice(0, 7)])).toEqual([
    [false, "sha256:"],
    [true, undefined],
  ]);
  expect(sent.every(({ payload }) => payload.variables === variables)).toBe(true);
  expect(error).toHaveBeenCalledTimes(1);
});

test("what is being worked on goes by its text", () => {
  vi.stubEnv("NODE_ENV", "development");
  const sent: Sent[] = [];
  subscribe(
    socketOf(sent),
    LiveMetricsDocument,
    { everyone: null },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
  expect(sent[0]?.payload).toMatchObject({ query: expect.stringContaining("subscription LiveMetrics") });
});
