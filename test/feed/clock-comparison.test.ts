/** Clocks of two sources, compared by the messages that both hold: the offsets that were put in must come out. */

import { describe, expect, it } from "vitest";
import { ClockComparison } from "../../src/feed/clock-comparison.ts";
import type { ClockOffset } from "../../src/feed/feed.ts";
import { Datagram } from "../../src/wire/decoded.ts";
import { HeaderClass } from "../../src/wire/isakmp.ts";
import { isakmp } from "../support/frames.ts";

const SECOND = 1_000_000;

interface Sent {
  /** Seconds, by the true clock. */
  at: number;
  ikeSa?: number;
  side?: "client" | "responder";
  /** Distinct messages have distinct numbers. */
  number: number;
  clear?: boolean;
}

/** A conversation: messages in turn, `every` seconds, of `ikeSas` IKE SAs one after another. */
function conversation(count: number, { every = 1, ikeSas = 2 } = {}): Sent[] {
  return Array.from({ length: count }, (_, i) => ({
    at: i * every,
    ikeSa: Math.floor((i * ikeSas) / count),
    side: i % 2 === 0 ? ("client" as const) : ("responder" as const),
    number: i,
  }));
}

function body(number: number): Buffer {
  const bytes = Buffer.alloc(64, 0x5a);
  bytes.writeUInt32BE(Math.imul(number + 1, 0x9e3779b1) >>> 0);
  return bytes;
}

/** Notes a message in a source whose clock is `ahead` seconds ahead. */
function note(comparison: ClockComparison, source: number, sent: Sent, ahead: number): void {
  const { at, ikeSa = 0, side = "client", number, clear = false } = sent;
  const message = isakmp({
    initiatorCookie: `01020304050607${String(10 + ikeSa)}`,
    responderCookie: "f1f2f3f4f5f6f7f8",
    exchange: 32,
    messageId: number + 1,
    flags: clear ? 0 : 1,
    body: body(number),
  });
  const client = [198, 51, 100, 10 + ikeSa];
  const gateway = [192, 0, 2, 1];
  const datagram = new Datagram();
  datagram.bytes = Buffer.from([
    ...(side === "client" ? [...client, ...gateway] : [...gateway, ...client]),
    ...message,
  ]);
  datagram.source = 0;
  datagram.destination = 4;
  datagram.sourcePort = 500;
  datagram.destinationPort = 500;
  datagram.payload = 8;
  datagram.captured = message.length;
  datagram.length = message.length;
  datagram.headerClass = HeaderClass.ikev1;
  datagram.input = source;
  datagram.rows = {
    micros: Float64Array.of((at + ahead) * SECOND),
    nanos: new Uint16Array(1),
    interfaces: new Uint32Array(1),
  };
  comparison.isakmp(datagram);
}

/** Offsets found among sources, each with what it holds and how far its clock is ahead. */
function offsets(
  sources: readonly { holds: readonly Sent[]; ahead?: number; name?: string }[],
  maxMessages?: number,
): readonly ClockOffset[] {
  const comparison = new ClockComparison(maxMessages);
  sources.forEach(({ holds, ahead = 0 }, source) => {
    for (const sent of holds) note(comparison, source, sent, ahead);
  });
  return comparison.offsets(sources.map(({ name }, i) => name ?? `${i}.pcap`));
}

/** "source shifted by seconds, relative to reference" */
function told(found: readonly ClockOffset[]): string[] {
  return found.map(
    ({ source, reference, micros, isEstablished }) =>
      `${source} by ${(micros / SECOND).toFixed(1)} s to ${reference}${isEstablished ? "" : ", uncertain"}`,
  );
}

describe("two sources that hold the same conversation", () => {
  const whole = conversation(12);
  it.each<[string, string[], Parameters<typeof offsets>[0]]>([
    ["one clock", [], [{ holds: whole }, { holds: whole }]],
    ["clocks 0.2 s apart, which copies may be", [], [{ holds: whole }, { holds: whole, ahead: 0.2 }]],
    ["the second 95 s ahead", ["1 by -95.0 s to 0"], [{ holds: whole }, { holds: whole, ahead: 95 }]],
    ["the second an hour behind", ["1 by 3600.0 s to 0"], [{ holds: whole }, { holds: whole, ahead: -3600 }]],
    [
      "the first holds fewer messages: it is the one to be shifted",
      ["0 by 95.0 s to 1"],
      [{ holds: whole.slice(0, 10) }, { holds: whole, ahead: 95 }],
    ],
    [
      "as many messages in both: the later name is shifted",
      ["0 by 95.0 s to 1"],
      [
        { holds: whole, name: "b" },
        { holds: whole, ahead: 95, name: "a" },
      ],
    ],
    [
      "times that differ by some tenths of a second from message to message",
      ["1 by -95.0 s to 0"],
      [
        { holds: conversation(15) },
        {
          holds: conversation(15).map((sent, i) => ({ ...sent, at: sent.at + ((i % 5) - 2) / 10 })),
          ahead: 95,
        },
      ],
    ],
    [
      "of twenty messages two lie elsewhere",
      ["1 by -95.0 s to 0"],
      [
        { holds: conversation(20) },
        {
          holds: conversation(20).map((sent, i) => (i > 17 ? { ...sent, at: sent.at + 9 } : sent)),
          ahead: 95,
        },
      ],
    ],
    [
      "of twenty messages three lie elsewhere: there is no one offset",
      [],
      [
        { holds: conversation(20) },
        {
          holds: conversation(20).map((sent, i) => (i > 16 ? { ...sent, at: sent.at + 9 } : sent)),
          ahead: 95,
        },
      ],
    ],
    ["four messages are too few", [], [{ holds: conversation(4) }, { holds: conversation(4), ahead: 95 }]],
    [
      "what one side sent alone",
      [],
      [
        { holds: whole.filter(({ side }) => side === "client") },
        { holds: whole.filter(({ side }) => side === "client"), ahead: 95 },
      ],
    ],
    [
      "one IKE SA for some seconds, and a message of its own: it may have been replayed",
      ["1 by -95.0 s to 0, uncertain"],
      [
        { holds: conversation(13, { ikeSas: 1 }) },
        {
          holds: [...conversation(12, { ikeSas: 1 }), { at: 12, number: 99, side: "client" as const }],
          ahead: 95,
        },
      ],
    ],
    [
      "one IKE SA for some seconds, which is all that the second holds",
      ["1 by -95.0 s to 0"],
      [{ holds: conversation(13, { ikeSas: 1 }) }, { holds: conversation(12, { ikeSas: 1 }), ahead: 95 }],
    ],
    [
      "one IKE SA for ten minutes",
      ["1 by -95.0 s to 0"],
      [
        { holds: conversation(12, { ikeSas: 1, every: 60 }) },
        { holds: conversation(12, { ikeSas: 1, every: 60 }), ahead: 95 },
      ],
    ],
    [
      "messages in the clear, which anybody can have made",
      [],
      [
        { holds: whole.map((sent) => ({ ...sent, clear: true })) },
        { holds: whole.map((sent) => ({ ...sent, clear: true })), ahead: 95 },
      ],
    ],
    [
      "retransmissions: the first copy in each source counts",
      ["1 by -95.0 s to 0"],
      [{ holds: whole.flatMap((sent) => [sent, { ...sent, at: sent.at + 1 }]) }, { holds: whole, ahead: 95 }],
    ],
    [
      "nothing in common",
      [],
      [{ holds: conversation(12) }, { holds: conversation(40).slice(12), ahead: 95 }],
    ],
  ])("%s", (_, expected, sources) => {
    expect(told(offsets(sources))).toEqual(expected);
  });
});

it("of three sources, one that shares messages with the shifted one alone is shifted by the sum", () => {
  const whole = conversation(40, { ikeSas: 4 });
  const found = offsets([
    { holds: whole.slice(0, 26) },
    { holds: whole.slice(12), ahead: 10 },
    { holds: whole.slice(0, 12), ahead: 30 },
  ]);
  // The second holds most, so its clock stands. The third is 30 s ahead of the first, which is 10 s behind the second.
  expect(told(found)).toEqual(["0 by 10.0 s to 1", "2 by -20.0 s to 0"]);
});

it("more messages than are kept: both sources keep the same ones", () => {
  const many = conversation(4000, { ikeSas: 40 });
  const found = offsets([{ holds: many }, { holds: many.slice(100), ahead: 95 }], 64);
  expect(told(found)).toEqual(["1 by -95.0 s to 0"]);
  expect(found[0].messages).toBeLessThanOrEqual(64);
  expect(found[0].messages).toBeGreaterThan(40);
});
