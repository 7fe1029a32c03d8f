/**
 * Command line -> what is to be done. The only door of the argument parser: it prints nothing and ends nothing,
 * help and errors come out as text with the exit status that goes with them.
 */

import { CommanderError } from "commander";
import { type Invocation, makeProgram } from "./options.ts";

/** Reads the arguments; never throws for what the user typed. */
export function parseArgs(argv: readonly string[], version: string): Invocation {
  let result: Invocation = { kind: "usage", message: "nothing to do" };
  let text = "";
  const done = (invocation: Invocation) => {
    result = invocation;
  };
  const program = makeProgram(version, done, mayNeedSubcommands(argv));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (part) => {
        text += part;
      },
      writeErr: () => {},
    });
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { kind: "text", text }
      : { kind: "usage", message: sentence(error.message) };
  }
  return result;
}

/** A subcommand is one only as the first word, and help lists them: most runs can do without, and start sooner. */
function mayNeedSubcommands([first = "", ...rest]: readonly string[]): boolean {
  return /^[a-z]+$/.test(first) || [first, ...rest].some((word) => /^--help$|^-[^-]*h/.test(word));
}

/** The parser's message as one line: it begins with "error: " and may have a suggestion below. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
