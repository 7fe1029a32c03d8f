/** Copies are known in records as they are in the capture: by the IP identification, and where headers were cut. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyze, extract } from "../../src/index.ts";
import { pcap } from "../support/capture-files.ts";
import { type PlayedRecord, Session, Stage } from "../support/session.ts";

const MS = 1_000_000n;

function session(): PlayedRecord[] {
  const stage = new Stage(3);
  new Session(stage, { address: "198.51.100.11", port500: 1111, port4500: 41_011 })
    .mainMode(0)
    .quickMode(1, 1)
    .unanswered(9, 2);
  return stage.sorted();
}

/** Each packet, and again after `later` milliseconds with the same IP identification (not 0). */
function twice(records: readonly PlayedRecord[], later: bigint): PlayedRecord[] {
  return records
    .flatMap(({ at, frame }, i) => {
      const numbered = Buffer.from(frame);
      numbered.writeUInt16BE(i + 1, 18);
      return [
        { at, frame: numbered },
        { at: at + later * MS, frame: numbered },
      ];
    })
    .sort((a, b) => Number(a.at - b.at));
}

async function both(capture: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-test-"));
  try {
    const [path, records] = [join(folder, "a.pcap"), join(folder, "a.jsonl")];
    await writeFile(path, capture);
    let text = "";
    await extract([path], { sensor: "tap" }, async (lines) => {
      text += lines;
    });
    await writeFile(records, text);
    const counts = async (name: string) => {
      const { echoes, retransmissions, messages } = (await analyze([name])).report.capture;
      return { echoes, retransmissions, messages };
    };
    return { capture: await counts(path), records: await counts(records) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("records say the same of copies as the capture", () => {
  const records = session();
  it.each<[string, bigint, number]>([
    ["700 ms later with one IP identification: copies", 700n, records.length],
    ["1500 ms later: sent again, whatever the IP identification", 1_500n, 0],
  ])("%s", async (_, later, echoes) => {
    const found = await both(pcap(twice(records, later)));
    expect(found.capture).toMatchObject({ echoes });
    expect(found.records).toEqual(found.capture);
  });

  it("also where the snap length took the length field", async () => {
    const found = await both(pcap(records, { snaplen: 70 }));
    expect(found.capture).toMatchObject({ echoes: 0, retransmissions: 3 });
    expect(found.records).toEqual(found.capture);
  });
});
