/** Opens the state of the command line and the message records that it goes on with. */

import { StateFile } from "../../node/state/file.ts";
import { type Asked, Keeper } from "../../node/state/keeper.ts";
import { recordFeed } from "../../node/state/record-feed.ts";
import type { Job } from "../job.ts";

/** The input as message records that go on, and who keeps what they told. @throws StateError */
export async function openState(
  path: string,
  input: string,
  { options, output: { sink }, stop, messages }: Job,
) {
  const { ports, responders, aliases, partition, reorderSeconds } = options;
  const stream = recordFeed(input, reorderSeconds * 1e6);
  const emit =
    sink === null
      ? null
      : async (lines: readonly string[]) => {
          await sink.whole(lines);
          return sink.failure === null;
        };
  let failed = false;
  const fail = ({ message }: Error) => {
    failed = true;
    messages.error(message);
    stop.abort();
  };
  const asked = JSON.stringify({ ports, responders, aliases, partition } satisfies Asked);
  const keeper = new Keeper(new StateFile(path), asked, stream, emit, fail);
  if (!keeper.resumes) messages.note(`no state is at ${path} yet: it begins anew`);
  return { stream, keeper, failed: () => failed };
}
