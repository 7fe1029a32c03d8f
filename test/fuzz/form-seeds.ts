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

export function formSeeds(): Uint8Array[] {
  return inFolder((folder, capture) => [
    ...["snoop", "netmon1", "netmon2", "nokiapcap", "suse6_3pcap"].flatMap((form) => {
      const path = join(folder, form);
      return spawnSync("editcap", ["-F", form, capture, path]).status === 0
        ? [new Uint8Array(readFileSync(path))]
        : [];
    }),
    erf(),
    ...made("tcpdump", ["-r", capture, "-nn", "-XX", "-tttt"], null),
    ...made("tshark", ["-r", capture, "-P", "-x"], null),
    ...made("xxd", []),
    ...made("hexdump", ["-C"]),
    ...made("hexdump", []),
    ...made("zstd", ["-q", "-c"]),
    ...made("xz", ["-c"]),
    ...made("bzip2", ["-c"]),
    ...made("lz4", ["-q", "-c"]),
    new Uint8Array(gzipSync(CAPTURE)),
  ]);
}

export function archiveSeeds(): Uint8Array[] {
  return inFolder((folder) => {
    const seeds: Uint8Array[] = [];
    for (const [program, ...args] of [
      ["tar", "cf", "a.tar", "a.pcap"],
      ["tar", "czf", "a.tgz", "a.pcap"],
      ["zip", "-q", "a.zip", "a.pcap"],
    ]) {
      try {
        execFileSync(program, args, { cwd: folder, stdio: "ignore" });
        seeds.push(new Uint8Array(readFileSync(join(folder, args.find((arg) => arg.startsWith("a."))!))));
      } catch {
        // The program is not installed here.
      }
    }
    return seeds;
  });
}

function erf(): Uint8Array {
  const header = Buffer.alloc(18);
  header.writeUInt32LE(1_772_438_400, 4);
  header[8] = 2;
  header.writeUInt16BE(18 + FRAME.length, 10);
  header.writeUInt16BE(FRAME.length, 14);
  return new Uint8Array(Buffer.concat(Array(4).fill(Buffer.concat([header, FRAME]))));
}
