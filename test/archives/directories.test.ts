/** zip and tar archives byte by byte: what is listed, and what is read of each file. */

import { describe, expect, it } from "vitest";
import { tidyPath } from "../../src/archives/members.ts";
import { indexTar, looksLikeTar } from "../../src/archives/tar.ts";
import { indexZip, isZipMagic } from "../../src/archives/zip.ts";
import type { ByteSource } from "../../src/capture/byte-source.ts";
import { MemoryBytes } from "../../src/capture/random-access.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { paxHeader, tarFile, tarOf, type ZipFile, zipOf } from "../support/archive-forms.ts";

const inMemory = (bytes: Buffer) => new MemoryBytes([bytes.subarray(0, 100), bytes.subarray(100)]);
const zip = (bytes: Buffer) => indexZip(inMemory(bytes), "a.zip", DECOMPRESSORS.deflate);
const tar = (bytes: Buffer) => indexTar(inMemory(bytes), "a.tar");

async function contentOf(source: ByteSource): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.alloc(1000);
    const count = await source.read(part, 0);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
  }
  await source.close();
  return Buffer.concat(parts).toString("latin1");
}

/** Paths and contents of what is listed. */
async function contents({ members }: Awaited<ReturnType<typeof zip>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, open } of members) found[name] = await contentOf(await open());
  return found;
}

const bytesOf = (text: string) => Buffer.from(text, "latin1");
const LONG = "a capture ".repeat(300);
const FILES: ZipFile[] = [
  { name: "ring/a.pcap", bytes: bytesOf(LONG) },
  { name: "ring/b.pcap", bytes: bytesOf("another"), method: 0 },
];
const CONTENTS = { "ring/a.pcap": LONG, "ring/b.pcap": "another" };

describe("a zip archive", () => {
  it.each([
    ["plain", zipOf(FILES)],
    ["with a comment", zipOf(FILES, { comment: Buffer.from("made by a program") })],
    ["with the longest comment", zipOf(FILES, { comment: Buffer.alloc(65_535, "x") })],
    [
      "whose comment has the mark of an end in it",
      zipOf(FILES, { comment: Buffer.from(`PK\u0005\u0006${"\xff".repeat(30)}`) }),
    ],
    ["behind a program that unpacks it", zipOf(FILES, { before: Buffer.alloc(777, "MZ") })],
    ["behind another one", Buffer.concat([zipOf([{ name: "x", bytes: bytesOf("y") }]), zipOf(FILES)])],
    ["of zip64", zipOf(FILES, { is64: true })],
    [
      "of zip64 with files of it",
      zipOf(
        FILES.map((file) => ({ ...file, is64: true })),
        { is64: true },
      ),
    ],
    ["with files of zip64 alone", zipOf(FILES.map((file) => ({ ...file, is64: true })))],
    [
      "with directories and empty files, which are not listed",
      zipOf([
        { name: "ring/", bytes: bytesOf(""), method: 0 },
        ...FILES,
        { name: "none", bytes: bytesOf(""), method: 0 },
      ]),
    ],
  ])("%s holds its files", async (_, bytes) => {
    const index = await zip(bytes);
    expect(index).toMatchObject({ format: "zip", failures: [] });
    expect(index.members.map(({ name }) => name)).toEqual(Object.keys(CONTENTS));
    expect(await contents(index)).toEqual(CONTENTS);
  });

  it("has names in UTF-8 where it says so", async () => {
    const name = "Mitschnitt-\u00e4.pcap";
    const one = { name, bytes: bytesOf("x") };
    const names = async (file: ZipFile) => (await zip(zipOf([file]))).members.map((member) => member.name);
    expect(await names({ ...one, flags: 0x0800 })).toEqual([name]);
    expect(await names({ ...one, latin1: true })).toEqual([name]);
  });

  it.each([
    [{ flags: 1 }, "is encrypted"],
    [{ method: 9 }, "is packed by Deflate64"],
    [{ method: 12 }, "is packed by bzip2"],
    [{ method: 99 }, "is packed by AES encryption"],
    [{ method: 77 }, "is packed by method 77"],
  ])("names a file that is not unpacked here: %j", async (more, why) => {
    const { members } = await zip(zipOf([{ name: "x.pcap", bytes: bytesOf("bytes"), ...more }]));
    await expect(members[0].open()).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining(`a.zip/x.pcap ${why}`),
    });
  });

  it("names a file that is not where the directory says", async () => {
    for (const displaced of [1, 100_000]) {
      const { members } = await zip(zipOf([{ ...FILES[0], displaced }]));
      await expect(members[0].open()).rejects.toMatchObject({
        code: "unreadable",
        message: "a.zip/ring/a.pcap is not where the directory says",
        offset: displaced,
      });
    }
  });

  it("that was cut has no directory", async () => {
    const bytes = zipOf(FILES);
    for (const length of [bytes.length - 1, bytes.length - 30, 21, 0]) {
      await expect(zip(bytes.subarray(0, length))).rejects.toMatchObject({
        code: "unreadable",
        message: expect.stringMatching(/without its directory: it is cut off or damaged$/),
      });
    }
  });

  it("whose directory is damaged gives the files before", async () => {
    const bytes = Buffer.from(zipOf(FILES));
    const second = bytes.lastIndexOf(Buffer.from("PK\u0001\u0002"));
    bytes[second] = 0;
    const index = await zip(bytes);
    expect(index.members.map(({ name }) => name)).toEqual(["ring/a.pcap"]);
    expect(index.failures).toMatchObject([
      { code: "unreadable", message: `a.zip: its directory is damaged at byte ${second}`, offset: second },
    ]);
  });

  it("may hold files that fill it, and none that share bytes", async () => {
    const bytes = Buffer.from(zipOf([{ name: "x", bytes: bytesOf("y".repeat(500)), method: 0 }]));
    const entry = bytes.lastIndexOf(Buffer.from("PK\u0001\u0002"));
    bytes.writeUInt32LE(bytes.length, entry + 20);
    expect((await zip(bytes)).members.length).toBe(1);
    bytes.writeUInt32LE(bytes.length + 1, entry + 20);
    await expect(zip(bytes)).rejects.toMatchObject({ message: expect.stringContaining("overlap") });
  });

  it("begins with a file, or with its end where there is none", () => {
    expect([0x04034b50, 0x06054b50, 0x02014b50].map(isZipMagic)).toEqual([true, true, false]);
  });
});

describe("a tar archive", () => {
  const one = { name: "x.pcap", bytes: bytesOf("bytes of x") };

  it.each([
    ["a ustar header", [one], { "x.pcap": "bytes of x" }],
    ["one of the oldest form", [{ ...one, magic: "", type: "\0" }], { "x.pcap": "bytes of x" }],
    ["a contiguous file", [{ ...one, type: "7" }], { "x.pcap": "bytes of x" }],
    ["a prefix of its path", [{ ...one, prefix: "deep/down" }], { "deep/down/x.pcap": "bytes of x" }],
    ["no prefix in the oldest form", [{ ...one, magic: "", prefix: "deep" }], { "x.pcap": "bytes of x" }],
    ["a name of 100 characters", [{ ...one, name: "n".repeat(100) }], { ["n".repeat(100)]: "bytes of x" }],
    ["a size in binary", [{ ...one, binarySize: true }], { "x.pcap": "bytes of x" }],
    [
      "of several blocks",
      [
        { ...one, bytes: bytesOf("z".repeat(1025)) },
        { ...one, name: "y" },
      ],
      { "x.pcap": "z".repeat(1025), y: "bytes of x" },
    ],
    [
      "of exactly one",
      [
        { ...one, bytes: bytesOf("z".repeat(512)) },
        { ...one, name: "y" },
      ],
      { "x.pcap": "z".repeat(512), y: "bytes of x" },
    ],
    [
      "no directories, links and empty files",
      [
        { ...one, name: "d", type: "5" },
        { ...one, name: "l", type: "2" },
        { ...one, name: "e", bytes: bytesOf("") },
        one,
      ],
      { "x.pcap": "bytes of x" },
    ],
    [
      "GNU's long names, of the next file alone",
      [
        { name: "././@LongLink", type: "L", bytes: bytesOf(`${"long/".repeat(40)}x.pcap\0`) },
        one,
        { ...one, name: "y.pcap" },
      ],
      { [`${"long/".repeat(40)}x.pcap`]: "bytes of x", "y.pcap": "bytes of x" },
    ],
    [
      "pax's paths and sizes, of the next file alone",
      [paxHeader({ comment: "path=z", path: "other=name.pcap", size: "5" }), { ...one, size: 0 }, one],
      { "other=name.pcap": "bytes", "x.pcap": "bytes of x" },
    ],
    [
      "of pax's records of a key the last",
      [paxHeader({ path: "a" }), paxHeader({ path: "b" }), one],
      { b: "bytes of x" },
    ],
    [
      "no size of pax that is not one",
      [paxHeader({ size: "-1" }), one, paxHeader({ size: "x" }), { ...one, name: "y" }],
      { "x.pcap": "bytes of x", y: "bytes of x" },
    ],
    [
      "no extended header of more than 64 KB",
      [paxHeader({ path: "z".repeat(66_000) }), one],
      { "x.pcap": "bytes of x" },
    ],
  ])("is read with %s", async (_, files, wanted) => {
    const index = await tar(tarOf(files));
    expect(index).toMatchObject({ format: "tar", failures: [] });
    expect(await contents(index)).toEqual(wanted);
    expect(index.members.map(({ packedSize }) => packedSize)).toEqual(
      Object.values(wanted).map(({ length }) => length),
    );
  });

  it("ends with zeros, whatever stands behind them", async () => {
    const index = await tar(Buffer.concat([tarOf([one]), tarFile({ ...one, name: "y" })]));
    expect(index.failures).toEqual([]);
    expect(index.members.map(({ name }) => name)).toEqual(["x.pcap"]);
  });

  it("that is damaged gives the files before, and the place", async () => {
    const bytes = tarOf([one, { ...one, name: "y" }]);
    bytes[1024] ^= 1;
    const index = await tar(bytes);
    expect(index.members.map(({ name }) => name)).toEqual(["x.pcap"]);
    expect(index.failures).toMatchObject([
      {
        code: "unreadable",
        message: expect.stringMatching(/^a\.tar: the archive is damaged at byte 1024;/),
        offset: 1024,
      },
    ]);
  });

  it("that was cut in a file gives what there is of it, and says so", async () => {
    const bytes = tarFile({ ...one, bytes: bytesOf("z".repeat(2000)) });
    const whole = await tar(bytes.subarray(0, 512 + 2000));
    expect([whole.failures, await contents(whole)]).toEqual([[], { "x.pcap": "z".repeat(2000) }]);
    const cut = await tar(bytes.subarray(0, 512 + 1999));
    expect(cut.failures).toMatchObject([{ message: "a.tar: x.pcap is cut off", offset: 512 }]);
    expect(await contents(cut)).toEqual({ "x.pcap": "z".repeat(1999) });
    expect((await tar(bytes.subarray(0, 511))).members).toEqual([]);
  });

  it("is known by the checksum of its first header", () => {
    const bytes = tarOf([one]);
    expect(looksLikeTar(bytes)).toBe(true);
    expect(looksLikeTar(bytes.subarray(0, 512))).toBe(true);
    expect(looksLikeTar(bytes.subarray(0, 511))).toBe(false);
    expect(looksLikeTar(Buffer.alloc(512))).toBe(false);
    expect(looksLikeTar(Buffer.concat([Buffer.from("y"), bytes.subarray(1)]))).toBe(false);
    // Zeros alone have the checksum that eight blanks have.
    const blank = Buffer.alloc(512);
    blank.write("000400\0 ", 148);
    expect(looksLikeTar(blank)).toBe(false);
  });
});

describe("a path in an archive", () => {
  it.each([
    ["a/b.pcap", "a/b.pcap"],
    ["/etc/passwd", "etc/passwd"],
    ["../../x", "x"],
    ["./a/./b", "a/b"],
    ["a//b/", "a/b"],
    ["C:\\Users\\x", "C:/Users/x"],
    ["a\u001b[31mb\u0000", "a?[31mb?"],
    ["...", "..."],
    ["n".repeat(2000), "n".repeat(1024)],
  ])("%j becomes %j", (path, wanted) => {
    expect(tidyPath(path)).toBe(wanted);
  });
});
