/** Where the messages of an IKE SA passed: pairs of endpoints, and what was seen of each side there. */

import { hostOf } from "../collections/endpoints.ts";

export type Side = 0 | 1;

/** Two endpoints between which messages of an IKE SA were seen: one for port 500, one for 4500, more at a NAT. */
export interface Path {
  /** Endpoint of side 0 and of side 1. */
  ends: [number, number];
  natTraversal: boolean;
  /** Sides that a message was seen from: bit 0 for side 0, bit 1 for side 1. */
  heard: number;
  /** The same for encrypted messages and those of quick mode, copies included. */
  secured: number;
  /** When a message was seen here last, and in which segment of the clock. */
  lastAt: number;
  lastSegment: number;
  /** How often a message of each side was seen here first, and elsewhere later: on which side of a NAT it is. */
  echoedLater: readonly [number, number];
  echoOf: readonly [number, number];
}

/** Shared by all paths without echoes, which are nearly all. */
const NO_ECHOES: readonly [number, number] = [0, 0];

/** A message of `side` was seen on the path `first`, and on `later` again. */
export function noteEcho(first: Path, later: Path, side: Side): void {
  first.echoOf = oneMore(first.echoOf, side);
  later.echoedLater = oneMore(later.echoedLater, side);
}

function oneMore(counts: readonly [number, number], side: Side): [number, number] {
  return side === 0 ? [counts[0] + 1, counts[1]] : [counts[0], counts[1] + 1];
}

export function newPath(ends: [number, number], natTraversal: boolean): Path {
  return {
    ends,
    natTraversal,
    heard: 0,
    secured: 0,
    lastAt: Number.NaN,
    lastSegment: 0,
    echoedLater: NO_ECHOES,
    echoOf: NO_ECHOES,
  };
}

/** Both ends were seen sending on the path: no spoofed packet does that. */
export function isTwoWay(path: Path): boolean {
  return hasHeard(path, 0) && hasHeard(path, 1);
}

/** A message of the side was seen on the path, or a copy of one. */
export function hasHeard({ heard, echoOf, echoedLater }: Path, side: Side): boolean {
  return (heard & (1 << side)) !== 0 || echoOf[side] + echoedLater[side] > 0;
}

/** Side that sent a message between two endpoints, or -1 when neither is known. */
export function sideOf(paths: readonly Path[], from: number, to: number): Side | -1 {
  for (const { ends } of paths) {
    if (ends[0] === from && ends[1] === to) return 0;
    if (ends[1] === from && ends[0] === to) return 1;
  }
  for (const { ends } of paths) {
    if (hostOf(ends[0]) === hostOf(ends[1])) continue;
    if (hostOf(ends[0]) === hostOf(from) && hostOf(ends[1]) === hostOf(to)) return 0;
    if (hostOf(ends[1]) === hostOf(from) && hostOf(ends[0]) === hostOf(to)) return 1;
  }
  // One end is new: the client's NAT gave it another address.
  for (const { ends } of paths) {
    if (ends[1] === to || ends[0] === from) return 0;
    if (ends[0] === to || ends[1] === from) return 1;
  }
  for (const { ends } of paths) {
    if (hostOf(ends[1]) === hostOf(to) || hostOf(ends[0]) === hostOf(from)) return 0;
    if (hostOf(ends[0]) === hostOf(to) || hostOf(ends[1]) === hostOf(from)) return 1;
  }
  return paths.length === 0 ? 0 : -1;
}
