import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    // What is waited for comes late on a busy machine, and then counts all the same.
    expect: { poll: { timeout: 30_000 } },
    // Outputs for people are in the local zone; those that tests and the README hold are in this one.
    env: { TZ: "UTC" },
    // A machine with two cores runs the tests; more workers only wait for each other.
    maxWorkers: 2,
  },
});
