/** What a drawing is made of, from judgements made by hand: whose lane, which marks, and what is left out. */

import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import type { Hosts } from "../../src/ike/facts.ts";
import type { Judgement } from "../../src/judgement/judge.ts";
import { buildTimelines, gather, MAX_LANES, MAX_MARKS, type Mark } from "../../src/report/timeline.ts";
import { NOBODY_PLAIN } from "../support/facts-made.ts";

const GATEWAY = 1_000;
const hosts = {
  text: (host: number) => (host === GATEWAY ? "gateway" : `client-${host}`),
} as unknown as Hosts;

interface Played {
  /** When its quick modes began. */
  at?: readonly number[];
  /** Begin of its IKE SA. */
  from?: number;
  counts?: boolean;
}

/** One gateway, whose clients are numbered from 0 and are connected until 900. */
function gatewayOf(played: readonly Played[]) {
  const clients = played.map(({ at = [], from = 0 }, host) => {
    const quickModes = at.map((firstAt, i) => ({ messageId: i + 1, firstAt }));
    const session = { endpoint: endpoint(host, 500), sa: { firstAt: from }, quickModes };
    return { host, port: 500, sessions: [session] };
  });
  const kind = (host: number) => (played[host].counts === true ? "sequential" : "random");
  return {
    host: GATEWAY,
    clients,
    clientSas: clients.map((client) => ({
      client,
      session: client.sessions[0],
      pattern: { kind: kind(client.host) },
      outcomes: new Map(client.sessions[0].quickModes.map((exchange) => [exchange, "completed"])),
      lifespan: { life: { lastAt: 900 } },
    })),
    plain: NOBODY_PLAIN,
  };
}
type Gateway = ReturnType<typeof gatewayOf>;

/** A finding of a contender's quick modes on IDs that a holder claimed at 5. */
function findingOf(responder: Gateway, holder: number, contender: number, ...which: readonly number[]) {
  const [one, other] = [responder.clients[holder], responder.clients[contender]];
  const claim = { clientSa: { client: one }, since: 5 };
  return {
    responder,
    holder: one,
    contender: other,
    attempts: which.map((i) => ({
      exchange: other.sessions[0].quickModes[i],
      holder: { claim },
      verdict: "rejected",
    })),
  };
}

const timelinesOf = (responders: readonly Gateway[], findings: readonly object[] = []) =>
  buildTimelines({ responders, findings } as unknown as Judgement, hosts);
const names = ({ lanes }: ReturnType<typeof timelinesOf>[number]) => lanes.map(({ client }) => client);

describe("a lane", () => {
  it("has the quick modes of its client alone, in the order of time, with what they met", () => {
    const gateway = gatewayOf([{ at: [5] }, { at: [40, 20] }]);
    const [{ lanes, joins, from, to }] = timelinesOf([gateway], [findingOf(gateway, 0, 1, 1)]);
    expect(lanes.map(({ marks }) => marks.map(({ at, verdict, count }) => [at, verdict, count]))).toEqual([
      [[5, null, 1]],
      [
        [20, "rejected", 1],
        [40, null, 1],
      ],
    ]);
    expect(lanes[1].marks[0]).toMatchObject({ messageId: "0x00000002", outcome: "completed" });
    expect(joins).toEqual([
      {
        finding: 1,
        verdict: "rejected",
        messageId: "0x00000002",
        holder: 0,
        claimedAt: 5,
        contender: 1,
        at: 20,
      },
    ]);
    expect([from, to]).toEqual([0, 900]);
  });

  it("is as long as the IKE SA was seen, and begins with it", () => {
    const [{ lanes, from, to }] = timelinesOf([gatewayOf([{ from: 950 }, { from: 7 }])]);
    expect(lanes.map(({ client, lives }) => [client, lives])).toEqual([
      ["client-1:500", [{ from: 7, to: 900 }]],
      ["client-0:500", [{ from: 950, to: 950 }]],
    ]);
    expect([from, to]).toEqual([7, 950]);
  });
});

describe("of more clients than there are lanes", () => {
  const many = Array.from({ length: MAX_LANES + 10 }, (_, i) => ({ from: i, at: [i] }));

  it("those in findings are drawn first, then those who count, and the others are counted", () => {
    const last = many.length - 1;
    const played = many.map((each, i) => ({ ...each, counts: i === last - 5 }));
    const gateway = gatewayOf(played);
    const [{ lanes, omitted, ...drawn }] = timelinesOf([gateway], [findingOf(gateway, last, last - 1, 0)]);
    expect([lanes.length, omitted]).toEqual([MAX_LANES, 10]);
    const wanted = [...Array.from({ length: MAX_LANES - 3 }, (_, i) => i), last - 5, last - 1, last];
    expect(names({ lanes, omitted, ...drawn })).toEqual(wanted.map((i) => `client-${i}:500`));
  });

  it("an attempt of one that has no lane is not drawn", () => {
    const gateway = gatewayOf(many);
    const findings = Array.from({ length: MAX_LANES / 2 + 1 }, (_, i) =>
      findingOf(gateway, 2 * i, 2 * i + 1, 0),
    );
    const [{ joins, lanes }] = timelinesOf([gateway], findings);
    expect(lanes).toHaveLength(MAX_LANES);
    expect(joins.map(({ finding }) => finding)).toEqual(
      Array.from({ length: MAX_LANES / 2 }, (_, i) => i + 1),
    );
  });

  it("nor is one whose holder alone has one", () => {
    const gateway = gatewayOf(many);
    const findings = Array.from({ length: MAX_LANES + 1 }, (_, i) => findingOf(gateway, 0, i + 1, 0));
    expect(timelinesOf([gateway], findings)[0].joins).toHaveLength(MAX_LANES - 1);
  });

  it("no more attempts are drawn than there are lanes", () => {
    const gateway = gatewayOf([{ at: [5] }, { at: Array.from({ length: 80 }, (_, i) => i) }]);
    const which = Array.from({ length: 80 }, (_, i) => i);
    expect(timelinesOf([gateway], [findingOf(gateway, 0, 1, ...which)])[0].joins).toHaveLength(MAX_LANES);
  });
});

describe("gateways", () => {
  it("of most attempts come first, and one without clients is not drawn", () => {
    const [idle, busy] = [gatewayOf([{ at: [1] }]), gatewayOf([{ at: [1] }, { at: [2] }])];
    const drawn = timelinesOf([gatewayOf([]), idle, busy], [findingOf(busy, 0, 1, 0)]);
    expect(drawn.map(({ joins, lanes, responder }) => [responder, lanes.length, joins.length])).toEqual([
      ["gateway", 2, 1],
      ["gateway", 1, 0],
    ]);
  });

  it("have the findings that are theirs, by their numbers in the report", () => {
    const [one, other] = [gatewayOf([{ at: [1] }, { at: [2] }]), gatewayOf([{ at: [3] }, { at: [4] }])];
    const drawn = timelinesOf([one, other], [findingOf(one, 0, 1, 0), findingOf(other, 0, 1, 0)]);
    expect(drawn.map(({ joins }) => joins.map(({ finding, at }) => [finding, at]))).toEqual([
      [[1, 2]],
      [[2, 4]],
    ]);
  });

  it("have marks that stand for several where there are too many to draw, and only there", () => {
    const times = (count: number) => Array.from({ length: count }, (_, i) => i);
    const marksOf = (count: number) => {
      const [{ lanes, gathered }] = timelinesOf([gatewayOf([{ at: times(count) }, { at: [3] }])]);
      return {
        gathered,
        marks: lanes.map(({ marks }) => marks.reduce((sum, each) => sum + each.count, 0)),
        lanes,
      };
    };
    const whole = marksOf(MAX_MARKS - 1);
    expect([whole.gathered, whole.marks]).toEqual([false, [MAX_MARKS - 1, 1]]);
    const cut = marksOf(MAX_MARKS);
    expect([cut.gathered, cut.marks]).toEqual([true, [MAX_MARKS, 1]]);
    expect(cut.lanes[0].marks.length).toBeLessThanOrEqual(MAX_MARKS / 2);
  });
});

describe("marks of one stretch of time", () => {
  const mark = (at: number, over: Partial<Mark> = {}): Mark => ({
    at,
    messageId: "0x00000001",
    outcome: "completed",
    verdict: null,
    count: 1,
    ...over,
  });

  it("are one, of the worst verdict, and of no outcome where they differ", () => {
    const marks = [
      mark(0),
      mark(1, { verdict: "tolerated" }),
      mark(2, { verdict: "rejected", outcome: "refused" }),
      mark(3, { verdict: "possible" }),
      mark(900, { verdict: "possible" }),
    ];
    // Two stretches: 300 lanes share 600 marks.
    expect(gather(marks, 0, 1_000, 300)).toEqual([
      mark(0, { count: 4, verdict: "rejected", outcome: "several" }),
      mark(900, { verdict: "possible" }),
    ]);
    expect(marks[0]).toEqual(mark(0));
  });

  it("are told apart at the bound, and the end belongs to the last stretch", () => {
    const at = (...times: number[]) =>
      gather(
        times.map((each) => mark(each)),
        100,
        1_100,
        300,
      ).map((each) => each.at);
    expect(at(100, 599, 600, 1_100)).toEqual([100, 600]);
    expect(at(599, 600)).toEqual([599, 600]);
    expect(gather([mark(5), mark(5)], 5, 5, 300)).toEqual([mark(5, { count: 2 })]);
  });
});
