/** The subcommand `extract`: captures in, message records out as they are read, exit status back. */

import { open } from "node:fs/promises";
import type { ExtractOptions } from "./args.ts";
import { errorCode, OutputError, reasonOf, refuseInput, streamTarget } from "./output.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Messages } from "./terminal.ts";

/** Returns 0, or 2 when an input cannot be read whole or the records cannot be written. */
export async function extractRecords(
  options: ExtractOptions,
  around: Surroundings,
  messages: Messages,
): Promise<number> {
  if (options.inputs.length === 0 && around.stdinIsTerminal) {
    messages.error("extract needs a capture: extract FILE..., or - for standard input");
    return 2;
  }
  const inputs = options.inputs.length === 0 ? ["-"] : options.inputs;
  const output = await openOutput(options.output, inputs, around);
  const stop = new AbortController();
  const release = around.onSignal(() => stop.abort());
  try {
    const { extract } = await import("../extract.ts");
    const { counts, failures, problems } = await extract(
      inputs,
      {
        ports: options.ports,
        signal: stop.signal,
        ...(options.sensor === null ? {} : { sensor: options.sensor }),
        ...(options.maxPackets === null ? {} : { maxPackets: options.maxPackets }),
      },
      output.write,
    );
    for (const { message } of failures) messages.error(message);
    for (const problem of problems) messages.note(problem);
    messages.note(`${counts.packets} packets, ${counts.messages} ISAKMP messages, ${counts.lines} lines`);
    return failures.length > 0 ? 2 : 0;
  } catch (error) {
    // The reader went away: it has all that it wanted.
    if (errorCode(error) === "EPIPE") return 0;
    if (errorCode(error) === null) throw error;
    messages.error(`cannot write ${options.output ?? "the records"}: ${reasonOf(error)}`);
    return 2;
  } finally {
    release();
    await output.close();
  }
}

interface Output {
  write(lines: string): Promise<void>;
  close(): Promise<void>;
}

/** Records are written as they come, so an output file grows: it does not appear whole at the end. */
async function openOutput(
  path: string | null,
  inputs: readonly string[],
  around: Surroundings,
): Promise<Output> {
  if (path === null) {
    const target = streamTarget(around.stdout);
    return { write: (lines) => target.write([lines]), close: async () => {} };
  }
  await refuseInput(path, inputs);
  try {
    const handle = await open(path, "w");
    return { write: (lines) => handle.appendFile(lines), close: () => handle.close() };
  } catch (error) {
    throw new OutputError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
