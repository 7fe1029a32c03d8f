/** One run of a capturing program on one interface, as the rest sees it: a stream, and how it went. */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { reasonOf } from "../write-reasons.ts";

/** Why a capture could not be begun. */
export type Refusal =
  /** The program or package is not there. */
  | "absent"
  | "permission"
  /** The interface is missing, or it is down. */
  | "no-interface"
  | "down"
  | "filter"
  | "other";

/** How one run ended: `ready` is false when it never captured. */
export interface RunEnd {
  ready: boolean;
  refusal: Refusal | null;
  /** What the program said, or how it ended, in its own words. */
  said: string;
}

/** One run of a capturing program on one interface. */
export interface Run {
  /** The capture stream, pcap. */
  readonly stream: Readable;
  /** Settles when capturing has begun (true) or the run is over without (false). */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<RunEnd>;
  /** Packets that the kernel dropped, as last told; null when the program does not tell. */
  kernelDropped: number | null;
  /** Packets that the program dropped itself. */
  queueDropped: number;
  /** Asks for `kernelDropped` to be brought up to date. */
  refresh(): void;
  /** Ends the capture in order: what is on its way still comes. */
  stop(): void;
}

/** How long an ended capture may take to hand over what is on its way. */
const STOP_MS = 1500;
/** What is kept of a program's own words. */
const MAX_SAID = 4096;

/** What the words of libpcap, tcpdump and dumpcap mean. */
export function refusalOf(said: string): Refusal {
  // tcpdump becomes a user of its own, which a user namespace with one user in it forbids.
  if (/couldn't change to/i.test(said)) return "other";
  if (/permission|not permitted|EACCES|EPERM/i.test(said)) return "permission";
  if (/no such device|no device named/i.test(said)) return "no-interface";
  if (/is not up|network is down/i.test(said)) return "down";
  if (/filter|expression/i.test(said)) return "filter";
  return "other";
}

/** A run in a child process. */
export class ChildRun implements Run {
  readonly stream: Readable;
  readonly ready: Promise<boolean>;
  readonly ended: Promise<RunEnd>;
  kernelDropped: number | null = null;
  queueDropped = 0;
  /** What the program said on standard error, the end of it. */
  said = "";
  readonly refresh: () => void;
  readonly #child: ChildProcess;
  readonly #stop: () => void;
  #settleReady: (ready: boolean) => void = () => {};
  #began = false;
  #refusal: Refusal | null = null;
  #words: string | null = null;

  constructor(child: ChildProcess, stream: Readable, stop: () => void, refresh: () => void = () => {}) {
    this.#child = child;
    this.stream = stream;
    this.#stop = stop;
    this.refresh = refresh;
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-MAX_SAID);
    });
    stream.on("error", () => {});
    this.ended = new Promise((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") this.refuse("absent", error.message);
        else this.refuse(refusalOf(`${error.code}`), reasonOf(error));
        this.#settleReady(false);
        resolve(this.#end("could not be started"));
      });
      child.once("close", (code, signal) => {
        this.#settleReady(false);
        resolve(this.#end(howItEnded(code, signal)));
      });
    });
  }

  begun(): void {
    this.#began = true;
    this.#settleReady(true);
  }

  refuse(refusal: Refusal, words: string): void {
    this.#refusal = refusal;
    this.#words = words.split("\n", 1)[0];
  }

  stop(): void {
    this.#stop();
    setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS).unref();
  }

  #end(how: string): RunEnd {
    const words = this.#words ?? faultIn(this.said) ?? how;
    return {
      ready: this.#began,
      refusal: this.#began ? null : (this.#refusal ?? refusalOf(words)),
      said: words,
    };
  }
}

/** Signals that a program sends itself, or gets for what it did. */
const CRASHES: ReadonlySet<string> = new Set(["SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP"]);

/** What happened to a capturing process that said nothing of it, as a clause for the user. */
export function howItEnded(code: number | null, signal: string | null): string {
  if (signal === null) return `the capturing process ended with status ${code}`;
  if (CRASHES.has(signal)) return `the capturing process crashed (${signal})`;
  if (signal === "SIGKILL")
    return "the capturing process was killed (SIGKILL), by somebody or for want of memory";
  return `the capturing process was ended by ${signal}`;
}

/** The line of a program's words that tells what went wrong: its name stands before it. */
function faultIn(said: string): string | null {
  const lines = said
    .split("\n")
    .filter((line) => /^(tcpdump|dumpcap): /.test(line) && !/listening on/.test(line));
  const line = lines.at(-1)?.replace(/^(tcpdump|dumpcap): /, "");
  return line === undefined || line === "" ? null : line.replace(/[.:]$/, "");
}
