/**
 * Zeek's ipsec.log (corelight/zeek-spicy-ipsec, analyzer/main.zeek): one line for each IKE message of a connection
 * that the analyzer was attached to. TSV, read by the names in its `#fields`, or JSON. Told is the whole header but
 * the next payload, and the length; the content is not.
 */

import { parseJson } from "../capture/json.ts";
import type { LogLine, LogReader } from "./entry.ts";
import { exact, microsOf } from "./eve.ts";
import { zeekLine } from "./schema.ts";

const HASH = 0x23;
const decoder = new TextDecoder();
const FIELDS = [
  "ts",
  "id.orig_h",
  "id.orig_p",
  "id.resp_h",
  "id.resp_p",
  "is_orig",
  "initiator_spi",
  "responder_spi",
  "maj_ver",
  "min_ver",
  "exchange_type",
  "flag_e",
  "flag_c",
  "flag_a",
  "message_id",
  "length",
] as const;
/** Without these a log tells no messages. */
const NEEDED = ["ts", "id.orig_h", "id.resp_h", "is_orig", "initiator_spi", "exchange_type", "message_id"];

export class ZeekReader implements LogReader {
  readonly format = "zeek-ipsec";
  readonly noun = "lines of an ipsec.log";
  #separator = "\t";
  #unset = "-";
  #columns: readonly string[] | null = null;

  read(line: Uint8Array): LogLine {
    const text = decoder.decode(line);
    if (line[0] === HASH) return this.#header(text);
    const value = line[0] === 0x7b ? parseJson(text) : this.#row(text);
    if (typeof value !== "object" || value === null) return "malformed";
    // ESP in UDP, or a line of another log among JSON: no IKE message.
    if (!("initiator_spi" in value)) return "other";
    const { success, data } = zeekLine.safeParse(value);
    if (!success) return "malformed";
    const micros = timeOf(data.ts);
    if (Number.isNaN(micros)) return "malformed";
    const origin = { address: data["id.orig_h"], port: data["id.orig_p"] };
    const response = { address: data["id.resp_h"], port: data["id.resp_p"] };
    const [from, to] = data.is_orig ? [origin, response] : [response, origin];
    return {
      micros,
      tie: 0,
      capturePoint: "",
      from: from.address,
      fromPort: from.port,
      to: to.address,
      toPort: to.port,
      initiatorCookie: data.initiator_spi.slice(-16).toLowerCase(),
      responderCookie: data.responder_spi.slice(-16).toLowerCase(),
      major: data.maj_ver,
      minor: data.min_ver ?? 0,
      exchange: data.exchange_type,
      flags: (data.flag_e ? 1 : 0) | (data.flag_c ? 2 : 0) | (data.flag_a ? 4 : 0),
      messageId: data.message_id,
      length: data.length ?? null,
      mark: "",
    };
  }

  timeOf(): number {
    return Number.NaN;
  }

  blindness(name: string): { code: "zeek-blind"; message: string } {
    return {
      code: "zeek-blind",
      message: `${name}: Zeek attaches its IPsec analyzer by a signature that no quick mode fits, so connections on UDP 4500 and those that began before are missing unless the ports were registered; no refusal can be proven from its lines.`,
    };
  }

  /** A line of the header; a rotated log has one again, with other columns perhaps. */
  #header(text: string): LogLine {
    const [, name, rest] = /^#(\w+)[\s]?(.*)$/.exec(text) ?? [];
    if (name === "separator") this.#separator = unescaped(rest);
    else if (name === "unset_field") this.#unset = cellOf(text, this.#separator);
    else if (name === "fields") {
      const columns = text.split(this.#separator).slice(1);
      this.#columns = NEEDED.every((each) => columns.includes(each)) ? columns : null;
    }
    return "other";
  }

  #row(text: string): object | null {
    const columns = this.#columns;
    const cells = text.split(this.#separator);
    if (columns === null || cells.length !== columns.length) return null;
    const row: Record<string, string> = {};
    for (const field of FIELDS) {
      const cell = cells[columns.indexOf(field)];
      if (cell !== undefined && cell !== this.#unset) row[field] = cell;
    }
    return row;
  }
}

/** True for a header of TSV that has the columns of an ipsec.log; null while it is not complete. */
export function isIpsecHeader(lines: readonly string[]): boolean | null {
  let separator = "\t";
  for (const line of lines) {
    if (line.startsWith("#separator")) separator = unescaped(line.slice("#separator".length).trim());
    if (!line.startsWith("#fields")) continue;
    const columns = line.split(separator);
    return NEEDED.every((each) => columns.includes(each));
  }
  return lines.some((line) => line !== "" && !line.startsWith("#")) ? false : null;
}

function cellOf(text: string, separator: string): string {
  return text.slice(text.indexOf(separator) + separator.length);
}

/** A separator is written as "\x09". */
function unescaped(text: string): string {
  return (
    text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) || "\t"
  );
}

const EPOCH = /^(\d{1,11})(?:\.(\d{1,9}))?$/;

/** Microseconds of seconds since the epoch, as text, number or ISO 8601; NaN for what is not a time, or after 2255. */
function timeOf(value: number | string): number {
  const text = String(value);
  const found = EPOCH.exec(text);
  if (found === null) return microsOf(text);
  return exact(Number(found[1]) * 1e6 + Number((found[2] ?? "").padEnd(6, "0").slice(0, 6)));
}
