/** `explain`: what a word of the report means. The texts themselves are the report's (report/terms/). */

import { wrap } from "../../printers/text.ts";
import { TERMS, termsNamed } from "../../report/terms/glossary.ts";
import type { Term, TermKind } from "../../report/terms/term.ts";
import { nearest } from "../nearest.ts";

const WIDTH = 80;
const INDENT = 2;
const NAME_WIDTH = 20;

/** The text on a term, or null when there is none of that name; every term in one line each for null. */
export function explainText(term: string | null): string | null {
  if (term === null) return listOfTerms();
  const whole = termsNamed(term);
  const found = whole.length > 0 ? whole : eachNamed(term);
  return found.length === 0 ? null : `${found.map(article).join("\n\n")}\n`;
}

/** Several terms, each of one word; none where one of them is unknown. */
function eachNamed(words: string): Term[] {
  const found = [...new Set(words.trim().split(/\s+/))].map(termsNamed);
  return found.every((terms) => terms.length > 0) ? found.flat() : [];
}

const SUGGESTED = 5;
/** A shorter name stands in many words by chance. */
const SHORTEST_PART = 3;

/** The sentence for a word that is not a term, with those that are nearest to it. */
export function unknownTerm(word: string): string {
  const parts = word
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part.length >= SHORTEST_PART);
  const names = [...new Set(TERMS.flatMap(({ name, also = [] }) => [name, ...also]))];
  const similar = names.filter((name) =>
    parts.some((part) => name.includes(part) || (name.length >= SHORTEST_PART && part.includes(name))),
  );
  const suggested = [...new Set([...nearest(word, names), ...similar])].slice(0, SUGGESTED);
  const hint = suggested.length > 0 ? `did you mean ${suggested.join(", ")}?` : "";
  return `no term is called '${word}'; ${hint || "'ike-dupcheck explain' lists them"}`;
}

/** A label that is a kind of words (verdict, outcome, ...) is followed by these. */
function article({ kind, name, text }: Term): string {
  const members = kind === "label" ? TERMS.filter((term) => term.kind === name.replace(/s$/, "")) : [];
  return [
    `${name} (${kind})`,
    ...wrap(text, WIDTH - 2).map((line) => `  ${line}`),
    ...members.flatMap((term) => memberLines(term)),
  ].join("\n");
}

function memberLines({ name, brief }: Term): string[] {
  const lines = wrap(brief, WIDTH - 2 * INDENT - NAME_WIDTH);
  return lines.map(
    (line, row) => `${" ".repeat(2 * INDENT)}${(row === 0 ? name : "").padEnd(NAME_WIDTH)}${line}`,
  );
}

function listOfTerms(): string {
  const kinds = new Map<TermKind, Term[]>();
  for (const term of TERMS) kinds.set(term.kind, [...(kinds.get(term.kind) ?? []), term]);
  const sections = [...kinds].map(([kind, terms]) =>
    [`${kind}:`, ...terms.map(({ name, brief }) => `  ${name.padEnd(27)} ${brief}`)].join("\n"),
  );
  return `${sections.join("\n\n")}\n`;
}
