import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { espSourcesOf, isBlind } from "../../src/judgement/blind.ts";
import { endpointAliases, firstMessagesAt, keysOf, phase1Times } from "../../src/judgement/endpoints-of.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  moment,
  peersFrom,
  type RowMade,
  saMade,
  sessionMade,
  spiMade,
  UNSEEN,
} from "../support/facts-made.ts";

interface PathMade {
  host?: number;
  port?: number;
  natTraversal?: boolean;
  echoes?: [number, number];
  /** Sides that a message was seen from, a bit each. */
  heard?: number;
}
const path = ({ host = 1, port = 500, natTraversal = false, echoes = [0, 0], heard = 3 }: PathMade = {}) => ({
  heard,
  ends: [endpoint(host, port), endpoint(2, natTraversal ? 4_500 : 500)],
  natTraversal,
  echoOf: echoes,
  echoedLater: [0, 0],
});
/** A session named by the first of its paths. */
function made(
  paths: readonly PathMade[],
  sa: Parameters<typeof saMade>[0] = {},
  more: Partial<Session> = {},
): Session {
  const [first] = paths;
  const natTraversal = first.natTraversal === true;
  return sessionMade({
    sa: saMade({ paths: paths.map(path) as never, isReplay: () => false, ...sa } as never),
    endpoint: endpoint(first.host ?? 1, first.port ?? 500),
    port4500: natTraversal ? first.port! : -1,
    ...more,
  });
}

describe("where the ESP of a client is looked for (3.4)", () => {
  const floated = { port: 41_000, natTraversal: true };

  it.each<[string, Session, number[]]>([
    [
      "not on 4500: its address, and the endpoints of its messages",
      made([{}]),
      [endpoint(1, 0), endpoint(1, 500)],
    ],
    ["on 4500: its endpoint there", made([floated, {}]), [endpoint(1, 41_000)]],
    [
      "moved by its NAT: both endpoints there",
      made([floated, { ...floated, port: 41_001 }]),
      [endpoint(1, 41_000), endpoint(1, 41_001)],
    ],
    [
      "not where the responder alone sent to: a neighbour behind the NAT",
      made([floated, { ...floated, port: 41_001, heard: 2 }]),
      [endpoint(1, 41_000)],
    ],
    [
      "wherever the responder sent to, where the client was never seen sending",
      made([
        { ...floated, heard: 2 },
        { ...floated, port: 41_001, heard: 2 },
      ]),
      [endpoint(1, 41_000), endpoint(1, 41_001)],
    ],
    [
      "not where copies were sent from",
      made([{}, { host: 7 }], { isReplay: (_: number, end: number) => end === endpoint(7, 500) } as never),
      [endpoint(1, 0), endpoint(1, 500)],
    ],
  ])("%s", (_, session, expected) => {
    expect(keysOf(session)).toEqual(expected);
  });
});

describe("when a client next began phase 1 (4)", () => {
  const first = made([{}], { firstAt: at(0) });
  const second = made([{}, { port: 501 }], { firstAt: at(50) });
  const other = made([{ port: 501 }], { firstAt: at(80) });

  it("by first messages from its endpoints, answered or not, after a time", () => {
    const unanswered = new Map([[endpoint(1, 500), [moment(30)]]]);
    const times = phase1Times(() => firstMessagesAt([other, second, first], unanswered));
    expect(times(first, moment(-1))).toBe(at(0));
    expect(times(first, moment(0))).toBe(at(30));
    expect(times(first, moment(30))).toBe(at(50));
    expect(times(first, moment(50))).toBe(UNSEEN);
    // From either of two endpoints, the earlier.
    expect(times(second, moment(50))).toBe(at(80));
    expect(times(second, moment(10))).toBe(at(30));
    expect(times(made([{ host: 9 }]), moment(0))).toBe(UNSEEN);
  });

  it("behind a step of the clock after all that its own clock tells, and never before one", () => {
    const stepped = made([{}], { firstAt: at(20), firstSegment: 1 });
    const times = phase1Times(() => firstMessagesAt([second, stepped], new Map()));
    expect(times(first, moment(0))).toBe(at(50));
    expect(times(first, moment(60))).toBe(Number.POSITIVE_INFINITY);
    expect(times(first, moment(10, 1))).toBe(at(20));
    expect(times(first, moment(30, 1))).toBe(UNSEEN);
  });

  it("not where phase 1 was not seen, or the responder renewed it", () => {
    const times = (session: Session) => [...firstMessagesAt([session], new Map())];
    expect(times(made([{}], { phase1Seen: false, mode: 0 }))).toEqual([]);
    expect(times(made([{}], {}, { client: 1 }))).toEqual([]);
    expect(times(first)).toEqual([[endpoint(1, 500), [moment(0)]]]);
    // Its first message was lost, and others of phase 1 were not.
    expect(times(made([{}], { phase1Seen: false, firstAt: at(7) }))).toEqual([
      [endpoint(1, 500), [moment(7)]],
    ]);
  });
});

describe("one client on both sides of a NAT (3.5)", () => {
  const alias = (list: readonly Session[], host = 7) => {
    const named = endpointAliases(list)(endpoint(host, 500));
    return named === endpoint(host, 500) ? null : named;
  };
  const inside = { host: 7, echoes: [1, 1] as [number, number] };
  const outside = endpoint(1, 500);

  it.each<[string, readonly Session[], number | null]>([
    ["messages of both sides were echoed", [made([{}, inside])], outside],
    ["those of one side show nothing", [made([{}, { ...inside, echoes: [3, 0] }])], null],
    ["nor those of the other", [made([{}, { ...inside, echoes: [0, 3] }])], null],
    ["the other endpoint has an IKE SA of its own", [made([{}, inside]), made([{ host: 7 }])], null],
    ["another kind of port", [made([{}, { ...inside, natTraversal: true }])], null],
    [
      "copies from an address that the responder never speaks to",
      [made([{}, inside], { isReplay: () => true } as never)],
      null,
    ],
  ])("%s", (_, sessions, expected) => {
    expect(alias(sessions)).toBe(expected);
  });

  it("others are themselves", () => {
    expect(alias([made([{}, inside])], 8)).toBe(null);
    expect(alias([made([{}, inside])], 1)).toBe(null);
    // Nobody has a second endpoint.
    expect(alias([made([{}])])).toBe(null);
  });
});

describe("blind: its kind of life is in no source that has its IKE (6.4)", () => {
  const esp = (port: number, outgoing: boolean, sources = 1, host = 1): RowMade => ({
    host,
    port,
    outgoing,
    sources,
    spis: [spiMade()],
  });
  const both = (port: number, sources = 1) => [esp(port, false, sources), esp(port, true, sources)];
  const heard = (sources: [number, number] = [1, 1], port4500 = 4_500) =>
    sessionMade({ sa: saMade({ sources }), port4500 });
  const blind = (rows: readonly RowMade[], session = heard(), others: readonly Session[] = []) =>
    isBlind(session, espSourcesOf(peersFrom(rows), [session, ...others]));

  it.each<[string, boolean, boolean]>([
    ["ESP in UDP both ways with one peer", blind(both(4_500)), false],
    ["nothing", blind([]), true],
    ["of one direction, while the source shows the other of the responder", blind([esp(4_500, false)]), true],
    ["the other direction", blind([esp(4_500, true)]), true],
    ["each direction of another peer", blind([esp(4_500, false), esp(4_600, true)]), true],
    [
      "of one direction, where that is all that the source shows",
      blind([esp(4_500, false)], heard([1, 0])),
      false,
    ],
    ["of the one that the source shows", blind([esp(4_500, true)], heard([0, 1])), false],
    ["ESP over IP says nothing of a client on 4500", blind(both(0)), true],
    ["ESP over IP of a client on 500", blind(both(0), heard([1, 1], -1)), false],
    ["ESP in UDP says nothing of a client on 500", blind(both(4_500), heard([1, 1], -1)), true],
    ["in another source than its IKE", blind(both(4_500, 2)), true],
    ["in a source that has a part of its IKE", blind(both(4_500, 2), heard([1, 2])), false],
    ["in two sources, a direction each", blind([esp(4_500, false, 1), esp(4_500, true, 2)]), true],
    [
      "in two sources, each of which shows one direction alone",
      blind([esp(4_500, false, 1), esp(4_500, true, 2)], heard([1, 2])),
      false,
    ],
    [
      "keepalives are no ESP",
      blind([{ port: 4_500, firstAt: 0, lastAt: 0 }, esp(4_500, true)], heard([0, 1])),
      true,
    ],
    [
      "IKE of another client shows that the source has both directions",
      blind([esp(4_500, false)], heard([1, 0]), [heard([1, 1])]),
      true,
    ],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });
});
