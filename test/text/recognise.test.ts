/** What is text, in which characters, and what a text without packets is. */

import { describe, expect, it } from "vitest";
import { utf16Order } from "../../src/capture/utf16.ts";
import { asciiOf, isText, knownText } from "../../src/text/recognise.ts";

const text = (bytes: readonly number[]) => {
  const all = Uint8Array.from([0, ...bytes, 0]);
  return isText(all, 1, bytes.length);
};
const LETTER = 0x61;

describe("text", () => {
  it.each([
    ["a letter", [LETTER], true],
    ["nothing", [], false],
    ["tabs, ends of lines, and what terminals and pagers write", [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b], true],
    ["a bell", [LETTER, 0x07], false],
    ["a zero", [LETTER, 0], false],
    ["a delete", [LETTER, 0x7f], false],
    ["three of ten beyond ASCII", [...Array(7).fill(LETTER), 0x80, 0xe2, 0xff], true],
    ["four of ten beyond ASCII", [...Array(6).fill(LETTER), 0x80, 0xe2, 0xff, 0xc3], false],
    ["a zero behind the first 512 bytes", [...Array(512).fill(LETTER), 0], true],
    ["a zero before them", [...Array(511).fill(LETTER), 0], false],
  ])("%s: %s", (_, bytes, wanted) => {
    expect(text(bytes)).toBe(wanted);
  });
});

describe("UTF-16", () => {
  it.each([
    ["little-endian", [0xff, 0xfe], "little"],
    ["big-endian", [0xfe, 0xff], "big"],
    ["half a mark", [0xff], null],
    ["two halves of two marks", [0xff, 0xff], null],
    ["and of the others", [0xfe, 0xfe], null],
    ["another text", [LETTER, 0xff], null],
  ])("%s", (_, bytes, order) => {
    expect(utf16Order(Uint8Array.from([0xff, ...bytes]), 1, bytes.length)).toBe(order);
  });

  it.each(["little", "big"] as const)("%s-endian, in pieces of any size", async (order) => {
    const wanted = "0x0000 4500 \u00e9\u0100\u4500\n";
    const bytes = Buffer.from(`\ufeff${wanted}`, "utf16le");
    if (order === "big") bytes.swap16();
    for (const size of [1, 2, 3, bytes.length]) {
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const parts: Uint8Array[] = [];
      for await (const part of asciiOf(chunks(), order)) parts.push(part);
      expect(Buffer.concat(parts).toString()).toBe("0x0000 4500 ???\n");
    }
  });
});

describe("text without packets", () => {
  it.each([
    ["3 packets captured\n", /ASA/],
    ["  1 packet seen\n", /ASA/],
    ["\n  12: 08:21:44.123456 192.0.2.1.500 > 198.51.100.1.500:  udp 28\n", /ASA/],
    ["interfaces=[any]\n", /FortiGate/],
    ["3.545454 wan1 out 192.0.2.1.500 -> 198.51.100.1.500: udp 172\n", /FortiGate/],
    ["<psml>", /XML/],
    ['<?xml version="1.0"?>\n<?xml-stylesheet href="x"?>\n<!-- a\nb -->\n<pdml>', /XML/],
    ['{"timestamp": 1}', /JSON/],
    ["No.     Time           Source\n", /packet list/],
    ['"No.","Time","Source"\n', /packet list/],
    ["Frame 12: 138 bytes on wire\n", /packet details/],
    ["2026-03-02 08:00:00.000000 IP6 fe80::1 > ff02::1: x\n", /tcpdump/],
    ["08:00:00.000000 eth0  In  IP 192.0.2.1\n", /tcpdump/],
    ["08:00:00.000000 02:00:00:00:00:01 > 02:00:00:00:00:02\n", /tcpdump/],
    ["+---------+---------------+----------+\n", /K12/],
    ["d4c3b2a1020004000000000000000000000004000100000080\n", /without offsets/],
    [" a1 b2 c3 d4 00 02 00 04\n", /without offsets/],
    ["0A0D0D0A1C0000004D3C2B1A\n", /without offsets/],
    ["%ASA-7-715047: x", /log about IKE/],
    ["Jan  1 ISAKMP: (0): beginning Main Mode exchange", /log about IKE/],
    ["charon: IKEv1 quick mode request", /log about IKE/],
  ])("%j is named", (beginning, what) => {
    expect(knownText(beginning)?.what).toMatch(what);
  });

  it.each([
    "",
    "a letter about packets\n",
    "<html>",
    '{"other": 1}',
    "Frame 12\n",
    "08:00:00 IP x\n",
    "no. time\n",
    "d4c3b2 is a commit\n",
  ])("%j is not", (beginning) => {
    expect(knownText(beginning)).toBeNull();
  });

  it("only a log was never a capture", () => {
    expect(knownText("%ASA-7-715047: x")?.isLog).toBe(true);
    expect(knownText("<psml>")?.isLog).toBeUndefined();
  });
});
