/** Samples in which two clients meet on one message ID: each verdict, and each kind of evidence. */

import {
  behindNat,
  connected,
  FIRST,
  fromResponder,
  late,
  type Play,
  refusedOnce,
  refusedThenAccepted,
  type Sample,
  SECOND,
  sample,
  twoWindowsClients,
} from "./samples-played.ts";
import { Client, type PlayedRecord, type Stage, VENDOR, windowsVendorIds } from "./session.ts";

function refusedByInformational(stage: Stage): void {
  const second = new Client(stage, SECOND);
  connected(new Client(stage, FIRST), 0, 60);
  second.connect(10).refused(10.2).farewell(14);
  connected(second, 75, 100);
}

function neverAccepted(stage: Stage): void {
  connected(new Client(stage, FIRST), 0, 60);
  refusedOnce(new Client(stage, SECOND), 10);
}

/** The second client's first ID is its own; the next one is that of the first client's rekey. */
function laterId(stage: Stage): void {
  connected(new Client(stage, FIRST), 0, 90, 2);
  const second = new Client(stage, { ...SECOND, vendorIds: windowsVendorIds(4) }, [0x6b1d20f3, 2]);
  connected(second, 20, 45).unanswered(30);
}

/** Seen from its fifth second on: of the first client there is ESP and, at last, the farewell. */
function holderUnseen(stage: Stage): void {
  const second = new Client(stage, SECOND);
  connected(new Client(stage, FIRST), 0, 60);
  refusedOnce(second, 15);
  connected(second, 75, 100);
}

function bothAccepted(stage: Stage): void {
  connected(new Client(stage, FIRST), 0, 60);
  connected(new Client(stage, SECOND), 10, 50);
}

/** Seen from its tenth second on: the first client's ID 1 lies before that, its rekey with ID 2 does not. */
function impliedClaim(stage: Stage): void {
  const second = new Client(stage, SECOND);
  new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 60).quickMode(20).farewell(61);
  refusedOnce(second, 30);
  connected(second, 75, 100);
}

/** The first client vanishes without a goodbye; the gateway does not know that yet. */
function ghost(stage: Stage): void {
  new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 30);
  refusedOnce(new Client(stage, SECOND), 60);
}

/** The client itself had left without a goodbye. */
function ownSession(stage: Stage): void {
  const client = new Client(stage, SECOND);
  client.connect(0).quickMode(0.2).esp(1, 30);
  refusedOnce(client, 60);
}

/** The gateway frees an ID some seconds after its holder has said goodbye. */
function justLeft(stage: Stage): void {
  const second = new Client(stage, SECOND);
  connected(new Client(stage, FIRST), 0, 30);
  refusedOnce(second, 32);
  connected(second, 75, 100);
}

function sameNat(stage: Stage): void {
  const second = new Client(stage, behindNat(40_002));
  connected(new Client(stage, behindNat(40_001)), 0, 60).keepalives(5, 55);
  refusedOnce(second, 10);
  connected(second, 75, 100);
}

/** Two clients that draw at random meet on one ID; when the second tries again, it has drawn another. */
function chance(stage: Stage): void {
  const vendorIds = [VENDOR.xauth, VENDOR.dpd];
  const second = new Client(stage, { ...SECOND, vendorIds }, [0x7a3c91e5, 0x51b0447f]);
  connected(new Client(stage, { ...FIRST, vendorIds }, [0x7a3c91e5]), 0, 60);
  refusedOnce(second, 10);
  connected(second, 70, 90);
}

/** IPv6 has no NAT traversal to offer, so its vendor IDs and NAT-D payloads are not sent. */
function overIpv6(): Play {
  const natT: readonly string[] = [VENDOR.natT, VENDOR.natTDraft2n];
  const peer = (address: string) => ({
    address,
    responder: "2001:db8::1",
    vendorIds: windowsVendorIds(9).filter((id) => !natT.includes(id)),
    responderVendorIds: {
      first: [VENDOR.fragmentationCisco],
      second: [VENDOR.unity, VENDOR.xauth, VENDOR.asa],
    },
  });
  return refusedThenAccepted(peer("2001:db8:1::11"), peer("2001:db8:1::12"));
}

/** UDP over IPv6 must not go without a checksum (RFC 8200 8.1). */
function checksummed(record: PlayedRecord): PlayedRecord {
  const frame = Buffer.from(record.frame);
  const [ip, udp] = [14, 14 + 40];
  if (frame[ip + 6] !== 17) return record;
  // Addresses and datagram, then length and protocol of the pseudo header.
  let sum = frame.readUInt16BE(udp + 4) + 17;
  const end = frame.length + (frame.length % 2);
  const words = Buffer.alloc(end);
  words.set(frame);
  for (let at = ip + 8; at < end; at += 2) sum += words.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff || 0xffff, udp + 6);
  return { ...record, frame };
}

export function collisionSamples(): [string, Sample][] {
  const oneSided = (records: PlayedRecord[]) => records.filter((each) => !fromResponder(each));
  return [
    ["two-windows-clients.pcap", sample(1, twoWindowsClients)],
    ["refused-by-informational.pcap", sample(2, refusedByInformational)],
    ["no-control.pcap", sample(3, neverAccepted)],
    ["later-id.pcap", sample(4, laterId)],
    ["verdict-predicted-one-sided.pcap", sample(5, twoWindowsClients, { shape: oneSided })],
    ["verdict-possible-holder-unseen.pcap", sample(6, holderUnseen, { shape: late(5) })],
    ["verdict-tolerated.pcap", sample(7, bothAccepted)],
    ["implied-claim.pcap", sample(8, impliedClaim, { shape: late(10) })],
    ["refused-without-holder.pcap", sample(9, (stage) => refusedOnce(new Client(stage, SECOND), 0))],
    ["ghost.pcap", sample(40, ghost)],
    ["own-session.pcap", sample(41, ownSession)],
    ["just-left.pcap", sample(42, justLeft)],
    ["same-nat.pcap", sample(10, sameNat)],
    ["chance-collision.pcap", sample(11, chance)],
    ["ipv6.pcap", sample(28, overIpv6(), { shape: (records) => records.map(checksummed) })],
  ];
}
