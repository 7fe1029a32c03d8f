import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { ByteWindow } from "../../src/capture/byte-window.ts";
import { fileInputs, openCapture } from "../../src/node/files.ts";
import { expandInputs } from "../../src/node/inputs.ts";
import { spoolToDisk } from "../../src/node/spool.ts";
import { pcap } from "../support/capture-files.ts";
import { openBytes, readAll } from "../support/sources.ts";
import { isUnix } from "../support/tools.ts";

const capture = pcap([{ at: 1_000_000_000n, frame: Buffer.alloc(60) }]);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-open-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("what is no capture is refused in one sentence", () => {
  const cases: [string, Buffer, string, RegExp][] = [
    ["an empty file", Buffer.alloc(0), "empty", /is empty/],
    ["text", Buffer.from("frame,time\n1,2\n"), "not-a-capture", /is text without packets/],
    [
      "three bytes",
      Buffer.from([0xa1, 0xb2, 0xc3]),
      "not-a-capture",
      /is not a capture that is read here; if Wireshark/,
    ],
    ["half a file header", capture.subarray(0, 23), "not-a-capture", /ends inside the file header/],
    ["cut zstd", Buffer.from("28b52ffd0000", "hex"), "unreadable", /zstd data that is damaged or cut off/],
    ["damaged lz4", Buffer.from("04224d180000", "hex"), "unreadable", /lz4 data that is damaged or cut off/],
    ["cut xz", Buffer.from("fd377a585a00", "hex"), "unreadable", /xz data that is damaged or cut off/],
    [
      "cut bzip2",
      Buffer.from("425a6839314159", "hex"),
      "unreadable",
      /bzip2 data that is damaged or cut off/,
    ],
    ["a cut zip archive", Buffer.from("504b03040000", "hex"), "unreadable", /without its directory/],
    [
      "cut snoop",
      Buffer.from("736e6f6f7000000000000002", "hex"),
      "unreadable",
      /ends inside the file header of a snoop/,
    ],
    ["gzip of nothing", gzipSync(Buffer.alloc(0)), "empty", /is empty/],
    ["gzip of text", gzipSync(Buffer.from("hello, world")), "not-a-capture", /is text without packets/],
  ];
  it.each(cases)("%s", async (_name, bytes, code, message) => {
    const path = join(folder, "FILE");
    await writeFile(path, bytes);
    await expect(openCapture(path)).rejects.toMatchObject({
      name: "CaptureError",
      code,
      message: expect.stringMatching(new RegExp(message.source.replace("FILE", ".*FILE"))),
    });
    await expect(openBytes(bytes, 1)).rejects.toMatchObject({ code });
  });

  it("a file that is not there", async () => {
    await expect(openCapture(join(folder, "missing"))).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("the file is missing"),
    });
  });

  it("a file without permission", async () => {
    if (process.getuid?.() === 0) {
      console.log("skipped: root may read every file");
      return;
    }
    const path = join(folder, "secret");
    await writeFile(path, capture);
    await chmod(path, 0);
    await expect(openCapture(path)).rejects.toMatchObject({
      message: expect.stringContaining("no permission"),
    });
  });
});

it("a named pipe is read like a file", async () => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const written = writeFile(path, capture);
  const source = await openCapture(path);
  expect((await readAll(source)).length).toBe(1);
  expect(source.size).toBeNull();
  await written;
});

it("a named pipe that nobody writes to does not keep the program from its end", async () => {
  const path = join(folder, "silent");
  execFileSync("mkfifo", [path]);
  const [input] = fileInputs([path]);
  const outcome = input.open({}).catch((error: unknown) => error);
  // It waits in a thread of its own, sooner or later; a call that comes when it is open ends the reading instead.
  const again = setInterval(() => input.abandon(), 10);
  const error = await outcome;
  clearInterval(again);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(empty|unreadable)$/) });
});

it.skipIf(!isUnix())("a socket is named as one", async () => {
  const path = join(folder, "socket");
  const server = createServer().listen(path);
  await once(server, "listening");
  await expect(openCapture(path)).rejects.toThrow(
    `cannot read ${path}: it is a socket, or a device that is not there`,
  );
  server.close();
});

it("a stream that no temporary folder can hold is refused with the folder's name", async () => {
  const piece = new Uint8Array(1 << 20);
  async function* large() {
    for (let megabytes = 0; megabytes < 66; megabytes += 1) yield piece;
  }
  vi.stubEnv("TMPDIR", join(folder, "nowhere"));
  const window = new ByteWindow(new IterableSource(large()));
  await expect(spoolToDisk(window, "big.zip")).rejects.toMatchObject({
    code: "unreadable",
    message: `big.zip cannot be unpacked: ${join(folder, "nowhere")} cannot be written to (the directory is missing)`,
  });
  vi.unstubAllEnvs();
});

it("an empty name is seen in the sentence", async () => {
  await expect(openCapture("")).rejects.toThrow("cannot read '': the file is missing");
});

describe("expandInputs", () => {
  it("takes the captures of a directory in the order of their names, and nothing else", async () => {
    const ring = join(folder, "ring");
    await mkdir(join(ring, "deeper"), { recursive: true });
    for (const name of ["b.pcap1", "a.pcap2", "c"]) await writeFile(join(ring, name), capture);
    await writeFile(join(ring, "d.gz"), gzipSync(capture));
    await writeFile(join(ring, "notes.txt"), "no capture");
    await writeFile(join(ring, "deeper", "e.pcap"), capture);
    const { names, failures } = await expandInputs([ring]);
    expect(names).toEqual(["a.pcap2", "b.pcap1", "c", "d.gz"].map((name) => join(ring, name)));
    expect(failures).toEqual([]);
  });

  it("names the files of a directory that look like captures and cannot be read", async () => {
    const mixed = join(folder, "mixed");
    await mkdir(mixed);
    const files: [string, Uint8Array | string][] = [
      ["a.pcap", capture],
      // A capture by its name: empty, cut off, or of other content.
      ["b.pcap3", ""],
      ["c.pcapng.gz", gzipSync(capture).subarray(0, 12)],
      ["d.cap", "no capture"],
      // By its content: the magic number of Network Monitor.
      ["e", "GMBU and more"],
      // Neither.
      ["readme.txt", "no capture"],
      ["f.gz", gzipSync("no capture")],
    ];
    for (const [name, content] of files) await writeFile(join(mixed, name), content);
    const { names, leftOut, failures } = await expandInputs([mixed]);
    expect(names).toEqual([join(mixed, "a.pcap")]);
    expect(leftOut.map(({ message }) => /\/([^/]+?) /.exec(message)?.[1])).toEqual(
      expect.arrayContaining(["b.pcap3", "c.pcapng.gz", "d.cap", "e"]),
    );
    expect(leftOut).toHaveLength(4);
    expect(failures).toEqual([]);
  });

  it("names a link of a directory that leads nowhere and would be a capture", async () => {
    const linked = join(folder, "linked");
    await mkdir(linked);
    await writeFile(join(linked, "a.pcap"), capture);
    await symlink(join(folder, "none"), join(linked, "b.pcap"));
    await symlink(join(folder, "none"), join(linked, "notes"));
    await symlink(folder, join(linked, "up"));
    const { names, leftOut } = await expandInputs([linked]);
    expect(names).toEqual([join(linked, "a.pcap")]);
    expect(leftOut.map(({ message }) => message)).toEqual([
      `cannot read ${join(linked, "b.pcap")}: the file is missing`,
    ]);
  });

  it("reads a file once, however often and under whatever name it is given", async () => {
    const one = join(folder, "one");
    await writeFile(one, capture);
    await link(one, join(folder, "hard"));
    await symlink(one, join(folder, "soft"));
    const given = [one, join(folder, ".", "one"), join(folder, "hard"), join(folder, "soft")];
    const { names, duplicates } = await expandInputs(given);
    expect(names).toEqual([one]);
    expect(duplicates).toEqual(given.slice(1));
  });

  it("says that a directory holds no captures, and goes on with the others", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    const { names, failures } = await expandInputs([empty, "-"]);
    expect(names).toEqual(["-"]);
    expect(failures).toMatchObject([
      { code: "no-captures", message: expect.stringContaining("without captures") },
    ]);
  });
});
