import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Data flows one way: what each room may import. "." are the files beside the rooms: the library's entries. */
const BELOW_ANALYSIS = [
  "linear",
  "collections",
  "anonymize",
  "wire",
  "capture",
  "keys",
  "syslog",
  "events",
  "witnesses",
  "records",
  "feed",
  "ike",
  "judgement",
  "evidence",
  "report",
];
const BELOW_NODE = [...BELOW_ANALYSIS, "archives", "text", "logs", "printers", "analysis"];
const MAY_IMPORT: Record<string, readonly string[]> = {
  collections: [],
  core: [],
  linear: ["core", "collections"],
  wire: [],
  capture: ["linear", "wire"],
  keys: ["wire", "collections"],
  syslog: ["capture", "wire", "collections"],
  events: ["wire", "collections"],
  witnesses: ["report", "judgement", "ike", "syslog", "events", "keys", "capture", "wire", "collections"],
  anonymize: ["feed", "capture", "wire"],
  records: ["capture", "wire", "collections"],
  archives: ["capture", "wire", "collections"],
  text: ["capture", "wire", "collections"],
  logs: ["capture", "wire"],
  feed: ["linear", "capture", "archives", "text", "records", "logs", "syslog", "wire"],
  ike: ["core", "linear", "wire", "collections"],
  judgement: ["ike", "linear", "wire", "collections"],
  evidence: ["anonymize", "judgement", "ike", "feed", "capture", "wire", "collections"],
  report: ["judgement", "ike", "linear", "collections"],
  printers: ["report", "linear", "collections"],
  analysis: BELOW_ANALYSIS,
  node: BELOW_NODE,
  cli: [".", "node", "anonymize", "analysis", "printers", "report", "judgement"],
  page: [".", "collections", "keys", "printers", "report"],
  ".": [...BELOW_NODE, "node"],
};
/** Rooms that may use Node's own modules; all others run in a browser as well. */
const ON_NODE = ["node", "cli"];
/** Who asks what the facts are asks here; who fills them also knows the tracker. */
const FACTS = "ike/facts.ts";
const FILLS_FACTS = ["analysis"];
/** The library on Node. */
const NODE_ENTRY = "index.ts";

const MAX_LINES = 300;

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
/** All files that each file names, type imports included. */
const imports = new Map(
  files.map((file) => {
    const named = [...texts.get(file)!.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)];
    return [file, named.map(([, target]) => relative(src, join(src, dirname(file), target)))];
  }),
);

function roomOf(file: string): string {
  return file.includes("/") ? file.split("/")[0] : ".";
}

/** Files that reach each other, by Tarjan's algorithm; each circle as its sorted names. */
function circles(): string[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort().join(" "));
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return found.sort();
}

describe("the house", () => {
  it("has files to look at", () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it("has rooms of known names alone", () => {
    expect([...new Set(files.map(roomOf))].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
  });

  it("imports follow the arrows", () => {
    const wrong = files.flatMap((file) =>
      imports
        .get(file)!
        .filter((target) => {
          const [from, to] = [roomOf(file), roomOf(target)];
          return from !== to && !MAY_IMPORT[from].includes(to);
        })
        .map((target) => `${file} -> ${target}`),
    );
    expect([...new Set(wrong)].sort()).toEqual([]);
  });

  it("what was seen has one door", () => {
    const inner = (file: string) =>
      imports.get(file)!.filter((target) => roomOf(target) === "ike" && target !== FACTS);
    const outside = files.filter((file) => !["ike", ...FILLS_FACTS].includes(roomOf(file)));
    expect(outside.flatMap((file) => inner(file).map((target) => `${file} -> ${target}`))).toEqual([]);
  });

  it("only node/ and cli/ use Node's own modules", () => {
    const users = files.filter((file) => /(?:from|import\()\s*"node:/.test(texts.get(file)!));
    expect(users.filter((file) => !ON_NODE.includes(roomOf(file)) && file !== NODE_ENTRY)).toEqual([]);
  });

  it("no file is longer than one reads at once", () => {
    const lines = (file: string) => texts.get(file)!.trimEnd().split("\n").length;
    expect(files.filter((file) => lines(file) > MAX_LINES)).toEqual([]);
  });

  it("no files import each other in a circle", () => {
    expect(circles()).toEqual([]);
  });
});
