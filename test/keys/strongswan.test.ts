/**
 * Sessions of real daemons in every cipher, hash and mode that they have: with the keys of their logs every encrypted
 * message opens, and says what tshark reads with the same keys.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasTshark } from "../support/messages.ts";
import { isInstalled, rootNamespaces } from "../support/namespace.ts";
import { contents, keysOf, openedMessages, type Reading, tsharkContents } from "../support/opened.ts";

const lab = (name: string) => fileURLToPath(new URL(`../lab/${name}`, import.meta.url));
const SUITES = 10;

function isReady(): boolean {
  const programs = ["swanctl", "gcc", "tcpdump"];
  if (rootNamespaces === null || !programs.every(isInstalled)) return false;
  if (existsSync("/usr/lib/ipsec/charon")) return true;
  console.log("skipped: keys of strongSwan, because /usr/lib/ipsec/charon is missing");
  return false;
}

/** Frames with the first quick mode of each session behind them: a capture that began late. */
function lateFrame({ messages }: Reading): number {
  const quickModes = messages.filter(({ exchange, inside }) => exchange === 32 && inside.spis.length > 0);
  return quickModes[2 * SUITES].frame;
}

describe.skipIf(!isReady())("keys that strongSwan prints", () => {
  const folder = mkdtempSync(join(tmpdir(), "suites-lab-"));
  const capture = join(folder, "out", "lab.pcap");
  let log = "";
  let reading: Reading;
  beforeAll(async () => {
    const shim = join(folder, "null-kernel.so");
    const made = spawnSync("gcc", ["-shared", "-fPIC", "-o", shim, lab("null-kernel.c"), "-ldl"]);
    expect(made.stderr.toString()).toBe("");
    const ran = spawnSync("bash", [lab("suites-lab.sh"), join(folder, "out"), shim], {
      encoding: "utf8",
      timeout: 100_000,
    });
    expect(ran.status, ran.stderr).toBe(0);
    const control = readFileSync(join(folder, "out", "control.log"), "utf8");
    expect(control.match(/(initiate|rekey|terminate) completed successfully/g)).toHaveLength(3 * SUITES);
    log = readFileSync(join(folder, "out", "asa", "charon.log"), "utf8");
    reading = await openedMessages(capture, keysOf(log));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("open every encrypted message", () => {
    expect(reading.opener.opened).toMatchObject({ keys: SUITES, keysUsed: SUITES, ikeSas: SUITES });
    expect(reading.messages.map(({ frame }) => frame)).toEqual(reading.sealed);
    // Each session dials, re-keys and deletes: two quick modes of three messages, and the deletes of its SAs.
    expect(reading.sealed.length).toBeGreaterThanOrEqual(SUITES * 8);
    expect(reading.opener.opened.payloads.delete).toBeGreaterThanOrEqual(SUITES);
  });

  it("say what the client's log says: the same keys are in it", async () => {
    const other = keysOf(readFileSync(join(folder, "out", "c1", "charon.log"), "utf8"));
    expect(other.keys.map(({ bytes }) => bytes)).toEqual(
      expect.arrayContaining(keysOf(log).keys.map(({ bytes }) => bytes)),
    );
    expect(contents(await openedMessages(capture, other))).toEqual(contents(reading));
  });

  it.skipIf(!hasTshark)("give field by field what tshark reads with them", async () => {
    const rows: string[] = [];
    for (const { bytes } of keysOf(log).keys) {
      const key = Buffer.from(bytes).toString("hex");
      const { messages } = await openedMessages(capture, keysOf(key));
      const cookies = new Set(messages.map(({ clear }) => Buffer.from(clear.subarray(0, 8)).toString("hex")));
      expect(cookies.size).toBe(1);
      rows.push(`${[...cookies][0]},${key}`);
    }
    // tshark takes a message that came again for the next one of its exchange; here each is read once.
    const expected = tsharkContents(capture, rows);
    for (const frame of expected.keys()) if (!reading.sealed.includes(frame)) expected.delete(frame);
    expect(contents(reading)).toEqual(expected);
    // With Wireshark's table the same opens as with the log.
    const byTable = await openedMessages(capture, keysOf(rows.join("\n")));
    expect(contents(byTable)).toEqual(contents(reading));
  });

  it("open what says something of a capture that began after phase 1", async () => {
    const late = await openedMessages(capture, keysOf(log), lateFrame(reading));
    const whole = contents(reading);
    const found = contents(late);
    // Only HASH alone, the third message of a quick mode, is nothing without the one before.
    expect([...found.keys()]).toEqual(late.sealed);
    for (const [frame, content] of found) {
      const before = whole.get(frame)!;
      expect(content.payloads.slice(1), `frame ${frame}`).toEqual(before.payloads.slice(1));
      expect({ ...content, payloads: [] }, `frame ${frame}`).toEqual({ ...before, payloads: [] });
    }
  });

  it("open nothing when they are of other sessions", async () => {
    const wrong = keysOf(log)
      .keys.map(({ bytes }) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString("hex"))
      .join("\n");
    const { messages, opener } = await openedMessages(capture, keysOf(wrong));
    expect(messages).toEqual([]);
    expect(opener.unused).toHaveLength(SUITES);
  });
});
