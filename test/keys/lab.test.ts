/** Captures of real daemons with the keys of their sessions: opened as tshark opens them, field by field. */

import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { allCaptures } from "../support/captures.ts";
import { hasTshark } from "../support/messages.ts";
import { contents, keysOf, openedMessages, tsharkContents } from "../support/opened.ts";

const keysBeside = (path: string) => path.replace(/(\.pcap(?:ng)?)$/, ".keys.csv");
/** Of the same traffic in other formats the keys stand beside the one that is named so. */
const keyed = allCaptures("lab").flatMap((path) => {
  const own = [keysBeside(path), `${path}.keys.csv`].find(existsSync);
  return own === undefined ? [] : [{ name: basename(path), path, text: readFileSync(own, "utf8") }];
});
if (keyed.length > 0 && !hasTshark) console.log("skipped: keys beside tshark, which is not installed");

const rowsOf = (text: string) => text.split("\n").filter((line) => /^[0-9a-f]{16},/.test(line));

describe.skipIf(keyed.length === 0)("a capture of the lab with its keys", () => {
  it.skipIf(!hasTshark).each(keyed)("$name says what tshark says", async ({ path, text }) => {
    const reading = await openedMessages(path, keysOf(text));
    const expected = tsharkContents(path, rowsOf(text));
    // A message that came again is read once here.
    const found = contents(reading);
    for (const [frame, content] of found) expect(content, `frame ${frame}`).toEqual(expected.get(frame));
    const missing = [...expected.keys()].filter(
      (frame) => reading.sealed.includes(frame) && !found.has(frame),
    );
    expect(missing).toEqual([]);
    expect(found.size).toBeGreaterThan(0);
  });

  it.each(keyed)("$name opens with bare keys, and not with those of the others", async ({ path, text }) => {
    const own = await openedMessages(path, keysOf(text));
    const bare = rowsOf(text).map((row) => row.split(",")[1]);
    expect(contents(await openedMessages(path, keysOf(bare.join("\n"))))).toEqual(contents(own));
    const cookies = new Set(rowsOf(text).map((row) => row.split(",")[0]));
    const others = keyed
      .flatMap((each) => rowsOf(each.text))
      .filter((row) => !cookies.has(row.split(",")[0]))
      .map((row) => row.split(",")[1]);
    const wrong = await openedMessages(path, keysOf([...new Set(others)].join("\n")));
    const opened = wrong.messages.map(({ clear }) => Buffer.from(clear.subarray(0, 8)).toString("hex"));
    expect(opened.filter((cookie) => cookies.has(cookie))).toEqual([]);
  });
});
