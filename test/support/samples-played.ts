/** What the samples have in common: how one is made and counted, who plays in it, and the usual scenes. */

import { pcap } from "./capture-files.ts";
import { Client, type Ids, type PeerOptions, type PlayedRecord, type Session, Stage } from "./session.ts";

/** A capture, and what was put into it, counted while it was built. */
export interface Sample {
  bytes: Buffer;
  packets: number;
  messages: { ikev1: number; ikev2: number; authip: number; malformed: number };
  /** Datagrams of IKEv1 in which tshark finds an exchange 32: in their own header or, reassembled, in the inner one. */
  quickModeMessages: number;
}

export type Play = (stage: Stage) => void;

export interface Form {
  /** Which records the capture holds, and what became of them on their way. */
  shape?: (records: PlayedRecord[]) => PlayedRecord[];
  write?: (records: readonly PlayedRecord[]) => Buffer;
  /** Records at the end that cannot be read from what was written. */
  lost?: number;
}

export function sample(seed: number, play: Play, form: Form = {}): Sample {
  const { shape = (records) => records, write = pcap, lost = 0 } = form;
  const stage = new Stage(seed);
  play(stage);
  const records = shape(stage.sorted());
  const readable = records.slice(0, records.length - lost);
  const count = (...kinds: PlayedRecord["what"][]) =>
    readable.filter(({ what }) => kinds.includes(what)).length;
  return {
    bytes: write(records),
    packets: readable.length,
    messages: {
      ikev1: count("ikev1", "quick-mode"),
      ikev2: count("ikev2"),
      authip: count("authip"),
      malformed: count("malformed"),
    },
    quickModeMessages: count("quick-mode"),
  };
}

export const RESPONDER = "192.0.2.1";
export const FIRST: PeerOptions = { address: "198.51.100.11" };
export const SECOND: PeerOptions = { address: "198.51.100.12" };
export const NAT_ADDRESS = "198.51.100.50";

/** A client behind the common NAT. */
export function behindNat(port: number): PeerOptions {
  return { address: NAT_ADDRESS, port500: port - 39_000, port4500: port };
}

/** Connected from `from` to `to`: main mode, quick modes ten seconds apart, ESP all the while, a farewell. */
export function connected(client: Client, from: number, to: number, quickModes = 1): Session {
  const session = client.connect(from);
  for (let i = 0; i < quickModes; i += 1) session.quickMode(from + 0.2 + i * 10);
  return session.esp(from + 1, to - 1).farewell(to);
}

/** Main mode, a quick mode that is never answered, and the two Deletes with which Windows gives up. */
export function refusedOnce(client: Client, at: number): void {
  client
    .connect(at)
    .unanswered(at + 0.2)
    .farewell(at + 12);
}

/** The fault in full: refused twice while the other is connected, accepted once it has gone. */
export function refusedThenAccepted(one: PeerOptions, other: PeerOptions, ids?: readonly [Ids, Ids]): Play {
  return (stage) => {
    const holder = new Client(stage, one, ids?.[0]);
    const contender = new Client(stage, other, ids?.[1]);
    connected(holder, 0, 60);
    refusedOnce(contender, 10);
    refusedOnce(contender, 30);
    connected(contender, 75, 110);
  };
}

export const twoWindowsClients = refusedThenAccepted(FIRST, SECOND);

/** The capture begins so many seconds late. */
export function late(seconds: number): Required<Form>["shape"] {
  return (records) => records.filter(({ at }) => at >= records[0].at + BigInt(seconds) * 1_000_000_000n);
}

/** Whether an IPv4 frame comes from the responder. */
export function fromResponder({ frame }: PlayedRecord): boolean {
  return Buffer.from(frame.subarray(26, 30)).join(".") === RESPONDER;
}
