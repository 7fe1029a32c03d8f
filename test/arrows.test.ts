import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Data flows one way: what each folder may import. Files beside the folders are where the stages meet. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  // Message records are a form of capture whose frames are built anew; extract writes them. So are logs.
  capture: ["records", "logs"],
  logs: ["capture", "records"],
  records: ["capture", "wire", "ike"],
  wire: ["capture"],
  ike: ["wire"],
  findings: ["ike"],
  evidence: ["capture", "wire", "ike", "findings"],
  report: ["findings", "ike"],
  state: ["capture", "records", "report", "."],
  cli: ["capture", "logs", "wire", "evidence", "findings", "report", "state", "."],
  ".": ["capture", "records", "logs", "wire", "ike", "findings", "evidence", "report"],
};

function folderOf(file: string): string {
  return file.includes("/") ? file.split("/")[0] : ".";
}

it("imports follow the arrows", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const file of files) {
    const folder = folderOf(file);
    const text = readFileSync(join(src, file), "utf8");
    for (const [, target] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const to = folderOf(relative(src, join(src, dirname(file), target)));
      if (to !== folder && !MAY_IMPORT[folder].includes(to)) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
