/**
 * The command line program. Arguments come in; the report goes to standard output or a file, everything else to
 * standard error, and the exit status is returned. Nothing that a user can do ends in a stack trace.
 */

import { StateError } from "../node/state/error.ts";
import { check } from "./commands/check.ts";
import { type Environment, realEnvironment, STDERR } from "./environment.ts";
import type { Invocation } from "./flags/options.ts";
import { parseArgs } from "./flags/parse.ts";
import { OutputError, streamTarget, writeTo } from "./output.ts";
import { Messages } from "./terminal.ts";

export { leave } from "./leave.ts";

/** Runs the program with these arguments (without node and script) and returns its exit status. */
export async function main(argv: string[]): Promise<number> {
  const env = realEnvironment();
  // An error that no promise leads to `run`: a stream that breaks behind a library's back.
  const journal = env.isJournal(STDERR);
  const messages = new Messages((text) => env.stderr.write(text), { journal });
  process.once("uncaughtException", (error) => env.exit(failed(error, env, messages)));
  return run(argv, env);
}

/** The same with everything around the program handed in. */
export async function run(argv: readonly string[], env: Environment): Promise<number> {
  const invocation = parseArgs(argv, env.version);
  const { quiet, verbose } =
    "options" in invocation && invocation.kind !== "compare" ? { verbose: false, ...invocation.options } : {};
  const journal = env.isJournal(STDERR);
  const messages = new Messages((text) => env.stderr.write(text), { quiet, verbose, journal });
  try {
    return await carryOut(invocation, env, messages);
  } catch (error) {
    return failed(error, env, messages);
  }
}

/** One sentence, and the stack for those who ask for it; returns the exit status. */
function failed(error: unknown, { variables, stderr }: Environment, messages: Messages): number {
  messages.error(sentenceOf(error));
  if (variables.IKE_DUPCHECK_DEBUG === "1" && error instanceof Error) stderr.write(`${error.stack}\n`);
  return 2;
}

async function carryOut(invocation: Invocation, env: Environment, messages: Messages): Promise<number> {
  const print = async (text: string) =>
    (await writeTo(streamTarget(env.stdout), [text], "to standard output", messages)) ? 0 : 2;
  switch (invocation.kind) {
    case "usage":
      messages.error(invocation.message);
      return 2;
    case "text":
      return print(invocation.text);
    case "filter":
      return print(`${invocation.text}\n`);
    case "devices": {
      const { devicesText } = await import("./commands/devices.ts");
      return print(devicesText());
    }
    case "schema": {
      const { lineJsonSchema, reportJsonSchema } = await import("../report/schema.ts");
      const schema = invocation.of === "ndjson" ? lineJsonSchema() : reportJsonSchema();
      return print(`${JSON.stringify(schema, null, 2)}\n`);
    }
    case "explain": {
      const { explainText, unknownTerm } = await import("./commands/explain.ts");
      const text = explainText(invocation.term);
      if (text !== null) return print(text);
      messages.error(unknownTerm(invocation.term ?? ""));
      return 2;
    }
    case "completion": {
      const { completionScript } = await import("./flags/completion.ts");
      return print(completionScript(invocation.shell));
    }
    case "compare": {
      const { compare } = await import("./commands/compare.ts");
      return compare(invocation.options, env, messages);
    }
    case "page": {
      const { pageText } = await import("./commands/page.ts");
      return print(await pageText());
    }
    case "manual": {
      const { manualPage } = await import("./flags/manual.ts");
      return print(manualPage());
    }
    case "extract": {
      const { extractRecords } = await import("./commands/extract.ts");
      return extractRecords(invocation.options, env, messages);
    }
    case "check": {
      if (invocation.options.each) {
        const { checkEach } = await import("./commands/each.ts");
        return checkEach(invocation.options, env, messages);
      }
      return check(invocation.options, env, messages);
    }
  }
}

/** Errors made for the user speak for themselves; any other one is a defect, and says how to see more. */
function sentenceOf(error: unknown): string {
  if (error instanceof OutputError || error instanceof StateError) return error.message;
  if (error instanceof Error && ["CaptureError", "KeyFileError"].includes(error.name)) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `internal error: ${text.split("\n", 1)[0]} (IKE_DUPCHECK_DEBUG=1 shows where)`;
}
