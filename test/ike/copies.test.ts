/** Which of two equal datagrams is a copy made by the capture, and which one was sent again (RFC 2408 5.1, RFC 6864). */

import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { CopyFilter } from "../../src/ike/copies.ts";
import { Message } from "../../src/wire/datagram.ts";
import { isakmp } from "../support/frames.ts";

interface Seen {
  /** Milliseconds. */
  at: number;
  /** Capture point: interface, or source and interface. */
  capturePoint?: number;
  /** IP identification. */
  identification?: number;
  /** On the other side of a NAT: another address of the sender. */
  behindNat?: boolean;
  /** The answer with the same bytes. */
  back?: boolean;
  /** Other bytes behind the same header. */
  body?: number;
  logged?: boolean;
}

const CLIENT = endpoint(1, 500);
const CLIENT_INSIDE = endpoint(2, 500);
const RESPONDER = endpoint(3, 500);

function verdicts(seen: readonly Seen[], filter = new CopyFilter()): string {
  const message = new Message();
  return seen
    .map(
      ({
        at,
        capturePoint = 0,
        identification = 0,
        behindNat = false,
        back = false,
        body = 7,
        logged = false,
      }) => {
        const bytes = isakmp({
          initiatorCookie: "0102030405060708",
          responderCookie: "f1f2f3f4f5f6f7f8",
          exchange: 32,
          body: Buffer.alloc(64, body),
        });
        message.read(bytes, 0, bytes.length, bytes.length);
        const client = behindNat ? CLIENT_INSIDE : CLIENT;
        message.from = back ? RESPONDER : client;
        message.to = back ? client : RESPONDER;
        message.capturePoint = capturePoint;
        message.identification = identification;
        message.logged = logged;
        message.at = at * 1000;
        return filter.see(message);
      },
    )
    .join(" ");
}

describe("the same bytes seen twice", () => {
  it.each<[string, string, Seen[]]>([
    [
      "on another interface at once: the capture's copy",
      "new echo",
      [{ at: 0 }, { at: 0.01, capturePoint: 1 }],
    ],
    [
      "on another interface 499 ms later: its copy still",
      "new echo",
      [{ at: 0 }, { at: 499, capturePoint: 1 }],
    ],
    [
      "on another interface 500 ms later: too late for a copy",
      "new new",
      [{ at: 0 }, { at: 500, capturePoint: 1 }],
    ],
    ["on the other side of a NAT", "new echo", [{ at: 0 }, { at: 2, behindNat: true }]],
    ["at the same point 3 ms later: a mirror of two hops", "new echo", [{ at: 0 }, { at: 3 }]],
    ["at the same point 249 ms later: no stack is so fast", "new echo", [{ at: 0 }, { at: 249 }]],
    ["at the same point 250 ms later: sent again", "new new", [{ at: 0 }, { at: 250 }]],
    [
      "with one IP identification 999 ms later: a mirror with a long queue",
      "new echo",
      [
        { at: 0, identification: 9 },
        { at: 999, identification: 9 },
      ],
    ],
    [
      "with one IP identification a second later: sent again, as Windows does",
      "new new",
      [
        { at: 0, identification: 9 },
        { at: 1000, identification: 9 },
      ],
    ],
    ["with an IP identification of zero in both, which says nothing", "new new", [{ at: 0 }, { at: 600 }]],
    [
      "at the same point with other IP identifications 100 ms apart: fast all the same",
      "new echo",
      [
        { at: 0, identification: 9 },
        { at: 100, identification: 10 },
      ],
    ],
    ["going back to where it came from: a reflection", "new new", [{ at: 0 }, { at: 1, back: true }]],
    ["with other bytes behind the same header", "new new", [{ at: 0 }, { at: 1, body: 8 }]],
    [
      "in a log, whose lines have no content: another message with the same header",
      "new new",
      [
        { at: 0, logged: true },
        { at: 1, logged: true },
      ],
    ],
  ])("%s", (_, expected, seen) => {
    expect(verdicts(seen)).toBe(expected);
  });
});

describe("a datagram that was sent again, seen at two points", () => {
  it.each<[string, string, Seen[]]>([
    [
      "each time at both: two datagrams, two copies",
      "new echo new echo",
      [{ at: 0 }, { at: 1, capturePoint: 1 }, { at: 1000 }, { at: 1001, capturePoint: 1 }],
    ],
    [
      "the second time at the second point alone: two datagrams",
      "new echo new",
      [{ at: 0 }, { at: 1, capturePoint: 1 }, { at: 1001, capturePoint: 1 }],
    ],
    [
      "after 300 ms, both copies late: each answers to the datagram that has none there yet",
      "new new echo echo",
      [{ at: 0 }, { at: 300 }, { at: 350, capturePoint: 1 }, { at: 620, capturePoint: 1 }],
    ],
    [
      "after 300 ms, which only the second point saw: its second copy is no copy of the first datagram",
      "new echo new",
      [{ at: 0 }, { at: 100, capturePoint: 1 }, { at: 400, capturePoint: 1 }],
    ],
    [
      "three times by drivers 1.5 ms apart, and again after a second: one retransmission",
      "new echo echo new echo echo",
      [{ at: 0 }, { at: 1.5 }, { at: 3 }, { at: 1000 }, { at: 1001.5 }, { at: 1003 }],
    ],
    [
      "every 200 ms at one point: the first of each quarter of a second is a datagram",
      "new echo new echo new",
      [{ at: 0 }, { at: 200 }, { at: 400 }, { at: 600 }, { at: 800 }],
    ],
  ])("%s", (_, expected, seen) => {
    expect(verdicts(seen)).toBe(expected);
  });
});

it("counts the capture points of a datagram that it cannot remember, and takes copies there as copies", () => {
  const filter = new CopyFilter();
  const points = Array.from({ length: 40 }, (_, capturePoint) => ({ at: capturePoint / 1000, capturePoint }));
  expect(verdicts(points, filter)).toBe(`new${" echo".repeat(39)}`);
  expect(filter.evicted).toBe(40 - 16);
});
