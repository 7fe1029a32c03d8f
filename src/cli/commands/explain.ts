/** `explain`: what a word of the report means. The texts themselves are the report's (report/terms.ts). */

import { wrap } from "../../printers/text.ts";
import type { Term, TermKind } from "../../report/terms/term.ts";
import { TERMS, termsNamed } from "../../report/terms/terms.ts";

const WIDTH = 80;

/** The text on a term, or null when there is none of that name; every term in one line each for null. */
export function explainText(term: string | null): string | null {
  if (term === null) return listOfTerms();
  const found = termsNamed(term);
  return found.length === 0 ? null : `${found.map(article).join("\n\n")}\n`;
}

/** The sentence for a word that is not a term, with those that resemble it. */
export function unknownTerm(word: string): string {
  const parts = word
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part.length > 2);
  const names = [...new Set(TERMS.map(({ name }) => name))];
  const similar = names.filter((name) => parts.some((part) => name.includes(part) || part.includes(name)));
  const hint = similar.length > 0 ? `did you mean ${similar.slice(0, 5).join(", ")}?` : "";
  return `no term is called '${word}'; ${hint || "'ike-dupcheck explain' lists them"}`;
}

function article({ kind, name, text }: Term): string {
  return [`${name} (${kind})`, ...wrap(text, WIDTH - 2).map((line) => `  ${line}`)].join("\n");
}

function listOfTerms(): string {
  const kinds = new Map<TermKind, Term[]>();
  for (const term of TERMS) kinds.set(term.kind, [...(kinds.get(term.kind) ?? []), term]);
  const sections = [...kinds].map(([kind, terms]) =>
    [`${kind}:`, ...terms.map(({ name, brief }) => `  ${name.padEnd(27)} ${brief}`)].join("\n"),
  );
  return `${sections.join("\n\n")}\n`;
}
