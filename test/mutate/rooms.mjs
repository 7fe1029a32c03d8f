/** The rooms that are mutated, the tests that run for each, and which strings are text for people. */

import { readdir } from "node:fs/promises";

/** Of facts and of rules: what calls them, in milliseconds. */
const OWN = ["test/ike/", "test/judgement/"];

/** Files that are slow for what they notice, or about time and memory. */
const LEFT_OUT = /compact-hosts|-tshark|joined|locate-properties/;
/** Tests, by name: long simulations, and what asks the same again in another way. */
export const SLOW = new RegExp(
  [
    "in two files",
    "hundred thousand",
    "one in ten thousand",
    "calls none with four",
    "names every counting",
    "byte by byte",
    "survives whatever the lines hold",
    "does not wait for ever",
    "made of blocks of a byte each",
    "noise of several blocks",
    "zeros of many pieces",
    "costs no more memory",
    "whichever of its bits",
    "split over sensors",
    "larger than what is read",
    "[^6]\\.pcap(?:ng)?: the shares together",
    "worlds with two gateways",
    "routed by their keys",
    "in one run are one capture",
    "of 200 sessions",
    "is bounded, and a line of a megabyte",
    "whatever the bytes are",
    "cut off inside gzip",
    "a sort of all records",
    "is enough behind the last that is looked at",
    "is not one of a few files with much in them",
    "lz4: blocks of a byte give their bytes",
    "takes no longer for many pairs",
    "in 200 worlds",
    "drifting by 80 millionths over two days",
    "same findings in simulated worlds",
    "small beside a capture that is mostly ESP",
    "a megabyte of text",
    "more than 256 KB",
    "in Chromium",
    "under a megabyte with 10,000",
    "a long list comes row by row",
    "a dependency has one door",
    "leaves out clients beyond 60",
    "a table ends after 100 rows",
    "unpacks two, in pieces of any size",
  ].join("|"),
);

/** By room: its tests, and how many mutants are tried; all where nothing is said. */
export const ROOMS = {
  judgement: { tests: OWN },
  ike: { tests: OWN },
  wire: { tests: ["test/wire/"] },
  events: { tests: ["test/events/"] },
  analysis: {
    tests: [
      "test/analysis/",
      "test/feed/two-clocks.test.ts",
      "test/live-analysis.test.ts",
      "test/live/finding-log.test.ts",
      "test/judgement/holders.test.ts",
      "test/report/input-warnings.test.ts",
      "test/ike/save-restore.test.ts",
      "test/records/copies.test.ts",
      "test/samples.test.ts",
    ],
    sample: 300,
  },
  feed: {
    tests: [
      "test/feed/",
      "test/archives/archives.test.ts",
      "test/archives/packed.test.ts",
      "test/text/",
      "test/logs/",
      "test/records/copies.test.ts",
      "test/capture/",
      "test/samples.test.ts",
    ],
    sample: 300,
  },
  capture: { tests: ["test/capture/", "test/samples.test.ts"], sample: 300 },
  records: {
    tests: ["test/records/", "test/analysis/extraction.test.ts", "test/feed/record-stream.test.ts"],
    sample: 300,
  },
  logs: { tests: ["test/logs/"], sample: 300 },
  keys: { tests: ["test/keys/"], sample: 300 },
  report: { tests: ["test/report/", "test/samples.test.ts"], sample: 300 },
  collections: {
    tests: ["test/collections/", "test/judgement/", "test/ike/"],
    sample: 300,
  },
  linear: { tests: ["test/linear/", "test/core/"], sample: 300 },
  // Without test/evidence.test.ts: it writes and reads every sample, a second for each mutant that it misses.
  evidence: { tests: ["test/evidence/"], sample: 300 },
  syslog: { tests: ["test/syslog/"], sample: 300 },
  witnesses: { tests: ["test/witnesses/"], sample: 300 },
  text: { tests: ["test/text/"], sample: 300 },
  archives: { tests: ["test/archives/"], sample: 300 },
  anonymize: {
    // Not those of samples, each of which is analysed twice.
    tests: ["addresses", "anonymizer", "frames", "messages", "nat-discovery"].map(
      (name) => `test/anonymize/${name}.test.ts`,
    ),
    sample: 300,
  },
  printers: {
    tests: [
      "test/printers/",
      ...["html", "json", "markdown", "ndjson", "openmetrics", "screens", "summary", "table", "text"].map(
        (name) => `test/report/${name}.test.ts`,
      ),
    ],
    sample: 300,
  },
};

/** Rooms that are not tried here, and why. */
export const LEFT_OUT_ROOMS = {
  core: "is compiled to WebAssembly: `npm run mutate:core` tries it",
  node: "files, processes, interfaces and states: its tests start the program, seconds for each mutant",
  cli: "options and messages: its tests start the program, seconds for each mutant",
  page: "runs in a browser, and its tests in one",
};

/** Paths of the test files for the room of this run, those of the folders listed. */
export async function suiteOf(root) {
  const files = [];
  for (const entry of ROOMS[process.env.MUTATE_ROOM].tests) {
    if (!entry.endsWith("/")) files.push(entry);
    else {
      const names = (await readdir(`${root}/${entry}`, { recursive: true })).sort();
      for (const name of names) if (name.endsWith(".test.ts")) files.push(`${entry}${name}`);
    }
  }
  const without = process.env.MUTATE_WITHOUT;
  return files.filter(
    (file) => !LEFT_OUT.test(file) && (without === undefined || !new RegExp(without).test(file)),
  );
}

/** Paths of a room's sources. */
export async function sourcesOf(root, room) {
  const names = (await readdir(`${root}/src/${room}`, { recursive: true })).sort();
  return names.filter((name) => name.endsWith(".ts")).map((name) => `src/${room}/${name}`);
}

/** Whether a string is a sentence or a name shown to people: it has a blank between words. */
export const isText = (value) => /\S\s\S|\s\S|\S\s/.test(value);
