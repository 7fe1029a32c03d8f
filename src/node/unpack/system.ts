/** Unpacking by the system's own programs: faster than JavaScript, where they are installed. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream";
import { PackedError, UnsupportedPackingError } from "../../archives/packed-input.ts";
import type { UnpackedChunks } from "../../feed/decompression.ts";

/** What is asked of a program beside its output: xz takes no more memory than the largest dictionary that it makes itself. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  xz: ["-dc", "--memlimit-decompress=512MiB"],
  zstd: ["-dcq", "--memory=128MB"],
};
/** How the programs say that their input ended too soon. */
const CUT = /unexpected end|ends unexpectedly|premature|truncated|end of (?:input|file)|unfinished/i;
/** How they say that they were not given enough memory. */
const MEMORY = /memory usage limit|too much memory/i;
const MAX_COMPLAINT = 500;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Unpacks a stream by `program -dc`; null where that is not installed. */
export async function bySystem(
  program: string,
  packed: AsyncIterable<Uint8Array>,
): Promise<UnpackedChunks | null> {
  const child = await started(program);
  return child === null ? null : outputOf(child, program, packed);
}

/** The program with its pipes; null where it is not installed. */
function started(program: string): Promise<Child | null> {
  return new Promise((resolve) => {
    const child = spawn(program, [...(ARGUMENTS[program] ?? ["-dc"])], {
      stdio: ["pipe", "pipe", "pipe"],
      // What they complain of is read here, in English.
      env: { ...process.env, LC_ALL: "C" },
    });
    child.once("error", () => resolve(null));
    child.once("spawn", () => resolve(child));
  });
}

function outputOf(child: Child, program: string, packed: AsyncIterable<Uint8Array>): UnpackedChunks {
  let complaint = "";
  child.stderr.on("data", (chunk: Uint8Array) => {
    complaint = (complaint + Buffer.from(chunk).toString("utf8")).slice(0, MAX_COMPLAINT);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  // What it does not take any more, it has complained of.
  pipeline(packed, child.stdin, () => {});
  const chunks = async function* () {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    if ((await ended) === 0) return;
    const [sentence] = complaint.trim().split("\n");
    if (MEMORY.test(sentence)) {
      throw new UnsupportedPackingError("wants more memory than it is given here: unpack it elsewhere");
    }
    throw new PackedError(sentence || `${program} failed`, CUT.test(complaint));
  };
  return Object.assign(chunks(), { destroy: () => void child.kill() });
}
