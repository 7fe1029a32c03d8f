import type { Stopper } from "./stop.ts";
import type { Messages } from "./terminal.ts";

/** How long what is half-written may take to be removed: a pipe that is being opened may wait for its reader for ever. */
const PATIENCE_MS = 500;

/** The first signal ends the input, so that what was read is still reported; the second one ends the program. */
export function stopOrExit(
  signal: StopSignal,
  stop: Stopper,
  abandon: () => Promise<void>,
  env: Ending,
  messages: Messages,
): void {
  if (stop.signal.aborted) {
    leaveBy(signal, abandon, env);
    return;
  }
  stop.abort();
  messages.note(`${signal}: reporting what was read so far; a second one ends the program`);
}

/** Ends the program, once what is half-written is removed. */
export function leaveBy(signal: EndSignal, abandon: () => Promise<void>, env: Ending): void {
  const late = setTimeout(() => env.endBy(signal), PATIENCE_MS).unref();
  void abandon().finally(() => {
    clearTimeout(late);
    env.endBy(signal);
  });
}

interface Ending {
  endBy(signal: EndSignal): void;
}

export type StopSignal = "SIGINT" | "SIGTERM";
/** A terminal that hangs up ends the reading of files at once: nobody is there to take a report. */
export type EndSignal = StopSignal | "SIGHUP";

/** When a second signal ends the program at once: 128 and the number of the signal, as shells have it. */
export const SIGNAL_STATUS: Record<EndSignal, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
