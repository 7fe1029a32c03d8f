/** Opens the interfaces of the command line, and says why one cannot be captured from. */

import { LiveRefusal } from "../../node/live/advice.ts";
import { LiveCapture } from "../../node/live/live-feed.ts";
import type { LiveArguments } from "../flags/live.ts";
import type { Messages } from "../terminal.ts";

/** @throws LiveRefusal when an interface cannot be captured from */
export async function openLive(
  { interfaces, captureWith, filter, once }: LiveArguments,
  ports: readonly number[],
  messages: Messages,
): Promise<LiveCapture> {
  const capture = new LiveCapture(interfaces, {
    backend: captureWith,
    filter,
    ports,
    once,
    note: (sentence) => messages.note(sentence),
  });
  await capture.open();
  return capture;
}

/** Says it with what can be done; false when the error is another. */
export function tellRefusal(error: unknown, messages: Messages): boolean {
  if (!(error instanceof LiveRefusal)) return false;
  messages.error(error.message);
  for (const remedy of error.remedies) messages.note(remedy);
  return true;
}
