/**
 * Options as they are listed. The parser takes the flags of each apart and looks at all of them several times, which
 * takes a start a millisecond: it is given those that a command line may mean.
 */

import { Option } from "commander";

export interface Listed {
  /** As the parser takes them: "-o, --output <FILE>". */
  readonly flags: string;
  /** It has a value where it is not given. */
  readonly hasPreset: boolean;
  make(): Option;
}

type Complete = (option: Option) => Option;

/** @param complete adds what is more than a text */
export function listed(flags: string, text: string, complete: Complete = (option) => option): Listed {
  return { flags, hasPreset: false, make: () => complete(new Option(flags, text)) };
}

/** An option that has a value where it is not given: `complete` says which. */
export function preset(flags: string, text: string, complete: Complete = (option) => option): Listed {
  return { ...listed(flags, text, complete), hasPreset: true };
}

/**
 * The options that these words may give, and those that have a value in any case. Too many where a word is the value of
 * another one; never too few.
 */
export function meantBy(words: readonly string[], options: readonly Listed[]): Listed[] {
  const beginnings = words.filter((word) => word.startsWith("-")).flatMap(flagsIn);
  return options.filter(
    ({ flags, hasPreset }) => hasPreset || beginnings.some((flag) => `${flags} `.includes(flag)),
  );
}

/** The flags that a word may give, with what stands behind each in a list: short ones may be run together. */
function flagsIn(word: string): string[] {
  if (word.startsWith("--")) return [`${word.split("=", 1)[0]} `];
  return [...word.slice(1)].map((letter) => `-${letter},`);
}
