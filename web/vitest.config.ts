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
