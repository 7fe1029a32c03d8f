/** The findings in a report of JSON, in bytes: of tens of thousands neither objects are made nor strings, but for few. */

import type { RowText } from "../linear/row-text.ts";
import { buildFinding } from "../report/build-findings.ts";
import type { JudgedFindings } from "../report/judged-findings.ts";
import { FindingWriter } from "./finding-writer.ts";
import { FIRST_ROW, indented, LAST_ROW, NEXT_ROW } from "./json.ts";

/**
 * The list of findings, in pieces that are to be used before the next one is asked for.
 * @param text where they are written, and nothing else until this is over
 */
export function* findingsInBytes(
  findings: JudgedFindings,
  text: RowText,
): Generator<string | Uint8Array, void, undefined> {
  const writer = new FindingWriter(text, findings.hosts);
  let isFirst = true;
  try {
    for (const row of findings.rows()) {
      if (writer.isPlain(row)) {
        writer.row(row, isFirst);
        if (text.isFull) yield text.take();
      } else {
        yield text.take();
        yield (isFirst ? FIRST_ROW : NEXT_ROW) + indented(buildFinding(row), 2);
      }
      isFirst = false;
    }
    yield text.take();
    yield LAST_ROW;
  } finally {
    text.close();
  }
}
