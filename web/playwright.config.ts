import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

import type { Hands } from "./e2e/hands";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser to drive; undefined leaves it to the one Playwright has installed itself. */
const executablePath = process.env.PARLEY_CHROMIUM ?? INSTALLED.find((path) => existsSync(path));

const args = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Chromium refuses to run its sandbox as root, as in a container.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };

export default defineConfig<{ hands: Hands }>({
  testDir: "e2e",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // The journeys of a file share one server, whose first account they make together; for other files, and for the
  // other projects, tests/e2e/test_browser.py starts servers of their own.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A busy machine may be slower than a journey expects; a journey that fails twice is wrong.
  retries: process.env.CI ? 1 : 0,
  reporter: process.env.CI ? "line" : "list",
  use: {
    baseURL: process.env.PARLEY_E2E_URL ?? "http://127.0.0.1:8000",
    // Recording costs a third of the time: where a journey is tried again, only that is recorded.
    trace: process.env.CI ? "on-first-retry" : "retain-on-failure",
    launchOptions: { executablePath, args },
  },
  projects: [
    { name: "desktop", use: desktop },
    // People who have no mouse walk to everything, which takes longer.
    { name: "keyboard", timeout: 120_000, use: { ...desktop, hands: "keyboard" } },
    {
      name: "phone",
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
    },
  ],
});
