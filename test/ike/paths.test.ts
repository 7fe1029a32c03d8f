import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { isTwoWay, newPath, noteEcho, type Path, sideOf } from "../../src/ike/paths.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { random32 } from "../support/random.ts";
import { CLIENT, type MessageFields, messageMade, RESPONDER } from "../support/message-made.ts";

const sideIn = (paths: readonly Path[], from: number, to: number) =>
  sideOf({ pathCount: paths.length, endOf: (i, side) => paths[i].ends[side] }, from, to);
const saOf = (fields: MessageFields = {}) => new IkeSa(0, messageMade(fields));

describe("paths of an IKE SA", () => {
  it("one for each pair of endpoints, sixteen at most", () => {
    const sa = saOf();
    const first = sa.pathOf(CLIENT, RESPONDER, 0, false);
    expect(sa.pathOf(RESPONDER, CLIENT, 1, false)).toBe(first);
    expect(sa.pathOf(endpoint(1, 4500), endpoint(3, 4500), 0, true)).not.toBe(first);
    for (let port = 1; port <= 30; port += 1) sa.pathOf(endpoint(1, port), RESPONDER, 0, false);
    expect(sa.paths).toHaveLength(16);
    expect(sa.pathOf(endpoint(1, 999), RESPONDER, 0, false)).toBe(15);
  });

  it("both ends were heard: no forged packet does that", () => {
    const path = newPath([CLIENT, RESPONDER], false);
    expect(isTwoWay(path)).toBe(false);
    path.heard = 1;
    expect(isTwoWay(path)).toBe(false);
    path.heard = 2;
    expect(isTwoWay(path)).toBe(false);
    path.heard = 3;
    expect(isTwoWay(path)).toBe(true);
  });

  it("a copy counts as heard at both places (3.5)", () => {
    const [outside, inside] = [
      newPath([CLIENT, RESPONDER], false),
      newPath([endpoint(9, 500), RESPONDER], false),
    ];
    noteEcho(inside, outside, 0);
    expect([inside.echoOf, outside.echoedLater]).toEqual([
      [1, 0],
      [1, 0],
    ]);
    noteEcho(inside, outside, 1);
    noteEcho(inside, outside, 1);
    expect([inside.echoOf, outside.echoedLater]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect([isTwoWay(inside), isTwoWay(outside)]).toEqual([true, true]);
    expect([inside.echoedLater, outside.echoOf]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("those in the row of an IKE SA hold what those that are objects hold", () => {
    const next = random32(3);
    const sa = saOf();
    const ends = [1, 2].map((port) => [endpoint(1, port), RESPONDER]);
    const inside = ends.map(([first, second]) => sa.pathAt(sa.pathOf(first, second, 0, first % 2 > 0)));
    const plain = ends.map((each) => newPath(each, each[0] % 2 > 0));
    for (let step = 0; step < 300; step += 1) {
      const [at, side] = [next() % 2, (next() % 2) as 0 | 1];
      for (const paths of [inside, plain]) {
        const [path, other] = [paths[at], paths[1 - at]];
        if (step % 4 === 0) noteEcho(path, other, side);
        else if (step % 4 === 1) path.heard ^= 1 << side;
        else if (step % 4 === 2) path.secured ^= 1 << side;
        else path.natTraversal = side === 1;
        path.lastAt = step;
        path.lastSegment = step % 5;
      }
      for (const name of Object.keys(plain[0]) as (keyof Path)[]) {
        expect(inside.map((path) => path[name])).toEqual(plain.map((path) => path[name]));
      }
    }
  });

  it("two-way from the host of a side, on any of its ports; what comes from elsewhere then is a replay", () => {
    const sa = saOf();
    sa.pathAt(sa.pathOf(CLIENT, RESPONDER, 0, false)).heard = 3;
    sa.pathAt(sa.pathOf(endpoint(7, 500), RESPONDER, 0, false)).heard = 1;
    expect(sa.isTwoWayFrom(0, endpoint(1, 4500))).toBe(true);
    expect(sa.isTwoWayFrom(0, endpoint(7, 500))).toBe(false);
    expect(sa.isTwoWayFrom(1, RESPONDER)).toBe(true);
    expect([sa.isReplay(0, CLIENT), sa.isReplay(0, endpoint(7, 500))]).toEqual([false, true]);
    const oneWay = saOf();
    oneWay.pathAt(oneWay.pathOf(CLIENT, RESPONDER, 0, false)).heard = 1;
    expect(oneWay.isReplay(0, endpoint(7, 500))).toBe(false);
  });

  const paths = [newPath([CLIENT, RESPONDER], false)];
  const elsewhere = endpoint(9, 500);
  it.each<[string, number, number, number]>([
    ["from the first end", CLIENT, RESPONDER, 0],
    ["from the second end", RESPONDER, CLIENT, 1],
    ["between the hosts, other ports", endpoint(1, 4500), endpoint(3, 4500), 0],
    ["the same back", endpoint(3, 4500), endpoint(1, 4500), 1],
    ["a new address of the first end", elsewhere, RESPONDER, 0],
    ["an answer to it", RESPONDER, elsewhere, 1],
    ["a new address of the second end", elsewhere, CLIENT, 1],
    ["to it", CLIENT, elsewhere, 0],
    ["a new address and a new port", elsewhere, endpoint(3, 4500), 0],
    ["an answer to that", endpoint(3, 4500), elsewhere, 1],
    ["from another port of the first end to a new address", endpoint(1, 4500), elsewhere, 0],
    ["from a new address to another port of the first end", elsewhere, endpoint(1, 4500), 1],
    ["of strangers", elsewhere, endpoint(8, 500), -1],
  ])("which side sent: %s", (_, from, to, side) => {
    expect(sideIn(paths, from, to)).toBe(side);
  });

  it("the first message is of side 0", () => {
    expect(sideIn([], CLIENT, RESPONDER)).toBe(0);
  });

  // A client behind the NAT whose outer address it speaks to: that is one end of both its paths.
  const [inner, nat, gateway] = [5, 6, 7];
  const hairpin = [
    newPath([endpoint(nat, 1_025), endpoint(gateway, 500)], false),
    newPath([endpoint(inner, 500), endpoint(nat, 500)], false),
  ];
  it.each<[string, number, number, number]>([
    ["behind it, from other ports", endpoint(inner, 4_500), endpoint(nat, 4_500), 0],
    ["behind it, back", endpoint(nat, 4_500), endpoint(inner, 4_500), 1],
    ["from another port to its endpoint", endpoint(inner, 4_500), endpoint(nat, 500), 0],
    ["from its endpoint to another port", endpoint(nat, 500), endpoint(inner, 4_500), 1],
    ["before it, from other ports", endpoint(nat, 4_500), endpoint(gateway, 4_500), 0],
    ["before it, back", endpoint(gateway, 4_500), endpoint(nat, 4_500), 1],
  ])("on both sides of a NAT: %s", (_, from, to, side) => {
    expect([sideIn(hairpin, from, to), sideIn([...hairpin].reverse(), from, to)]).toEqual([side, side]);
  });

  it("both on one host: the ports alone tell the sides", () => {
    const local = [newPath([endpoint(1, 500), endpoint(1, 501)], false)];
    expect([
      sideIn(local, endpoint(1, 500), endpoint(1, 501)),
      sideIn(local, endpoint(1, 501), endpoint(1, 500)),
    ]).toEqual([0, 1]);
    expect(sideIn(local, endpoint(1, 501), endpoint(1, 77))).toBe(1);
  });
});
