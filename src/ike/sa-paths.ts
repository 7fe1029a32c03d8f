/** The paths of an IKE SA: the first of them lie in its row, all others are objects. */

import { hostOf } from "../collections/endpoints.ts";
import type { Pool } from "../linear/rows.ts";
import { isTwoWay, newPath, type Path, SaPath, type Side, sideOf } from "./paths.ts";
import { PATHS_INSIDE, SaNumbers } from "./sa-numbers.ts";

const MAX_PATHS = 16;
/** Where the first path begins in the row, and its ends, in units of eight bytes. */
const ROOM = SaNumbers.places.pathRoom / 2;
const ENDS = ROOM + SaPath.places.ends;

/** Lies in one path after another, of which nothing but a number is wanted. */
const glance = new SaPath(null);

export class SaPaths extends SaNumbers {
  /** See `paths`; null until somebody asks. */
  pathList: readonly Path[] | null = null;

  /** In order of first appearance; the same objects each time, until there is one more. */
  get paths(): readonly Path[] {
    if (this.pathList?.length !== this.pathCount) {
      this.pathList = Array.from({ length: this.pathCount }, (_, i) => this.pathMade(i));
    }
    return this.pathList;
  }

  /** The same, one of them. */
  pathAt(index: number): Path {
    return this.pathList?.[index] ?? this.pathMade(index);
  }

  private pathMade(index: number): Path {
    if (index >= PATHS_INSIDE) return this.morePaths[index - PATHS_INSIDE];
    const path = new SaPath(null);
    path.lieIn(this, ROOM + index * SaPath.width);
    path.owner = this;
    path.index = index;
    return path;
  }

  /** Endpoint of a side on a path. */
  endOf(index: number, side: Side): number {
    if (index >= PATHS_INSIDE) return this.morePaths[index - PATHS_INSIDE].ends[side];
    return this.chunk.numbers[this.begin + ENDS + index * SaPath.width + side];
  }

  /** Hosts have other numbers from now on. */
  setEnds(index: number, first: number, second: number): void {
    if (index >= PATHS_INSIDE) {
      this.morePaths[index - PATHS_INSIDE].ends = [first, second];
      return;
    }
    const at = this.begin + ENDS + index * SaPath.width;
    this.chunk.numbers[at] = first;
    this.chunk.numbers[at + 1] = second;
  }

  /** Whether a path is towards the NAT-T port. */
  natTraversalOf(index: number): boolean {
    if (index >= PATHS_INSIDE) return this.morePaths[index - PATHS_INSIDE].natTraversal;
    glance.lieIn(this, ROOM + index * SaPath.width);
    return glance.natTraversal;
  }

  /** Both hosts of a message are those of one path. */
  hasHostsOf(message: { readonly from: number; readonly to: number }): boolean {
    const [from, to] = [hostOf(message.from), hostOf(message.to)];
    for (let i = 0; i < this.pathCount; i += 1) {
      const [first, second] = [hostOf(this.endOf(i, 0)), hostOf(this.endOf(i, 1))];
      if ((first === from && second === to) || (first === to && second === from)) return true;
    }
    return false;
  }

  /** Side that sent a message between these endpoints, or -1 when neither end is known. */
  sideOf(from: number, to: number): Side | -1 {
    return sideOf(this, from, to);
  }

  /** Traffic in both directions was seen between the host of `side` at `endpoint` and the other side. */
  isTwoWayFrom(side: Side, endpoint: number): boolean {
    const host = hostOf(endpoint);
    for (let i = 0; i < this.pathCount; i += 1) {
      if (hostOf(this.endOf(i, side)) === host && isTwoWay(this.pathAt(i))) return true;
    }
    return false;
  }

  /**
   * A copy from an address that the other side never speaks to, while it does speak to another: anybody who
   * saw the message could have sent it again.
   */
  isReplay(side: Side, from: number): boolean {
    if (this.isTwoWayFrom(side, from)) return false;
    for (let i = 0; i < this.pathCount; i += 1) if (isTwoWay(this.pathAt(i))) return true;
    return false;
  }

  /** Index of the path of a message of `side`; made when new. Beyond the bound the last one stands in. */
  pathOf(from: number, to: number, side: Side, natTraversal: boolean): number {
    const first = side === 0 ? from : to;
    const second = side === 0 ? to : from;
    const { pathCount } = this;
    for (let i = 0; i < pathCount; i += 1) {
      if (this.endOf(i, 0) === first && this.endOf(i, 1) === second) return i;
    }
    if (pathCount >= MAX_PATHS) return MAX_PATHS - 1;
    this.addPath([first, second], natTraversal);
    return pathCount;
  }

  private addPath(ends: number[], natTraversal: boolean): void {
    const index = this.pathCount;
    this.pathCount += 1;
    this.pathList = null;
    if (index >= PATHS_INSIDE) {
      this.morePaths = [...this.morePaths, newPath(ends, natTraversal)];
      return;
    }
    const path = this.pathMade(index) as SaPath;
    path.lastAt = Number.NaN;
    path.ends = ends;
    path.natTraversal = natTraversal;
  }

  /** Paths that somebody holds move with it. */
  override moveTo(other: Pool): void {
    super.moveTo(other);
    this.pathList?.slice(0, PATHS_INSIDE).forEach((path, i) => {
      (path as SaPath).lieIn(this, ROOM + i * SaPath.width);
    });
  }
}
