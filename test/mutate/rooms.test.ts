import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("every room of src is tried by mutants, or is said to be left out", async () => {
  // What Node runs as it is has no types.
  const { ROOMS, LEFT_OUT_ROOMS } = await import(new URL("rooms.mjs", import.meta.url).href);
  const entries = readdirSync(fileURLToPath(new URL("../../src", import.meta.url)), { withFileTypes: true });
  const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...Object.keys(ROOMS), ...Object.keys(LEFT_OUT_ROOMS)].sort()).toEqual(rooms.sort());
});
