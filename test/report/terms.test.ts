import { describe, expect, test } from "vitest";
import {
  causeSchema,
  caveatSchema,
  coverageCodeSchema,
  outcomeSchema,
  overlapSchema,
  patternKindSchema,
  severitySchema,
  verdictSchema,
  warningCodeSchema,
} from "../../src/report/model.ts";
import { TERMS, termsNamed } from "../../src/report/terms/glossary.ts";
import type { TermKind } from "../../src/report/terms/term.ts";
import { briefOf, KB_SENTENCE, meaningOf } from "../../src/report/terms/terms.ts";
import { headerClassNames } from "../../src/wire/isakmp.ts";
import { kindNames } from "../../src/wire/locate.ts";

function namesOf(kind: TermKind): string[] {
  return TERMS.filter((term) => term.kind === kind).map(({ name }) => name);
}

function isWarning(code: string): boolean {
  return warningCodeSchema.options.some((each) => each === code);
}

describe("every code of a report has a term, and no term is left over", () => {
  test.each<[TermKind, readonly string[]]>([
    ["verdict", verdictSchema.options],
    ["outcome", outcomeSchema.options],
    ["overlap", overlapSchema.options],
    ["pattern", patternKindSchema.options],
    ["cause", causeSchema.options],
    ["severity", severitySchema.options],
    ["caveat", caveatSchema.options],
    ["warning", warningCodeSchema.options],
    ["coverage", coverageCodeSchema.options.filter((code) => !isWarning(code))],
    ["end of a source", ["clean", "truncated", "corrupt", "interrupted"]],
    ["packets skipped", kindNames.slice(1)],
    ["malformed messages", headerClassNames.slice(3)],
  ])("%s", (kind, codes) => {
    expect(namesOf(kind).sort()).toEqual([...codes].sort());
  });
});

describe("the texts", () => {
  test.each(TERMS.map((term) => [`${term.kind}/${term.name}`, term] as const))(
    "%s is two to five sentences",
    (_, term) => {
      const sentences = term.text.match(/[^.]+\.(?= [A-Z-]|$)/g) ?? [];
      expect(sentences.length, term.text).toBeGreaterThanOrEqual(2);
      expect(sentences.length, term.text).toBeLessThanOrEqual(5);
      expect(term.brief).not.toMatch(/[.\n]$/);
      expect(term.brief.length).toBeLessThanOrEqual(100);
    },
  );

  test("claim no bug number and no fixed version, which nobody knows", () => {
    const all = TERMS.map(({ brief, text }) => `${brief} ${text}`).join("\n");
    expect(all).not.toMatch(/CSC[a-z]{2}\d|fixed in|bug id|\b\d+\.\d+\(\d+\)/i);
  });
});

test("a name can stand for terms of several kinds", () => {
  expect(termsNamed("One-Sided").map(({ kind }) => kind)).toEqual(["caveat", "warning"]);
  expect(termsNamed("nonsense")).toEqual([]);
});

test("a name is found with blanks for its hyphens, and the other way round", () => {
  for (const name of ["one sided", " one  sided ", "one-sided"])
    expect(termsNamed(name).map(({ kind }) => kind)).toEqual(["caveat", "warning"]);
  const spaced = TERMS.flatMap(({ name, also = [] }) => [name, ...also]).find((each) => each.includes(" "))!;
  expect(termsNamed(spaced.replaceAll(" ", "-"))).toEqual(termsNamed(spaced));
  expect(termsNamed(spaced).length).toBeGreaterThan(0);
});

test.each([
  ["a refusal", { verdict: "rejected" }, true],
  ["a finding that nobody was harmed by", { verdict: "tolerated" }, false],
  ["a gateway of another make", { verdict: "possible", caveats: ["responder-not-asa"] }, false],
  ["a gateway that drops the holder", { verdict: "possible", notes: ["holder-dropped"] }, false],
  ["a sentence that says it itself", { verdict: "rejected", summary: `It is so; ${KB_SENTENCE}.` }, false],
])("%s: whether more is to be said of what it means", (_, of, said) => {
  const meaning = meaningOf({ caveats: [], notes: [], summary: "It is so.", ...of });
  expect(meaning).toBe(said ? KB_SENTENCE : null);
});

test("a brief is found by kind and name only", () => {
  expect(briefOf("verdict", "rejected")).toMatch(/held the message ID/);
  expect(briefOf("caveat", "rejected")).toBeNull();
});
