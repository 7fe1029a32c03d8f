/** The program with a library before it that makes faults of the machine (fault.c), in a folder of its own. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMAND, plainEnvironment, programIsBuilt } from "../support/program.ts";

export const SAMPLE = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-faults-"));
const library = join(folder, "fault.so");
export const capture = join(folder, "a.pcap");

/** False, with a printed reason, where the library cannot be made or stood before the program. */
function canFail(): boolean {
  if (!programIsBuilt()) return false;
  const skip = (why: string) => {
    console.log(`skipped: faults of the machine, because ${why}`);
    return false;
  };
  if (process.platform !== "linux") return skip("LD_PRELOAD is Linux's");
  if (process.env.IKE_DUPCHECK_EXECUTABLE !== undefined) return skip("the executable may be a script");
  const source = fileURLToPath(new URL("fault.c", import.meta.url));
  const { status } = spawnSync("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  return status === 0 || skip("there is no gcc");
}

/** What goes wrong; see fault.c. */
export interface Fault {
  on?: "open" | "read" | "write" | "fsync" | "rename";
  path?: string;
  at?: number;
  open?: number;
  errno?: number;
  run?: string;
  clock?: number;
}

/** Runs the program with a fault before it. */
export function failing(
  { on = "read", path = "a.pcap", at = 0, open = 0, errno = 0, run = "", clock = 0 }: Fault,
  args: readonly string[],
  input?: Uint8Array,
) {
  const [program, ...before] = COMMAND;
  const settings = { ON: on, PATH: path, AT: at, OPEN: open, ERRNO: errno, DO: run, CLOCK: clock };
  const env = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`FAULT_${key}`, `${value}`]),
  );
  return spawnSync(program, [...before, ...args], {
    encoding: "utf8",
    cwd: folder,
    timeout: 30_000,
    env: { ...plainEnvironment(), LD_PRELOAD: library, ...env },
    ...(input === undefined ? {} : { input }),
  });
}

export const [EIO, ENOENT, EMFILE, ENOSPC, EROFS] = [5, 2, 24, 28, 30];
export const NO_ROOM = "no space left on the device";
export const READ_ONLY = "the file system is read-only";
export const DISK_FAILED = "the disk or share that it lies on failed";

export const isPossible = canFail();

/** Files of the folder that a run has left behind. */
export function leftBehind(): string[] {
  const known = ["a.pcap", "fault.so", "fault.c"];
  return readdirSync(folder).filter((name) => !known.includes(name));
}

export function tidy(): void {
  for (const name of leftBehind()) rmSync(join(folder, name), { recursive: true });
}
