import type { Messages } from "./terminal.ts";

/** How long what is half-written may take to be removed: a pipe that is being opened may wait for its reader for ever. */
const PATIENCE_MS = 500;

/** The first signal ends the input, so that what was read is still reported; the second one ends the program. */
export function stopOrExit(
  signal: StopSignal,
  stop: AbortController,
  abandon: () => Promise<void>,
  env: { endBy(signal: StopSignal): void },
  messages: Messages,
): void {
  if (stop.signal.aborted) {
    const late = setTimeout(() => env.endBy(signal), PATIENCE_MS).unref();
    void abandon().finally(() => {
      clearTimeout(late);
      env.endBy(signal);
    });
    return;
  }
  stop.abort();
  messages.note(`${signal}: reporting what was read so far; a second one ends the program`);
}

export type StopSignal = "SIGINT" | "SIGTERM";

/** When a second signal ends the program at once: 128 and the number of the signal, as shells have it. */
export const SIGNAL_STATUS: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };
