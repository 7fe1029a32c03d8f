/** What the program touches of the process around it, in one object, so that a test can hand in another. */

import { fstatSync } from "node:fs";
import { type Analysis, type AnalyzeOptions, analyze } from "../index.ts";
import type { CrossCheckOptions, CrossCheckResult } from "../node/cross-check/cross-check.ts";
import type { FileEvidence } from "../node/evidence.ts";
import { statusOf } from "../node/file-status.ts";
import { version } from "../report/version.ts";
import { goesToJournal } from "./journal.ts";
import type { ChunkStream } from "./output.ts";
import { type EndSignal, SIGNAL_STATUS, type StopSignal } from "./signals.ts";
import type { Variables } from "./terminal.ts";

export interface OutputStream extends ChunkStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export interface Environment {
  readonly version: string;
  readonly variables: Variables;
  readonly stdout: OutputStream;
  readonly stderr: { isTTY?: boolean; columns?: number; rows?: number; write(text: string): unknown };
  readonly stdinIsTerminal: boolean;
  /** True where what is written to this file descriptor goes into the journal of systemd. */
  isJournal(descriptor: number): boolean;
  analyze(inputs: readonly string[], options: AnalyzeOptions): Promise<Analysis>;
  /** True for standard input, or a file, that is a pipe: it can be read once, and may go on for weeks. */
  isPipe(name: string): boolean | Promise<boolean>;
  /** Whether there is anything of that name. */
  exists(name: string): boolean | Promise<boolean>;
  crossCheck(name: string, options: CrossCheckOptions): Promise<CrossCheckResult>;
  /** The bytes of the evidence capture. */
  evidence(request: FileEvidence): Promise<AsyncIterable<Uint8Array>>;
  /** Milliseconds of a clock that does not step. */
  now(): number;
  /** Listens until the function that it returns is called. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** The same for a terminal that hangs up, or a rotated log. */
  onHangup(listener: () => void): () => void;
  exit(status: number): void;
  /** Ends the program at once, as this signal does where nobody listens. */
  endBy(signal: EndSignal): void;
}

/** Those of this process. */
export function realEnvironment(): Environment {
  // Node makes its standard streams when they are first asked for, which takes a while.
  const guard = <T extends NodeJS.WriteStream>(stream: T): T => {
    // The one who reads may go away (`| head`): a write tells it by its callback, the event must not end us.
    if (stream.listenerCount("error") === 0) stream.on("error", () => {});
    return stream;
  };
  return {
    version,
    variables: process.env,
    get stdout() {
      return guard(process.stdout);
    },
    stderr: {
      // Of most runs nobody asks more than this, and what is not a device is not a terminal.
      get isTTY() {
        return isDevice(STDERR) && process.stderr.isTTY === true;
      },
      get columns() {
        return process.stderr.columns;
      },
      write: (text) => guard(process.stderr).write(text),
    },
    get stdinIsTerminal() {
      return process.stdin.isTTY === true;
    },
    isJournal: (descriptor) => goesToJournal(descriptor, process.env),
    analyze: (inputs, options) => analyze(inputs, options),
    crossCheck: async (name, options) =>
      (await import("../node/cross-check/cross-check.ts")).crossCheck(name, options),
    evidence: async (request) => (await import("../node/evidence.ts")).evidenceCapture(request),
    isPipe(name) {
      const status = statusOf(name === "-" ? "/dev/stdin" : name);
      return status !== null && (status.isFIFO() || status.isSocket());
    },
    exists: (name) => statusOf(name) !== null,
    now: () => performance.now(),
    onSignal(listener) {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => process.off("SIGINT", listener).off("SIGTERM", listener);
    },
    onHangup(listener) {
      process.on("SIGHUP", listener);
      return () => process.off("SIGHUP", listener);
    },
    exit: (status) => process.exit(status),
    endBy(signal) {
      // Leaving in order would wait for a thread that opens a pipe without another end. Windows has no signals.
      process.removeAllListeners(signal);
      if (process.platform !== "win32") process.kill(process.pid, signal);
      // The first process of a container is not ended by its own signal.
      process.exit(SIGNAL_STATUS[signal]);
    },
  };
}

export const STDOUT = 1;
export const STDERR = 2;

function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
