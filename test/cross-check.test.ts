import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FrameBatch } from "../src/capture/batch.ts";
import type { CaptureSource } from "../src/capture/source.ts";
import {
  type CrossCheckOptions,
  type CrossCheckResult,
  crossCheck,
} from "../src/node/cross-check/cross-check.ts";
import { secondReading } from "../src/node/cross-check/second-reader.ts";
import { openCapture } from "../src/node/files.ts";
import { type FrameRecord, pcap, pcapng } from "./support/capture-files.ts";
import { datagram, espPacket, isakmp, nonEspMarker } from "./support/frames.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const SECOND = 1_000_000_000n;
const START = 1_800_000_000n * SECOND;

const quickMode = isakmp({
  initiatorCookie: "0123456789abcdef",
  responderCookie: "fedcba9876543210",
  exchange: 32,
  messageId: 1,
  body: Buffer.alloc(40, 7),
});

/** Frames 1 to 6: ISAKMP on 500, ESP, ISAKMP on 4500, ESP in UDP, IKEv2, ISAKMP in a VLAN. */
const RECORDS: FrameRecord[] = [
  datagram("192.0.2.11:500", "192.0.2.1:500", quickMode),
  espPacket("192.0.2.11", "192.0.2.1"),
  datagram("[2001:db8::1]:4500", "[2001:db8::2]:4500", nonEspMarker(quickMode)),
  datagram("192.0.2.11:4500", "192.0.2.1:4500", Buffer.alloc(60, 3)),
  datagram(
    "192.0.2.11:500",
    "192.0.2.1:500",
    isakmp({
      initiatorCookie: "0123456789abcdef",
      responderCookie: "0000000000000000",
      version: 0x20,
      exchange: 34,
    }),
  ),
  datagram("192.0.2.11:500", "192.0.2.1:500", quickMode, [7]),
].map((frame, i) => ({ at: START + BigInt(i) * SECOND + 123_456_000n, frame }));
const MESSAGES = 4;

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function check(path: string, options: Partial<CrossCheckOptions> = {}): Promise<CrossCheckResult> {
  return crossCheck(path, { format: "pcap", ...options });
}

describe("the same capture reads the same with both", () => {
  const long: FrameRecord = { at: START, frame: Buffer.concat([RECORDS[0].frame, Buffer.alloc(200_000)]) };
  test.each<[string, Buffer, string, number]>([
    ["little-endian", pcap(RECORDS), "pcap", MESSAGES],
    ["big-endian", pcap(RECORDS, { bigEndian: true }), "pcap", MESSAGES],
    ["compressed", gzipSync(pcap(RECORDS)), "pcap+gzip", MESSAGES],
    [
      "compressed in two members",
      Buffer.concat([gzipSync(pcap(RECORDS)), gzipSync(pcap(RECORDS).subarray(24))]),
      "pcap+gzip",
      2 * MESSAGES,
    ],
    ["cut by a snaplen", pcap(RECORDS, { snaplen: 96 }), "pcap", MESSAGES],
    ["without packets", pcap([]), "pcap", 0],
    [
      "with records longer than a chunk of the file",
      pcap([long, ...RECORDS, long, ...RECORDS]),
      "pcap",
      2 + 2 * MESSAGES,
    ],
    [
      "with its last record cut off",
      pcap([...RECORDS, ...RECORDS]).subarray(0, -1),
      "pcap",
      2 * MESSAGES - 1,
    ],
    [
      "with its last record header cut off",
      pcap([...RECORDS, ...RECORDS]).subarray(0, pcap(RECORDS).length + 9),
      "pcap",
      MESSAGES,
    ],
    [
      "broken off before the trailer of the compressed data",
      gzipSync(pcap(RECORDS)).subarray(0, -8),
      "pcap+gzip",
      MESSAGES,
    ],
    ["many packets", pcap(Array.from({ length: 5000 }, () => RECORDS).flat()), "pcap", 5000 * MESSAGES],
  ])("%s", async (name, bytes, format, compared) => {
    const result = await check(file(`${name.replaceAll(" ", "-")}.pcap`, bytes), { format });
    expect(result).toEqual({ compared, differences: [], skipped: null });
  });

  test("on a port of the user's", async () => {
    const frame = datagram("192.0.2.11:1500", "192.0.2.1:1500", quickMode);
    const path = file("port.pcap", pcap([{ at: START, frame }]));
    expect(await check(path)).toMatchObject({ compared: 0 });
    expect(await check(path, { ports: [1500] })).toMatchObject({ compared: 1, differences: [] });
  });

  test("up to the same packet, where the compressed data breaks off", async () => {
    const noise = Array.from({ length: 3000 }, (_, i) => ((i * 2_654_435_761) >>> 13) & 0xff);
    const records = noise.map((byte) => ({
      at: START,
      frame: Buffer.concat([RECORDS[0].frame, Buffer.from([byte, byte ^ 0x5a])]),
    }));
    const bytes = gzipSync(pcap(records));
    const path = file("half.pcap", bytes.subarray(0, bytes.length >> 1));
    const { compared, differences } = await check(path, { format: "pcap+gzip" });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(100);
    expect(compared).toBeLessThan(3000);
  });

  test("as far as it is asked for", async () => {
    expect(await check(file("part.pcap", pcap(RECORDS)), { maxPackets: 4 })).toMatchObject({ compared: 2 });
  });
});

/** Our reading of a capture with something changed in every batch. */
function altered(change: (batch: FrameBatch) => void): (name: string) => Promise<CaptureSource> {
  return async (name) => {
    const source = await openCapture(name);
    const next = async () => {
      const batch = await source.next();
      if (batch === null || batch.provenance !== "packet") return null;
      const { count, offsets, captured, original, interfaces, nanos, firstFrame } = batch;
      const copy: FrameBatch = {
        ...{ count, offsets, captured, original, interfaces, nanos, firstFrame },
        bytes: batch.bytes.slice(),
        micros: batch.micros.slice(),
        linkTypes: batch.linkTypes.slice(),
        provenance: "packet",
      };
      change(copy);
      return copy;
    };
    return {
      summary: source.summary,
      size: source.size,
      position: () => source.position(),
      next,
      close: () => source.close(),
    };
  };
}

/** Offset of the ISAKMP header in frame 1: Ethernet 14, IPv4 20, UDP 8. */
const HEADER = 42;

describe("a difference is told with its frame, ours first", () => {
  const poke = (offset: number, value: number) =>
    altered(({ bytes, offsets }) => {
      bytes[offsets[0] + HEADER + offset] = value;
    });
  test.each<[string, (name: string) => Promise<CaptureSource>, RegExp[]]>([
    [
      "initiator cookie",
      poke(0, 0xff),
      [
        /frame 1: cookies ff23456789abcdef fedcba9876543210, with pcap-parser 0123456789abcdef fedcba9876543210$/,
      ],
    ],
    ["responder cookie", poke(15, 0xff), [/frame 1: cookies 0123456789abcdef fedcba98765432ff, with/]],
    ["exchange", poke(18, 5), [/frame 1: exchange type 5, with pcap-parser 32$/]],
    ["flags", poke(19, 3), [/frame 1: flags 0x3, with pcap-parser 0x1$/]],
    ["message ID", poke(23, 2), [/frame 1: message ID 0x00000002, with pcap-parser 0x00000001$/]],
    ["length", poke(27, 60), [/frame 1: length 60, with pcap-parser 68$/]],
    [
      "time",
      altered(({ micros }) => {
        micros[2] += 1;
      }),
      [/frame 3: time 1800000002123457 us, with pcap-parser 1800000002123456 us$/],
    ],
    [
      "a message that we do not see",
      altered(({ linkTypes }) => {
        linkTypes[2] = 147;
      }),
      [/frame 3: only pcap-parser has an ISAKMP message there$/],
    ],
    [
      "a frame number that runs ahead",
      altered((batch) => {
        batch.firstFrame += 1;
      }),
      [
        /frame 1: only pcap-parser/,
        /frame 2: pcap-parser has no/,
        /frame 3: only/,
        /frame 4: pcap-parser has no/,
        /frame 5: only/,
        /frame 6: exchange type 34, with pcap-parser 32$/,
      ],
    ],
    [
      "an end that comes too early",
      altered((batch) => {
        batch.count = 5;
      }),
      [/frame 6: only pcap-parser has an ISAKMP message there$/],
    ],
  ])("%s", async (name, open, expected) => {
    const path = file(`${name.replaceAll(" ", "-")}-altered.pcap`, pcap(RECORDS));
    const { differences } = await check(path, { open });
    for (const pattern of expected) {
      expect(differences).toContainEqual(expect.stringMatching(pattern));
      expect(differences.filter((each) => pattern.test(each))).toHaveLength(1);
    }
    if (expected.length === 1) expect(differences).toHaveLength(1);
    for (const difference of differences) expect(difference.startsWith(path)).toBe(true);
  });

  test("ten of them are enough", async () => {
    const path = file("all.pcap", pcap(Array.from({ length: 20 }, () => RECORDS[0])));
    const open = altered(({ bytes, offsets, count }) => {
      for (let i = 0; i < count; i += 1) bytes[offsets[i] + HEADER + 23] = 9;
    });
    const { differences } = await check(path, { open });
    expect(differences).toHaveLength(11);
    expect(differences[10]).toBe(`${path}: not compared beyond frame 10`);
  });
});

describe("what pcap-parser cannot do", () => {
  test.each([
    ["pcapng", pcapng(RECORDS)],
    ["pcap-ns", pcap(RECORDS, { nanos: true })],
    ["pcap-modified", pcap(RECORDS, { modified: true })],
  ])("%s is left out with a reason, which is no difference", async (format, bytes) => {
    const path = file(`${format}.cap`, bytes);
    expect(await check(path, { format })).toEqual({
      compared: 0,
      differences: [],
      skipped: `${path}: pcap-parser does not read ${format}`,
    });
  });

  test("standard input and pipes are gone once they are read", async () => {
    expect(await check("-")).toMatchObject({ skipped: "standard input cannot be read a second time" });
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await check(pipe)).toMatchObject({
      skipped: `${pipe}: not a plain file, so it cannot be read a second time`,
    });
  });

  test("a record of impossible length ends both readings: damage is told by the report", async () => {
    const bytes = pcap([...RECORDS, ...RECORDS]);
    bytes.writeUInt32LE(0xfffffff0, pcap(RECORDS).length + 8);
    const result = await check(file("corrupt.pcap", Buffer.concat([bytes, Buffer.alloc(1_000_000)])));
    expect(result).toEqual({ compared: MESSAGES, differences: [], skipped: null });
  });

  test("a file that its reader refuses is a difference, not a crash", async () => {
    const bytes = pcap(RECORDS);
    bytes.writeUInt16LE(3, 4);
    bytes.writeUInt16LE(0, 6);
    const { differences } = await check(file("version.pcap", bytes));
    expect(differences).toEqual([
      expect.stringMatching(/version\.pcap: the second reading failed: unsupported version 3\.0/),
    ]);
  });
});

describe("the second reader", () => {
  async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  test.each([1, 7, 64, 1_000_000])("gives the same packets from chunks of %d bytes", async (size) => {
    const found = [];
    for await (const packet of secondReading(pieces(pcap(RECORDS), size), 262_144)) found.push(packet);
    expect(found).toHaveLength(RECORDS.length);
    found.forEach(({ data, micros, linkType }, i) => {
      expect(data.equals(RECORDS[i].frame)).toBe(true);
      expect([BigInt(micros) * 1000n, linkType]).toEqual([RECORDS[i].at, 1]);
    });
  });
});
