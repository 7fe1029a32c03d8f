import { describe, expect, it } from "vitest";
import { aliasCandidates } from "../../src/judgement/alias.ts";
import { captureLoss } from "../../src/judgement/capture-loss.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { exposureOf } from "../../src/judgement/exposure.ts";
import type { Lifespan } from "../../src/judgement/lifespan.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import type { Responder } from "../../src/judgement/responders.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  NOBODY_PLAIN,
  saMade,
  sessionMade,
  spiMade,
} from "../support/facts-made.ts";

/** A counting client connected from one second to another. */
function connected(
  from: number,
  to: number,
  more: Partial<ClientSa> = {},
  span: Partial<Lifespan> = {},
  outcome: Outcome = "completed",
) {
  const exchange = exchangeMade({ firstAt: at(from) });
  return clientSaMade({ lifespan: lifespanMade({ life: lifeMade({ lastAt: at(to) }), ...span }), ...more }, [
    [exchange, outcome],
  ]);
}

describe("exposure (6.14)", () => {
  const known = { make: "cisco" as const, acceptsInUse: false, refusedFreely: new Set<never>() };
  function of(clientSas: readonly ClientSa[], more = {}) {
    const clients = [...new Set(clientSas.map(({ client }) => client))];
    const patterns = new Map(clientSas.map(({ client, pattern }) => [client, pattern]));
    const plain = NOBODY_PLAIN;
    return exposureOf({ clientSas, clients, patterns, plain } as unknown as Responder, { ...known, ...more });
  }
  const random = { pattern: { kind: "random" } as never };
  const farewell = (seconds: number) => ({ any: moment(seconds), client: moment(seconds), responder: null });

  it.each<[string, readonly ClientSa[], [number, number]]>([
    ["two at once", [connected(0, 50), connected(20, 90)], [2, 2]],
    ["two that only touch", [connected(0, 20), connected(20, 90)], [2, 1]],
    ["one after another", [connected(0, 10), connected(20, 90)], [2, 1]],
    ["three, of which two at once", [connected(0, 10), connected(5, 90), connected(20, 90)], [3, 2]],
    ["one that draws its IDs", [connected(0, 50), connected(20, 90, random)], [1, 1]],
    ["one that was never accepted", [connected(0, 50), connected(20, 90, {}, {}, "unanswered")], [2, 1]],
    [
      "one that said farewell before",
      [connected(0, 50, {}, { farewells: farewell(10) }), connected(20, 90)],
      [2, 1],
    ],
    [
      "one that was replaced before",
      [connected(0, 50, {}, { replaced: moment(10) }), connected(20, 90)],
      [2, 1],
    ],
    ["nobody", [], [0, 0]],
  ])("%s", (_, clientSas, expected) => {
    const { sequentialClients, peakConcurrentSequential } = of(clientSas);
    expect([sequentialClients, peakConcurrentSequential]).toEqual(expected);
  });

  it("one client on two SAs is one", () => {
    const first = connected(0, 50);
    expect(of([first, connected(20, 90, { client: first.client })]).peakConcurrentSequential).toBe(1);
  });

  it("is harmless where an ID in use was accepted, or another make is named", () => {
    expect(of([]).harmless).toBe(false);
    expect(of([], { acceptsInUse: true }).harmless).toBe(true);
    expect(of([], { make: "other" }).harmless).toBe(true);
    expect(of([], { make: "unknown" }).harmless).toBe(false);
  });
});

describe("capture loss (7.2)", () => {
  type Spis = readonly ReturnType<typeof spiMade>[];
  /** A responder with one peer; an empty list is a direction that was not captured. */
  function lossOf(...peers: readonly { up: Spis; down: Spis }[]) {
    const rows: Spis[] = [];
    const byKey = new Map(
      peers.map(({ up, down }, i) => {
        const add = (spis: Spis) => (spis.length === 0 ? [] : [rows.push(spis) - 1]);
        return [i, { sent: add(up), received: add(down) }];
      }),
    );
    const flows = { hasEsp: () => true, spis: (row: number) => rows[row] };
    return captureLoss([{ peers: { flows, byKey } } as unknown as Responder]);
  }
  const flow = (packets: number, expected: number, counted = packets) =>
    spiMade({ packets, expected, counted });

  it.each<[string, ReturnType<typeof lossOf>, [number, number]]>([
    ["by the gaps of both directions", lossOf({ up: [flow(190, 200)], down: [flow(100, 101)] }), [11, 301]],
    ["flows of 100 packets count", lossOf({ up: [flow(100, 110)], down: [flow(1, 1)] }), [10, 110]],
    ["smaller ones do not", lossOf({ up: [flow(99, 110)], down: [flow(1, 1)] }), [0, 0]],
    [
      "where only one direction is captured, nothing is counted",
      lossOf({ up: [flow(500, 600)], down: [] }),
      [0, 0],
    ],
    ["nor the other", lossOf({ up: [], down: [flow(500, 600)] }), [0, 0]],
    ["copies are no gain", lossOf({ up: [flow(120, 100, 120)], down: [flow(1, 1)] }), [0, 100]],
    [
      "of all peers",
      lossOf({ up: [flow(190, 200)], down: [flow(1, 1)] }, { up: [flow(100, 105)], down: [flow(1, 1)] }),
      [15, 305],
    ],
  ])("%s", (_, { lost, expected }, figures) => {
    expect([lost, expected]).toEqual(figures);
  });

  it("keepalives are no ESP", () => {
    const flows = { hasEsp: (row: number) => row === 0, spis: () => [flow(500, 600)] };
    const byKey = new Map([[0, { sent: [0], received: [1] }]]);
    expect(captureLoss([{ peers: { flows, byKey } } as unknown as Responder])).toEqual({
      expected: 0,
      lost: 0,
    });
  });
});

describe("another responder with the same vendor IDs holds the ID (6.9, alias-candidate)", () => {
  const ASA = ["12f5f28c457168a9702d9fe274cc0100"];
  const refused = exchangeMade();
  interface There {
    vendor?: readonly string[];
    messageId?: number;
    from?: number;
    lastAt?: number;
    outcome?: Outcome;
    segment?: number;
  }
  const responder = ({
    vendor = ASA,
    messageId = 1,
    from = -50,
    lastAt = 10,
    outcome = "completed",
    segment = 0,
  }: There = {}): Responder => {
    const exchange = exchangeMade({ messageId, firstAt: at(from), segment });
    const session = sessionMade({ sa: saMade({ vendorIds: [[], vendor] }), quickModes: [exchange] });
    const lifespan = lifespanMade({ life: lifeMade({ lastAt: at(lastAt) }) });
    return {
      clientSas: [clientSaMade({ session, lifespan }, [[exchange, outcome]])],
      plain: NOBODY_PLAIN,
    } as unknown as Responder;
  };
  const here = responder({ outcome: "unanswered" });
  const hints = (others: readonly Responder[], times = 1) =>
    aliasCandidates(
      Array.from({ length: times }, () => ({ responder: here, exchange: refused })),
      [here, ...others],
    ).map(({ other }) => others.indexOf(other));

  it.each<[string, There, boolean]>([
    ["certainly", {}, true],
    ["probably", { lastAt: -100 }, true],
    ["five minutes ago: nobody knows", { lastAt: -301 }, false],
    ["another ID", { messageId: 2 }, false],
    ["it was refused there as well", { outcome: "unanswered" }, false],
    ["it came later", { from: 1 }, false],
    ["it came at the same time", { from: 0 }, false],
    ["it came when the clock had stepped back", { segment: 1 }, false],
    ["other vendor IDs", { vendor: ["00"] }, false],
  ])("%s", (_, there, expected) => {
    expect(hints([responder(there)])).toEqual(expected ? [0] : []);
  });

  it("an ASA sends an ID that differs each time, and those of NAT traversal to clients that offer it", () => {
    const make = "1f07f70eaa6514d3b0fa96542a500100";
    const over4 = ["4a131c81070358455c5728f20e95452f", ...ASA, "442c2b3c0aa44ad1ed1f86e41ae805af", make];
    const over6 = [...ASA, "0b25b6a4d0a74f0f8d0e0a3c5d1e7f90", make];
    const refusing = responder({ vendor: over4, outcome: "unanswered" });
    const [unlike, alike] = [responder(), responder({ vendor: over6 })];
    const found = aliasCandidates([{ responder: refusing, exchange: refused }], [refusing, unlike, alike]);
    expect(found.map(({ other }) => other)).toEqual([alike]);
  });

  it("is hinted by a client of whom nothing else is to be said", () => {
    const { clientSas } = responder();
    const by = (id: number) => {
      const plain = { ...NOBODY_PLAIN, with: (wanted: number) => (wanted === id ? clientSas : []) };
      return { ...responder({ messageId: 2 }), plain } as unknown as Responder;
    };
    expect(hints([by(1)])).toEqual([0]);
    expect(hints([by(2)])).toEqual([]);
  });

  it("is hinted at once for each pair", () => {
    expect(hints([responder()], 3)).toEqual([0]);
    expect(hints([responder({ messageId: 2 }), responder()])).toEqual([1]);
    expect(aliasCandidates([], [here, responder()])).toEqual([]);
  });

  it("a responder that sent no vendor ID is like no other", () => {
    const none: readonly string[] = [];
    const nameless = responder({ vendor: none, outcome: "unanswered" });
    expect(
      aliasCandidates([{ responder: nameless, exchange: refused }], [nameless, responder({ vendor: none })]),
    ).toEqual([]);
  });
});
