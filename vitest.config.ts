import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/oracles/**", "node_modules/**"],
    // Against what never ends; a busy machine may take ten times its usual seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "threads",
    setupFiles: ["test/support/seed-properties.ts"],
  },
});
