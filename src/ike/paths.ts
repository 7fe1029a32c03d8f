/** Where the messages of an IKE SA passed: pairs of endpoints, and what was seen of each side there. */

import { hostOf } from "../collections/endpoints.ts";
import { rowOf } from "../linear/row-names.ts";

export type Side = 0 | 1;

/** Two endpoints between which messages of an IKE SA were seen: one for port 500, one for 4500, more at a NAT. */
export interface Path {
  /** Endpoint of side 0 and of side 1. */
  ends: readonly number[];
  natTraversal: boolean;
  /** Sides that a message was seen from: bit 0 for side 0, bit 1 for side 1. */
  heard: number;
  /** The same for encrypted messages and those of quick mode, copies included. */
  secured: number;
  /** When a message was seen here last, and in which segment of the clock. */
  lastAt: number;
  lastSegment: number;
  /** How often a message of each side was seen here first, and elsewhere later: on which side of a NAT it is. */
  echoedLater: readonly number[];
  echoOf: readonly number[];
}

/** Shared by paths without echoes, which are nearly all. */
const NO_ECHOES: readonly number[] = [0, 0];

/** The echoes of the paths that lie in an IKE SA's row: `echoOf` of path `i` under 2i, `echoedLater` under 2i + 1. */
export interface Echoes {
  echoes: Readonly<Record<number, readonly number[]>>;
}

/** A path that lies in the row of its IKE SA. */
export class SaPath
  extends rowOf({
    numbers: ["lastAt"],
    words: ["lastSegment"],
    bytes: ["heard", "secured"],
    flags: ["natTraversal"],
    lists: { ends: 2 },
  })
  implements Path
{
  /** The IKE SA that it is of, and which of its paths it is. */
  declare owner: Echoes;
  declare index: number;

  get echoOf(): readonly number[] {
    return this.owner.echoes[this.index * 2] ?? NO_ECHOES;
  }

  set echoOf(counts: readonly number[]) {
    this.owner.echoes = { ...this.owner.echoes, [this.index * 2]: counts };
  }

  get echoedLater(): readonly number[] {
    return this.owner.echoes[this.index * 2 + 1] ?? NO_ECHOES;
  }

  set echoedLater(counts: readonly number[]) {
    this.owner.echoes = { ...this.owner.echoes, [this.index * 2 + 1]: counts };
  }
}

/** A message of `side` was seen on the path `first`, and on `later` again. */
export function noteEcho(first: Path, later: Path, side: Side): void {
  first.echoOf = oneMore(first.echoOf, side);
  later.echoedLater = oneMore(later.echoedLater, side);
}

function oneMore(counts: readonly number[], side: Side): number[] {
  return side === 0 ? [counts[0] + 1, counts[1]] : [counts[0], counts[1] + 1];
}

export function newPath(ends: readonly number[], natTraversal: boolean): Path {
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
export function hasHeard(path: Path, side: Side): boolean {
  return (path.heard & (1 << side)) !== 0 || path.echoOf[side] + path.echoedLater[side] > 0;
}

/** Paths of which the endpoint of each side can be asked. */
export interface Ends {
  readonly pathCount: number;
  endOf: (path: number, side: Side) => number;
}

/** Side that sent a message between two endpoints, or -1 when neither is known. */
export function sideOf(paths: Ends, from: number, to: number): Side | -1 {
  const { pathCount } = paths;
  for (let i = 0; i < pathCount; i += 1) {
    const side = sideBetween(paths.endOf(i, 0), paths.endOf(i, 1), from, to);
    if (side >= 0) return side;
  }
  for (let i = 0; i < pathCount; i += 1) {
    const [first, second] = [hostOf(paths.endOf(i, 0)), hostOf(paths.endOf(i, 1))];
    if (first === second) continue;
    const side = sideBetween(first, second, hostOf(from), hostOf(to));
    if (side >= 0) return side;
  }
  // One end is new: the client's NAT gave it another address.
  for (let i = 0; i < pathCount; i += 1) {
    const side = sideByOne(paths.endOf(i, 0), paths.endOf(i, 1), from, to);
    if (side >= 0) return side;
  }
  for (let i = 0; i < pathCount; i += 1) {
    const [first, second] = [hostOf(paths.endOf(i, 0)), hostOf(paths.endOf(i, 1))];
    const side = sideByOne(first, second, hostOf(from), hostOf(to));
    if (side >= 0) return side;
  }
  return pathCount === 0 ? 0 : -1;
}

/** Which of both sent, where it was one of them to the other. */
function sideBetween(first: number, second: number, from: number, to: number): Side | -1 {
  if (first === from && second === to) return 0;
  return second === from && first === to ? 1 : -1;
}

/** Which of both sent, by one of them alone. */
function sideByOne(first: number, second: number, from: number, to: number): Side | -1 {
  if (second === to || first === from) return 0;
  return first === to || second === from ? 1 : -1;
}

/** The side has one address on all paths, as nearly always. */
export function isAtOneHost(paths: Ends, side: Side): boolean {
  const host = hostOf(paths.endOf(0, side));
  for (let i = 1; i < paths.pathCount; i += 1) if (hostOf(paths.endOf(i, side)) !== host) return false;
  return true;
}
