/** What tells the dialects of pcap apart: the file header, and whether first records make sense. */

import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { chooseDialect, countFaults, readPcapHeader } from "../../src/capture/pcap-dialects.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pcap } from "../support/capture-files.ts";
import { openBytes, readAll } from "../support/sources.ts";

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function headerOf(magic: number, major: number, minor: number, network = 1) {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint32(0, magic);
  view.setUint16(4, major);
  view.setUint16(6, minor);
  view.setUint32(16, 65_535);
  view.setUint32(20, network);
  const { lengths, linkType, dialects } = readPcapHeader(view);
  return [lengths, linkType, dialects.map(({ name }) => name)];
}

describe("the header of a pcap", () => {
  const STANDARD = 0xa1b2c3d4;
  const NANOS = 0xa1b23c4d;
  const any = ["pcap", "pcap-modified", "pcap-nokia"];

  it.each<[string, ReturnType<typeof headerOf>, unknown[]]>([
    ["of version 2.4", headerOf(STANDARD, 2, 4), ["captured-first", 1, any]],
    ["of version 2.3", headerOf(STANDARD, 2, 3), ["larger-is-original", 1, ["pcap"]]],
    ["of version 2.2", headerOf(STANDARD, 2, 2), ["original-first", 1, ["pcap"]]],
    ["of DG/UX", headerOf(STANDARD, 543, 0), ["original-first", 1, ["pcap"]]],
    ["of a version behind", headerOf(STANDARD, 3, 0), ["captured-first", 1, any]],
    ["of AIX", headerOf(STANDARD, 2, 2, 6), ["original-first", 1, ["pcap-aix"]]],
    ["of AIX, the loopback", headerOf(STANDARD, 2, 2, 24), ["original-first", 0, ["pcap-aix"]]],
    ["of a Token Ring of version 2.4", headerOf(STANDARD, 2, 4, 6), ["captured-first", 6, any]],
    ["of a major version that AIX never wrote", headerOf(STANDARD, 1, 2, 6), ["captured-first", 6, any]],
    ["of version 2.2 with nanoseconds", headerOf(NANOS, 2, 2, 6), ["original-first", 6, ["pcap-ns"]]],
  ])("%s", (_, header, expected) => {
    expect(header).toEqual(expected);
  });
});

describe("first records that make no sense", () => {
  /** A record of a modified pcap, without its frame. */
  const record = {
    fraction: 999_999,
    captured: 0,
    original: 60,
    interface: 2,
    protocol: 0x0800,
    kind: 4,
  };
  function faultsOf(said: Partial<typeof record> = {}, snaplen = 65_535) {
    const { fraction, captured, original, protocol, kind, ...more } = { ...record, ...said };
    const bytes = pcap([], { modified: true, bigEndian: true });
    bytes.writeUInt32BE(snaplen, 16);
    const head = Buffer.alloc(24);
    for (const [i, value] of [0, fraction, captured, original, more.interface].entries())
      head.writeUInt32BE(value, 4 * i);
    head.writeUInt16BE(protocol, 20);
    head[22] = kind;
    const header = readPcapHeader(viewOf(bytes));
    const first = { view: viewOf(head), at: 0, header };
    return countFaults(first, header.dialects[0]).faults;
  }

  it.each<[string, number, number]>([
    ["none", faultsOf(), 0],
    ["a second of a million microseconds", faultsOf({ fraction: 1_000_000 }), 1],
    ["more than the snap length", faultsOf({ captured: 66_000, original: 66_000 }), 1],
    ["as much as it", faultsOf({ captured: 65_535, original: 65_535 }), 0],
    ["far more than it", faultsOf({ captured: 2_000_000, original: 2_000_000 }), 2],
    ["far more, as the snap length lets it", faultsOf({ captured: 2_000_000, original: 2_000_000 }, 3e6), 0],
    ["a million bytes of it", faultsOf({ captured: 1_000_000, original: 1_000_000 }), 1],
    ["more captured than there was", faultsOf({ captured: 61 }), 1],
    ["a packet of 128 MB", faultsOf({ original: 128 * 1024 * 1024 }), 0],
    ["a larger one", faultsOf({ original: 128 * 1024 * 1024 + 1 }), 1],
    ["the last interface", faultsOf({ interface: 10_000 }), 0],
    ["one behind it", faultsOf({ interface: 10_001 }), 1],
    ["the first EtherType", faultsOf({ protocol: 0x0600 }), 0],
    ["a number that is none", faultsOf({ protocol: 0x05ff }), 1],
    ["Linux's own", faultsOf({ protocol: 0x17 }), 0],
    ["one behind them", faultsOf({ protocol: 0x18 }), 1],
    ["Linux's own for LLC", faultsOf({ protocol: 0x60 }), 0],
    ["a kind of packet that is none", faultsOf({ kind: 5 }), 1],
  ])("%s", (_, faults, expected) => {
    expect(faults).toBe(expected);
  });

  it("three records are looked at, and of two the likelier dialect is taken", () => {
    const frame = Buffer.alloc(4, 0xff);
    const records = Array.from({ length: 5 }, (_, i) => ({ at: BigInt(i), frame }));
    const header = readPcapHeader(viewOf(pcap([])));
    const first = { view: viewOf(pcap(records)), at: 24, header };
    expect(countFaults(first, header.dialects[0])).toEqual({ faults: 0, records: 3 });
    expect(countFaults(first, header.dialects[0], 2)).toEqual({ faults: 0, records: 2 });
    const name = (bytes: Uint8Array) => chooseDialect(viewOf(bytes), 24, header).name;
    const modified = pcap(records, { modified: true });
    expect([name(pcap(records)), name(modified)]).toEqual(["pcap", "pcap-modified"]);
    // One record may make sense by chance.
    expect(name(modified.subarray(0, 24 + 24 + 4))).toBe("pcap");
  });
});

describe("records of a pcap", () => {
  it("are told at the first one where it looks like Ethernet: a pipe is not kept waiting", async () => {
    const frame = Buffer.alloc(60, 0xa1);
    frame.writeUInt16BE(0x0800, 12);
    let asked = false;
    const bytes = new IterableSource(
      (async function* () {
        yield pcap([{ at: 0n, frame }]);
        asked = true;
      })(),
    );
    const source = await openSource(bytes, "pipe");
    expect((await source.next())?.count).toBe(1);
    expect(asked).toBe(false);
  });

  it("may be more than a batch holds", async () => {
    const frame = Buffer.alloc(0);
    const many = Array.from({ length: 9_000 }, (_, i) => ({ at: BigInt(i) * 1_000n, frame }));
    const records = await readAll(await openBytes(pcap(many), undefined, 1024 * 1024));
    expect(records).toHaveLength(9_000);
    expect(records[8_999]).toMatchObject({ frame: 9_000, at: 8_999_000n });
  });
});
