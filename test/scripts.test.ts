import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** Programs that node_modules/.bin has on every system, and node and npm themselves. */
const PORTABLE = ["node", "npm", "tsc", "esbuild", "biome", "vitest"];

it("npm's scripts run on Windows and macOS as well: node and installed programs, double quotes and &&", () => {
  for (const [name, script] of Object.entries<string>(manifest.scripts)) {
    expect(script, name).not.toMatch(/'|\$|`|;|\|\||\\(?!")/);
    for (const command of script.split(" && ")) expect(PORTABLE, name).toContain(command.split(" ")[0]);
  }
});

it("npm installs the manual page, which it takes from a list alone", () => {
  expect(manifest.man).toEqual(["./dist/ike-dupcheck.1"]);
});
