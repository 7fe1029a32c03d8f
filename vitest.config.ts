import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    // A machine with two cores runs the tests; more workers only wait for each other.
    maxWorkers: 2,
  },
});
