/** Lines of Suricata's EVE log and of Zeek's ipsec.log, made by hand after their documented formats. */

export interface LogMessage {
  /** Seconds since the epoch. */
  at: number;
  from: string;
  to: string;
  fromPort?: number;
  toPort?: number;
  cookies: readonly [string, string];
  exchange: number;
  id: number;
  encrypted?: boolean;
  payload?: readonly string[];
  length?: number;
}

/** As Suricata 7 and 8 write it; `v2` as 9 does (docs.suricata.io, EVE JSON Format). */
export function eveLine(message: LogMessage, v2 = false): string {
  const { at, from, to, cookies, exchange, id, encrypted = exchange > 4 } = message;
  const micros = String(Math.round((at % 1) * 1e6)).padStart(6, "0");
  const seconds = new Date(Math.floor(at) * 1000).toISOString().slice(0, 19);
  return JSON.stringify({
    timestamp: `${seconds}.${micros}+0000`,
    flow_id: 1,
    event_type: "ike",
    src_ip: from,
    src_port: message.fromPort ?? 500,
    dest_ip: to,
    dest_port: message.toPort ?? 500,
    proto: "UDP",
    ike: {
      ...(v2
        ? { _v: 2, attributes: [{ key: "alg_enc", value: "EncAesCbc", raw: 7 }] }
        : { alg_enc: "EncAesCbc" }),
      version_major: 1,
      version_minor: 0,
      init_spi: cookies[0],
      resp_spi: cookies[1],
      message_id: id,
      exchange_type: exchange,
      payload: message.payload ?? (encrypted ? ["Hash"] : ["SecurityAssociation"]),
      ikev1: { encrypted_payloads: encrypted },
    },
  });
}

/** The columns of corelight/zeek-spicy-ipsec, analyzer/main.zeek, that are read, and one that is not. */
export const ZEEK_FIELDS = [
  "ts",
  "uid",
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
  "message_id",
  "vendor_ids",
  "length",
] as const;

/** @param origin the end that Zeek took for the originator of the connection */
export function zeekRow(message: LogMessage, origin: string): Record<string, string | number | boolean> {
  const { from, to, cookies, exchange, id, encrypted = exchange > 4 } = message;
  const isOrigin = from === origin;
  return {
    ts: message.at,
    uid: "CHhAvVGS1DHFjwGM9",
    "id.orig_h": isOrigin ? from : to,
    "id.orig_p": (isOrigin ? message.fromPort : message.toPort) ?? 500,
    "id.resp_h": isOrigin ? to : from,
    "id.resp_p": (isOrigin ? message.toPort : message.fromPort) ?? 500,
    is_orig: isOrigin,
    initiator_spi: cookies[0],
    responder_spi: cookies[1],
    maj_ver: 1,
    min_ver: 0,
    exchange_type: exchange,
    flag_e: encrypted,
    message_id: id,
    length: message.length ?? 172,
  };
}

/** A log in TSV with these columns; what a row lacks is unset. */
export function zeekTsv(
  rows: readonly Record<string, unknown>[],
  fields: readonly string[] = ZEEK_FIELDS,
): string {
  const cell = (value: unknown, field: string): string => {
    if (value === undefined) return field === "vendor_ids" ? "(empty)" : "-";
    if (typeof value === "boolean") return value ? "T" : "F";
    return field === "ts" ? Number(value).toFixed(6) : String(value);
  };
  return [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    "#path\tipsec",
    "#open\t2023-11-14-22-13-20",
    `#fields\t${fields.join("\t")}`,
    ...rows.map((row) => fields.map((field) => cell(row[field], field)).join("\t")),
    "#close\t2023-11-14-23-00-00",
    "",
  ].join("\n");
}

const GATEWAY = "192.0.2.1";

/** Main mode of a client, then quick modes with IDs 1, 2, ...: answered, or sent three times in vain. */
export function clientDialogue(n: number, at: number, answered: boolean): LogMessage[] {
  const client = `198.51.100.${n}`;
  const initiator = `aa0000000000000${n}`;
  const responder = `bb0000000000000${n}`;
  const cookies = [initiator, responder] as const;
  const there = { from: client, to: GATEWAY, cookies };
  const back = { from: GATEWAY, to: client, cookies };
  const main = { exchange: 2, id: 0 };
  const key = ["KeyExchange", "Nonce"];
  const messages: LogMessage[] = [
    { ...there, ...main, at, cookies: [initiator, "0000000000000000"], length: 384 },
    { ...back, ...main, at: at + 0.01, length: 108 },
    { ...there, ...main, at: at + 0.02, payload: key, length: 260 },
    { ...back, ...main, at: at + 0.03, payload: key, length: 304 },
    { ...there, ...main, at: at + 0.04, encrypted: true, length: 68 },
    { ...back, ...main, at: at + 0.05, encrypted: true, length: 84 },
  ];
  const quick = { exchange: 32, id: 1 };
  if (answered) {
    messages.push(
      { ...there, ...quick, at: at + 0.06, length: 436 },
      { ...back, ...quick, at: at + 0.07, length: 164 },
      { ...there, ...quick, at: at + 0.08, length: 60 },
      { ...there, exchange: 32, id: 2, at: at + 60, length: 436 },
      { ...back, exchange: 32, id: 2, at: at + 60.01, length: 164 },
      { ...there, exchange: 32, id: 2, at: at + 60.02, length: 60 },
    );
  } else {
    for (const pause of [0, 1, 3]) messages.push({ ...there, ...quick, at: at + 0.06 + pause, length: 436 });
  }
  return messages;
}

/** Two counting clients of one gateway; the second begins while the first is connected and gets no answer. */
export function twoClients(): LogMessage[] {
  return [...clientDialogue(1, 1_700_000_000, true), ...clientDialogue(2, 1_700_000_030, false)].sort(
    (a, b) => a.at - b.at,
  );
}
