/** What fuzzing of lines and tables starts from: one of each form, written after its documentation. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "../../src/index.ts";
import { StateFile } from "../../src/node/state/file.ts";
import { eveLine, zeekRow, zeekTsv } from "../support/logs.ts";
import { SealedSession, SUITES } from "../support/sealed.ts";
import { SAVED } from "./table-targets.ts";

const encoder = new TextEncoder();
const MAX_RECORDS = 6;

function inFolder<T>(make: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-seeds-"));
  try {
    return make(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Some lines of the message records of each capture. */
export async function recordSeeds(captures: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-seeds-"));
  const path = join(folder, "capture");
  const seeds: Uint8Array[] = [];
  try {
    for (const capture of captures) {
      writeFileSync(path, capture);
      let text = "";
      await extract([path], { sensor: "tap" }, async (lines) => {
        text += lines;
      }).catch(() => {});
      const [header, ...records] = text.trimEnd().split("\n");
      const some = records.filter((_, i) => i % Math.ceil(records.length / MAX_RECORDS) === 0);
      if (some.length > 0) seeds.push(encoder.encode(`${[header, ...some].join("\n")}\n`));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return seeds;
}

const MESSAGES = [1, 2, 3].map((i) => ({
  at: 1_772_438_400 + i / 10,
  from: "198.51.100.11",
  to: "192.0.2.1",
  cookies: ["0123456789abcdef", "fedcba9876543210"] as const,
  exchange: 32,
  id: i,
  length: 300 + i,
}));

const ZEEK_ROWS = MESSAGES.map((message) => zeekRow(message, message.from));

export function logSeeds(): Uint8Array[] {
  return [
    MESSAGES.map((message) => eveLine(message)).join("\n"),
    MESSAGES.map((message) => eveLine(message, true)).join("\n"),
    zeekTsv(ZEEK_ROWS),
    ZEEK_ROWS.map((row) => JSON.stringify(row)).join("\n"),
  ].map((text) => encoder.encode(text));
}

const HEADS = [
  "<165>Jun 27 2018 12:17:46 asa1 : ",
  "Nov  8 07:10:05 asa1 ",
  "<165>1 2018-06-27T12:17:46Z asa1 - - - - ",
  "<165>:Jun 27 2018 12:17:46 UTC: ",
  "2018-06-27 12:17:46\tLocal4.Notice\t192.0.2.1\t",
];
const SAYINGS = [
  "%ASA-5-713120: Group = DefaultRAGroup, Username = alice, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=033c8971)",
  "%ASA-5-713049: Group = g, Username = u, IP = 198.51.100.11, Security negotiation complete for User (u)  Responder, Inbound SPI = 0xd0e5c6d3, Outbound SPI = 0x1f2e3d4",
  "%ASA-6-602303: IPSEC: An inbound remote access SA (SPI= 0xD0E5C6D3) between 192.0.2.1 and 198.51.100.11 (user= u) has been created.",
  "%ASA-6-603106: L2TP Tunnel created, tunnel_id is 12, remote_peer_ip is 198.51.100.11, ppp_virtual_interface_id is 1, client_dynamic_ip is 10.1.1.2, username is u",
  "%ASA-4-113019: Group = g, Username = u, IP = 198.51.100.11, Session disconnected. Session Type: L2TPOverIPsecOverNatT, Duration: 0h:01m:02s, Bytes xmt: 8, Bytes rcv: 9, Reason: Idle Timeout",
  "%ASA-3-713902: Group = g, IP = 198.51.100.12, QM FSM error (P2 struct &0x00007fff33763a70, mess id 0x1)!",
  "%ASA-5-713006: Group = g, IP = 198.51.100.12, Failed to obtain state for message Id 10, Peer Address: 198.51.100.12",
  "%ASA-3-713227: IP = 198.51.100.12, Rejecting new IPSec SA negotiation for peer 198.51.100.12. A negotiation was already in progress for local Proxy 192.0.2.1/255.255.255.255, remote Proxy 198.51.100.12/255.255.255.255",
  "%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = u : user IP = 198.51.100.12",
  "%ASA-vpn-7-713236: IP = 2001:db8::11, IKE_DECODE RECEIVED Message (msgid=1) with payloads : HDR + HASH (8) + SA (1) + NONE (0) total length : 332",
  "[IKEv1]Group = , IP = , QM FSM error (P2 struct &0xcc19ed48, mess id 0xfc16eec2)!",
];

export function gatewayLogSeeds(): Uint8Array[] {
  return SAYINGS.map((saying, i) =>
    encoder.encode(HEADS.map((head, k) => head + SAYINGS[(i + k) % SAYINGS.length]).join("\n") + saying),
  );
}

const EVENTS: readonly [number, string, string][] = [
  [
    4654,
    "Microsoft-Windows-Security-Auditing",
    "<Data Name='LocalAddress'>198.51.100.12</Data><Data Name='RemoteAddress'>192.0.2.1</Data><Data Name='MessageID'>1</Data>",
  ],
  [
    4653,
    "Microsoft-Windows-Security-Auditing",
    '<Data Name="FailureReason">Negotiation &#x74;imed &amp;lt; out</Data><Data Name="InitiatorCookie">0123456789abcdef</Data>',
  ],
  [20_227, "RasClient", "<Data>{B4000371}</Data><Data>alice</Data><Data>Office</Data><Data>789</Data>"],
];

export function eventSeeds(): Uint8Array[] {
  const all = EVENTS.map(
    ([id, provider, data]) =>
      `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/><EventID Qualifiers='0'>${id}</EventID><TimeCreated SystemTime='2026-03-02T08:00:10.123456700Z'/></System><EventData>${data}</EventData></Event>`,
  );
  return [...all, `<?xml version="1.0"?><!DOCTYPE x><Events>${all.join("\n")}</Events>`].map((text) =>
    encoder.encode(text),
  );
}

export function keySeeds(): Uint8Array[] {
  const key = "00112233445566778899aabbccddeeff";
  return [
    `# made by hand\n"0123456789ABCDEF","${key}"\n${key}\n0x0123456789abcdef\n`,
    [
      "20:52:02 10[IKE] encryption key Ka => 24 bytes @ 0x7f277c00d040",
      '20:52:02 10[IKE]    0: 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF  .."3DUfw........',
      "20:52:02 10[IKE]   16: 01 23 45 67 89 AB CD EF                          .#Eg....",
    ].join("\n"),
    [
      "2012-07-11 11:35:55: DEBUG: new cookie:",
      "831d33d46e20f8e6 ",
      "2012-07-11 11:35:55: DEBUG: final encryption key computed:",
      "2012-07-11 11:35:55: DEBUG: ",
      "00112233 44556677 8899aabb ccddeeff",
    ].join("\n"),
    "enc-key: 00112233 44556677 8899aabb ccddeeff",
  ].map((text) => encoder.encode(text));
}

/** Messages of sealed sessions, each behind its side and a half of what it is longer than a header. */
export function openerSeeds(): Uint8Array[] {
  return SUITES.map((suite) => {
    const { records } = new SealedSession({ suite }).phase1(0).quickMode(1, 1).farewell(2);
    // Ethernet, IPv4 and UDP stand before each message.
    const messages = records.map(({ frame }) => frame.subarray(42)).filter(({ length }) => length >= 28);
    return new Uint8Array(
      Buffer.concat(
        messages.flatMap((message, i) => {
          const half = Math.min(255, (message.length - 28) >> 1);
          return [Uint8Array.of(i & 1, half), message.subarray(0, 28 + 2 * half)];
        }),
      ),
    );
  });
}

export function stateSeeds(): Uint8Array[] {
  return inFolder((folder) => {
    const path = join(folder, "state");
    new StateFile(path).write(SAVED);
    return [new Uint8Array(readFileSync(path))];
  });
}

/** Flows whose SPIs change, whose packets are lost and come in another order. */
export function espNumberSeeds(): Uint8Array[] {
  return [1, 7, 24].map((spis) => {
    const packets = Array.from({ length: 60 }, (_, i) => [i % 3, i % spis, i % 200, 1, 0, 0, 0, i ^ (i % 5)]);
    return Uint8Array.from(packets.flat());
  });
}
