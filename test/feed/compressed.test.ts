/** How compressed inputs are known (RFC 1952, RFC 8878, the formats of xz, bzip2 and LZ4), and what is around them. */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { ByteWindow } from "../../src/capture/byte-window.ts";
import { compressionOf, type Decompressor, isCompressed, plainBytes } from "../../src/feed/decompression.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pcap } from "../support/capture-files.ts";
import { chunks } from "../support/sources.ts";

const GZIP = "1f8b08";
const ZSTD = "28b52ffd";
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
/** A frame of user data (RFC 8878 3.1.2) before what follows. */
const skippable = (length: number, rest: string, kind = "50") => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return `${kind}2a4d18${size.toString("hex")}${"00".repeat(length)}${rest}`;
};

const windowOver = (bytes: Uint8Array, size: number) =>
  new ByteWindow(new IterableSource(chunks(bytes, size)), 64);

describe("data is known to be compressed by its first bytes", () => {
  it.each<[string, string, string | null]>([
    ["gzip", `${GZIP}00`, "gzip"],
    ["gzip of another method than deflate is none", "1f8b0700", null],
    ["zstd", ZSTD, "zstd"],
    ["xz", "fd377a585a00", "xz"],
    ["bzip2 with the largest blocks", "425a68393141592653", "bzip2"],
    ["bzip2 with the smallest", "425a68313141592653", "bzip2"],
    ["bzip2 of nothing", "425a683917724538", "bzip2"],
    ["BZh without a block is none", "425a683900000000", null],
    ["BZh0 is none", "425a68303141592653", null],
    ["lz4", "04224d18", "lz4"],
    ["lz4 of the old form", "02214c18", "lz4"],
    ["half a magic number is none", "28b52f00", null],
    ["a capture is none", "a1b2c3d4", null],
    ["user data before zstd", skippable(5, ZSTD), "zstd"],
    ["user data of its last kind", skippable(0, ZSTD, "5f"), "zstd"],
    ["user data before lz4", skippable(3, "04224d18"), "lz4"],
    ["user data before nothing that is known", skippable(3, "a1b2c3d4"), null],
    ["user data cut off", "502a4d18ffffff7f00", null],
    ["user data without its length", "502a4d1805", null],
    ["what is like user data and is not", "512a4d1905000000", null],
  ])("%s", async (_, hex, name) => {
    for (const size of [1, 3, 64]) {
      const window = windowOver(bytesOf(hex), size);
      await window.have(4);
      expect((await compressionOf(window))?.name ?? null, `chunks of ${size}`).toBe(name);
    }
  });

  it.each([
    [`${GZIP}00`, true],
    [skippable(1, ""), true],
    ["502a4d19", false],
    ["602a4d18", false],
    ["a1b2c3d4", false],
  ])("and so is the beginning of a file: %s is %s", (hex, wanted) => {
    expect(isCompressed(bytesOf(hex))).toBe(wanted);
  });
});

/** Takes the first four bytes off, as an unpacker that needs no work. */
const unpack: Decompressor = async (packed) =>
  (async function* () {
    let first = true;
    for await (const chunk of packed) {
      yield first ? chunk.subarray(4) : chunk;
      first = false;
    }
  })();

describe("what is not a capture is unpacked as well", () => {
  const plain = async (hex: string, decompressors = { zstd: unpack }) => {
    let closed = 0;
    const source = new IterableSource(chunks(bytesOf(hex), Number.POSITIVE_INFINITY), {
      onClose: () => {
        closed += 1;
      },
    });
    const parts: Uint8Array[] = [];
    const reading = (async () => {
      for await (const part of plainBytes(source, decompressors)) parts.push(part);
    })();
    const failure = await reading.then(
      () => null,
      (error: Error) => error.message,
    );
    return { text: Buffer.concat(parts).toString("hex"), failure, closed };
  };

  it.each([
    ["as it is, where it is not compressed", "0102030405060708", "0102030405060708"],
    ["once", `${ZSTD}01020304050607`, "01020304050607"],
    ["twice, and three times", `${ZSTD}${ZSTD}${ZSTD}01020304050607`, "01020304050607"],
    ["not a fourth time, which is a trick", `${ZSTD.repeat(4)}0102`, `${ZSTD}0102`],
  ])("%s", async (_, hex, text) => {
    expect(await plain(hex)).toEqual({ text, failure: null, closed: 1 });
  });

  it("and refused where nothing here unpacks it; it is closed all the same", async () => {
    expect(await plain(`${GZIP}0001020304`)).toEqual({
      text: "",
      failure: "it is gzip data, which is not unpacked here",
      closed: 1,
    });
  });
});

describe("an input that cannot be unpacked or opened here", () => {
  const opened = (bytes: Uint8Array, name = "a.gz", options = {}) =>
    openSource(new IterableSource(chunks(bytes, 64)), name, options);
  const capture = pcap([{ at: 1_000n, frame: Buffer.alloc(60) }]);

  it.each([
    ["a.gz", "a.gz is gzip data, which is not unpacked here; try: gzip -dc a.gz | ike-dupcheck -"],
    ["-", "standard input is gzip data, which is not unpacked here; try: gzip -dc FILE | ike-dupcheck -"],
  ])("says by which command it is: %s", async (name, message) => {
    await expect(opened(gzipSync(capture), name)).rejects.toMatchObject({ code: "unsupported", message });
  });

  it("of layers around each other is opened, three of them and no more", async () => {
    const zstd = (layers: number) => Buffer.concat([bytesOf(ZSTD.repeat(layers)), capture]);
    const options = { decompressors: { zstd: unpack } };
    expect((await opened(zstd(3), "a", options)).summary.format).toBe("pcap+zstd+zstd+zstd");
    await expect(opened(zstd(4), "a", options)).rejects.toMatchObject({ code: "not-a-capture" });
  });

  it.each([
    ["nothing", new Uint8Array(0), "empty", "a is empty"],
    ["nothing behind what packs it", bytesOf(ZSTD), "empty", "a is empty"],
    [
      "a zip archive",
      bytesOf("504b0304".padEnd(80, "00")),
      "unsupported",
      "a is a zip archive, which is not unpacked here",
    ],
  ])("of %s is refused", async (_, bytes, code, message) => {
    const options = { decompressors: { zstd: unpack } };
    await expect(opened(bytes, "a", options)).rejects.toMatchObject({ code, message });
  });

  it("says what is wrong with what unpacks it", async () => {
    const failing =
      (error: object): Decompressor =>
      async () =>
        (async function* (): AsyncGenerator<Uint8Array> {
          yield new Uint8Array(0);
          throw Object.assign(new Error("it stops in the middle"), error);
        })();
    const said = (error: object) =>
      opened(bytesOf(`${ZSTD}00`), "a", { decompressors: { zstd: failing(error) } }).then(
        () => "",
        (failure: Error) => failure.message,
      );
    expect(await said({})).toBe("a holds zstd data that is damaged or cut off (it stops in the middle)");
    expect(await said({ code: "Z_DATA_ERROR" })).toMatch(/^a holds zstd data that is damaged or cut off/);
    expect(await said({ code: "EIO" })).toMatch(/^cannot read a/);
  });
});
