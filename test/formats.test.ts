import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../src/capture/source.ts";
import { openCapture } from "../src/node/files.ts";
import { allCaptures, tablePath } from "./support/captures.ts";
import { hasTshark } from "./support/messages.ts";
import { type PlainRecord, readAll } from "./support/sources.ts";

const formats = allCaptures("formats");

function expectedPackets(): Map<string, number> {
  const [head, ...rows] = readFileSync(tablePath("formats", "EXPECTED.tsv"), "utf8").trimEnd().split("\n");
  const column = head.split("\t").indexOf("packets_tshark");
  return new Map(rows.map((row) => [row.split("\t")[0], Number(row.split("\t")[column])]));
}

/** Where tshark counts or prints something else, and why that is not what a packet of the capture is. */
const OTHERWISE: Record<string, { packets?: number; why: string }> = {
  "google__gopacket__pcapgo__tests__be__test017.pcapng": { packets: 0, why: "tshark lists custom blocks" },
  "google__gopacket__pcapgo__tests__le__test017.pcapng": { packets: 0, why: "tshark lists custom blocks" },
  "google__gopacket__pcapgo__tests__be__test202.pcapng": { packets: 8, why: "tshark lists custom blocks" },
  "google__gopacket__pcapgo__tests__le__test202.pcapng": { packets: 8, why: "tshark lists custom blocks" },
  "the-tcpdump-group__tcpdump__tests__atm-heapoverflow.pcap": { why: "tshark takes a pseudo-header off" },
  "the-tcpdump-group__tcpdump__tests__atm-oam-heapoverflow.pcap": { why: "tshark takes a pseudo-header off" },
  "the-tcpdump-group__tcpdump__tests__atm-oam-loopback-print-overrun.pcap": {
    why: "tshark takes a pseudo-header off; a fraction beyond the second",
  },
  "the-tcpdump-group__tcpdump__tests__timestamp_invalid_nano.pcap": { why: "a fraction beyond the second" },
};

describe.skipIf(formats.length === 0)("captures in every format at hand", () => {
  const expected = formats.length === 0 ? new Map<string, number>() : expectedPackets();
  it.each(formats)("%s: as many packets as in the table", async (path) => {
    const source = await openCapture(path);
    const packets = OTHERWISE[basename(path)]?.packets ?? expected.get(basename(path));
    expect((await readAll(source)).length).toBe(packets);
  });
});

/** Number, time, captured and original length of each record, as tshark prints them. */
function tsharkRecords(path: string): string[] {
  const fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len"].flatMap((field) => [
    "-e",
    field,
  ]);
  const result = spawnSync("tshark", ["-n", "-r", path, "-T", "fields", ...fields], { encoding: "utf8" });
  return result.stdout.split("\n").filter((line) => line !== "");
}

function line({ frame, at, bytes, original }: PlainRecord): string {
  const seconds = at / 1_000_000_000n;
  const nanos = at - seconds * 1_000_000_000n;
  return [frame, `${seconds}.${String(nanos).padStart(9, "0")}`, bytes.length / 2, original].join("\t");
}

/** Simple packet blocks have no time: tshark shows none, this program the time before. */
const UNTIMED = /__test(101|200|202|010-le)\.pcapng$/;

const all = [...formats, ...allCaptures("ike"), ...allCaptures("lab")];

describe.skipIf(!hasTshark || all.length === 0)("record by record as tshark reads it", () => {
  it.each(all.filter((path) => OTHERWISE[basename(path)] === undefined))("%s", async (path) => {
    const source = await openCapture(path).catch((error: unknown) => {
      expect(error).toBeInstanceOf(CaptureError);
      return null;
    });
    const own = source === null ? [] : (await readAll(source)).map(line);
    const theirs = tsharkRecords(path);
    const timeless = (record: string) => record.replace(/\t[\d.]*\t/, "\t");
    if (UNTIMED.test(path)) expect(own.map(timeless)).toEqual(theirs.map(timeless));
    else expect(own).toEqual(theirs);
  });
});
