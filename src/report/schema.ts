/** The report's JSON Schema, made from the zod schema so that the two cannot differ. */

import * as z from "zod";
import { lineSchema } from "./lines.ts";
import { type Report, reportSchema } from "./model.ts";

/**
 * The JSON Schema (draft 2020-12) of a report. It does not forbid unknown keys: later versions of this format
 * only add fields, and a consumer has to ignore what it does not know.
 */
export function reportJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(reportSchema, { target: "draft-2020-12", io: "input" });
  return {
    $schema,
    $id: "urn:ike-dupcheck:report:1",
    title: "Report of ike-dupcheck, version 1",
    description: "Message-ID collisions between the IKEv1 clients of one responder (Microsoft KB 942429).",
    ...schema,
  };
}

/** The JSON Schema of one line of `--format ndjson`; `type` tells which kind of line it is. */
export function lineJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(lineSchema, { target: "draft-2020-12", io: "input" });
  return {
    $schema,
    $id: "urn:ike-dupcheck:line:1",
    title: "One line of the output of ike-dupcheck --format ndjson, version 1",
    description: "Findings as they happen, and the report at the end.",
    ...schema,
  };
}

/** A value as a report, or why it is none. */
export function parseReport(value: unknown): z.ZodSafeParseResult<Report> {
  return reportSchema.safeParse(value);
}
