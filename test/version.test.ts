import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { toolName, version } from "../src/report/version.ts";

it("the program names itself as its package does", () => {
  expect({ name: toolName, version }).toEqual({ name: manifest.name, version: manifest.version });
});
