/** The process around the program, as a test wants it: streams that remember, an analysis that is given. */

import type { Environment } from "../../src/cli/environment.ts";
import { SIGNAL_STATUS, type StopSignal } from "../../src/cli/signals.ts";
import type { Analysis, AnalyzeOptions } from "../../src/index.ts";
import { report } from "./reports.ts";

export interface FakeEnvironment extends Environment {
  /** What was written. */
  out: string;
  err: string;
  /** Options that the analysis was called with, and its inputs. */
  asked: { inputs: readonly string[]; options: AnalyzeOptions } | null;
  exited: number | null;
  send(signal: StopSignal): void;
  hangUp(): void;
}

export function analysis(over: Partial<Analysis> = {}): Analysis {
  return { report: report(), failures: [], duplicates: [], timelines: () => [], evidence: null, ...over };
}

export interface Wishes extends Partial<Omit<Environment, "analyze">> {
  /** The error of a write to standard output, if any. */
  outError?: Error;
  terminal?: boolean;
  analysis?: Analysis;
  analyze?: (options: AnalyzeOptions, fake: FakeEnvironment) => Promise<Analysis>;
}

export function fakeEnvironment(wishes: Wishes = {}): FakeEnvironment {
  const { outError, terminal = false, analysis: given, analyze, ...rest } = wishes;
  const listeners = new Set<(signal: StopSignal) => void>();
  const hangupListeners = new Set<() => void>();
  const fake: FakeEnvironment = {
    version: "9.8.7",
    variables: {},
    out: "",
    err: "",
    asked: null,
    exited: null,
    stdout: {
      isTTY: terminal,
      columns: 90,
      write(text, done) {
        if (outError === undefined)
          fake.out += typeof text === "string" ? text : new TextDecoder().decode(text);
        done(outError ?? null);
        return true;
      },
    },
    stderr: {
      isTTY: terminal,
      columns: 90,
      write(text) {
        fake.err += text;
      },
    },
    stdinIsTerminal: true,
    isJournal: () => false,
    async analyze(inputs, options) {
      fake.asked = { inputs, options };
      return analyze === undefined ? (given ?? analysis()) : analyze(options, fake);
    },
    crossCheck: async () => ({ compared: 0, differences: [], skipped: null }),
    evidence: async () => {
      throw new Error("no evidence in this test");
    },
    isPipe: async () => false,
    exists: async () => false,
    now: () => 0,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onHangup(listener) {
      hangupListeners.add(listener);
      return () => hangupListeners.delete(listener);
    },
    exit(status) {
      fake.exited = status;
    },
    endBy(signal) {
      fake.exited = SIGNAL_STATUS[signal];
    },
    send(signal) {
      for (const listener of [...listeners]) listener(signal);
    },
    hangUp() {
      for (const listener of [...hangupListeners]) listener();
    },
    ...rest,
  };
  return fake;
}
