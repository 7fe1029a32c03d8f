/** Magic numbers as Wireshark's readers (wiretap), file(1) and Microsoft's header of event traces have them. */

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { otherFormat } from "../../src/feed/other-formats.ts";
import { openBytes } from "../support/sources.ts";
import { isUnix } from "../support/tools.ts";

/** At its place in a file of some size, whose other bytes are no text. */
function fileOf(magic: string, at = 0): Uint8Array {
  const bytes = new Uint8Array(600).fill(0xfe);
  bytes.set(Buffer.from(magic, "latin1"), at);
  return bytes;
}

describe("a form of captures that is not read is named, with the command that makes one that is", () => {
  const TSHARK = "tshark -r FILE -F pcapng -w - | ike-dupcheck -";
  it.each([
    ["a NetXray or Windows Sniffer capture", fileOf("XCP\0"), TSHARK],
    ["a DOS Sniffer capture", fileOf("TRSNIFF data    \x1a"), TSHARK],
    ["a Visual Networks capture", fileOf("\x05VNF"), TSHARK],
    ["an Observer capture", fileOf("ObserverPktBuffe"), TSHARK],
    ["a 5View capture", fileOf("\xaa\xaa\xaa\xaa"), TSHARK],
    ["an EtherPeek or OmniPeek capture", fileOf("\x7fver"), TSHARK],
    ["a Bluetooth log", fileOf("btsnoop\0"), TSHARK],
    ["a LANalyzer capture", fileOf("\x01\x10\x4c\0"), TSHARK],
    ["a K12 capture", fileOf("\0\0\x02\0\x12\x05\0\x10"), TSHARK],
    ["an HP-UX nettl trace", fileOf("TR\0d\0"), TSHARK],
    ["a NetScaler trace", fileOf("NetScaler Performance Data", 4), TSHARK],
    ["a Windows event log", fileOf("ElfFile\0"), "wevtutil qe FILE /lf:true"],
    ["a 7-Zip archive", fileOf("7z\xbc\xaf\x27\x1c"), "7z x FILE"],
    ["a RAR archive", fileOf("Rar!\x1a\x07"), "unrar x FILE"],
    ["a Windows cabinet (netsh trace report)", fileOf("MSCF"), "expand -F:* FILE"],
    ["LZMA data", fileOf("\x5d\0\0"), "xz --format=lzma -dc FILE"],
    ["lzip data", fileOf("LZIP"), "lzip -dc FILE"],
    ["data of compress (.Z)", fileOf("\x1f\x9d"), "gzip -dc FILE"],
    ["data of compress (.Z)", fileOf("\x1f\xa0"), "gzip -dc FILE"],
    ["lzop data", fileOf("\x89LZO"), "lzop -dc FILE"],
  ])("%s", async (what, bytes, command) => {
    const named = command.replace("FILE", "test");
    await expect(openBytes(bytes)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(`test is ${what}, which is not read here; try: ${named}`),
    });
  });
});

describe("a command that is suggested can be pasted", () => {
  const wordOf = (name: string) =>
    /try: tshark -r (.*) -F pcapng -w/.exec(otherFormat(fileOf("XCP\0"), name).message)?.[1];

  it.each(["office-1.etl", "Büro/a.etl"])("a plain name is as it is: %s", (name) => {
    expect(wordOf(name)).toBe(name);
  });

  it("with spaces it is quoted as any shell takes it", () => {
    expect(wordOf("C:\\My captures\\capture (1).etl")).toBe('"C:\\My captures\\capture (1).etl"');
  });

  it
    .skipIf(!isUnix())
    .each([
      "capture (1).etl",
      "it's.etl",
      "a\\b c",
      "a $(echo b) c",
      "`echo it's`!",
      "$& of it",
      "a;b|c>d",
      '"',
    ])("a shell reads it back: %s", (name) => {
    expect(execFileSync("sh", ["-c", `printf %s ${wordOf(name)}`], { encoding: "utf8" })).toBe(name);
  });
});

/** The beginning of an event trace: WMI_BUFFER_HEADER (72 bytes), then the system header of its first event. */
function traceOf(
  more: { size?: number; saved?: number; current?: number; marker?: number; length?: number } = {},
) {
  const { size = 65_536, saved = 4_096, current = 4_096, marker = 0xc002, length = 600 } = more;
  const bytes = new Uint8Array(length).fill(0xfe);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size, true);
  view.setUint32(4, saved, true);
  view.setUint32(8, current, true);
  if (length >= 76) view.setUint16(74, marker, true);
  return bytes;
}

describe("an event trace of Windows, which has no magic number", () => {
  it.each([
    ["written by a 64-bit system", traceOf()],
    ["written by a 32-bit system", traceOf({ marker: 0xc001 })],
    ["with the smallest buffers", traceOf({ size: 1_024, saved: 1_024, current: 1_024 })],
    ["with the largest buffers", traceOf({ size: 64 * 1_024 * 1_024 })],
    ["cut behind the first header", traceOf({ length: 104 })],
  ])("is known: %s", async (_, bytes) => {
    await expect(openBytes(bytes)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(
        /is an event trace of Windows .* try: pktmon etl2pcap test --out capture.pcapng, or etl2pcapng test /,
      ),
    });
  });

  it.each([
    ["buffers of less than a kilobyte", traceOf({ size: 0, saved: 0, current: 0 })],
    ["buffers larger than any", traceOf({ size: 65 * 1_024 * 1_024 })],
    ["buffers that are not whole kilobytes", traceOf({ size: 65_537 })],
    ["more saved than a buffer holds", traceOf({ saved: 65_537 })],
    ["a place behind the buffer", traceOf({ current: 65_537 })],
    ["an event of another kind", traceOf({ marker: 0xc003 })],
    ["no room for its first header", traceOf({ length: 103 })],
  ])("is not what has %s", async (_, bytes) => {
    await expect(openBytes(bytes)).rejects.toMatchObject({
      code: "not-a-capture",
      message:
        "test is not a capture that is read here; if Wireshark opens it, try: tshark -r test -F pcapng -w - | ike-dupcheck -",
    });
  });
});
