/** What a dumped packet begins with, and which lines of a text are one packet. */

import { describe, expect, it } from "vitest";
import { MAX_RECORD } from "../../src/capture/batch-buffer.ts";
import { guessLink } from "../../src/text/link-guess.ts";
import { openBytes, readAll } from "../support/sources.ts";

const ISAKMP = `${"11".repeat(8)}${"22".repeat(8)}08102001000000010000001c`;
const UDP = `01f401f400240000${ISAKMP}`;
/** RFC 791 section 3.1: the checksum is 0x8e6c. */
const IPV4 = `450000380000000040118e6cc6336414c0000201${UDP}`;
const UNSUMMED = IPV4.replace("8e6c", "0000");
const WRONG = IPV4.replace("8e6c", "8e6d");
/** RFC 8200 section 3: the payload's length is 36, the hop limit 64. */
const IPV6 = `6000000000241140${"20010db8000000000000000000000001".repeat(2)}${UDP}`;
const MAC = "020000000001020000000002";
/** LINKTYPE_LINUX_SLL and _SLL2 of tcpdump.org: the type is in bytes 14 and 15, and in 0 and 1. */
const SLL = `0000000100060200000000010000`;
const SLL2 = (type: string) => `${type}000000000003000100060200000000010000`;
const WITH_OPTION = "4600003c00000000401100000a0000010a00000201010101";

const RAW = 101;
/** Between bytes that are not the packet's, and look like types. */
const guess = (hex: string) => {
  const bytes = Buffer.from(`ffff${hex}08000800`, "hex");
  return guessLink(bytes, 2, bytes.length - 6);
};

/** A header with its checksum (RFC 1071) in bytes 10 and 11, of as many bytes as `length` says. */
function summed(hex: string, length = hex.length / 2): string {
  const bytes = Buffer.from(hex, "hex");
  bytes.writeUInt16BE(0, 10);
  let sum = 0;
  for (let at = 0; at < length; at += 2) sum += bytes.readUInt16BE(at);
  bytes.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10);
  return bytes.toString("hex");
}

describe("what a packet begins with", () => {
  it.each([
    ["IPv4", IPV4, RAW, 56],
    ["IPv4 that was cut: its length is that of its header", IPV4.slice(0, 60), RAW, 56],
    ["IPv4 whose checksum the card fills in", UNSUMMED, RAW, 56],
    ["IPv4 with a checksum that is wrong, in as many bytes", WRONG, RAW, 56],
    ["an IPv4 header alone", IPV4.slice(0, 40), RAW, 56],
    ["IPv4 with padding behind it", `${IPV4}000000`, RAW, 59],
    ["IPv4 with an option", `${summed(WITH_OPTION)}${UDP}`, RAW, 60],
    ["Ethernet in whose IP header it was cut", `${MAC}0800${IPV4.slice(0, 20)}`, 1, 24],
    ["IPv6", IPV6, RAW, 76],
    ["IPv6 that was cut", IPV6.slice(0, 120), RAW, 76],
    ["Ethernet with IPv4", `${MAC}0800${IPV4}`, 1, 70],
    ["Ethernet with IPv6 that was cut", `${MAC}86dd${IPV6.slice(0, 100)}`, 1, 90],
    ["Ethernet with a VLAN tag", `${MAC}81000064${"0800"}${IPV4}`, 1, 74],
    ["Ethernet that ends with its type", `${MAC}0806`, 1, 14],
    ["a cooked header of Linux", `${SLL}0800${IPV4}`, 113, 72],
    ["a cooked header that ends with its type", `${SLL}86dd`, 113, 16],
    ["a cooked header of the packet to another host", `0004${SLL.slice(4)}0800${IPV4.slice(0, 56)}`, 113, 72],
    ["the second cooked header of Linux", `${SLL2("0800")}${IPV4}`, 276, 76],
    ["the second one, that ends with itself", SLL2("0806"), 276, 20],
  ])("%s", (_, hex, linkType, original) => {
    expect(guess(hex)).toEqual({ linkType, original });
  });

  it.each([
    ["too short for anything", "45000038"],
    ["IPv4 with a wrong checksum, and more bytes than it has", `${WRONG}00`],
    ["IPv4 without a checksum, and more bytes than it has", `${UNSUMMED}00`],
    ["an IPv4 header that is longer than the packet", summed(WITH_OPTION).slice(0, 40)],
    [
      "an IPv4 header of less than 20 bytes",
      `${summed(IPV4.slice(0, 32).replace("45", "44"))}${IPV4.slice(32)}`,
    ],
    ["IP of version 5", summed(IPV4.replace("45", "55"), 20)],
    ["addresses of Ethernet without a type", MAC],
    ["a cooked header without a type", SLL],
    ["IPv6 without hops", IPV6.replace("1140", "1100")],
    ["IPv6 with more bytes than it has", `${IPV6}00`],
    ["IPv6 of less than a header", IPV6.slice(0, 78)],
    ["a type that no IKE stands behind", `${MAC}88cc${IPV4}`],
    ["a cooked header of an unknown kind", `0005${SLL.slice(4)}0800${IPV4}`],
    ["a second cooked header whose reserved bytes are not zero", `08000001${SLL2("").slice(4)}${IPV4}`],
  ])("is not known: %s", (_, hex) => {
    expect(guess(hex)).toBeNull();
  });
});

/** Lines of two bytes a group, as tcpdump -x and a FortiGate write them. */
function dump(hex: string, from = 0): string {
  const lines = hex.match(/.{1,32}/g)!;
  const offset = (i: number) => (from + 16 * i).toString(16).padStart(4, "0");
  return lines.map((line, i) => `0x${offset(i)}: ${line.match(/.{1,4}/g)!.join(" ")}\n`).join("");
}

async function read(text: string) {
  const source = await openBytes(Buffer.from(text), Number.POSITIVE_INFINITY, 65_536);
  return { records: await readAll(source), summary: source.summary };
}

describe("lines that are one packet", () => {
  it("a line that follows none is counted and said, and the packets beside it are whole", async () => {
    const { records, summary } = await read(`${dump(IPV4)}0x0080: 0000\n${dump(IPV4)}`);
    expect(records.map(({ bytes }) => bytes)).toEqual([IPV4, IPV4]);
    expect(summary).toMatchObject({
      packets: 2,
      notes: [
        {
          code: "malformed-line",
          message: "test: 1 line of a hex dump follows no other line of a packet and could not be read",
        },
      ],
    });
    const more = await read(`${dump(IPV4)}0x0080: 0000\n0x0090: 0000\n`);
    expect(more.summary.notes?.[0].message).toMatch(/: 2 lines of hex dumps follow no other/);
    expect((await read(dump(IPV4))).summary.notes ?? []).toEqual([]);
  });

  it("nor is a line a part of the packet whose first line stands alone before it", async () => {
    const first = `0x0000: ${IPV4.slice(0, 32)
      .match(/.{1,4}/g)!
      .join(" ")}\n`;
    const { records, summary } = await read(`${dump(IPV4)}${first}0x0080: 0000\n`);
    expect(records.map(({ bytes }) => bytes)).toEqual([IPV4, IPV4.slice(0, 32)]);
    expect(summary.notes?.length).toBe(1);
  });

  it("a star stands for lines like the one before, also between blanks", async () => {
    const lines = dump(`${IPV4}${"00".repeat(200)}`).split("\n");
    const { records } = await read([...lines.slice(0, 6), " * ", ...lines.slice(14)].join("\n"));
    expect(records.map(({ bytes }) => bytes)).toEqual([`${IPV4}${"00".repeat(200)}`]);
  });

  it("link types are listed once, in the order in which they come", async () => {
    const frame = `${MAC}0800${IPV4}`;
    expect((await read(`${dump(IPV4)}${dump(IPV4)}`)).summary.linkTypes).toEqual([RAW]);
    expect((await read(`${dump(IPV4)}${dump(frame)}${dump(IPV4)}`)).summary.linkTypes).toEqual([RAW, 1]);
  });

  it("of a packet of more than 256 KB the beginning is kept, and the lines behind it are counted", async () => {
    const long = `${IPV4}${"5a".repeat(MAX_RECORD)}`;
    const { records, summary } = await read(dump(long));
    expect(records[0].bytes).toBe(long.slice(0, 2 * MAX_RECORD));
    expect(summary.notes?.[0].message).toMatch(/: 4 lines of hex dumps/);
  });

  it("offsets that go on from packet to packet begin a packet under a line with a time", async () => {
    const time = (second: number) => `10:00:0${second}.000000 IP\n`;
    const { records } = await read(`${time(1)}${dump(IPV4, 0x100)}${time(3)}${dump(IPV4, 0x200)}`);
    expect(records.map(({ bytes, at }) => [bytes, at])).toEqual([
      [IPV4, 36_001_000_000_000n],
      [IPV4, 36_003_000_000_000n],
    ]);
  });

  it("packets without a time are counted, and have that of the one before", async () => {
    const { records, summary } = await read(`10:00:01.000000 IP\n${dump(IPV4)}${dump(IPV4)}`);
    expect(records.map(({ at }) => at)).toEqual([36_001_000_000_000n, 36_001_000_000_000n]);
    expect(summary.untimed).toBe(1);
  });

  it("times of day go on over midnight", async () => {
    const texts = ["23:59:59.5", "00:00:00.5", "12:00:00", "23:00:00", "01:00:00"].map(
      (time) => `${time} IP\n${dump(IPV4)}`,
    );
    const { records } = await read(texts.join(""));
    const hours = records.map(({ at }) => Number(at / 1_000_000_000n) / 3600);
    expect(hours.map((hour) => Math.round(hour * 100) / 100)).toEqual([24, 24, 36, 47, 49]);
  });

  it("a time with nanoseconds has nine digits", async () => {
    const exact = await read(`Epoch Time: 1772438400.123456789 seconds\n${dump(IPV4)}`);
    expect(exact.records[0].at).toBe(1_772_438_400_123_456_789n);
    expect(exact.summary.timeDigits).toBe(9);
    expect((await read(`Epoch Time: 1772438400.123456 seconds\n${dump(IPV4)}`)).summary.timeDigits).toBe(6);
  });

  it("of several times above a packet the first counts, or Wireshark's exact one", async () => {
    const above = "10:00:01.000000 IP\n10:00:02.000000 IP\n";
    expect((await read(`${above}${dump(IPV4)}`)).records[0].at).toBe(36_001_000_000_000n);
    const exact = "Epoch Time: 1772438400.5 seconds\nEpoch Time: 1772438401.5 seconds\n";
    expect((await read(`${above}${exact}${dump(IPV4)}`)).records[0].at).toBe(1_772_438_400_500_000_000n);
  });

  it("what Wireshark made of a packet is not a packet", async () => {
    const { records } = await read(
      `Packet (56 bytes):\n${dump(IPV4)}\nReassembled IPv4 (56 bytes):\n${dump(IPV4)}\nDecrypted (56 bytes)\n${dump(IPV4)}`,
    );
    expect(records.length).toBe(1);
  });

  it("a packet beyond the first 2 KB of room is whole", async () => {
    const long = `${MAC}0800${IPV4}${"5a".repeat(6000)}`;
    expect((await read(dump(long))).records.map(({ bytes }) => bytes)).toEqual([long]);
  });

  it("names of interfaces are numbered in the order in which they come, 1,024 at most", async () => {
    const names = Array.from({ length: 1026 }, (_, i) => `port${i}`);
    const texts = [...names, "port3"].map((name) => `1.000000 ${name} in x\n${dump(IPV4)}`);
    const numbers = (await read(texts.join(""))).records.map((record) => record.interface);
    expect(numbers.slice(0, 1024)).toEqual(names.slice(0, 1024).map((_, i) => i));
    expect(numbers.slice(1024)).toEqual([0, 0, 3]);
  });
});
