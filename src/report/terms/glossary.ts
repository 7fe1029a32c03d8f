/** Every word that `explain` knows: the codes of a report, the labels that stand in it, and words of IKE. */

import { IKE_TERMS } from "./ike-words.ts";
import { LABEL_TERMS } from "./labels.ts";
import type { Term } from "./term.ts";
import { CODE_TERMS } from "./terms.ts";

/** Kind by kind. */
export const TERMS: readonly Term[] = [...LABEL_TERMS, ...CODE_TERMS, ...IKE_TERMS];

/** All terms of a name, however it is spelled: `one-sided`, for one, is a caveat and a warning. */
export function termsNamed(name: string): Term[] {
  const wanted = name.toLowerCase().trim().replace(/\s+/g, " ");
  const spellings = [wanted, wanted.replaceAll(" ", "-"), wanted.replaceAll("-", " ")];
  return TERMS.filter((term) => spellings.some((each) => each === term.name || term.also?.includes(each)));
}
