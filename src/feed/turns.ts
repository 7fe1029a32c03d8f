/**
 * Lanes of captures of one time take turns at every row. Where the core can settle their frames, it goes over all of them
 * at once; what it leaves becomes slices, mostly of one row.
 */

import type { Slice } from "../capture/batch.ts";
import type { TurningLanes, Walk } from "../linear/walk.ts";
import type { Lane } from "./lane.ts";

/** Of one lane alone slices are long. */
const FEWEST_LANES = 2;

export class Turns {
  /** Time of the latest row that was settled. */
  released = Number.NEGATIVE_INFINITY;
  readonly #walk: Walk;
  readonly #core: TurningLanes;
  readonly #take: (slice: Slice) => void;
  readonly #left: () => number;

  /**
   * @param take is called with slices of frames that were settled, the one whose end is the latest last
   * @param left packets that may still be taken
   */
  constructor(walk: Walk, core: TurningLanes, take: (slice: Slice) => void, left: () => number) {
    this.#walk = walk;
    this.#core = core;
    this.#take = take;
    this.#left = left;
  }

  /**
   * Settles rows of one segment of the clock, and moves lanes on.
   * @param lanes the first one first
   * @param released time of the latest row before
   * @returns how many of the first lanes may stand elsewhere now; 0 where nothing was settled
   */
  settle(lanes: readonly Lane[], released: number): number {
    const count = this.#begin(lanes);
    if (count < FEWEST_LANES) return 0;
    // The last packet of all is in a slice, with which the reading ends.
    const most = this.#left() - 1;
    if (this.#walk.takeTurns(this.#core, lanes[0].segment, released, most) === 0) return 0;
    const slices: Slice[] = [];
    for (let i = 0; i < count; i += 1) {
      const at = this.#core.at(i);
      if (at > lanes[i].at) slices.push(movedTo(at, lanes[i]));
    }
    slices.sort((a, b) => endOf(a) - endOf(b));
    for (const slice of slices) this.#take(slice);
    this.released = endOf(slices.at(-1)!);
    return count;
  }

  /** Tells the core of the lanes, up to the first one that has nothing at hand, or nothing that the core reaches. */
  #begin(lanes: readonly Lane[]): number {
    const core = this.#core;
    const [{ segment }] = lanes;
    let count = 0;
    core.clear();
    for (const lane of lanes) {
      const { batch, clock, index, at, filled, isReady } = lane;
      if (!isReady || lane.segment !== segment || batch?.provenance !== "packet") break;
      if (!core.add(batch, clock, index, at, filled)) break;
      count += 1;
    }
    const next = lanes[count];
    const isLater = next === undefined || next.segment !== segment;
    core.endAt(isLater ? Number.POSITIVE_INFINITY : next.head, next?.index ?? 0);
    return count;
  }
}

/** Moves a lane on, and gives what it has left behind. It comes first where it has nothing more at hand. */
function movedTo(at: number, lane: Lane): Slice {
  const { batch, clock, at: start, filled, index, segment } = lane;
  lane.at = at;
  lane.head = clock[Math.min(at, filled - 1)];
  return { source: index, batch: batch!, clock, start, end: at, segment };
}

function endOf({ clock, end }: Slice): number {
  return clock[end - 1];
}
