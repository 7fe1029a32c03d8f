import { describe, expect, it } from "vitest";
import { endpoint, hostOf, portOf } from "../../src/collections/endpoints.ts";
import { Exchange } from "../../src/ike/exchange.ts";
import type { IkeSa, Path } from "../../src/ike/facts.ts";
import { sessionOf } from "../../src/judgement/session.ts";
import { at, saMade, UNSEEN } from "../support/facts-made.ts";
import { answerMade, messageMade } from "../support/message-made.ts";

const PRIVATE = 9;
const hosts = { isPrivate: (host: number) => host === PRIVATE } as never;

const path = (port: number, fields: Partial<Path> & { host?: number } = {}): Path => {
  const { host = 1, natTraversal = port > 1_000, ...more } = fields;
  return {
    ends: [endpoint(host, port), endpoint(2, natTraversal ? 4_500 : 500)],
    natTraversal,
    heard: 3,
    secured: 0,
    lastAt: at(0),
    lastSegment: 0,
    echoOf: [0, 0],
    echoedLater: [0, 0],
    ...more,
  };
};
const of = (fields: Parameters<typeof saMade>[0] = {}, client: 0 | 1 = 0) =>
  sessionOf(
    saMade({ paths: [path(500)], vendorIds: [[], []], outers: null, ...fields } as never),
    { client, inferred: false },
    2,
    hosts,
  );
const named = (...paths: readonly Path[]) => {
  const isTwoWayFrom = (_: number, end: number) =>
    paths.some(({ ends, heard }) => hostOf(ends[0]) === hostOf(end) && heard === 3);
  const { endpoint: end, port500, port4500 } = of({ paths, isTwoWayFrom } as never);
  return [hostOf(end), portOf(end), port500, port4500];
};

describe("by which endpoint a client is named (3.5)", () => {
  it.each<[string, (number | undefined)[], number[]]>([
    ["its only one", named(path(500)), [1, 500, 500, -1]],
    ["the one on the 4500 side", named(path(500), path(41_000)), [1, 41_000, 500, 41_000]],
    ["in whatever order", named(path(41_000), path(500)), [1, 41_000, 500, 41_000]],
    [
      "of two on the 4500 side the latest",
      named(path(41_000, { lastAt: at(1) }), path(41_001, { lastAt: at(5) })),
      [1, 41_001, -1, 41_001],
    ],
    [
      "of two on the 4500 side the later one by segment, where the clock stepped back",
      named(path(41_000, { lastAt: at(9) }), path(41_001, { lastAt: at(1), lastSegment: 1 })),
      [1, 41_001, -1, 41_001],
    ],
    [
      "in whatever order, where the clock stepped back",
      named(path(41_001, { lastAt: at(1), lastSegment: 1 }), path(41_000, { lastAt: at(9) })),
      [1, 41_001, -1, 41_001],
    ],
    [
      "one with traffic both ways before a later one",
      named(path(41_000), path(41_001, { heard: 1, lastAt: at(5) })),
      [1, 41_000, -1, 41_001],
    ],
    [
      "not an address that the responder never speaks to",
      named(path(500), path(41_000, { host: 7, heard: 1, lastAt: at(9) })),
      [1, 500, 500, -1],
    ],
    [
      "not an address that only the responder was seen speaking to, where it sent from another one",
      named(path(500, { heard: 1 }), path(500, { host: 7, heard: 2, lastAt: at(9) })),
      [1, 500, 500, -1],
    ],
    [
      "the 4500 side of an address that it sent from, where only the responder was seen there",
      named(path(500, { heard: 1 }), path(41_000, { heard: 2 })),
      [1, 41_000, 500, 41_000],
    ],
    [
      "the public address before the private one",
      named(path(500, { host: PRIVATE, lastAt: at(9) }), path(1_000, { natTraversal: false })),
      [1, 1_000, 1_000, -1],
    ],
    [
      "nearest the responder, where copies show it",
      // What the client sends is seen later there, what the responder sends earlier.
      named(
        path(500, { host: 5, echoOf: [3, 0], echoedLater: [0, 3], lastAt: at(9) }),
        path(600, { echoOf: [0, 3], echoedLater: [3, 0] }),
      ),
      [1, 600, 600, -1],
    ],
    [
      "in whatever order",
      named(
        path(600, { echoOf: [0, 3], echoedLater: [3, 0] }),
        path(500, { host: 5, echoOf: [3, 0], echoedLater: [0, 3], lastAt: at(9) }),
      ),
      [1, 600, 600, -1],
    ],
    [
      "two clocks that differ show nothing",
      named(path(500, { host: 5, echoOf: [3, 3], lastAt: at(9) }), path(600, { echoedLater: [3, 3] })),
      [5, 500, 500, -1],
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("inside a NAT that NAT-T shows", () => {
    expect(of({ paths: [path(41_000, { host: PRIVATE })] }).privateBehindNat).toBe(true);
    expect(of({ paths: [path(500, { host: PRIVATE })] }).privateBehindNat).toBe(false);
    expect(of({ paths: [path(41_000)] }).privateBehindNat).toBe(false);
  });
});

describe("when phase 1 is known to have finished (4, unproven)", () => {
  const finished = (fields: Parameters<typeof saMade>[0], client: 0 | 1 = 0) => of(fields, client).finishedAt;
  const ends = (first: number, second: number): [number, number] => [first, second];
  /** Of both sides, but the responder was heard under the keys. */
  const bothLost = { phase1FinishedAt: ends(UNSEEN, UNSEEN), paths: [path(500, { secured: 2 })] };
  const quickModeToo = { ...bothLost, exchanges: [new Exchange(messageMade({ at: 7 }), 0)] };

  it.each<[string, number, number]>([
    ["the responder's third message", finished({ phase1FinishedAt: ends(at(-2), at(-1)) }), at(-1)],
    ["not the client's", finished({ phase1FinishedAt: ends(at(-2), UNSEEN) }), UNSEEN],
    [
      "where the responder renewed it, the client's",
      finished({ phase1FinishedAt: ends(at(-2), at(-1)) }, 1),
      at(-1),
    ],
    [
      "before the capture: anything of the responder",
      finished({
        phase1Seen: false,
        mode: 0,
        firstFromAt: ends(at(-9), at(-7)),
        phase1FinishedAt: ends(UNSEEN, UNSEEN),
      }),
      at(-7),
    ],
    [
      "before the capture, roles the other way",
      finished(
        {
          phase1Seen: false,
          mode: 0,
          firstFromAt: ends(at(-9), at(-7)),
          phase1FinishedAt: ends(UNSEEN, UNSEEN),
        },
        1,
      ),
      at(-9),
    ],
    [
      "its first message lost: the responder's part",
      finished({ phase1Seen: false, phase1FinishedAt: ends(at(-2), at(-1)) }),
      at(-1),
    ],
    [
      "its last message lost, but what came under its keys",
      finished({ phase1FinishedAt: ends(at(-2), UNSEEN), paths: [path(500, { secured: 2 })] }),
      at(-2),
    ],
    [
      "what the client sent shows nothing",
      finished({ phase1FinishedAt: ends(at(-2), UNSEEN), paths: [path(500, { secured: 1 })] }),
      UNSEEN,
    ],
    ["both last messages lost: the first quick mode", finished(quickModeToo), 7e6],
    ["or an Informational before that", finished({ ...quickModeToo, informationals: [[3e6], [5e6]] }), 3e6],
    [
      "but not of behind a step of the clock",
      finished({ ...quickModeToo, informationals: [[3e6], []], lifeSegment: 1 }),
      7e6,
    ],
    [
      "nor a quick mode: the responder's last sign",
      finished({ ...bothLost, lastFromAt: ends(UNSEEN, at(-3)) }),
      at(-3),
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it("the client's own part: its third message, or its second of aggressive mode", () => {
    const part = (fields: Parameters<typeof saMade>[0]) =>
      of({ phase1FinishedAt: ends(at(-2), UNSEEN), ...fields }).clientFinishedAt;
    expect(part({ mode: 2, phase1Messages: [1, 1] })).toBe(at(-2));
    expect(part({ mode: 4, phase1Messages: [2, 1] })).toBe(at(-2));
    expect(part({ mode: 4, phase1Messages: [1, 1] })).toBeNaN();
  });

  it("phase 1 lies before the capture where nothing of it was seen", () => {
    const isBefore = (phase1Seen: boolean, mode: number) =>
      of({ phase1Seen, mode, phase1FinishedAt: ends(UNSEEN, UNSEEN) }).begunBefore;
    expect([isBefore(true, 2), isBefore(false, 0), isBefore(false, 2), isBefore(true, 0)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
});

describe("the client's quick modes in order (5)", () => {
  const exchange = (seconds: number, messageId: number, segment = 0) =>
    new Exchange(messageMade({ at: seconds, messageId, segment }), 0);
  const ids = (exchanges: IkeSa["exchanges"], client: 0 | 1 = 0) =>
    of({ exchanges }, client).quickModes.map(({ messageId }) => messageId);

  it.each<[string, number[], number[]]>([
    ["as they came", ids([exchange(0, 1), exchange(9, 2)]), [1, 2]],
    [
      "the first two of 100 ms in ascending order",
      ids([exchange(0, 2), exchange(0.1, 1), exchange(9, 3)]),
      [1, 2, 3],
    ],
    ["later than that as they came", ids([exchange(0, 2), exchange(0.100001, 1)]), [2, 1]],
    ["a third one stays", ids([exchange(0, 1), exchange(0.01, 3), exchange(0.02, 2)]), [1, 3, 2]],
    ["in two segments of the clock as they came", ids([exchange(0, 2), exchange(0, 1, 1)]), [2, 1]],
    ["not those of the responder", ids([exchange(0, 1), new Exchange(answerMade({ messageId: 8 }), 1)]), [1]],
    ["those of the other side", ids([exchange(0, 1), new Exchange(answerMade({ messageId: 8 }), 1)], 1), [8]],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("one of which the capture lost the first message is among them (4)", () => {
    const lost = Object.assign(new Exchange(answerMade({ at: 1, length: 170 }), 1), { replyLength: 60 });
    expect(ids([lost])).toEqual([1]);
  });
});
