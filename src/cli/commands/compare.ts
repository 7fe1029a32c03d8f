/** `compare`: two JSON reports, before and after a change. */

import { label } from "../../node/read-text.ts";
import { printable, wrap } from "../../printers/text.ts";
import {
  type Change,
  compareReports,
  comparisonStatus,
  type GatewayChange,
} from "../../report/comparison.ts";
import type { Report } from "../../report/model.ts";
import type { Environment } from "../environment.ts";
import type { CompareOptions } from "../flags/options.ts";
import { OutputError, streamTarget, writeTo } from "../output.ts";
import { readNamed } from "../read-named.ts";
import type { Messages } from "../terminal.ts";

const WIDTH = 100;
const LABEL = 14;

const WORDS: Record<Change, string> = {
  new: "new",
  "still-there": "still there",
  "not-testable": "not testable",
  fixed: "fixed",
  none: "unaffected",
};

/** Prints what became of each gateway; gives the exit status. */
export async function compare(
  { before, after, json }: CompareOptions,
  env: Environment,
  messages: Messages,
): Promise<number> {
  const changes = compareReports(await readReport(before), await readReport(after));
  const status = comparisonStatus(changes);
  const text = json
    ? `${JSON.stringify({ schemaVersion: "1", gateways: changes }, null, 2)}\n`
    : `${[headline(changes), "", ...changes.flatMap(lines)].join("\n")}\n`;
  return (await writeTo(streamTarget(env.stdout), [text], "the comparison", messages)) ? status : 2;
}

function headline(changes: readonly GatewayChange[]): string {
  const counts = (Object.keys(WORDS) as Change[])
    .map((change) => [changes.filter((each) => each.change === change).length, WORDS[change]] as const)
    .filter(([count]) => count > 0);
  const total = `${changes.length} ${changes.length === 1 ? "gateway" : "gateways"}`;
  return counts.length === 0
    ? `${total}: nothing to compare`
    : `${total}: ${counts.map(([count, word]) => `${count} ${word}`).join(", ")}`;
}

function lines({ gateway, change, reason }: GatewayChange): string[] {
  return wrap(printable(`${gateway}: ${reason}.`), WIDTH - LABEL).map(
    (line, row) => (row === 0 ? WORDS[change] : "").padEnd(LABEL) + line,
  );
}

/** @throws OutputError when the file does not hold a report of this program */
async function readReport(path: string): Promise<Report> {
  const text = await readNamed(path);
  const { parseReport } = await import("../../report/schema.ts");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new OutputError(`${label(path)} is not a JSON report: make one with --json`);
  }
  if (Array.isArray((value as { reports?: unknown } | null)?.reports)) {
    throw new OutputError(`${label(path)} holds the reports of --each, and one report is compared with one`);
  }
  const parsed = parseReport(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OutputError(
    `${label(path)} is not a report of this version: ${issue.path.join(".") || "it"}: ${issue.message}`,
  );
}
