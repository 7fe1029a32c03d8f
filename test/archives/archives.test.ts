import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unpackLz4 } from "../../src/archives/lz4.ts";
import { PackedError } from "../../src/archives/packed-input.ts";
import { indexTar } from "../../src/archives/tar.ts";
import { indexZip } from "../../src/archives/zip.ts";
import { zstdPieces } from "../../src/archives/zstd-frames.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { MemoryBytes } from "../../src/capture/random-access.ts";
import { analyze } from "../../src/index.ts";
import { expandInputs } from "../../src/node/inputs.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";
import { hasTool } from "../support/tools.ts";

const SAMPLES = fileURLToPath(new URL("../../samples/", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-archives-"));
  mkdirSync(join(folder, "ring/deep"), { recursive: true });
  for (const name of ["ipv6.pcap", "vlan.pcap"])
    copyFileSync(join(SAMPLES, name), join(folder, "ring", name));
  copyFileSync(join(SAMPLES, "later-id.pcap"), join(folder, "ring/deep/later-id.pcap"));
  writeFileSync(join(folder, "ring/notes.txt"), "not a capture\n");
  writeFileSync(join(folder, "ring/broken.pcap"), "not a capture\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Findings without the names of their inputs. */
async function found(inputs: readonly string[]) {
  const { report, failures } = await analyze(inputs, { recursive: true });
  return {
    failures: failures.length,
    packets: report.capture.packets,
    prints: report.findings.map(({ fingerprint }) => fingerprint).sort(),
  };
}

const inside = ["ring/deep/later-id.pcap", "ring/ipv6.pcap", "ring/vlan.pcap"];

describe("an archive is a directory of captures", () => {
  it.each([
    ["a.tar", ["tar", "cf"]],
    ["a.tgz", ["tar", "czf"]],
    ["a.tar.xz", ["tar", "cJf"]],
    ["a.tar.bz2", ["tar", "cjf"]],
    ["pax.tar", ["tar", "--format=pax", "-cf"]],
    ["v7.tar", ["tar", "--format=v7", "-cf"]],
    ["a.zip", ["zip", "-qr"]],
    ["stored.zip", ["zip", "-qr0"]],
  ] as [string, string[]][])("%s holds what the folder holds", async (name, [program, ...options]) => {
    if (!hasTool(program)) return;
    execFileSync(program, [...options, name, "ring"], { cwd: folder });
    const path = join(folder, name);
    const { names, leftOut, failures } = await expandInputs([path]);
    expect(names.sort()).toEqual(inside.map((each) => `${path}/${each}`));
    expect(leftOut.map(({ message }) => message)).toEqual([expect.stringContaining("broken.pcap")]);
    expect(failures).toEqual([]);
    expect(await found([path])).toEqual(await found([join(folder, "ring")]));
  });

  it("one file of it is read by its name, without the others", async () => {
    if (!hasTool("tar")) return;
    execFileSync("tar", ["czf", "one.tgz", "ring"], { cwd: folder });
    const { prints } = await found([join(folder, "one.tgz/ring/vlan.pcap")]);
    expect(prints).toEqual((await found([join(SAMPLES, "vlan.pcap")])).prints);
  });

  it("an archive in an archive is opened, and a fourth one around each other is named", async () => {
    if (!hasTool("tar")) return;
    execFileSync("tar", ["cf", "1.tar", "ring/vlan.pcap"], { cwd: folder });
    for (const depth of [2, 3, 4])
      execFileSync("tar", ["czf", `${depth}.tar`, `${depth - 1}.tar`], { cwd: folder });
    const three = await expandInputs([join(folder, "3.tar")]);
    expect(three.names).toEqual([join(folder, "3.tar/2.tar/1.tar/ring/vlan.pcap")]);
    const four = await expandInputs([join(folder, "4.tar")]);
    expect(four.leftOut.map(({ message }) => message)).toEqual([
      expect.stringContaining("is an archive in 3 others"),
    ]);
  });

  it("says that an archive has no captures", async () => {
    if (!hasTool("tar")) return;
    execFileSync("tar", ["cf", "none.tar", "ring/notes.txt"], { cwd: folder });
    const { failures } = await expandInputs([join(folder, "none.tar")]);
    expect(failures).toMatchObject([
      { code: "no-captures", message: expect.stringContaining("tar archive without captures") },
    ]);
  });

  it("names the file of a cut tar, and reads the others", async () => {
    if (!hasTool("tar")) return;
    execFileSync("tar", ["cf", "whole.tar", "ring/vlan.pcap", "ring/ipv6.pcap"], { cwd: folder });
    const bytes = readFileSync(join(folder, "whole.tar"));
    const cut = join(folder, "cut.tar");
    writeFileSync(cut, bytes.subarray(0, bytes.lastIndexOf("ring/ipv6.pcap") + 700));
    const { leftOut } = await expandInputs([cut]);
    expect(leftOut.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("ring/ipv6.pcap is cut off"),
    );
  });
});

describe("a disk that fails in the middle of a tar archive", () => {
  /** What can be read of it ends there, as pread gives it: first less than was asked for, then the failure. */
  const failingAt = (bytes: MemoryBytes, end: number) => ({
    size: bytes.size,
    read: async (into: Uint8Array, position: number) => {
      if (position >= end) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
      return bytes.read(into.subarray(0, end - position), position);
    },
    close: async () => {},
  });
  const header = (name: string, size: number) => {
    const block = Buffer.alloc(512);
    block.write(name);
    block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
    block.write("        ", 148);
    block.write("0", 156);
    const sum = block.reduce((all, byte) => all + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
  };
  const size = 10_240;
  const bytes = new MemoryBytes(["a", "b", "c"].flatMap((name) => [header(name, size), Buffer.alloc(size)]));
  const second = 512 + size;

  it("leaves the files before it, with one sentence", async () => {
    const index = await indexTar(failingAt(bytes, second * 2), "a.tar");
    expect(index.members.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(index.failures.map(({ message }) => message)).toEqual([
      `a.tar: reading failed at byte ${second * 2} (the disk or share that it lies on failed); what is behind it was not looked at`,
    ]);
  });

  it("refuses an archive of which nothing could be read", async () => {
    await expect(indexTar(failingAt(bytes, 0), "a.tar")).rejects.toMatchObject({ code: "EIO" });
  });
});

/** A zip archive of members that all lie at the same place, as those of a bomb do. */
function overlapping(count: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(100_000));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  const entry = Buffer.alloc(47);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(100_000, 24);
  entry.writeUInt16LE(1, 28);
  entry.write("x", 46);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(count * entry.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, ...Array<Buffer>(count).fill(entry), end]);
}

describe("archives that are made to hurt", () => {
  const inflate = DECOMPRESSORS.deflate;

  it("a zip whose files overlap is refused", async () => {
    const bytes = new MemoryBytes([overlapping(1000)]);
    await expect(indexZip(bytes, "bomb.zip", inflate)).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("overlap"),
    });
    expect((await indexZip(new MemoryBytes([overlapping(1)]), "one.zip", inflate)).members.length).toBe(1);
  });

  it("paths that climb out, or steer a terminal, are made harmless", async () => {
    const header = Buffer.alloc(512);
    header.write("../../etc/\u001b[31mx.pcap");
    header.write("0000001\0", 124);
    header.write("        ", 148);
    header.write("0", 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    const index = await indexTar(new MemoryBytes([Buffer.concat([header, Buffer.alloc(1536)])]), "a.tar");
    expect(index.members.map(({ name }) => name)).toEqual(["etc/?[31mx.pcap"]);
  });

  async function* once(bytes: Uint8Array) {
    yield bytes;
  }

  it("zstd that wants a window of two gigabytes is refused before anything is allocated", async () => {
    const frame = Buffer.from("28b52ffd00a8010000000000000000000000", "hex");
    const read = async () => {
      for await (const _ of zstdPieces(once(frame), () => 0));
    };
    await expect(read()).rejects.toBeInstanceOf(PackedError);
    await expect(read()).rejects.toThrow("larger window");
  });

  it("zstd blocks of a byte in a large window end in an error, not in hours", async () => {
    // Window of 128 MB; blocks of one repeated byte, none of them the last.
    const blocks = Buffer.alloc(4 * 2000, Buffer.from("0a000041", "hex"));
    const frame = Buffer.concat([Buffer.from("28b52ffd0088", "hex"), blocks]);
    const read = async () => {
      for await (const _ of zstdPieces(once(frame), () => 0));
    };
    await expect(read()).rejects.toThrow("blocks too small");
  });

  it("data that is damaged behind what was read is closed without a word", async () => {
    const stream = {
      next: async () => ({ value: new Uint8Array(1), done: false }),
      return: () => Promise.reject(new PackedError("a block is damaged")),
    };
    const source = new IterableSource({ [Symbol.asyncIterator]: () => stream });
    await source.read(new Uint8Array(1), 0);
    await expect(source.close()).resolves.toBeUndefined();
  });

  it("an lz4 block that refers to what was not there is damaged", async () => {
    const block = Buffer.from("1041ffff00", "hex");
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    const frame = Buffer.concat([Buffer.from("04224d18604073", "hex"), size, block, Buffer.alloc(4)]);
    const read = async () => {
      for await (const _ of unpackLz4(once(frame)));
    };
    await expect(read()).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
  });
});

describe("expandInputs", () => {
  it("looks into subfolders only when it is told to", async () => {
    const flat = await expandInputs([join(folder, "ring")]);
    expect(flat.names.map((name) => name.slice(folder.length + 1))).toEqual([
      "ring/ipv6.pcap",
      "ring/vlan.pcap",
    ]);
    const deep = await expandInputs([join(folder, "ring")], { recursive: true });
    expect(deep.names.map((name) => name.slice(folder.length + 1))).toEqual([
      "ring/deep/later-id.pcap",
      "ring/ipv6.pcap",
      "ring/vlan.pcap",
    ]);
  });
});
