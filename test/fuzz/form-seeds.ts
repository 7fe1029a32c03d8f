/** Small inputs of every form beside pcap and pcapng, made by the programs at hand from one sample. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pcap } from "../support/capture-files.ts";

const FRAME = Buffer.from(
  `020000000001020000000002080045000038000000004011 8e6cc6336414c000020101f401f400240000${"11".repeat(8)}${"22".repeat(8)}08102001000000010000001c`.replace(
    / /g,
    "",
  ),
  "hex",
);
const CAPTURE = pcap(
  [0, 1, 2].map((i) => ({ at: BigInt(1_772_438_400 + i) * 1_000_000_000n, frame: FRAME })),
);

/** What a program makes of the sample; nothing where it is not installed. */
function made(program: string, args: readonly string[], input: Uint8Array | null = CAPTURE): Uint8Array[] {
  const { stdout, status } = spawnSync(program, args, input === null ? {} : { input });
  return status === 0 && stdout !== null && stdout.length > 0 ? [new Uint8Array(stdout)] : [];
}

function inFolder<T>(make: (folder: string, capture: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-seeds-"));
  try {
    const capture = join(folder, "a.pcap");
    writeFileSync(capture, CAPTURE);
    return make(folder, capture);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What editcap makes of the sample. */
function converted(...forms: string[]): Uint8Array[] {
  return inFolder((folder, capture) =>
    forms.flatMap((form) => {
      const path = join(folder, form);
      return spawnSync("editcap", ["-F", form, capture, path]).status === 0
        ? [new Uint8Array(readFileSync(path))]
        : [];
    }),
  );
}

type Seeds = Readonly<Record<string, () => Uint8Array[]>>;

/** By the name of the reader. */
export const formSeeds: Seeds = {
  snoop: () => converted("snoop"),
  netmon: () => converted("netmon1", "netmon2"),
  dialects: () => converted("nokiapcap", "suse6_3pcap", "modpcap", "rh6_1pcap"),
  erf: () => [erf()],
  text: () =>
    inFolder((_, capture) => [
      ...made("tcpdump", ["-r", capture, "-nn", "-XX", "-tttt"], null),
      ...made("tshark", ["-r", capture, "-P", "-x"], null),
      ...made("xxd", []),
      ...made("hexdump", ["-C"]),
      ...made("hexdump", []),
      ...made("od", ["-A", "x", "-t", "x1"], FRAME),
    ]),
};

/** By the name of what packs, in small blocks and windows: whoever unpacks them makes room for a whole one. */
export const packedSeeds: Seeds = {
  xz: () => made("xz", ["-c", "--lzma2=dict=4KiB"]),
  bzip2: () => made("bzip2", ["-1", "-c"]),
  lz4: () => [...made("lz4", ["-q", "-B4", "-c"]), ...made("lz4", ["-q", "-l", "-c"])],
  gzip: () => [new Uint8Array(gzipSync(CAPTURE))],
};

export function zstdSeeds(): Uint8Array[] {
  return [...made("zstd", ["-q", "-c", "--zstd=wlog=10"]), ...made("zstd", ["-q", "-c", "-19"])];
}

/** What an archiver makes of the sample, by each of the commands; nothing where it is not installed. */
function archived(...commands: readonly string[][]): Uint8Array[] {
  return inFolder((folder) =>
    commands.flatMap(([program, ...args]) => {
      try {
        execFileSync(program, args, { cwd: folder, stdio: "ignore" });
        return [new Uint8Array(readFileSync(join(folder, args.find((arg) => arg.startsWith("a."))!)))];
      } catch {
        return [];
      }
    }),
  );
}

/** By the name of the archive's form. Small blocks: nine tenths of a tar are its padding. */
export const archiveSeeds: Seeds = {
  tar: () =>
    archived(["tar", "cbf", "2", "a.tar", "a.pcap"], ["tar", "cbf", "2", "a.tar", "--format=pax", "a.pcap"]),
  tgz: () => archived(["tar", "czbf", "2", "a.tgz", "a.pcap"]),
  zip: () => archived(["zip", "-q", "a.zip", "a.pcap"], ["zip", "-q", "-0", "a.zip", "a.pcap"]),
};

function erf(): Uint8Array {
  const header = Buffer.alloc(18);
  header.writeUInt32LE(1_772_438_400, 4);
  header[8] = 2;
  header.writeUInt16BE(18 + FRAME.length, 10);
  header.writeUInt16BE(FRAME.length, 14);
  return new Uint8Array(Buffer.concat(Array(4).fill(Buffer.concat([header, FRAME]))));
}
