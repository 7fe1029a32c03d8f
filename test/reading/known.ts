/** Joins what the rooms of this folder find: life to SAs (3.4, 3.6), SAs to clients (3.3), patterns to clients (5). */

import { type Claim, inCounterOrder, type Known } from "./claims.ts";
import { responderTimes } from "./esp-begins.ts";
import { areElsewhere, identity, type Traces } from "./identity.ts";
import {
  endpointName,
  farewellOf,
  isBlind,
  kindOf,
  type Life,
  lastHeard,
  messageLife,
  movedEndpoints,
  ownEndpoints,
  type Sign,
  signsOf,
} from "./life.ts";
import { lostQuickMode, newEspOf } from "./lost-quick-modes.ts";
import { readMessages, saList } from "./messages.ts";
import { isAccepted, type Outcome, outcomesOf, phase1Done } from "./outcome.ts";
import type { Capture } from "./packets.ts";
import { COUNTS_FROM, idsOf, microsoftVersion, type Pattern, patternOf, vendorIdsOf } from "./pattern.ts";
import { type QuickMode, quickModesOf, type Scene } from "./quick-modes.ts";
import { rolesOf, type Sa } from "./roles.ts";

const DEFAULT_LIFETIME = 28_800;
const MOVE_WINDOW = 60;

export interface Field {
  capture: Capture;
  sas: Sa[];
  signs: Sign[];
  scene: Scene;
  outcomes: Map<QuickMode, Outcome>;
  known: Map<Sa, Known>;
  traces: Traces;
  ikev2: ReadonlySet<string>;
  /** Signs of each SA, and what belongs to none. */
  signsOf: Map<Sa, Sign[]>;
  loose: Sign[];
  /** SAs of one client, all of them. */
  clientOf: (sa: Sa) => Sa[];
  claims: Claim[];
}

export function fieldOf(capture: Capture): Field {
  const { messages, ikev2 } = readMessages(capture.packets);
  const sas = rolesOf(saList(messages));
  const signs = signsOf(capture, sas);
  const quickModes = sas.flatMap(quickModesOf).sort((a, b) => a.at - b.at);
  const blindness = new Map(sas.map((sa) => [sa, isBlind(sa, sas, signs)]));
  const blind = (sa: Sa) => blindness.get(sa)!;
  const scene: Scene = {
    sas,
    quickModes,
    signs,
    end: capture.end,
    steps: capture.steps,
    endpoints: ownEndpoints,
    blind,
  };
  const outcomes = outcomesOf(scene);
  const attributed = attribute(scene, outcomes);
  const lives = new Map(sas.map((sa) => [sa, lifeOf(sa, attributed.get(sa) ?? [])]));
  const traces: Traces = {
    began: (sa) => (sa.begunBefore ? (lives.get(sa)![0]?.at ?? sa.start) : sa.start),
    lastOfClient: (sa) => lastHeard(lives.get(sa)!, true),
    lastOf: (sa) => lives.get(sa)!.at(-1)?.at ?? Number.NEGATIVE_INFINITY,
    blind,
    inQuestion: (client, responder) => {
      const there = quickModes.filter(
        ({ sa, byClient }) => byClient && sa.client === client && sa.responder === responder,
      );
      const accepted = there.filter((each) => isAccepted(outcomes.get(each)!)).length;
      return accepted > 0 && accepted < there.length;
    },
    sas,
  };
  const clientOf = clientGroups(sas, traces);
  const known = new Map<Sa, Known>();
  for (const sa of sas) {
    const own = quickModes.filter((quickMode) => quickMode.sa === sa);
    known.set(
      sa,
      knownOf(sa, own, {
        scene,
        outcomes,
        life: lives.get(sa)!,
        signs: attributed.get(sa) ?? [],
        mates: clientOf(sa),
        capture,
      }),
    );
  }
  const owned = new Set([...attributed.values()].flat());
  const loose = signs.filter((sign) => !owned.has(sign));
  return {
    capture,
    sas,
    signs,
    scene,
    outcomes,
    known,
    traces,
    ikev2,
    signsOf: attributed,
    loose,
    clientOf,
    claims: [],
  };
}

function lifeOf(sa: Sa, signs: readonly Sign[]): Life[] {
  const other = signs.map(
    ({ at, fromClient, kind, spi, sequence }): Life => ({ at, fromClient, what: kind, spi, sequence }),
  );
  return [...messageLife(sa), ...other].sort((a, b) => a.at - b.at);
}

/** 3.4: to the newest SA of the endpoint with an accepted quick mode, or else to the newest with any. */
function attribute(scene: Scene, outcomes: ReadonlyMap<QuickMode, Outcome>): Map<Sa, Sign[]> {
  const { sas, quickModes, signs } = scene;
  const moved = movedEndpoints(sas, signs);
  const strays = strayEndpoints(sas, signs, quickModes, outcomes);
  const home = (endpoint: string): string => {
    let name = endpoint;
    for (let i = 0; i < 10; i += 1) {
      const move = moved.get(name);
      if (move === undefined) break;
      name = move.old;
      if (!move.alone) break;
    }
    return name;
  };
  const users = new Map<string, Sa[]>();
  for (const sa of sas) {
    for (const endpoint of ownEndpoints(sa)) {
      const key = `${sa.responder} ${endpoint}`;
      users.set(key, [...(users.get(key) ?? []), sa]);
    }
  }
  const result = new Map<Sa, Sign[]>();
  for (const sign of signs) {
    const own = users.get(`${sign.responder} ${sign.endpoint}`) ?? [];
    // What came there from elsewhere did not begin there.
    const stray = moved.has(sign.endpoint) ? undefined : strays.get(`${sign.responder} ${sign.endpoint}`);
    const root = stray ?? home(sign.endpoint);
    // To where a NAT moved a session, its client may begin another one later.
    const there = root === sign.endpoint ? [] : (users.get(`${sign.responder} ${root}`) ?? []);
    const both = [...new Set([...there, ...own])].sort((a, b) => a.start - b.start);
    const owner = ownerAt(sign.at, both, scene, outcomes);
    if (owner !== null) result.set(owner, [...(result.get(owner) ?? []), sign]);
  }
  return result;
}

function ownerAt(
  at: number,
  users: readonly Sa[],
  scene: Scene,
  outcomes: ReadonlyMap<QuickMode, Outcome>,
): Sa | null {
  const { quickModes } = scene;
  const begun = users.filter((sa) => sa.start <= at || (!sa.phase1Seen && sa === users[0]));
  const has = (sa: Sa, accepted: boolean) =>
    (accepted && lostQuickMode(sa, users, scene) <= at) ||
    quickModes.some((quickMode) => {
      if (quickMode.sa !== sa || (quickMode.at > at && !mayLackQuickMode(sa, scene))) return false;
      return (
        !accepted ||
        (quickMode.byClient
          ? isAccepted(outcomes.get(quickMode)!)
          : quickMode.messages.some(({ fromClient }) => fromClient))
      );
    });
  return (
    begun.findLast((sa) => has(sa, true)) ?? begun.findLast((sa) => has(sa, false)) ?? begun.at(-1) ?? null
  );
}

/** The capture lacks its beginning, and perhaps a quick mode of it; none is older than that of ID 1. */
function mayLackQuickMode(sa: Sa, { quickModes }: Scene): boolean {
  const [first] = inCounterOrder(quickModes.filter((each) => each.sa === sa && each.byClient));
  return !sa.phase1Seen && first?.id !== 1;
}

/** 3.6: ESP at another port of the client's address, begun soon after an accepted quick mode whose endpoint has none. */
function strayEndpoints(
  sas: readonly Sa[],
  signs: readonly Sign[],
  quickModes: readonly QuickMode[],
  outcomes: ReadonlyMap<QuickMode, Outcome>,
): Map<string, string> {
  const strays = new Map<string, string>();
  const taken = new Set(
    sas.flatMap((sa) => ownEndpoints(sa).map((endpoint) => `${sa.responder} ${endpoint}`)),
  );
  for (const quickMode of quickModes) {
    const { sa } = quickMode;
    const [own] = ownEndpoints(sa);
    if (!quickMode.byClient || !isAccepted(outcomes.get(quickMode)!) || kindOf(sa) !== "udp") continue;
    // Until it was accepted its own endpoint may still have the ESP of the quick mode before it.
    const at = quickMode.answeredAt ?? quickMode.at;
    const esp = signs.filter(
      (sign) => sign.kind === "esp" && sign.responder === sa.responder && sign.at > at,
    );
    if (esp.some(({ endpoint }) => endpoint === own)) continue;
    const host = endpointName(sa.client, 1).slice(0, -1);
    const begun = new Set(
      esp.filter(({ endpoint }) => endpoint.startsWith(host)).map(({ endpoint }) => endpoint),
    );
    for (const endpoint of begun) {
      const all = signs.filter(
        (sign) => sign.kind === "esp" && sign.endpoint === endpoint && sign.responder === sa.responder,
      );
      const ways = new Set(all.map(({ fromClient }) => fromClient));
      const key = `${sa.responder} ${endpoint}`;
      if (!taken.has(key) && ways.size === 2 && all[0].at > at && all[0].at <= at + MOVE_WINDOW)
        strays.set(key, own);
    }
  }
  return strays;
}

/**
 * SAs of one client. What is surely two never comes together by way of a third, nor what is at two addresses behind its NAT
 * by way of one that shows none; the same port goes first.
 */
function clientGroups(sas: readonly Sa[], traces: Traces): (sa: Sa) => Sa[] {
  const groups = new Map<Sa, Sa[]>(sas.map((sa) => [sa, [sa]]));
  const pairs = sas.flatMap((a, i) => sas.slice(i + 1).map((b) => [a, b] as const));
  const near = pairs.filter(([a, b]) => a.responder === b.responder && a.client === b.client);
  // One of which little is known belongs to the next before it or after it.
  near.sort((x, y) => Math.abs(x[0].start - x[1].start) - Math.abs(y[0].start - y[1].start));
  const samePort = ([a, b]: readonly [Sa, Sa]) =>
    ownEndpoints(a).some((endpoint) => ownEndpoints(b).includes(endpoint));
  for (const [a, b] of [...near.filter(samePort), ...near.filter((pair) => !samePort(pair))]) {
    const [one, other] = [groups.get(a)!, groups.get(b)!];
    if (one === other || identity(a, b, traces) !== "one") continue;
    if (one.some((x) => other.some((y) => identity(x, y, traces) === "two" || areElsewhere(x, y)))) continue;
    const joined = [...one, ...other].sort((x, y) => x.start - y.start);
    for (const sa of joined) groups.set(sa, joined);
  }
  return (sa) => groups.get(sa)!;
}

interface Parts {
  scene: Scene;
  outcomes: ReadonlyMap<QuickMode, Outcome>;
  life: Life[];
  signs: readonly Sign[];
  mates: readonly Sa[];
  capture: Capture;
}

function knownOf(
  sa: Sa,
  quickModes: readonly QuickMode[],
  { scene, outcomes, life, signs, mates, capture }: Parts,
): Known {
  const blind = scene.blind(sa);
  const vendorIds = mates.flatMap((mate) => vendorIdsOf(mate, true));
  const pattern: Pattern = patternOf(
    mates.map((mate) => idsOf(scene.quickModes.filter((quickMode) => quickMode.sa === mate))),
    vendorIds,
  );
  const sources = new Set(sa.messages.flatMap(({ copies }) => copies.map(({ source }) => source)));
  const chosen = sa.messages.find(
    ({ fromClient, clear, exchange }) => !fromClient && exchange === 2 && clear?.lifetime != null,
  );
  const accepted = scene.quickModes.filter(
    (quickMode) =>
      quickMode.sa !== sa &&
      mates.includes(quickMode.sa) &&
      quickMode.sa.start > sa.start &&
      quickMode.byClient &&
      isAccepted(outcomes.get(quickMode)!),
  );
  return {
    sa,
    quickModes,
    life,
    blind,
    farewell: farewellOf(life, quickModes, blind, capture.end),
    pattern,
    countsByVendor: (microsoftVersion(vendorIds) ?? 0) >= COUNTS_FROM,
    lifetime: chosen?.clear?.lifetime ?? DEFAULT_LIFETIME,
    replacedAt: Math.min(Number.POSITIVE_INFINITY, ...accepted.map(({ at, answeredAt }) => answeredAt ?? at)),
    sourceStart: Math.min(...[...sources].map((source) => capture.starts[source])),
    newEsp: newEspOf(sa, scene, signs),
    vouched: phase1Done(sa) !== null || responderTimes(sa, scene).length === 0,
    steps: capture.steps,
  };
}
