/**
 * The captures in samples/: each shows one verdict, or one thing that looks like the fault and is not. All
 * addresses are documentation ranges. `two-windows-clients.pcap` is the one to begin with.
 */

import { type FrameRecord, pcap, pcapng } from "./capture-files.ts";
import { datagram, erspan, ethernet, isakmp, nonEspMarker } from "./frames.ts";
import { type PeerOptions, Session, Stage, VENDOR, windowsVendorIds } from "./session.ts";

export interface Sample {
  bytes: Buffer;
  ikev1: number;
  quickModeMessages: number;
}

const FIRST: PeerOptions = { address: "198.51.100.11" };
const SECOND: PeerOptions = { address: "198.51.100.12" };

type Play = (stage: Stage) => void;
type Write = (records: FrameRecord[]) => Buffer;

function sample(seed: number, play: Play, write: Write = (records) => pcap(records)): Sample {
  const stage = new Stage(seed);
  play(stage);
  return { bytes: write(stage.sorted()), ikev1: stage.ikev1, quickModeMessages: stage.quickModeMessages };
}

/** The first client, connected from `from` to `to` with ESP all the while, then a farewell. */
function connected(
  stage: Stage,
  peer: PeerOptions,
  from: number,
  to: number,
  ids: readonly number[] = [1],
): Session {
  const session = new Session(stage, peer).mainMode(from);
  ids.forEach((id, i) => {
    session.quickMode(from + 0.2 + i * 10, id);
  });
  session.esp(from + 1, to - 1).farewell(to);
  return session;
}

/** Main mode, a quick mode that is never answered, and the two Deletes with which Windows gives up. */
function refusedOnce(stage: Stage, peer: PeerOptions, at: number, id = 1): void {
  new Session(stage, peer)
    .mainMode(at)
    .unanswered(at + 0.2, id)
    .farewell(at + 12);
}

function twoWindowsClients(stage: Stage): void {
  connected(stage, FIRST, 0, 60);
  refusedOnce(stage, SECOND, 10);
  refusedOnce(stage, SECOND, 30);
  connected(stage, SECOND, 75, 110);
}

/** The client's end of domain.md-like logs: two quick modes at once behind a NAT, then L2TP stays silent. */
function windowsSessionNat(stage: Stage): void {
  const peer = { address: "198.51.100.50", port500: 1024, port4500: 40001, vendorIds: windowsVendorIds(8) };
  const session = new Session(stage, peer).mainMode(0);
  session.quickMode(0.2, 1).quickMode(0.3, 2).deleteEsp(1.2).deleteEsp(1.25, "responder");
  [3, 7, 15, 25].forEach((at, i) => {
    session
      .quickMode(at + 0.1, 3 + i)
      .deleteEsp(at + 0.2)
      .deleteEsp(at + 0.25, "responder");
  });
  session.keepalives(20, 30).farewell(35.1).farewell(35.2, "responder");
}

/** Every datagram inside the NAT, and 0.2 ms later outside (or the other way round for what comes back). */
function bothSidesOfNat(stage: Stage): void {
  const outside = new Stage(20);
  const play = (peer: PeerOptions, on: Stage) => connected(on, peer, 0, 30);
  play({ address: "198.51.100.50", port500: 1024, port4500: 40001 }, outside);
  const inside = new Stage(20);
  play({ address: "10.9.0.11", port500: 500, port4500: 4500 }, inside);
  outside.records.forEach((record, i) => {
    const twin = inside.records[i];
    const outgoing = Buffer.from(record.frame).readUInt32BE(30) === 0xc0000201;
    const later = 200_000n;
    stage.records.push({ ...record, at: record.at + (outgoing ? later : 0n) });
    stage.records.push({ ...twin, at: twin.at + (outgoing ? 0n : later) });
  });
  stage.ikev1 = outside.ikev1 + inside.ikev1;
  stage.quickModeMessages = outside.quickModeMessages + inside.quickModeMessages;
}

/** The second interface of a mirror port sees each packet again 40 microseconds later. */
function onTwoInterfaces(records: FrameRecord[]): Buffer {
  const both = records.flatMap((record) => [record, { ...record, at: record.at + 40_000n, interface: 1 }]);
  both.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return pcapng(both, { interfaces: [{ tsresol: 9 }, { tsresol: 9 }] });
}

/** Cuts a message into IKE fragments; `outer` says what stands in the header of each (domain facts 3.6). */
function fragmented(message: Buffer, size: number, outer: { exchange: number; messageId: number }): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) pieces.push(message.subarray(at, at + size));
  return pieces.map((piece, i) => {
    const header = Buffer.from([0, 0, 0, 0, 0, 7, i + 1, i === pieces.length - 1 ? 1 : 0]);
    header.writeUInt16BE(8 + piece.length, 2);
    return isakmp({
      initiatorCookie: message.toString("hex", 0, 8),
      responderCookie: message.toString("hex", 8, 16),
      nextPayload: 132,
      flags: 0,
      ...outer,
      body: Buffer.concat([header, piece]),
    });
  });
}

function fragments(stage: Stage, outerOf: (id: number) => { exchange: number; messageId: number }): void {
  connected(stage, FIRST, 0, 40);
  const session = new Session(stage, SECOND).mainMode(10);
  const message = session.encrypted(32, 1, 700);
  for (const later of [0, 1, 2, 5]) {
    fragmented(message, 400, outerOf(1)).forEach((piece, i) => {
      session.send(10.2 + later + i * 0.001, "client", piece);
    });
  }
  session.farewell(22);
  connected(stage, SECOND, 50, 70);
}

function noIkev1(messages: readonly { from: string; to: string; message: Buffer; nat?: boolean }[]): Play {
  return (stage) => {
    messages.forEach(({ from, to, message, nat }, i) => {
      stage.put(i * 0.05, datagram(from, to, nat === true ? nonEspMarker(message) : message));
    });
  };
}

/** IKEv2 sessions of two clients: their message IDs count 0, 1, 2 by design (RFC 7296 2.2). */
function ikev2(): Play {
  const list = ["198.51.100.11", "198.51.100.12"].flatMap((address, n) =>
    [34, 34, 35, 35, 36, 36, 37, 37].map((exchange, i) => ({
      from: i % 2 === 0 ? `${address}:500` : "192.0.2.1:500",
      to: i % 2 === 0 ? "192.0.2.1:500" : `${address}:500`,
      message: isakmp({
        initiatorCookie: `aaaaaaaaaaaaaa0${n}`,
        responderCookie: i === 0 ? "0000000000000000" : `bbbbbbbbbbbbbb0${n}`,
        version: 0x20,
        exchange,
        flags: i % 2 === 0 ? 0x08 : 0x20,
        messageId: i >> 1,
        nextPayload: 46,
        body: Buffer.alloc(64, i + 1),
      }),
    })),
  );
  return noIkev1(list);
}

/** AuthIP under version 1.0: exchanges 243 to 245, message ID 1 in extended mode (MS-AIPS 2.2). */
function authip(): Play {
  const list = ["198.51.100.11", "198.51.100.12"].flatMap((address, n) =>
    [243, 243, 245, 245, 244].map((exchange, i) => ({
      from: i % 2 === 0 ? `${address}:500` : "192.0.2.1:500",
      to: i % 2 === 0 ? "192.0.2.1:500" : `${address}:500`,
      message: isakmp({
        initiatorCookie: `aaaaaaaaaaaaaa0${n}`,
        responderCookie: i === 0 ? "0000000000000000" : `bbbbbbbbbbbbbb0${n}`,
        exchange,
        flags: 0,
        messageId: exchange === 243 ? 0 : 1,
        nextPayload: 134,
        body: Buffer.alloc(64, i + 1),
      }),
    })),
  );
  return noIkev1(list);
}

const nat = (port: number): PeerOptions => ({
  address: "198.51.100.50",
  port500: port - 39000,
  port4500: port,
});

function chance(stage: Stage): void {
  const other = { vendorIds: [VENDOR.xauth, VENDOR.dpd] };
  connected(stage, { ...FIRST, ...other }, 0, 60, [0x7a3c91e5]);
  new Session(stage, { ...SECOND, ...other }).mainMode(10).unanswered(10.2, 0x7a3c91e5).farewell(22);
  connected(stage, { ...SECOND, ...other }, 70, 90, [0x51b0447f]);
}

/** All samples, by file name. */
export function buildSamples(): Map<string, Sample> {
  const xp = windowsVendorIds(4);
  const oneSided: Write = (records) =>
    pcap(records.filter(({ frame }) => Buffer.from(frame).readUInt32BE(26) !== 0xc0000201));
  const late =
    (seconds: number): Write =>
    (records) =>
      pcap(records.filter(({ at }) => at >= records[0].at + BigInt(seconds) * 1_000_000_000n));
  return new Map<string, Sample>([
    ["two-windows-clients.pcap", sample(1, twoWindowsClients)],
    [
      "refused-by-informational.pcap",
      sample(2, (stage) => {
        connected(stage, FIRST, 0, 60);
        new Session(stage, SECOND).mainMode(10).refused(10.2, 1).farewell(14);
        connected(stage, SECOND, 75, 100);
      }),
    ],
    [
      "no-control.pcap",
      sample(3, (stage) => {
        connected(stage, FIRST, 0, 60);
        refusedOnce(stage, SECOND, 10);
      }),
    ],
    [
      "later-id.pcap",
      sample(4, (stage) => {
        connected(stage, FIRST, 0, 90, [1, 2]);
        const session = connected(stage, { ...SECOND, vendorIds: xp }, 20, 45, [0x6b1d20f3]);
        session.unanswered(30, 2);
      }),
    ],
    ["verdict-predicted-one-sided.pcap", sample(5, twoWindowsClients, oneSided)],
    [
      "verdict-possible-holder-unseen.pcap",
      sample(
        6,
        (stage) => {
          connected(stage, FIRST, 0, 60);
          refusedOnce(stage, SECOND, 15);
          connected(stage, SECOND, 75, 100);
        },
        late(5),
      ),
    ],
    [
      "verdict-tolerated.pcap",
      sample(7, (stage) => {
        connected(stage, FIRST, 0, 60);
        connected(stage, SECOND, 10, 50);
      }),
    ],
    [
      "implied-claim.pcap",
      sample(
        8,
        (stage) => {
          const session = new Session(stage, FIRST).mainMode(0).quickMode(0.2, 1).esp(1, 60);
          session.quickMode(20, 2).farewell(61);
          refusedOnce(stage, SECOND, 30);
          connected(stage, SECOND, 75, 100);
        },
        late(10),
      ),
    ],
    ["refused-without-holder.pcap", sample(9, (stage) => refusedOnce(stage, SECOND, 0))],
    [
      "same-nat.pcap",
      sample(10, (stage) => {
        connected(stage, nat(40001), 0, 60).keepalives(5, 55);
        refusedOnce(stage, nat(40002), 10);
        connected(stage, nat(40002), 75, 100);
      }),
    ],
    ["chance-collision.pcap", sample(11, chance)],
    [
      "one-client-reconnects.pcap",
      sample(12, (stage) => {
        connected(stage, FIRST, 0, 20);
        connected(stage, FIRST, 25, 45);
        // And once without a farewell: the old IKE SA is replaced by the new one.
        new Session(stage, FIRST).mainMode(50).quickMode(50.2, 1).esp(51, 60);
        connected(stage, FIRST, 62, 80);
      }),
    ],
    [
      "one-after-another.pcap",
      sample(13, (stage) => {
        connected(stage, FIRST, 0, 30);
        connected(stage, SECOND, 40, 70);
      }),
    ],
    [
      "two-responders.pcap",
      sample(14, (stage) => {
        connected(stage, FIRST, 0, 60);
        connected(stage, { ...SECOND, responder: "192.0.2.2" }, 10, 50);
      }),
    ],
    [
      "random-ids.pcap",
      sample(15, (stage) => {
        const other = { vendorIds: [VENDOR.xauth, VENDOR.dpd] };
        connected(stage, { ...FIRST, ...other }, 0, 60, [0x9c01f37a, 0x2e77b04d]);
        connected(stage, { ...SECOND, ...other }, 10, 50, [0x41aa08c6, 0xd3f1097b]);
      }),
    ],
    ["ikev2.pcap", sample(16, ikev2())],
    ["authip.pcap", sample(17, authip())],
    [
      "retransmission-and-echo.pcapng",
      sample(
        18,
        (stage) => {
          const session = new Session(stage, FIRST).mainMode(0);
          const first = session.encrypted(32, 1, 332);
          session.send(0.2, "client", first);
          session.send(1.2, "client", first);
          session.send(1.23, "responder", session.encrypted(32, 1, 172));
          session.send(1.25, "client", session.encrypted(32, 1, 60));
          session.esp(2, 20).farewell(21);
          connected(stage, SECOND, 30, 50);
          stage.ikev1 *= 2;
          stage.quickModeMessages *= 2;
        },
        onTwoInterfaces,
      ),
    ],
    ["both-sides-of-nat.pcap", sample(19, bothSidesOfNat)],
    [
      "responder-started-rekey.pcap",
      sample(21, (stage) => {
        connected(stage, FIRST, 0, 60).quickMode(30, 0x5e11d30a, "responder");
        connected(stage, { ...SECOND, vendorIds: xp }, 10, 55, [0x3fa2190d]).quickMode(
          40,
          0x5e11d30a,
          "responder",
        );
      }),
    ],
    [
      "xp-clients.pcap",
      sample(22, (stage) => {
        connected(stage, { ...FIRST, vendorIds: xp }, 0, 60, [0x83d9210b, 0x17c4e6a2]);
        connected(stage, { ...SECOND, vendorIds: xp }, 10, 50, [0x5d20c1f8]);
      }),
    ],
    [
      "proposal-mismatch.pcap",
      sample(23, (stage) => {
        new Session(stage, SECOND).mainMode(0).refused(0.2, 1).farewell(2);
        new Session(stage, SECOND).mainMode(10).refused(10.2, 1).farewell(12);
      }),
    ],
    [
      "fragments-windows.pcap",
      sample(24, (stage) => fragments(stage, (id) => ({ exchange: 32, messageId: id }))),
    ],
    [
      "fragments-strongswan.pcap",
      sample(25, (stage) => fragments(stage, () => ({ exchange: 2, messageId: 0 }))),
    ],
    ["windows-session-nat.pcap", sample(26, windowsSessionNat)],
    [
      "qinq.pcap",
      sample(27, twoWindowsClients, (records) =>
        pcap(
          records.map((record) => ({
            ...record,
            frame: ethernet(record.frame.subarray(14), { vlans: [200, 42] }),
          })),
        ),
      ),
    ],
    [
      "ipv6.pcap",
      sample(28, (stage) => {
        const responder = "2001:db8::1";
        connected(stage, { address: "2001:db8:1::11", responder }, 0, 60);
        refusedOnce(stage, { address: "2001:db8:1::12", responder }, 10);
        connected(stage, { address: "2001:db8:1::12", responder }, 75, 100);
      }),
    ],
    ["snaplen-96.pcap", sample(29, twoWindowsClients, (records) => pcap(records, { snaplen: 96 }))],
    [
      "erspan.pcap",
      sample(30, twoWindowsClients, (records) =>
        pcap(records.map((record) => ({ ...record, frame: erspan(record.frame, 2) }))),
      ),
    ],
    ["truncated.pcap", sample(31, twoWindowsClients, (records) => pcap(records).subarray(0, -20))],
    [
      "clock-step.pcap",
      sample(
        32,
        (stage) => {
          connected(stage, FIRST, 0, 25);
          refusedOnce(stage, SECOND, 100);
          connected(stage, SECOND, 120, 140);
        },
        (records) => {
          // The clock is set back by an hour between the two; the first client's farewell is lost with the step.
          const kept = records.filter(
            ({ at }) => at < records[0].at + 24_000_000_000n || at > records[0].at + 90_000_000_000n,
          );
          const back = (at: bigint) => (at > records[0].at + 90_000_000_000n ? at - 3_600_000_000_000n : at);
          return pcap(kept.map((record) => ({ ...record, at: back(record.at) })));
        },
      ),
    ],
  ]);
}
