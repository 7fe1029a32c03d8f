/** Lines of logs, one by one: by Suricata's and Zeek's descriptions of their fields, and RFC 2408 3.1. */

import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/logs/entry.ts";
import { EveReader } from "../../src/logs/eve.ts";
import { isIpsecHeader, ZeekReader } from "../../src/logs/zeek.ts";
import { LOG_ENTRY } from "../support/log-entry.ts";

type Fields = Record<string, unknown>;

const IKE = {
  version_major: 1,
  version_minor: 0,
  init_spi: "0123456789ABCDEF",
  resp_spi: "FEDCBA9876543210",
  message_id: 7,
  exchange_type: 32,
  payload: ["Nonce", "Hash"],
  ikev1: { encrypted_payloads: true },
};
const EVENT: Fields = {
  timestamp: "2026-03-02T08:00:10.123456+0000",
  event_type: "ike",
  host: "sensor",
  in_iface: "eth0",
  pcap_cnt: 12,
  src_ip: "198.51.100.1",
  src_port: 500,
  dest_ip: "192.0.2.1",
  dest_port: 501,
  ike: IKE,
};
const AT = Date.UTC(2026, 2, 2, 8, 0, 10) * 1_000;

/** Changes fields; `undefined` takes one away. */
const eve = (more: Fields = {}, ike: Fields = {}) =>
  JSON.stringify({ ...EVENT, ike: { ...IKE, ...ike }, ...more });
const readEve = (text: string) => new EveReader().read(new TextEncoder().encode(text));

describe("an event of Suricata", () => {
  it("is the header of a message, and what tells it apart where no length is told", () => {
    expect(readEve(eve())).toEqual({
      ...LOG_ENTRY,
      tie: 12,
      capturePoint: "sensor\neth0",
      length: null,
      mark: "Hash Nonce",
    });
  });

  it.each<[string, string, Partial<LogEntry>]>([
    ["in the clear where it does not say that it is encrypted", eve({}, { ikev1: {} }), { flags: 0 }],
    ["nor where it says that it is not", eve({}, { ikev1: { encrypted_payloads: false } }), { flags: 0 }],
    ["nor where it says nothing of IKEv1", eve({}, { ikev1: undefined }), { flags: 0 }],
    ["of minor version 0 unless another is named", eve({}, { version_minor: undefined }), { minor: 0 }],
    ["of the minor version that is named", eve({}, { version_minor: 3 }), { minor: 3 }],
    ["without a mark where no payload is named", eve({}, { payload: undefined }), { mark: "" }],
    ["from nowhere in particular", eve({ host: undefined, in_iface: undefined }), { capturePoint: "\n" }],
    ["first among those of one time without a number", eve({ pcap_cnt: undefined }), { tie: 0 }],
    ["of the greatest message ID", eve({}, { message_id: 0xffffffff }), { messageId: 0xffffffff }],
    [
      "two hours ahead of Greenwich",
      eve({ timestamp: "2026-03-02T10:00:10.5+02:00" }),
      { micros: AT + 500_000 },
    ],
    ["of a zone without a colon", eve({ timestamp: "2026-03-02T03:00:10-0500" }), { micros: AT }],
    [
      "of Greenwich by its letter, with nanoseconds",
      eve({ timestamp: "2026-03-02T08:00:10.000001999Z" }),
      { micros: AT + 1 },
    ],
  ])("is %s", (_, text, wanted) => {
    expect(readEve(text)).toMatchObject(wanted);
  });

  it.each([
    ["of another kind", JSON.stringify({ ...EVENT, event_type: "http", ike: undefined })],
    ["of another kind, which names ike", JSON.stringify({ ...EVENT, event_type: "alert", app_proto: "ike" })],
    ["a flow", JSON.stringify({ event_type: "flow", dest_port: 4500, proto: "UDP" })],
  ])("is passed over where it is %s", (_, text) => {
    expect(readEve(text)).toBe("other");
  });

  it.each([
    ["not an object", `[${eve()}]`],
    ["cut off", eve().slice(0, -1)],
    ["not JSON", `{"event_type":"ike",}`],
    ["without a time", eve({ timestamp: undefined })],
    ["of no time", eve({ timestamp: "yesterday, 8 o'clock or so" })],
    ["of a time without a zone", eve({ timestamp: "2026-03-02T08:00:10.123456" })],
    ["of a time whose microseconds a number does not hold", eve({ timestamp: "2500-01-01T00:00:00Z" })],
    ["of a cookie of fifteen digits", eve({}, { init_spi: "0123456789ABCDE" })],
    ["of a cookie that is no number", eve({}, { resp_spi: "0123456789ABCDEG" })],
    ["of a message ID of 33 bits", eve({}, { message_id: 0x1_0000_0000 })],
    ["of a port that is none", eve({ src_port: 65_536 })],
    ["of a version of five bits", eve({}, { version_major: 16 })],
    ["of an exchange of nine bits", eve({}, { exchange_type: 256 })],
  ])("is malformed where it is %s", (_, text) => {
    expect(readEve(text)).toBe("malformed");
  });

  it("tells the time of a line whatever it is of, from its beginning", () => {
    const timeOf = (text: string) => new EveReader().timeOf(new TextEncoder().encode(text));
    expect(timeOf('{"timestamp" : "2026-03-02T08:00:10Z","event_type":"dns"}')).toBe(AT);
    expect(timeOf('{"event_type":"dns"}')).toBeNaN();
    expect(timeOf(`{"x":"${"x".repeat(600)}","timestamp":"2026-03-02T08:00:10Z"}`)).toBeNaN();
  });

  it.each<[string, number, Fields]>([
    ["to UDP 4500", 1, { dest_port: 4_500 }],
    ["from UDP 4500", 1, { src_port: 4_500 }],
    ["whose protocol it could not tell", 1, { dest_port: 4_500, app_proto: "failed" }],
    ["to another port", 0, { dest_port: 4_501, src_port: 45_000 }],
    ["of TCP", 0, { dest_port: 4_500, proto: "TCP" }],
    ["whose messages it has logged", 0, { dest_port: 4_500, app_proto: "ike" }],
  ])("of a flow %s counts as %i that were not looked into", (_, count, more) => {
    const reader = new EveReader();
    const flow = { event_type: "flow", proto: "UDP", src_port: 1_024, dest_port: 53, ...more };
    expect(reader.read(new TextEncoder().encode(JSON.stringify(flow)))).toBe("other");
    const { message } = reader.blindness("eve.json");
    expect(message.includes("It tells of 1 flows on UDP 4500")).toBe(count === 1);
  });
});

const NAMES = [
  ...["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "is_orig", "initiator_spi", "responder_spi"],
  ...["maj_ver", "min_ver", "exchange_type", "flag_e", "flag_c", "flag_a", "message_id", "length"],
];
const CELLS = [
  ...["1772438410.123456", "198.51.100.1", "500", "192.0.2.1", "501", "T", "0x0123456789ABCDEF"],
  ...["0xFEDCBA9876543210", "1", "0", "32", "T", "F", "F", "7", "172"],
];

/** A line of ipsec.log with other cells. */
const cells = (more: Record<string, string> = {}) => NAMES.map((name, i) => more[name] ?? CELLS[i]);

function readZeek(lines: readonly string[]) {
  const reader = new ZeekReader();
  return lines.map((line) => reader.read(new TextEncoder().encode(line))).at(-1);
}
const HEADER = ["#separator \\x09", "#unset_field\t-", ["#fields", ...NAMES].join("\t")];
const readCells = (more: Record<string, string> = {}) => readZeek([...HEADER, cells(more).join("\t")]);

describe("a line of Zeek's ipsec.log", () => {
  it("is the header of a message with its length", () => {
    expect(readCells()).toEqual(LOG_ENTRY);
  });

  it.each<[string, Record<string, string>, Partial<LogEntry>]>([
    [
      "from who answered",
      { is_orig: "F" },
      { from: "192.0.2.1", fromPort: 501, to: "198.51.100.1", toPort: 500 },
    ],
    [
      "without 0x before its cookies",
      { initiator_spi: "0123456789abcdef" },
      { initiatorCookie: "0123456789abcdef" },
    ],
    ["in the clear", { flag_e: "F" }, { flags: 0 }],
    ["with the commit bit", { flag_c: "T" }, { flags: 3 }],
    ["for authentication alone", { flag_e: "F", flag_a: "T" }, { flags: 4 }],
    ["of flags that are not set", { flag_e: "-", flag_c: "-", flag_a: "-" }, { flags: 0 }],
    ["of minor version 0 where none is set", { min_ver: "-" }, { minor: 0 }],
    ["of no length where none is set", { length: "-" }, { length: null }],
    ["of a header alone", { length: "28" }, { length: 28 }],
    ["as long as UDP carries", { length: "65503" }, { length: 65_503 }],
    ["of whole seconds", { ts: "1772438410" }, { micros: AT }],
    ["of a time in words", { ts: "2026-03-02T08:00:10.000001Z" }, { micros: AT + 1 }],
    ["of nanoseconds, which are cut", { ts: "1772438410.000001999" }, { micros: AT + 1 }],
  ])("is %s", (_, more, wanted) => {
    expect(readCells(more)).toMatchObject(wanted);
  });

  it.each<[string, Record<string, string>]>([
    ["shorter than a header", { length: "27" }],
    ["longer than UDP carries", { length: "65504" }],
    ["without a message ID", { message_id: "-" }],
    ["of a message ID of 33 bits", { message_id: "4294967296" }],
    ["of a cookie of fifteen digits", { initiator_spi: "0x0123456789ABCDE" }],
    ["of a direction that is neither", { is_orig: "yes" }],
    ["of no time", { ts: "now" }],
    ["of a time whose microseconds a number does not hold", { ts: "99999999999" }],
    ["of a port that is none", { "id.resp_p": "65536" }],
  ])("is malformed where it is %s", (_, more) => {
    expect(readCells(more)).toBe("malformed");
  });

  it("is malformed where it has more cells than its header, or no header that has what is needed", () => {
    expect(readZeek([...HEADER, [...cells(), "x"].join("\t")])).toBe("malformed");
    expect(readZeek([cells().join("\t")])).toBe("malformed");
    const without = NAMES.filter((name) => name !== "message_id");
    const [separator, unset] = HEADER;
    const short = CELLS.filter((_, i) => NAMES[i] !== "message_id").join("\t");
    expect(readZeek([separator, unset, ["#fields", ...without].join("\t"), short])).toBe("malformed");
    // Of an earlier header nothing stays.
    expect(readZeek([...HEADER, ["#fields", ...without].join("\t"), cells().join("\t")])).toBe("malformed");
  });

  it("is cut where its header says, and has nothing where the header says what nothing is", () => {
    const header = ["#separator \\x2c", "#unset_field,none", ["#fields", ...NAMES].join(",")];
    expect(readZeek([...header, cells({ length: "none" }).join(",")])).toMatchObject({
      messageId: 7,
      length: null,
    });
    expect(readZeek([...header, cells({ length: "-" }).join(",")])).toBe("malformed");
  });

  const object = (more: Fields = {}) =>
    JSON.stringify({
      ...Object.fromEntries(NAMES.map((name, i) => [name, CELLS[i]])),
      ts: 1_772_438_410.123456,
      is_orig: false,
      message_id: 7,
      ...more,
    });

  it.each<[string, string, Partial<LogEntry> | string]>([
    ["an object, too", object(), { micros: AT + 123_456, from: "192.0.2.1", messageId: 7, flags: 1 }],
    ["another log's object, which is passed over", object({ initiator_spi: undefined }), "other"],
    ["malformed before 1970", object({ ts: -1 }), "malformed"],
    ["malformed behind 5138, whose seconds have twelve digits", object({ ts: 1e11 }), "malformed"],
    ["malformed where it is not JSON", object().slice(0, -1), "malformed"],
  ])("may be %s", (_, text, wanted) => {
    const read = readZeek([text]);
    if (typeof wanted === "string") expect(read).toBe(wanted);
    else expect(read).toMatchObject(wanted);
  });

  it.each<[string, string[], boolean | null]>([
    ["is one", HEADER, true],
    ["is one with another separator", ["#separator \\x2c", ["#fields", ...NAMES].join(",")], true],
    ["is none of another log", ["#separator \\x09", "#fields\tts\tuid"], false],
    ["is none without its fields", ["#separator \\x09", "", "1772438410"], false],
    ["is not complete yet", ["#separator \\x09", ""], null],
  ])("has a header, which %s", (_, lines, wanted) => {
    expect(isIpsecHeader(lines)).toBe(wanted);
  });
});
