import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FrameRecord, pcap, pcapng } from "../support/capture-files.ts";
import { hasTshark, ownMessages, tsharkMessages } from "../support/messages.ts";
import { random32 } from "../support/random.ts";
import { LINKS, OTHER_LINKS, stack } from "../support/stacks.ts";

/** STACKS=n for more frames per link type, STACKS_SEED=n for others. */
const COUNT = Number(process.env.STACKS ?? 400);
const SEED = Number(process.env.STACKS_SEED ?? 1);

if (!hasTshark) console.log("skipped: tshark is not installed, so nothing to compare random stacks with");

describe.skipIf(!hasTshark)("random stacks of layers, as tshark reads them", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function compare(path: string, count: number): Promise<void> {
    const [own, theirs] = await Promise.all([ownMessages(path), tsharkMessages(path)]);
    expect(own.messages.filter((line) => !theirs.includes(line))).toEqual([]);
    // More than 24 layers, each VLAN tag being one, are given up and counted as such.
    const missing = theirs.filter((line) => !own.messages.includes(line));
    const reasons = missing.map((line) => own.frames.get(Number(line.split(" ")[0])));
    expect(reasons).toEqual(missing.map(() => "too-deep"));
    expect(theirs).toHaveLength(count);
    expect(missing.length).toBeLessThan(count / 20);
  }

  it.each(LINKS)(`${COUNT} in %s`, async (_, linkType, link) => {
    const next = random32(SEED * 1000 + linkType);
    const records = Array.from({ length: COUNT }, (_, i) => ({
      at: BigInt(i) * 1_000_000_000n,
      frame: stack(i + 1, link, next),
    }));
    const path = join(folder, `${linkType}.pcap`);
    writeFileSync(path, pcap(records, { linkType }));
    await compare(path, COUNT);
  });

  it(`as many in each of ${OTHER_LINKS.length} other link types, in one file`, async () => {
    const each = Math.ceil(COUNT / 10);
    const records: FrameRecord[] = [];
    OTHER_LINKS.forEach(([, linkType, link], index) => {
      const next = random32(SEED * 1000 + linkType);
      for (let i = 0; i < each; i += 1) {
        const id = records.length + 1;
        records.push({ at: BigInt(id) * 1_000_000_000n, frame: stack(id, link, next), interface: index });
      }
    });
    const path = join(folder, "links.pcapng");
    writeFileSync(path, pcapng(records, { interfaces: OTHER_LINKS.map(([, linkType]) => ({ linkType })) }));
    await compare(path, records.length);
  });
});
