/** Samples that look like the fault to a careless eye and are not: clients, protocols and copies. */

import { pcapng } from "./capture-files.ts";
import { datagram, isakmp } from "./frames.ts";
import { GROUP } from "./samples-phase-one.ts";
import {
  behindNat,
  connected,
  FIRST,
  NAT_ADDRESS,
  type Play,
  RESPONDER,
  type Sample,
  SECOND,
  sample,
} from "./samples-played.ts";
import { Client, type PlayedRecord, Stage, VENDOR, windowsVendorIds } from "./session.ts";

function oneClientReconnects(stage: Stage): void {
  const client = new Client(stage, FIRST);
  connected(client, 0, 20);
  connected(client, 25, 45);
  // And once without a farewell: the old IKE SA is replaced by the new one.
  client.connect(50).quickMode(50.2).esp(51, 60);
  connected(client, 62, 80);
}

function oneAfterAnother(stage: Stage): void {
  connected(new Client(stage, FIRST), 0, 30);
  connected(new Client(stage, SECOND), 40, 70);
}

function twoResponders(stage: Stage): void {
  connected(new Client(stage, FIRST), 0, 60);
  connected(new Client(stage, { ...SECOND, responder: "192.0.2.2" }), 10, 50);
}

function drawn(vendorIds: readonly string[], first: readonly number[], second: readonly number[]): Play {
  return (stage) => {
    connected(new Client(stage, { ...FIRST, vendorIds }, first), 0, 60, first.length);
    connected(new Client(stage, { ...SECOND, vendorIds }, second), 10, 50, second.length);
  };
}

/** The responder starts a quick mode with each of its clients, by accident with one ID. */
function responderStarted(stage: Stage): void {
  const xp = { ...SECOND, vendorIds: windowsVendorIds(4) };
  connected(new Client(stage, FIRST), 0, 60).quickMode(30, 0x5e11d30a, "responder");
  connected(new Client(stage, xp, [0x3fa2190d]), 10, 55).quickMode(40, 0x5e11d30a, "responder");
}

/** Every time the client connects, the responder says at once that it does not like the proposal. */
function proposalMismatch(stage: Stage): void {
  const client = new Client(stage, SECOND);
  for (const at of [0, 10]) {
    client
      .connect(at)
      .refused(at + 0.2)
      .farewell(at + 2);
  }
}

function isakmpOnly(
  what: "ikev2" | "authip",
  exchanges: readonly number[],
  headerOf: (exchange: number, i: number) => Partial<Parameters<typeof isakmp>[0]>,
): Play {
  return (stage) => {
    const gateway = `${RESPONDER}:500`;
    [FIRST, SECOND].forEach(({ address }, n) => {
      const cookies = { initiatorCookie: stage.cookie(), responderCookie: stage.cookie() };
      exchanges.forEach((exchange, i) => {
        const message = isakmp({
          ...cookies,
          ...(i === 0 ? { responderCookie: "0000000000000000" } : {}),
          exchange,
          ...headerOf(exchange, i),
        });
        const client = `${address}:500`;
        const frame = i % 2 === 0 ? datagram(client, gateway, message) : datagram(gateway, client, message);
        stage.put((n * exchanges.length + i) * 0.05, frame, what);
      });
    });
  };
}

/** A payload of 68 bytes in all whose content nobody reads. */
function onePayload(stage: number): Buffer {
  const body = Buffer.alloc(68, stage + 1);
  body.set([0, 0, 0, 68]);
  return body;
}

/** IKEv2: message IDs count 0, 1, 2 in every session by design (RFC 7296 2.2). */
const ikev2 = isakmpOnly("ikev2", [34, 34, 35, 35, 36, 36, 37, 37], (exchange, i) => ({
  version: 0x20,
  flags: i % 2 === 0 ? 0x08 : 0x20,
  messageId: i >> 1,
  // A nonce while in clear, then an encrypted payload.
  nextPayload: exchange === 34 ? 40 : 46,
  body: onePayload(i),
}));

/** AuthIP under version 1.0: exchanges 243 to 245, message ID 1 in extended mode (MS-AIPS 2.2). */
const authip = isakmpOnly("authip", [243, 243, 245, 245, 244], (exchange, i) => ({
  flags: 0,
  messageId: exchange === 243 ? 0 : 1,
  nextPayload: 134,
  body: onePayload(i),
}));

/** One quick mode is sent again after a second; a mirror port shows all of it on two interfaces. */
function sentAgain(stage: Stage): void {
  const session = new Client(stage, FIRST).connect(0);
  const first = session.encrypted(32, 1, 332);
  session.send(0.2, "client", first);
  session.send(1.2, "client", first);
  session.send(1.23, "responder", session.encrypted(32, 1, 172));
  session.send(1.25, "client", session.encrypted(32, 1, 60));
  session.esp(2, 20).farewell(21);
  connected(new Client(stage, SECOND), 30, 50);
}

/** The second interface sees each packet again 40 microseconds later. */
function onTwoInterfaces(records: PlayedRecord[]): PlayedRecord[] {
  return records
    .flatMap((record) => [record, { ...record, at: record.at + 40_000n, interface: 1 }])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Every datagram inside the NAT, and 0.2 ms later outside; the other way round for what comes back. */
function bothSidesOfNat(stage: Stage): void {
  const later = 200_000n;
  const sides = [behindNat(40_001), { address: "203.0.113.11", port500: 500, port4500: 4500 }].map((peer) => {
    const side = new Stage(20);
    connected(new Client(side, peer), 0, 30);
    return side.records;
  });
  const [outside, inside] = sides;
  outside.forEach((record, i) => {
    const goesOut = Buffer.from(record.frame.subarray(26, 30)).join(".") === NAT_ADDRESS;
    stage.records.push({ ...record, at: record.at + (goesOut ? later : 0n) });
    stage.records.push({ ...inside[i], at: inside[i].at + (goesOut ? 0n : later) });
  });
}

/**
 * A whole session of a Windows 7 client at an openswan gateway, both behind NAT, as a public log has it: quick
 * modes 1 and 2 at once, the SA of 1 deleted a second later; L2TP stays silent, so 3 to 6 follow, each with a
 * Delete of the SA before; after 35 seconds the client gives up. Times count from the fifth message.
 */
function windowsSessionNat(stage: Stage): void {
  const mm5 = 0.08;
  const client = new Client(stage, {
    ...behindNat(40_001),
    vendorIds: windowsVendorIds(8),
    responderVendorIds: { first: [VENDOR.openswan, VENDOR.dpd, VENDOR.natT], second: [] },
    group: GROUP.modp2048,
  });
  const session = client.connect(0);
  const deleted = (at: number) => session.deleteEsp(at).deleteEsp(at + 0.03, "responder");
  session.quickMode(mm5 + 0.05).quickMode(mm5 + 0.06);
  deleted(mm5 + 1);
  for (const at of [3, 7, 15, 25]) {
    session.quickMode(mm5 + at);
    deleted(mm5 + at + 0.07);
  }
  session
    .keepalives(20, 30)
    .farewell(mm5 + 35)
    .farewell(mm5 + 35.1, "responder");
}

export function trapSamples(): [string, Sample][] {
  return [
    ["one-client-reconnects.pcap", sample(12, oneClientReconnects)],
    ["one-after-another.pcap", sample(13, oneAfterAnother)],
    ["two-responders.pcap", sample(14, twoResponders)],
    [
      "random-ids.pcap",
      sample(15, drawn([VENDOR.xauth, VENDOR.dpd], [0x9c01f37a, 0x2e77b04d], [0x41aa08c6, 0xd3f1097b])),
    ],
    ["ikev2.pcap", sample(16, ikev2)],
    ["authip.pcap", sample(17, authip)],
    [
      "retransmission-and-echo.pcapng",
      sample(18, sentAgain, {
        shape: onTwoInterfaces,
        write: (records) => pcapng(records, { interfaces: [{ tsresol: 9 }, { tsresol: 9 }] }),
      }),
    ],
    ["both-sides-of-nat.pcap", sample(19, bothSidesOfNat)],
    ["responder-started-rekey.pcap", sample(21, responderStarted)],
    ["xp-clients.pcap", sample(22, drawn(windowsVendorIds(4), [0x83d9210b, 0x17c4e6a2], [0x5d20c1f8]))],
    ["proposal-mismatch.pcap", sample(23, proposalMismatch)],
    ["windows-session-nat.pcap", sample(26, windowsSessionNat)],
  ];
}
