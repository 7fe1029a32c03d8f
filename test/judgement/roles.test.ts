import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { eachOf, type IkeSa } from "../../src/ike/facts.ts";
import { joinedResponders } from "../../src/judgement/joined.ts";
import { decideRoles } from "../../src/judgement/roles.ts";
import { exchangeMade, saMade } from "../support/facts-made.ts";

interface Made {
  /** Hosts of side 0 and side 1, and their ports. */
  hosts?: [number, number];
  ports?: [number, number];
  phase1?: boolean;
  answered?: boolean;
  /** Quick modes: the side that started each, and its ID. */
  ids?: readonly (readonly [0 | 1, number])[];
  /** A second path: other ports, or other hosts with the sides that were heard there. */
  floated?: [number, number];
  elsewhere?: { hosts: [number, number]; heard: number };
}

function made({
  hosts = [1, 2],
  ports = [500, 500],
  phase1 = false,
  answered = true,
  ids = [],
  floated,
  elsewhere,
}: Made = {}): IkeSa {
  const path = (each: [number, number], between = hosts, heard = 3) => ({
    ends: [endpoint(between[0], each[0]), endpoint(between[1], each[1])],
    heard,
    echoOf: [0, 0],
    echoedLater: [0, 0],
  });
  const second = elsewhere === undefined ? [] : [path(ports, elsewhere.hosts, elsewhere.heard)];
  return saMade({
    phase1Seen: phase1,
    answered,
    paths: [path(ports), ...(floated === undefined ? [] : [path(floated)]), ...second] as never,
    exchanges: ids.map(([starter, messageId]) => exchangeMade({ starter, messageId })),
  });
}

/** "side" of each client, with "?" where it is a conclusion; "-" where nothing tells. */
function roles(list: readonly Made[], named: readonly number[] = []): string {
  const options = {
    isNamedResponder: (host: number) => named.includes(host),
    isIkePort: (port: number) => port === 500 || port === 4_500,
  };
  const found = decideRoles(eachOf(list.map(made)), { size: 16 } as never, options);
  return list
    .map((_, i) => found.of(i))
    .map((role) => (role === null ? "-" : `${role.client}${role.inferred ? "?" : ""}`))
    .join(" ");
}
const counts = (side: 0 | 1, ...ids: readonly number[]) => ids.map((id) => [side, id] as const);

describe("who is the client of an IKE SA (3.1, 3.2)", () => {
  it.each<[string, string, string]>([
    ["phase 1 seen: the sender of its first message", roles([{ phase1: true }]), "0"],
    ["phase 1 seen, whoever is named", roles([{ phase1: true }], [1]), "0"],
    ["named by --responder", roles([{}], [1]), "1?"],
    ["the other one named", roles([{}], [2]), "0?"],
    ["both named: that tells nothing", roles([{}], [1, 2]), "-"],
    ["a port that is none of IKE's is the client's", roles([{ ports: [1_024, 500] }]), "0?"],
    ["of the other side", roles([{ ports: [500, 1_024] }]), "1?"],
    ["on port 4500 as well", roles([{ ports: [500, 500], floated: [4_500, 41_000] }]), "1?"],
    ["a name goes before a port", roles([{ ports: [1_024, 500] }], [1]), "1?"],
    ["nothing tells", roles([{}]), "-"],
    ["known as a responder by another SA", roles([{ hosts: [3, 2], phase1: true }, {}]), "0 0?"],
    ["known so by another SA with the same peer", roles([{ phase1: true }, {}]), "0 0?"],
    ["known so by a later SA", roles([{}, { hosts: [3, 1], phase1: true }]), "1? 0"],
    [
      "a first message that nobody answered shows no responder",
      roles([
        { hosts: [3, 2], phase1: true, answered: false },
        { hosts: [1, 2], ids: counts(1, 1) },
      ]),
      "0 0?",
    ],
    ["one that talks with two peers", roles([{ hosts: [1, 2] }, { hosts: [3, 2] }]), "0? 0?"],
    ["in whatever direction", roles([{ hosts: [2, 1] }, { hosts: [3, 2] }]), "1? 0?"],
    ["twice with one peer tells nothing", roles([{}, {}]), "- -"],
    [
      "a side whose IDs are small and count",
      roles([{ ids: [...counts(1, 0x7fffffff), ...counts(0, 1, 2)] }]),
      "0?",
    ],
    ["the other side", roles([{ ids: [...counts(0, 0x7fffffff), ...counts(1, 1, 2)] }]), "1?"],
    ["256 is small", roles([{ ids: [...counts(1, 257), ...counts(0, 256)] }]), "0?"],
    ["a step of 16 counts", roles([{ ids: [...counts(1, 5, 22), ...counts(0, 5, 21)] }]), "0?"],
    ["the same again does not count", roles([{ ids: [...counts(1, 5, 5), ...counts(0, 5, 6)] }]), "0?"],
    [
      "both count: who started the first quick mode",
      roles([{ ids: [...counts(1, 1), ...counts(0, 1)] }]),
      "1?",
    ],
    ["neither counts: the same", roles([{ ids: counts(1, 0x1234567) }]), "1?"],
  ])("%s: %s", (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it.each<[string, string, string]>([
    ["that answered before", roles([{ phase1: true }, { hosts: [2, 1], phase1: true }]), "0 1"],
    [
      "to another client it never answered",
      roles([{ phase1: true }, { hosts: [2, 3], phase1: true }]),
      "0 0",
    ],
    [
      "that never answered",
      roles([
        { phase1: true, answered: false },
        { hosts: [2, 1], phase1: true },
      ]),
      "0 0",
    ],
    [
      "of a client known from another SA",
      roles([{ hosts: [3, 2], phase1: true }, { ports: [1_024, 500] }, { hosts: [2, 1], phase1: true }]),
      "0 0? 1",
    ],
    [
      "with a client of before the capture, whose IKE comes after that",
      roles([{ hosts: [3, 2], phase1: true }, { hosts: [2, 1], phase1: true }, { hosts: [2, 1] }]),
      "0 1 1?",
    ],
    [
      "its client twice",
      roles([
        { phase1: true },
        { hosts: [3, 2], phase1: true },
        { hosts: [2, 1], phase1: true },
        { hosts: [2, 3], phase1: true },
      ]),
      "0 0 1 1",
    ],
    [
      "that answered before the capture, and others in it later",
      roles([{ hosts: [2, 1] }, { hosts: [2, 1], phase1: true }, { hosts: [3, 2], phase1: true }]),
      "1? 1 0",
    ],
    [
      "that others are seen to have dialled before the capture",
      roles([{ hosts: [2, 1] }, { hosts: [3, 2], ports: [1_024, 500] }, { hosts: [2, 1], phase1: true }]),
      "1? 0? 1",
    ],
    [
      "with a client that it knows by its other address, on the other side of a NAT",
      roles([
        { phase1: true, elsewhere: { hosts: [5, 2], heard: 3 } },
        { hosts: [2, 5], phase1: true, elsewhere: { hosts: [2, 1], heard: 3 } },
      ]),
      "0 1",
    ],
    [
      "with a client of which an address behind a NAT comes first",
      roles([{ phase1: true }, { hosts: [2, 5], phase1: true, elsewhere: { hosts: [2, 1], heard: 3 } }]),
      "0 1",
    ],
    [
      "with one that a copy of its client's message came from",
      roles([
        { phase1: true, elsewhere: { hosts: [5, 2], heard: 1 } },
        { hosts: [2, 5], phase1: true },
      ]),
      "0 0",
    ],
    ["that begins it with a client behind a NAT", roles([{ ports: [500, 1_024], phase1: true }]), "1"],
  ])("a gateway that renews phase 1 stays the responder (3.1): one %s", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});

describe("two addresses that are one responder (3.7)", () => {
  const bytes: Record<number, Uint8Array> = {
    2: Uint8Array.of(192, 0, 2, 9),
    3: Uint8Array.of(192, 0, 2, 5),
    4: Uint8Array.of(192, 0, 2, 7),
    6: new Uint8Array(16),
  };
  const hosts = { bytes: (host: number) => bytes[host] } as never;
  /** An SA of client 1 with one path to each host, secured by the responder and heard both ways unless told otherwise. */
  const sa = (...there: readonly (readonly [host: number, secured?: number, heard?: number])[]) =>
    saMade({
      paths: there.map(([host, secured = 2, heard = 3]) => ({
        ends: [endpoint(1, 500), endpoint(host, 500)],
        secured,
        heard,
        echoOf: [0, 0],
        echoedLater: [0, 0],
      })) as never,
    });
  const joined = (...sas: readonly IkeSa[]) =>
    [...joinedResponders(eachOf(sas), { of: () => ({ client: 0, inferred: false }) }, hosts)].sort(
      ([a], [b]) => a - b,
    );

  it.each<[string, number[][], number[][]]>([
    ["named by the lowest", joined(sa([2], [3])), [[2, 3]]],
    ["in whatever order", joined(sa([3], [2])), [[2, 3]]],
    [
      "three of them",
      joined(sa([2], [3], [4])),
      [
        [2, 3],
        [4, 3],
      ],
    ],
    [
      "by two SAs",
      joined(sa([2], [4]), sa([4], [3])),
      [
        [2, 3],
        [4, 3],
      ],
    ],
    ["IPv4 before IPv6", joined(sa([6], [2])), [[6, 2]]],
    ["one address is none", joined(sa([2])), []],
    ["one address twice", joined(sa([2], [2])), []],
    ["what another sent could be sent by anybody", joined(sa([2], [3, 0])), []],
    ["the client's part shows nothing", joined(sa([2], [3, 1])), []],
    ["traffic one way could be forged", joined(sa([2], [3, 2, 2])), []],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("nothing where roles are not known", () => {
    expect([...joinedResponders(eachOf([sa([2], [3])]), { of: () => null }, hosts)]).toEqual([]);
  });
});
