/**
 * Suricata's EVE log: the events of type `ike` (docs.suricata.io, "EVE JSON Format", IKE), one for each UDP message
 * that its parser took. Told are addresses, cookies, exchange type and message ID; neither length nor content.
 */

import { parseJson } from "../capture/json.ts";
import { FLAG_ENCRYPTED } from "../wire/isakmp.ts";
import type { LogLine, LogReader } from "./entry.ts";
import { ikeEvent } from "./schema.ts";

const NAT_T_PORT = 4500;
const IKE = '"ike"';
const FLOW = '"flow"';
const NAT_T = "4500";
const TIMESTAMP = /"timestamp"\s*:\s*"([^"]{19,40})"/;
const HEAD = 512;
const decoder = new TextDecoder();

export class EveReader implements LogReader {
  readonly format = "suricata-eve";
  readonly noun = "EVE events";
  /** Flows on UDP 4500 whose protocol Suricata could not tell. */
  #natFlows = 0;

  read(line: Uint8Array): LogLine {
    if (line[0] !== 0x7b || line[line.length - 1] !== 0x7d) return "malformed";
    const text = decoder.decode(line);
    const ike = text.includes(IKE);
    if (!ike && !(text.includes(NAT_T) && text.includes(FLOW))) return "other";
    const value = parseJson(text);
    if (typeof value !== "object" || value === null) return "malformed";
    const { event_type } = value as { event_type?: unknown };
    if (event_type === "flow") this.#flow(value);
    if (event_type !== "ike") return "other";
    const { success, data } = ikeEvent.safeParse(value);
    if (!success) return "malformed";
    const micros = microsOf(data.timestamp);
    if (Number.isNaN(micros)) return "malformed";
    const { ike: message } = data;
    return {
      micros,
      tie: data.pcap_cnt ?? 0,
      capturePoint: `${data.host ?? ""}\n${data.in_iface ?? ""}`,
      from: data.src_ip,
      fromPort: data.src_port,
      to: data.dest_ip,
      toPort: data.dest_port,
      initiatorCookie: message.init_spi.toLowerCase(),
      responderCookie: message.resp_spi.toLowerCase(),
      major: message.version_major,
      minor: message.version_minor ?? 0,
      exchange: message.exchange_type,
      flags: message.ikev1?.encrypted_payloads === true ? FLAG_ENCRYPTED : 0,
      messageId: message.message_id,
      length: null,
      mark: (message.payload ?? []).toSorted().join(" "),
    };
  }

  timeOf(line: Uint8Array): number {
    const found = TIMESTAMP.exec(decoder.decode(line.subarray(0, HEAD)));
    return found === null ? Number.NaN : microsOf(found[1]);
  }

  blindness(name: string): { code: "eve-blind"; message: string } {
    const flows =
      this.#natFlows === 0
        ? ""
        : ` It tells of ${this.#natFlows} flows on UDP 4500 that it could not look into.`;
    return {
      code: "eve-blind",
      message: `${name}: Suricata logs no IKE on UDP 4500: clients behind a NAT are missing, and no refusal can be proven from its events.${flows}`,
    };
  }

  #flow(value: object): void {
    const { proto, src_port, dest_port, app_proto } = value as Record<string, unknown>;
    const natT = src_port === NAT_T_PORT || dest_port === NAT_T_PORT;
    if (proto === "UDP" && natT && app_proto !== "ike") this.#natFlows += 1;
  }
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/;

/** Microseconds since the epoch of "2015-08-09T10:50:15.570477+0000"; NaN for what is not a time, or after 2255. */
export function microsOf(text: string): number {
  const found = TIME.exec(text);
  if (found === null) return Number.NaN;
  const zone = found[3] === "Z" ? "Z" : `${found[3].slice(0, 3)}:${found[3].slice(-2)}`;
  const millis = Date.parse(`${found[1]}${zone}`);
  return exact(millis * 1000 + Number((found[2] ?? "").padEnd(6, "0").slice(0, 6)));
}

/** The microseconds where a number holds them exactly, else NaN. */
export function exact(micros: number): number {
  return Number.isSafeInteger(micros) ? micros : Number.NaN;
}
