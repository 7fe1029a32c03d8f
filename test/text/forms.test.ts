/** Dumps of whole captures and of packets in the forms of xxd, od and hexdump, without these programs. */

import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pcap } from "../support/capture-files.ts";
import { hexdumpCanonical, hexdumpWords, odBytes, odWords, xxd } from "../support/dump-forms.ts";
import { CHUNK_SIZES, chunks, openBytes, readAll } from "../support/sources.ts";

const ISAKMP = `${"11".repeat(8)}${"22".repeat(8)}08102001000000010000001c`;
const PACKET = `450000380000000040118e6cc6336414c000020101f401f400240000${ISAKMP}`;
const FRAME = Buffer.from(`0200000000010200000000020800${PACKET}`, "hex");
/** With zeros behind the packet, lines of a dump are alike, and "*" stands for them. */
const PADDED = Buffer.concat([FRAME, Buffer.alloc(200), Buffer.from([1])]);
/** The sixth line of a dump is text that begins like bytes. */
const TALKING = Buffer.concat([FRAME, Buffer.alloc(10), Buffer.from("ab cd ef12345678 and more")]);

/** The second packet ends in the middle of a word: 24 + 16 + 70 + 16 + 271 bytes. */
const FILE = pcap([
  { at: 1_772_438_400_000_001_000n, frame: FRAME },
  { at: 1_772_438_401_000_001_000n, frame: PADDED },
]);

describe("a dump of a capture file is the file", () => {
  it.each([
    ["xxd", xxd(FILE)],
    ["xxd -g1", xxd(FILE, { group: 1 })],
    ["xxd -c 8", xxd(FILE, { width: 8 })],
    ["xxd -c 1", xxd(FILE, { width: 1 })],
    ["xxd -c 32", xxd(FILE, { width: 32 })],
    ["xxd -c 256, its widest", xxd(FILE, { width: 256 })],
    ["od -Ax -tx1", odBytes(FILE, "x")],
    ["od -tx1", odBytes(FILE, "o")],
    ["od -Ad -tx1 -v", odBytes(FILE, "d", { squeezes: false })],
    ["od -x, words of a machine", odWords(FILE)],
    ["hexdump -C", hexdumpCanonical(FILE)],
    ["hexdump", hexdumpWords(FILE)],
    ["under lines of a terminal", `$ hexdump -C a.pcap\n${hexdumpCanonical(FILE)}$ \n`],
    ["without its last line", hexdumpCanonical(FILE).replace(/.*\n$/, "")],
  ])("%s", async (_, text) => {
    const wanted = await readAll(await openBytes(FILE));
    expect(wanted.length).toBe(2);
    for (const size of CHUNK_SIZES) {
      const source = await openBytes(Buffer.from(text), size);
      expect(await readAll(source)).toEqual(wanted);
      expect(source.summary).toMatchObject({ format: "pcap", end: "clean" });
    }
  });

  it("is closed with the file that holds the text, and knows how far that is read", async () => {
    let closed = 0;
    const text = Buffer.from(xxd(FILE));
    const file = new IterableSource(chunks(text, 1000), { size: text.length, onClose: () => (closed += 1) });
    const source = await openSource(file, "dump.txt");
    expect((await readAll(source)).length).toBe(2);
    expect([source.size, source.position()]).toEqual([text.length, text.length]);
    await source.close();
    expect(closed).toBeGreaterThan(0);
  });

  it("a line that stands for more than 64 MB is not believed", async () => {
    const text = `${xxd(FILE)}*\nfffffff0: ${"00 ".repeat(16)}\n`;
    const source = await openBytes(Buffer.from(text));
    expect((await readAll(source)).length).toBe(1);
    expect(source.summary).toMatchObject({ end: "corrupt", problem: expect.stringContaining("too often") });
  });
});

/** As xxd 2022-01-14 wrote it. */
const XXD_OF_EIGHT = `00000000: 0200 0000 0001 0200  ........
00000008: 0000 0002 0800 4500  ......E.
00000010: 0038 0000 0000 4011  .8....@.
00000018: 8e6c c633 6414 c000  .l.3d...
00000020: 0201 01f4 01f4 0024  .......$
00000028: 0000 1111 1111 1111  ........
00000030: 1111 2222 2222 2222  ..""""""
00000038: 2222 0810 2001 0000  "".. ...
00000040: 0001 0000 001c       ......
`;

describe("a dump of one packet is the packet", () => {
  it.each([
    ["xxd", xxd(PADDED), PADDED],
    ["xxd -c 8", XXD_OF_EIGHT, FRAME],
    ["od -Ax -tx1", odBytes(PADDED, "x"), PADDED],
    ["od -tx1", odBytes(PADDED, "o"), PADDED],
    ["hexdump -C", hexdumpCanonical(PADDED), PADDED],
    [
      "xxd -g1, of whose blanks a mail left one, so that text looks like two more bytes",
      xxd(TALKING, { group: 1 }).replaceAll(/ +/g, " "),
      TALKING,
    ],
  ])("%s", async (_, text, packet) => {
    const records = await readAll(await openBytes(Buffer.from(text)));
    expect(records.map(({ bytes }) => bytes)).toEqual([packet.toString("hex")]);
  });

  it("words of a machine are put in the order of the packet", async () => {
    for (const text of [odWords(FRAME), hexdumpWords(FRAME)]) {
      const records = await readAll(await openBytes(Buffer.from(text)));
      expect(records).toMatchObject([{ bytes: FRAME.toString("hex"), linkType: 1 }]);
    }
  });
});
