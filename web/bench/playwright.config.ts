import { defineConfig } from "@playwright/test";

import journeys from "../playwright.config";

const [desktop] = journeys.projects ?? [];

/** Measurements and pictures, which `python -m bench.browser` and `… bench.screens` start: each once, in turns. */
export default defineConfig({
  ...journeys,
  testDir: ".",
  outputDir: "../test-results/bench",
  timeout: 600_000,
  retries: 0,
  reporter: "line",
  use: { ...journeys.use, trace: "off" },
  projects: [
    { ...desktop, name: "measure", testMatch: "*.bench.ts" },
    { name: "screens", testMatch: "screens.ts" },
  ],
});
