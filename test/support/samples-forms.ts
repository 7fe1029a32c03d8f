/** The fault again, in other clothes: IKE fragments, tags and tunnels, short and damaged captures. */

import { pcap } from "./capture-files.ts";
import { erspan, ethernet, isakmp } from "./frames.ts";
import {
  connected,
  FIRST,
  type Play,
  refusedOnce,
  type Sample,
  SECOND,
  sample,
  twoWindowsClients,
} from "./samples-played.ts";
import { Client, type PlayedRecord, type Session, type Stage } from "./session.ts";

interface OuterHeader {
  exchange: number;
  messageId: number;
}

/** Cuts a message into IKE fragments; `outer` says what stands in the header of each. */
function fragmentsOf(message: Buffer, size: number, outer: OuterHeader): Buffer[] {
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

/** A long first message, at 0, 1, 3 and 6 seconds: whole so many times, then in fragments. */
function longQuickMode(whole: number, outer: OuterHeader): Play {
  const send = (stage: Stage, session: Session, at: number, message: Buffer, i: number) => {
    // Fragments make datagrams of 576 bytes: less IP, UDP, ISAKMP and fragment header, 512 of them are content.
    const parts = i < whole ? [message] : fragmentsOf(message, 512, outer);
    parts.forEach((part, n) => {
      session.send(at + n * 0.001, "client", part);
    });
    // The datagram that completes the message counts as one of quick mode, whatever its own header says.
    stage.records[stage.records.length - 1].what = "quick-mode";
  };
  return (stage) => {
    const second = new Client(stage, SECOND);
    connected(new Client(stage, FIRST), 0, 40);
    const session = second.connect(10);
    const message = session.encrypted(32, 1, 700);
    [0, 1, 3, 6].forEach((later, i) => {
      send(stage, session, 10.2 + later, message, i);
    });
    session.farewell(22);
    connected(second, 50, 70);
  };
}

function reframed(frameOf: (frame: Uint8Array) => Buffer): (records: PlayedRecord[]) => PlayedRecord[] {
  return (records) => records.map((record) => ({ ...record, frame: frameOf(record.frame) }));
}

function tagged(...vlans: number[]): (records: PlayedRecord[]) => PlayedRecord[] {
  return reframed((frame) => ethernet(frame.subarray(14), { vlans }));
}

function oneThenRefused(stage: Stage): void {
  const second = new Client(stage, SECOND);
  connected(new Client(stage, FIRST), 0, 25);
  refusedOnce(second, 100);
  connected(second, 120, 140);
}

/** The clock is set back by an hour between the two; the first client's farewell is lost with the step. */
function setBack(records: PlayedRecord[]): PlayedRecord[] {
  const after = (record: PlayedRecord, seconds: bigint) =>
    record.at > records[0].at + seconds * 1_000_000_000n;
  return records
    .filter((record) => !after(record, 24n) || after(record, 90n))
    .map((record) => (after(record, 90n) ? { ...record, at: record.at - 3_600_000_000_000n } : record));
}

export function formSamples(): [string, Sample][] {
  return [
    ["fragments-windows.pcap", sample(24, longQuickMode(2, { exchange: 32, messageId: 1 }))],
    ["fragments-strongswan.pcap", sample(25, longQuickMode(0, { exchange: 2, messageId: 0 }))],
    ["vlan.pcap", sample(20, twoWindowsClients, { shape: tagged(42) })],
    ["qinq.pcap", sample(27, twoWindowsClients, { shape: tagged(200, 42) })],
    [
      "snaplen-96.pcap",
      sample(29, twoWindowsClients, { write: (records) => pcap(records, { snaplen: 96 }) }),
    ],
    ["erspan.pcap", sample(30, twoWindowsClients, { shape: reframed((frame) => erspan(frame, 2)) })],
    [
      "truncated.pcap",
      sample(31, twoWindowsClients, { write: (records) => pcap(records).subarray(0, -20), lost: 1 }),
    ],
    ["clock-step.pcap", sample(32, oneThenRefused, { shape: setBack })],
  ];
}
