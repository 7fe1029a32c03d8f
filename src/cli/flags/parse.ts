/**
 * Command line -> what is to be done. The only door of the argument parser: it prints nothing and ends nothing,
 * help and errors come out as text with the exit status that goes with them.
 */

import { CommanderError } from "commander";
import { type Invocation, makeProgram } from "./options.ts";

/** Reads the arguments; never throws for what the user typed. */
export function parseArgs(argv: readonly string[], version: string): Invocation {
  if (!mayNeedAll(argv)) {
    const read = parse(argv, version, argv);
    if (!("error" in read)) return read;
  }
  // Help and the sentence about an error may name any option.
  const read = parse(argv, version, null);
  if (!("error" in read)) return read;
  const { error, text } = read;
  return error.exitCode === 0 ? { kind: "text", text } : { kind: "usage", message: sentence(error.message) };
}

/** What the parser stopped at. */
interface Stopped {
  error: CommanderError;
  /** What it wrote before, which is the help or the version where that was asked for. */
  text: string;
}

/** @param meant words that give the options there are; null: all of them, and the subcommands */
function parse(
  argv: readonly string[],
  version: string,
  meant: readonly string[] | null,
): Invocation | Stopped {
  let result: Invocation = { kind: "usage", message: "nothing to do" };
  let text = "";
  const done = (invocation: Invocation) => {
    result = invocation;
  };
  const program = makeProgram(version, done, meant);
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
    return { error, text };
  }
  return result;
}

/** A subcommand is one only as the first word; help lists all: most runs can do without, and start sooner. */
function mayNeedAll([first = "", ...rest]: readonly string[]): boolean {
  return /^[a-z]+$/.test(first) || [first, ...rest].some((word) => /^--help$|^-[^-]*h/.test(word));
}

/** The parser's message as one line: it begins with "error: " and may have a suggestion below. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
