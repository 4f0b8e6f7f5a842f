import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "@parley/react": fileURLToPath(new URL("./packages/react/src/index.ts", import.meta.url)),
      "@": fileURLToPath(new URL("./src", import.meta.url)),
    },
  },
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    restoreMocks: true,
    testTimeout: 30_000,
    retry: 1, // as in pytest: a busy machine is no fault of the code
    projects: [
      {
        extends: true,
        test: {
          name: "pages",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: "./vitest.setup.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "reason",
          environment: "node",
          include: ["{src,packages}/**/*.test.ts", "scripts/**/*.test.mjs"],
          exclude: ["**/node_modules/**"],
        },
      },
    ],
  },
});
