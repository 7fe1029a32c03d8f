import type { Messages } from "./terminal.ts";

/** The first signal ends the input, so that what was read is still reported; the second one ends the program. */
export function stopOrExit(
  signal: StopSignal,
  stop: AbortController,
  abandon: () => Promise<void>,
  env: { exit(status: number): void },
  messages: Messages,
): void {
  if (stop.signal.aborted) {
    void abandon().finally(() => env.exit(SIGNAL_STATUS[signal]));
    return;
  }
  stop.abort();
  messages.note(`${signal}: reporting what was read so far; a second one ends the program`);
}

export type StopSignal = "SIGINT" | "SIGTERM";

/** When a second signal ends the program at once: 128 and the number of the signal, as shells have it. */
export const SIGNAL_STATUS: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };
