/** The forms in which captures arrive, made by the programs that make them, and read back as what they were made of. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CHUNK_SIZES, openBytes, type PlainRecord, readAll } from "../support/sources.ts";
import { hasTool } from "../support/tools.ts";

const SAMPLES = fileURLToPath(new URL("../../samples/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-forms-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A capture of two clients, one with frames that were cut, and one of lengths that no line of a dump divides. */
const NAMES = ["two-windows-clients.pcap", "snaplen-96.pcap", "windows-session-nat.pcap"];

async function original(name: string): Promise<PlainRecord[]> {
  return readAll(await openBytes(readFileSync(join(SAMPLES, name))));
}

/** Records of the bytes, which are the same however they come in. */
async function readBack(bytes: Uint8Array): Promise<{ records: PlainRecord[]; format: string }> {
  const source = await openBytes(bytes);
  const records = await readAll(source);
  for (const size of CHUNK_SIZES) {
    const again = await openBytes(bytes, size);
    expect(await readAll(again), `in chunks of ${size}`).toEqual(records);
    expect(again.summary).toMatchObject({ packets: records.length, end: "clean", problem: null });
  }
  return { records, format: source.summary.format };
}

/** What a form keeps of a time: nanoseconds of its unit. */
function cut(records: readonly PlainRecord[], unit: bigint): PlainRecord[] {
  return records.map((record) => ({ ...record, at: record.at - (record.at % unit) }));
}

describe.skipIf(!hasTool("editcap"))("files of editcap", () => {
  it.each([
    ["snoop", "snoop", 1000n],
    ["netmon1", "netmon1", 1_000_000n],
    ["netmon2", "netmon2", 1000n],
    ["modpcap", "pcap-modified", 1000n],
    ["rh6_1pcap", "pcap-modified", 1000n],
    ["suse6_3pcap", "pcap-modified", 1000n],
    ["nokiapcap", "pcap-nokia", 1000n],
    ["nsecpcap", "pcap-ns", 1n],
    ["pcapng", "pcapng", 1000n],
  ])("%s holds what it was made of", async (form, format, unit) => {
    for (const name of NAMES) {
      const path = join(folder, `${name}.${form}`);
      execFileSync("editcap", ["-F", form, join(SAMPLES, name), path]);
      const back = await readBack(readFileSync(path));
      expect(back.format).toBe(format);
      expect(cut(back.records, unit)).toEqual(cut(await original(name), unit));
    }
  });

  it("every other form that editcap writes is named, with the command that reads it", async () => {
    for (const form of [
      "5views",
      "lanalyzer",
      "nettl",
      "ngsniffer",
      "ngwsniffer_1_1",
      "ngwsniffer_2_0",
      "observer",
      "visual",
      "k12text",
    ]) {
      const path = join(folder, `other.${form}`);
      execFileSync("editcap", ["-F", form, join(SAMPLES, NAMES[0]), path]);
      const error = await openBytes(readFileSync(path)).catch((thrown: unknown) => thrown);
      expect(error, form).toMatchObject({ code: "unsupported" });
      const { message } = error as Error;
      expect(message, form).toMatch(
        / is an? [A-Zk\d].*tshark -r \S+ -(?:F pcapng -w -|P -t e -x) \| ike-dupcheck -/,
      );
    }
  });
});

describe.skipIf(!hasTool("tshark"))("what is named is read by the command that is named", () => {
  it.each([
    ["lanalyzer", ["-F", "pcapng", "-w", "-"]],
    ["ngsniffer", ["-F", "pcapng", "-w", "-"]],
    ["visual", ["-F", "pcapng", "-w", "-"]],
    ["k12text", ["-P", "-t", "e", "-x"]],
  ])("%s", async (form, options) => {
    const path = join(folder, `command.${form}`);
    execFileSync("editcap", ["-F", form, join(SAMPLES, NAMES[0]), path]);
    const made = spawnSync("tshark", ["-r", path, ...options], { maxBuffer: 1 << 26 });
    const records = await readAll(await openBytes(made.stdout));
    expect(records.length).toBe((await original(NAMES[0])).length);
  });
});

/** The output of a program that reads a capture. */
function textOf(program: string, options: readonly string[], name: string): Buffer {
  const args = program === "tcpdump" || program === "tshark" ? ["-r", join(SAMPLES, name)] : [];
  const last = args.length === 0 ? [join(SAMPLES, name)] : [];
  return spawnSync(program, [...args, ...options, ...last], {
    maxBuffer: 1 << 26,
    env: { ...process.env, TZ: "UTC" },
  }).stdout;
}

const bytesOf = (records: readonly PlainRecord[]) => records.map(({ bytes }) => bytes);
const ETHERNET_HEADER = 28;

describe.skipIf(!hasTool("tcpdump"))("text of tcpdump", () => {
  it.each([
    [["-x", "-tt"], ETHERNET_HEADER, "from the IP header on"],
    [["-X", "-tt"], ETHERNET_HEADER, "with the text column"],
    [["-xx", "-tt"], 0, "with the link-layer header"],
    [["-XX", "-tt", "-vvv", "-e"], 0, "between lines of details"],
  ])("%j: every packet, its time and its length, %s", async (options, skipped) => {
    for (const name of NAMES) {
      const { records, format } = await readBack(textOf("tcpdump", ["-nn", ...options], name));
      const wanted = await original(name);
      expect(format).toBe("text");
      expect(bytesOf(records)).toEqual(bytesOf(wanted).map((bytes) => bytes.slice(skipped)));
      expect(records.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at));
      expect(records.map((record) => record.original + skipped / 2)).toEqual(
        wanted.map((record) => record.original),
      );
    }
  });

  it("times of day keep their distances; without times, all are zero", async () => {
    const wanted = await original(NAMES[0]);
    const ofDay = (await readBack(textOf("tcpdump", ["-nn", "-x"], NAMES[0]))).records;
    expect(ofDay.map(({ at }) => at - ofDay[0].at)).toEqual(wanted.map(({ at }) => at - wanted[0].at));
    const none = await openBytes(textOf("tcpdump", ["-nn", "-x", "-t"], NAMES[0]));
    expect((await readAll(none)).every(({ at }) => at === 0n)).toBe(true);
    expect(none.summary.untimed).toBe(wanted.length);
  });
});

describe.skipIf(!hasTool("tshark"))("text of tshark", () => {
  it.each([
    [["-x"], "the dump alone"],
    [["-P", "-x"], "under the packet list"],
    [["-V", "-x"], "under the details"],
  ])("%j: every packet, %s", async (options) => {
    for (const name of NAMES) {
      const { records } = await readBack(textOf("tshark", options, name));
      expect(bytesOf(records)).toEqual(bytesOf(await original(name)));
    }
  });

  it("with details, the times are exact", async () => {
    const { records } = await readBack(textOf("tshark", ["-V", "-x"], NAMES[0]));
    expect(records.map(({ at }) => at)).toEqual((await original(NAMES[0])).map(({ at }) => at));
  });
});

describe("dumps of a whole capture file are the file", () => {
  it.each([
    ["xxd", []],
    ["xxd", ["-g1"]],
    ["xxd", ["-c", "32"]],
    ["od", ["-Ax", "-tx1"]],
    ["od", ["-tx1"]],
    ["od", ["-Ad", "-tx1", "-v"]],
    ["od", ["-x"]],
    ["hexdump", ["-C"]],
    ["hexdump", []],
  ] as [string, string[]][])("%s %j", async (program, options) => {
    if (!hasTool(program)) return;
    const { records } = await readBack(textOf(program, options, NAMES[2]));
    expect(records).toEqual(await original(NAMES[2]));
  });
});

describe("compressed", () => {
  it.each([
    ["gzip", []],
    ["zstd", ["-q"]],
    ["zstd", ["-q", "-19", "--long=27"]],
    ["xz", []],
    ["xz", ["-T2", "--block-size=4096"]],
    ["bzip2", []],
    ["lz4", ["-q"]],
    ["lz4", ["-q", "-BD", "-B4"]],
    ["lz4", ["-q", "-l"]],
  ] as [string, string[]][])("%s %j, also of two parts that follow each other", async (program, options) => {
    if (!hasTool(program)) return;
    const plain = readFileSync(join(SAMPLES, NAMES[2]));
    const pack = (part: Buffer) =>
      spawnSync(program, [...options, "-c"], { input: part, maxBuffer: 1 << 26 }).stdout;
    const wanted = await original(NAMES[2]);
    for (const packed of [
      pack(plain),
      Buffer.concat([pack(plain.subarray(0, 999)), pack(plain.subarray(999))]),
    ]) {
      const { records, format } = await readBack(packed);
      expect(records).toEqual(wanted);
      expect(format).toBe(`pcap+${program}`);
    }
  });

  it.each(["gzip", "zstd", "xz", "bzip2", "lz4"])(
    "%s cut off: what came before stands, and the end is told",
    async (program) => {
      if (!hasTool(program)) return;
      let state = 1;
      const noise = Buffer.from(
        Array.from({ length: 6_000_000 }, () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return state >>> 24;
        }),
      );
      const record = Buffer.alloc(16);
      record.writeUInt32LE(60_000, 8);
      record.writeUInt32LE(60_000, 12);
      const parts = [readFileSync(join(SAMPLES, NAMES[0])).subarray(0, 24)];
      for (let at = 0; at < noise.length; at += 60_000) parts.push(record, noise.subarray(at, at + 60_000));
      const packed = spawnSync(program, ["-q", "-c"], {
        input: Buffer.concat(parts),
        maxBuffer: 1 << 26,
      }).stdout;
      const source = await openBytes(packed.subarray(0, packed.length * 0.9), 65_536, 65_536);
      const records = await readAll(source);
      expect(records.length).toBeGreaterThan(10);
      expect(records.length).toBeLessThan(100);
      expect(source.summary.end).toBe("truncated");
    },
  );
});
