import { SocketContext } from "@parley/react";
import { act, cleanup, render, screen } from "@testing-library/react";
import type { Client as Socket } from "graphql-ws";
import { afterEach, expect, test } from "vitest";

import { LiveStrip } from "./live-strip";

afterEach(() => {
  cleanup();
  Reflect.deleteProperty(navigator, "onLine");
});

test("it is live only while the server can be reached", async () => {
  const socket = {
    on: () => () => {},
    subscribe: (_asked: unknown, { next }: { next: (result: object) => void }) => {
      const counts = { activeRuns: 7, queuedRuns: 0, callsLastMinute: 0, errorsLastMinute: 0 };
      next({ data: { liveMetrics: { ...counts, outputTokensPerSecond: 0 } } });
      return () => {};
    },
  } as unknown as Socket;
  render(
    <SocketContext.Provider value={socket}>
      <LiveStrip mine />
    </SocketContext.Provider>,
  );
  await screen.findByText("Live");
  expect(screen.getByText("7")).toBeDefined();

  Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
  act(() => void window.dispatchEvent(new Event("offline")));
  expect(screen.getByText("Connecting")).toBeDefined();
  expect(screen.queryByText("7")).toBeNull();
});
