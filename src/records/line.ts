/** One line of a message record: what it may be, and what its header says. */

import { RECORDS_SCHEMA, RECORDS_VERSION } from "./version.ts";

export const NEWLINE = 0x0a;
/** No line of the schema is longer: a fragment's bytes in hexadecimal, and the rest. */
export const MAX_LINE = 200_000;

/** What is wrong with a header that is not of this version; null for everything else. */
export function unknownVersion(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "header")
    return null;
  const { schema, version } = value as { schema?: unknown; version?: unknown };
  if (schema !== RECORDS_SCHEMA) return "a header of another format";
  if (version === RECORDS_VERSION) return null;
  return `a header of version ${String(version)} of the message records, and this program knows version ${RECORDS_VERSION}`;
}
