import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { Facts } from "../../src/ike/facts.ts";
import { lastLifeOf } from "../../src/ike/last-life.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { Located } from "../../src/wire/locate.ts";
import { isakmp, payloads } from "../support/frames.ts";
import { answerMade, type MessageFields, messageMade } from "../support/message-made.ts";

const COOKIES = { initiatorCookie: "0000000100000002", responderCookie: "0000000300000004" };
const NOTIFY = { type: 11, body: Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 14) };
const INFORMATIONAL = 5;

/** A tracker that knows hosts 0 to 3, which messages made by hand are of. */
function trackerOf() {
  const tracker = new Tracker();
  for (let last = 0; last < 4; last += 1) tracker.hosts.intern(Uint8Array.of(10, 0, 0, last), 0, 4);
  let content = 100;
  const send = (fields: MessageFields = {}, answers = false) => {
    content += 1;
    tracker.message((answers ? answerMade : messageMade)({ content, ...fields }));
    return tracker.table.sas[0];
  };
  return { tracker, send, facts: new Facts(tracker) };
}
const bytesWith = (exchange: number, ...list: readonly { type: number; body: Uint8Array }[]) => {
  const bytes = isakmp({ ...COOKIES, exchange, flags: 0, messageId: 1, ...payloads(list) });
  return { bytes, length: bytes.length, captured: bytes.length };
};

describe("what is counted of messages", () => {
  it("copies of the capture, and what was sent again", () => {
    const { send, facts } = trackerOf();
    send({ content: 1 });
    send({ content: 1, at: 0.1 });
    send({ content: 1, at: 2 });
    send({ content: 1, at: 2.1 });
    send({ content: 1, at: 2.2 });
    expect([facts.echoes, facts.retransmissions, facts.ikeSas.length]).toEqual([3, 1, 1]);
    const none = ["ikeSas", "exchanges", "fragments", "flows", "spis", "echoes", "vendorIds", "remembered"];
    expect(facts.evicted).toEqual(Object.fromEntries(none.map((table) => [table, 0])));
  });
});

describe("the first message of an IKE SA behind a step of the clock (6.13)", () => {
  it("is kept where it is an Informational, and what was before it is not its time's", () => {
    const { send } = trackerOf();
    send({ at: 50 });
    send({ at: 51, exchange: INFORMATIONAL, messageId: 8 });
    const sa = send({ at: 5, segment: 1, exchange: INFORMATIONAL, messageId: 9 }, true);
    send({ at: 6, segment: 1, exchange: INFORMATIONAL, messageId: 10 }, true);
    expect(sa.informationals).toEqual([[], [5 * SECOND, 6 * SECOND]]);
  });

  it("answers none of before", () => {
    const { send } = trackerOf();
    const told = { exchange: INFORMATIONAL, length: 84 };
    send({ ...told, at: 50 });
    const sa = send({ ...told, at: 5, segment: 1 }, true);
    expect(sa.answeredInformationals).toBe(0);
  });

  it("comes later than a Delete that could be read", () => {
    const { send } = trackerOf();
    const sa = send({ at: 50 });
    sa.setDeletedAt(0, 50 * SECOND);
    send({ at: 5, segment: 1 });
    expect(sa.deletedAt).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("addresses that nothing needs", () => {
  it("are looked for when there are many, and then when there are twice those that are needed", () => {
    const tracker = new Tracker({ compactHostsAt: 4 });
    const strangers = (from: number, count: number) => {
      for (let i = from; i < from + count; i += 1) tracker.hosts.intern(Uint8Array.of(10, 0, 1, i), 0, 4);
      tracker.boundHosts(1);
      return tracker.hosts.size;
    };
    expect([strangers(0, 3), strangers(3, 1)]).toEqual([3, 1]);
    // One is reserved: twice that is less than the four that are too few to look.
    expect([strangers(10, 2), strangers(12, 1)]).toEqual([3, 1]);
    for (let i = 0; i < 5; i += 1) {
      const located = Object.assign(new Located(), { ipVersion: 4, source: 0, destination: 4 });
      tracker.flows.see(Uint8Array.of(10, 0, 1, 0, 10, 0, 2, i), located, false, i, 0);
    }
    expect([strangers(20, 1), strangers(30, 5), strangers(40, 1)]).toEqual([6, 11, 6]);
  });
});

describe("a gateway's clear copy of what it decrypted (2.5)", () => {
  const copied = (exchange: number, isTwoWay = true) => {
    const { send } = trackerOf();
    send({ messageId: 2 });
    if (isTwoWay) send({ messageId: 3, at: 1 }, true);
    send({ exchange, messageId: 1, at: 5 }, true);
    const said = bytesWith(exchange, NOTIFY);
    const clear = { notifies: [14] };
    return send({ ...said, clear, exchange, messageId: 1, at: 5.005, encrypted: false }, true);
  };

  it("says what the message said, and ends nothing", () => {
    const sa = copied(INFORMATIONAL);
    expect(sa.opened).toMatchObject([{ at: 5.005 * SECOND, side: 1, errors: [14] }]);
    expect([sa.exchanges[0].otherNotify, sa.deletedAt]).toEqual([14, [Number.NaN, Number.NaN]]);
  });

  it("of a quick mode is none of the Informationals that refuse another one", () => {
    expect(copied(32).exchanges[0].otherNotify).toBe(0);
  });
});

describe("keys", () => {
  it("open what was captured whole, and nothing that a log tells of", () => {
    const opened: [number, number][] = [];
    const { tracker, send } = trackerOf();
    tracker.opener = {
      open: ({ messageId }, side) => {
        opened.push([messageId, side]);
        return null;
      },
    };
    send({ messageId: 1 });
    send({ messageId: 2, at: 1, captured: 299 });
    send({ messageId: 3, at: 2, logged: true });
    send({ messageId: 4, at: 3 }, true);
    send({ content: 7, messageId: 5, at: 4 });
    send({ content: 7, messageId: 5, at: 8 });
    expect(opened).toEqual([
      [1, 0],
      [4, 1],
      [5, 0],
    ]);
  });
});

describe("IKE fragments (2.4)", () => {
  /** One piece that is the whole set (payload 132: length, ID, number, flags). */
  const fragment = (inner: Uint8Array) => {
    const header = Buffer.from([0, 0, 0, 0, 0, 7, 1, 1]);
    header.writeUInt16BE(8 + inner.length, 2);
    const bytes = isakmp({
      ...COOKIES,
      exchange: 32,
      nextPayload: 132,
      flags: 0,
      messageId: 1,
      body: Buffer.concat([header, inner]),
    });
    return { bytes, length: bytes.length, captured: bytes.length, encrypted: false };
  };
  const inner = (fields: object = {}) =>
    isakmp({ ...COOKIES, exchange: 32, messageId: 1, body: Buffer.alloc(40, 1), ...fields });

  it("the message in them counts, once more where their own headers name another exchange", () => {
    const { tracker, send } = trackerOf();
    expect(send({ ...fragment(inner()), exchange: 32 }).exchanges).toMatchObject([
      { messageId: 1, firstLength: 68 },
    ]);
    expect(tracker.quickModesInFragments).toBe(0);
    send({ ...fragment(inner({ messageId: 2 })), exchange: 2, messageId: 0, at: 2 });
    send({ ...fragment(inner({ messageId: 3, exchange: 5 })), exchange: 2, messageId: 0, at: 3 });
    expect(tracker.quickModesInFragments).toBe(1);
    expect(tracker.table.sas[0].exchanges.map(({ messageId }) => messageId)).toEqual([1, 2]);
  });

  it("a set that is not whole counts by its own header: of a quick mode with an ID, of a responder that is judged here", () => {
    const part = fragment(inner());
    part.bytes[28 + 7] = 0;
    const outersOf = (exchange: number, messageId: number, isOthers = false) => {
      const { tracker, send } = trackerOf();
      const cookies = [1, 2, 0, 0] as const;
      send({ cookies, exchange: 2, messageId: 0, encrypted: false });
      send({ exchange: 2, messageId: 0, encrypted: false, at: 1 }, true);
      tracker.isOthers = () => isOthers;
      const sa = send({ ...part, exchange, messageId, at: 2 });
      expect(sa.lastFreshAt).toBe(2 * SECOND);
      return sa.outers?.size ?? 0;
    };
    expect([outersOf(32, 1), outersOf(32, 0), outersOf(2, 1), outersOf(2, 0), outersOf(32, 1, true)]).toEqual(
      [1, 0, 0, 0, 0],
    );
  });

  it("a message of another IKE SA in them is a sign of life and nothing else", () => {
    const { send } = trackerOf();
    send({ at: 0 });
    const sa = send({
      ...fragment(inner({ initiatorCookie: "0000000900000002", messageId: 9 })),
      exchange: 2,
      at: 5,
    });
    expect([sa.exchanges.length, sa.lastLifeAt, sa.lastFreshAt]).toEqual([1, 5 * SECOND, 5 * SECOND]);
  });
});

describe("the last sign of an IKE SA, for making room", () => {
  const CLIENT = 1;
  const GATEWAY = 3;
  /** @param ports of the client and the gateway; 0 for ESP over IP */
  const lastAfter = (ports: number, at: number, back = false, fields: MessageFields = {}, segment = 0) => {
    const { tracker, send } = trackerOf();
    const [from, to] = back ? [GATEWAY, CLIENT] : [CLIENT, GATEWAY];
    const located = Object.assign(new Located(), {
      ipVersion: 4,
      source: 0,
      destination: 4,
      payload: 8,
      captured: 1,
      sourcePort: ports,
      destinationPort: ports,
    });
    const packet = Uint8Array.of(10, 0, 0, from, 10, 0, 0, to, 255);
    // Whoever sends it may be the first in the capture.
    tracker.life(packet, located, false, SECOND, 0, 0);
    const sa = send({ at: 5, ...fields });
    tracker.life(packet, located, false, at * SECOND, segment, 0);
    return lastLifeOf(sa, tracker.flows).at / SECOND;
  };
  const floated = { natTraversal: true, from: endpoint(CLIENT, 4_500), to: endpoint(GATEWAY, 4_500) };

  it.each<[string, number, number]>([
    ["its own message", lastAfter(500, 3), 5],
    ["what the client sent on its endpoints", lastAfter(500, 9), 9],
    ["what the gateway sent there", lastAfter(500, 9, true), 9],
    ["what the client sent behind a step of the clock", lastAfter(500, 3, false, {}, 1), 3],
    ["ESP over IP between its hosts", lastAfter(0, 9), 9],
    ["ESP over IP back", lastAfter(0, 9, true), 9],
    ["in UDP, where it floated", lastAfter(4_500, 9, true, floated), 9],
    ["ESP over IP is of no SA that floated", lastAfter(0, 9, false, floated), 5],
    ["other ports are not its own", lastAfter(4_500, 9), 5],
  ])("%s", (_, last, expected) => {
    expect(last).toBe(expected);
  });
});
