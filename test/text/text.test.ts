import { describe, expect, it } from "vitest";
import { timeOf } from "../../src/text/line-time.ts";
import { openBytes, readAll } from "../support/sources.ts";

/** An ISAKMP packet: Ethernet, IPv4 with its checksum, UDP 500, and a header of 28 bytes. */
const ETHERNET = "0200000000010200000000020800";
const IP = "450000380000000040118e6cc6336414c0000201";
const UDP = "01f401f400240000";
const ISAKMP = `${"11".repeat(8)}${"22".repeat(8)}08102001000000010000001c`;
const PACKET = IP + UDP + ISAKMP;
const FRAME = ETHERNET + PACKET;

/** Lines of a dump, each by `line` from its offset and its bytes in hexadecimal. */
function dump(hex: string, line: (offset: number, hex: string) => string): string {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) lines.push(line(at / 2, hex.slice(at, at + 32)));
  return lines.join("\n");
}

const groups = (hex: string, digits: number) => hex.match(new RegExp(`.{1,${digits}}`, "g"))!.join(" ");
const address = (offset: number, digits = 4) => offset.toString(16).padStart(digits, "0");
const TEXT_COLUMN = "E..8....@....3d.";

const asa = (offset: number, hex: string) =>
  `0x${address(offset)}   ${groups(hex, 4).padEnd(39)}        ${TEXT_COLUMN}`;
const fortigate = (offset: number, hex: string) => `0x${address(offset)}\t ${groups(hex, 4)}\t${TEXT_COLUMN}`;
const router = (offset: number, hex: string) =>
  `${address(0x8a5c0b0 + offset, 8)}: ${groups(hex, 8).padEnd(35)}  ${TEXT_COLUMN}`;
const wireshark = (offset: number, hex: string) =>
  `${address(offset)}  ${groups(hex.slice(0, 16), 2)}  ${groups(hex.slice(16) || "00", 2)}   ${TEXT_COLUMN}`;

const SECOND = 1_000_000_000n;

describe("dumps of firewalls, routers and Wireshark", () => {
  const cases: { name: string; text: string; frames: string[]; linkType: number; at: bigint[] }[] = [
    {
      name: "an ASA's show capture NAME dump, through a pager",
      text: [
        "ciscoasa# show capture CAP dump",
        "",
        "2 packets captured",
        "",
        "   1: 08:21:44.123456       198.51.100.20.500 > 192.0.2.1.500:  udp 28 ",
        dump(FRAME, asa).replace("\n", "\n<--- More --->\r              \r"),
        "   2: 08:21:46.623456       198.51.100.20.500 > 192.0.2.1.500:  udp 28 ",
        dump(FRAME, asa),
        "2 packets shown",
      ].join("\r\n"),
      frames: [FRAME, FRAME],
      linkType: 1,
      at: [30104_123_456_000n, 30106_623_456_000n],
    },
    {
      name: "a FortiGate's level 6 with absolute times",
      text: [
        "interfaces=[any]",
        "filters=[udp port 500]",
        "2026-03-02 08:00:00.000001 wan1 in 198.51.100.20.500 -> 192.0.2.1.500: udp 28",
        dump(FRAME, fortigate),
        "",
        "2026-03-02 08:00:01.500001 wan1 in 198.51.100.20.500 -> 192.0.2.1.500: udp 28",
        dump(FRAME, fortigate),
      ].join("\n"),
      frames: [FRAME, FRAME],
      linkType: 1,
      at: [0n, 1_500_000_000n].map(
        (after) => BigInt(new Date(2026, 2, 2, 8).getTime()) * 1_000_000n + 1000n + after,
      ),
    },
    {
      name: "a FortiGate's level 2: packets from the IP header on, with seconds since the start",
      text: ["0.100000 198.51.100.20.500 -> 192.0.2.1.500: udp 28", dump(PACKET, fortigate)].join("\n"),
      frames: [PACKET],
      linkType: 101,
      at: [SECOND / 10n],
    },
    {
      name: "a router's show monitor capture buffer dump, with addresses of its memory",
      text: [
        "15:47:08.123 UTC Oct 1 2020 : IPv4 LES CEF    : Gi0/1 None",
        "",
        dump(FRAME, router),
        "",
        "15:47:09.123 UTC Oct 1 2020 : IPv4 LES CEF    : Gi0/1 None",
        "",
        dump(FRAME, router),
      ].join("\n"),
      frames: [FRAME, FRAME],
      linkType: 1,
      at: [1_601_567_228_123_000_000n, 1_601_567_229_123_000_000n],
    },
    {
      name: "Wireshark's bytes with a gap in the middle of a line",
      text: dump(FRAME.slice(0, 128), wireshark),
      frames: [FRAME.slice(0, 128)],
      linkType: 1,
      at: [0n],
    },
    {
      name: "of several things that Wireshark dumps of a packet, the frame alone",
      text: [
        "Frame (70 bytes):",
        dump(FRAME, fortigate),
        "",
        "Decrypted IKE (28 bytes):",
        dump(ISAKMP, fortigate),
        "",
        "Frame (70 bytes):",
        dump(FRAME, fortigate),
      ].join("\n"),
      frames: [FRAME, FRAME],
      linkType: 1,
      at: [0n, 0n],
    },
  ];

  it.each(cases)("$name", async ({ text, frames, linkType, at }) => {
    for (const size of [1, 7, 4096, Number.POSITIVE_INFINITY]) {
      const source = await openBytes(Buffer.from(text), size);
      const records = await readAll(source);
      expect(records.map(({ bytes }) => bytes)).toEqual(frames);
      expect(records.map((record) => record.linkType)).toEqual(frames.map(() => linkType));
      expect(records.map((record) => record.at)).toEqual(at);
      expect(source.summary).toMatchObject({ format: "text", end: "clean" });
    }
  });

  it("interfaces of a FortiGate are told apart, so that a copy is one of another place", async () => {
    const line = (name: string) =>
      `1.000000 ${name} in 198.51.100.20.500 -> 192.0.2.1.500: udp 28\n${dump(FRAME, fortigate)}`;
    const records = await readAll(
      await openBytes(Buffer.from(["wan1", "port2", "wan1"].map(line).join("\n"))),
    );
    expect(records.map((record) => record.interface)).toEqual([0, 1, 0]);
  });

  it("UTF-16 of Windows PowerShell", async () => {
    const text = Buffer.from(`\ufeff${dump(FRAME, fortigate)}`, "utf16le");
    const source = await openBytes(text, 3);
    expect((await readAll(source)).map(({ bytes }) => bytes)).toEqual([FRAME]);
  });

  it("a packet that was cut has the length of its IP header", async () => {
    const source = await openBytes(Buffer.from(dump(FRAME.slice(0, 96), fortigate)));
    expect((await readAll(source))[0].original).toBe(FRAME.length / 2);
  });
});

describe("times in the lines above a dump", () => {
  it.each([
    ["1772438400.123456 IP 192.0.2.1.500 > 198.51.100.1.500: isakmp", 1_772_438_400_123_456],
    ["2026-03-02T08:00:00.5Z wan1 in", 1_772_438_400_500_000],
    ["    Epoch Time: 1772438400.123456789 seconds", 1_772_438_400_123_456],
    ["   12: 00:00:01.5 192.0.2.1.500 > 198.51.100.1.500", 1_500_000],
    ["    7   2.250000 192.0.2.1 -> 198.51.100.1 ISAKMP", 2_250_000],
    ["*15:47:08.123 UTC Oct 1 2020 : IPv4 LES CEF", 1_601_567_228_123_000],
  ])("%s", (line, micros) => {
    expect(timeOf(line)?.micros).toBe(micros);
  });

  it.each([
    "2 packets captured",
    "    198.51.100.11.500 > 192.0.2.1.500: isakmp 1.0",
    "<--- More --->",
    "02:00:00:00:00:01 > 02:00:00:00:00:02",
    "*15:47:08.123 UTC Okt 1 2020 : IPv4 LES CEF",
  ])("none in: %s", (line) => {
    expect(timeOf(line)).toBeNull();
  });

  it.each([
    ["2026-03-02 08:00:00.5 wan1 in", -9],
    ["2026/03/02 08:00:00.5 UTC wan1 in", 0],
    ["2026-03-02T08:00:00.5Z wan1 in", 0],
    ["08:00:00.500 JST Mar 2 2026 : IPv4 LES CEF", -9],
    ["08:00:00.500 UTC Mar 2 2026 : IPv4 LES CEF", 0],
  ])("%s: without UTC it is the time of this machine, as text2pcap has it", (line, hours) => {
    const { TZ } = process.env;
    process.env.TZ = "Asia/Tokyo";
    try {
      expect(timeOf(line)?.micros).toBe(Date.UTC(2026, 2, 2, 8 + hours) * 1000 + 500_000);
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });

  it.each([
    ["1772438400.1 IP", 1_772_438_400_100_000, 0, false],
    ["1772438400.123456789 IP", 1_772_438_400_123_456, 789, false],
    ["10:00:00.123456789 IP", 36_000_123_456, 789, true],
    ["10:00:00 IP", 36_000_000_000, 0, true],
    ["2026-03-02 08:00:00,25 UTC", 1_772_438_400_250_000, 0, false],
  ])("%s: a fraction counts from its first digit, nine at most", (line, micros, nanos, isTimeOfDay) => {
    expect(timeOf(line)).toEqual({ micros, nanos, isTimeOfDay, isExact: false });
  });
});

describe("a dump is found", () => {
  it.each([
    ["of one long line", `0000 ${groups(FRAME.slice(0, 120), 2)}\n`],
    ["behind up to a megabyte of text", `${"text\n".repeat(200_000)}${dump(FRAME, fortigate)}`],
  ])("%s", async (_, text) => {
    const source = await openBytes(Buffer.from(text), 65_536, 65_536);
    expect((await readAll(source)).length).toBe(1);
  });

  it("not behind more than a megabyte of text", async () => {
    const text = `${"text\n".repeat(220_000)}${dump(FRAME, fortigate)}`;
    await expect(openBytes(Buffer.from(text), 65_536, 65_536)).rejects.toMatchObject({
      code: "not-a-capture",
    });
  });
});

describe("text without packets says what it is and what to do", () => {
  it.each([
    [
      "1 packet captured\n   1: 08:21:44.123456 192.0.2.1.500 > 198.51.100.1.500: udp 28\n",
      /copy \/pcap capture:/,
    ],
    ["0.545454 wan1 in 192.0.2.1.500 -> 198.51.100.1.500: udp 172\n", /diagnose sniffer packet any .* 6 0 a/],
    ["08:00:00.000000 IP 192.0.2.1.500 > 198.51.100.1.500: isakmp: phase 1\n", /tcpdump -w FILE/],
    ['<?xml version="1.0"?>\n<pdml version="0">\n', /export to XML.*Save As/],
    ['[\n  {\n    "_index": "packets-2026-03-02",\n', /export to JSON/],
    ["Frame 1: 138 bytes on wire (1104 bits)\n    Encapsulation type: Ethernet\n", /tshark -V -x/],
  ])("%j", async (text, message) => {
    await expect(openBytes(Buffer.from(text))).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    "dead beef cafe\nabcd ef01\n",
    "a letter\n",
    "1234 5678\n",
    `0010 ${groups(IP, 2)}\n0050 ${groups(IP, 2)}\n`,
    `0010 ${groups(IP, 2)}\na letter\n0024 ${groups(IP, 2)}\n`,
    "charon: IKEv1 quick mode request\n",
  ])("%j is not taken for a dump", async (text) => {
    await expect(openBytes(Buffer.from(text))).rejects.toMatchObject({ code: "not-a-capture" });
  });
});
