/** Keys, logs and events without Node: the report is the one that the library on Node gives, byte for byte. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { analyze as analyzeFiles } from "../../src/index.ts";
import { nodeCiphers } from "../../src/node/ciphers.ts";
import { pageCiphers } from "../../src/page/ciphers.ts";
import { analyze, type PortableInput, reportToJson, witnessKind } from "../../src/portable.ts";
import { pcap } from "../support/capture-files.ts";
import { ClientEvents } from "../support/client-events.ts";
import { inOrder, SealedSession, SUITES } from "../support/sealed.ts";

const folder = mkdtempSync(join(tmpdir(), "portable-witnesses-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A holder, and a contender that is refused for another reason, which only a key shows. */
const holder = new SealedSession({ client: "198.51.100.11", seed: 1, suite: SUITES[0] })
  .phase1(0)
  .quickMode(0.2, 1);
const contender = new SealedSession({ client: "198.51.100.12", seed: 2, suite: SUITES[4] }).phase1(10);
const own = contender.identity("198.51.100.12", 17, 1701);
const first = contender.sealed(32, 1, contender.quickPayloads(own, own));
for (const at of [10.2, 11.2, 13.2]) contender.send(at, "client", first);
contender.informational(13.4, "responder", contender.notifyPayload(14)).farewell(20);
holder.informational(30, "client", holder.notifyPayload(36136, 1)).farewell(40);

const capture = written("office.pcap", pcap(inOrder(holder, contender)));
const keys = written("office.keys", `${holder.row}\n${contender.key.toString("hex")}\n`);
const events = written(
  "client.xml",
  new ClientEvents({ local: "198.51.100.12", remote: "192.0.2.1", ahead: 30 })
    .mainMode(10.11)
    .quickModeFailed(20.02, 1)
    .dialFailed(20.3, 789)
    .mainModeEnded(20.1).xml,
);
const line = (seconds: string, id: string, text: string) =>
  `Mar 02 2026 08:00:${seconds}: %ASA-5-${id}: ${text}\n`;
const log = written(
  "asa.log",
  line("00", "713119", "IP = 198.51.100.11, PHASE 1 COMPLETED") +
    line("00", "713120", "IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=00000001)") +
    line("10", "713119", "IP = 198.51.100.12, PHASE 1 COMPLETED") +
    line("10", "713902", "IP = 198.51.100.12, QM FSM error (P2 struct &0xcc19ed48, mess id 0x1)!"),
);

async function* pieces(path: string, size = 777): AsyncGenerator<Uint8Array> {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const input = (path: string): PortableInput => ({ name: path, chunks: pieces(path) });

describe("witnesses without Node", () => {
  it.each([
    ["node:crypto", nodeCiphers],
    ["the libraries of a page", pageCiphers],
  ])("with the ciphers of %s", async (_, ciphers) => {
    const { report: wanted } = await analyzeFiles([capture], {
      keys: [keys],
      syslog: [log],
      events: [events],
    });
    expect(wanted.capture.decrypted).toMatchObject({ keys: 2, keysUsed: 2, ikeSas: 2 });
    expect(new Set(wanted.findings[0].evidence!.map(({ witness }) => witness))).toEqual(
      new Set(["asa-syslog", "ike-payload", "windows-event"]),
    );
    const report = await analyze([input(capture)], {
      keys: [input(keys)],
      syslog: [input(log)],
      events: [input(events)],
      ciphers,
    });
    expect([...reportToJson(report)].join("")).toBe([...reportToJson(wanted)].join(""));
  });

  it("take a log among the inputs", async () => {
    const report = await analyze([input(capture), input(log)]);
    expect(report.capture.witnesses).toMatchObject([{ witness: "asa-syslog", used: 4 }]);
  });

  it("do not take keys without ciphers", async () => {
    await expect(analyze([input(capture)], { keys: [input(keys)] })).rejects.toThrow(/no ciphers/);
  });

  it("are told from captures and other text by their first bytes", () => {
    const kindOf = (path: string) => witnessKind(readFileSync(path));
    expect([keys, events, capture, log].map(kindOf)).toEqual(["keys", "events", null, null]);
    const utf16 = Buffer.from(`\uFEFF<?xml version="1.0"?>\r\n<Events><Event `, "utf16le");
    expect([witnessKind(utf16), witnessKind(utf16.swap16())]).toEqual(["events", "events"]);
    expect(witnessKind(new TextEncoder().encode("two words\n0011\n"))).toBeNull();
  });
});
