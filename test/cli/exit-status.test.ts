import { describe, expect, test } from "vitest";
import { exitStatus, type FailOn } from "../../src/cli/exit-status.ts";
import type { Report, Verdict } from "../../src/report/model.ts";
import { finding, report } from "../support/reports.ts";

function found(...verdicts: Verdict[]): Report {
  return report({ findings: verdicts.map((verdict) => finding({ verdict })) });
}

function ending(end: "clean" | "truncated" | "corrupt", value = report()): Report {
  const [source] = value.capture.sources;
  return { ...value, capture: { ...value.capture, sources: [source, { ...source, end }] } };
}

const interrupted = report({ warnings: [{ code: "interrupted", message: "x" }] });
const warned = report({ warnings: [{ code: "one-sided", message: "x" }] });

describe("the exit status", () => {
  test.each<
    [string, Report, { failOn?: FailOn; strict?: boolean; failed?: boolean; signalled?: boolean }, number]
  >([
    ["nothing found", report(), {}, 0],
    ["a rejected finding", found("rejected"), {}, 1],
    ["a predicted finding", found("predicted"), {}, 1],
    ["a possible finding", found("possible"), {}, 1],
    ["a tolerated finding counts as nothing", found("tolerated"), {}, 0],
    ["--fail-on tolerated widens", found("tolerated"), { failOn: "tolerated" }, 1],
    ["--fail-on tolerated keeps the others", found("possible"), { failOn: "tolerated" }, 1],
    ["--fail-on predicted leaves possible out", found("possible"), { failOn: "predicted" }, 0],
    ["--fail-on predicted keeps predicted", found("possible", "predicted"), { failOn: "predicted" }, 1],
    ["--fail-on rejected leaves predicted out", found("predicted"), { failOn: "rejected" }, 0],
    ["--fail-on rejected keeps rejected", found("rejected"), { failOn: "rejected" }, 1],
    ["--fail-on never", found("rejected", "possible"), { failOn: "never" }, 0],
    ["an input that could not be read outranks a finding", found("rejected"), { failed: true }, 2],
    ["an input that could not be read, --fail-on never", report(), { failOn: "never", failed: true }, 2],
    ["a corrupt input", ending("corrupt"), {}, 2],
    ["a corrupt input outranks a finding", ending("corrupt", found("rejected")), {}, 2],
    ["a truncated input is no error", ending("truncated"), {}, 0],
    ["a truncated input, strict", ending("truncated"), { strict: true }, 2],
    ["a warning is no error", warned, {}, 0],
    ["a signal ended the reading of a file", interrupted, { signalled: true }, 2],
    ["a signal ended a pipe, which is how pipes end", report(), { signalled: true }, 0],
    ["-c ended the reading of a file", interrupted, {}, 0],
    ["-c ended the reading of a file, strict", interrupted, { strict: true }, 2],
    ["a warning, strict", warned, { strict: true }, 2],
    ["a finding, strict, nothing doubtful", found("rejected"), { strict: true }, 1],
    ["nothing, strict", report(), { strict: true }, 0],
  ])(
    "%s",
    (_, value, { failOn = "possible", strict = false, failed = false, signalled = false }, expected) => {
      expect(exitStatus({ report: value, failed, signalled }, failOn, strict)).toBe(expected);
    },
  );
});
