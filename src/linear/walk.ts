/**
 * The walk (src/core/) over a linear memory: settles the frames of a batch that most captures are made of, and stops at
 * any that has to be looked at.
 *
 *     const walk = Walk.over({ memory, ports, kinds, lieAt: (border) => flows.lieAt(border) });
 *     if (walk.begin(batch, clock, segment, source)) next = walk.past(next, end);
 */

import { sourceBit } from "../collections/sources.ts";
import { KINDS, PORTS, SEGMENT, SOURCE_BIT, TABLES_BYTES } from "../core/layout.ts";
import { type Arrival, type ArrivalSetting, Arrivals } from "./arrivals.ts";
import { BatchBlocks, type Frames } from "./batch-blocks.ts";
import { Border, type Tables } from "./border.ts";
import { type Core, coreOver } from "./core.ts";
import type { LinearMemory, Memory } from "./memory.ts";
import { TurningLanes } from "./turns.ts";

export { Border } from "./border.ts";
export type { TurningLanes } from "./turns.ts";

/** LINKTYPE_ value of the frames that the core reads; a capture of others has none of them, as a rule. */
const ETHERNET = 1;

/** The tables of flows, and what else the walk needs. */
export interface WalkSetting extends Tables {
  memory: Memory;
  /** Rule of each UDP port: of those that lie in the memory. */
  ports: Uint8Array;
  /** Kinds that packets are counted by. */
  kinds: number;
  /** What messages are to be taken with. */
  arrivals: ArrivalSetting;
}

export class Walk {
  /** Packets that were settled, by kind; who takes the others may count them here as well. */
  readonly kinds: Float64Array;
  /** Lanes that take turns; null where the core has no turns. */
  readonly lanes: TurningLanes | null;
  readonly #tables: Uint32Array;
  readonly #batches: BatchBlocks;
  /** Address of the block of the batch that is walked. */
  #batch = 0;
  readonly #border: Border;
  readonly #flows: Tables;
  readonly #core: Core;
  /** Messages that were taken on the way. */
  readonly arrivals: Arrivals;
  /** `past` goes over messages as well. */
  #withMessages = false;

  private constructor(core: Core, memory: LinearMemory, setting: WalkSetting) {
    const { ports, kinds, arrivals } = setting;
    this.#core = core;
    this.arrivals = new Arrivals(memory, core, arrivals);
    this.#tables = memory.column(Uint32Array, TABLES_BYTES / 4);
    this.#batches = new BatchBlocks(memory);
    this.lanes = core.takeTurns ? new TurningLanes(memory, core.takeTurns, this.#batches) : null;
    this.#border = new Border(memory, this.#tables);
    this.#flows = setting;
    this.kinds = memory.column(Float64Array, kinds);
    this.#border.column(KINDS, this.kinds);
    this.#border.column(PORTS, ports);
  }

  /** null where the memory is not linear, or the runtime may not compile (a page's content security policy). */
  static over(setting: WalkSetting): Walk | null {
    const core = coreOver(setting.memory);
    const { linear } = setting.memory;
    return core === null || !linear!.has(setting.ports) ? null : new Walk(core, linear!, setting);
  }

  /**
   * Takes a batch, rows of one source in one segment of the clock.
   * @param clock time of each frame, microseconds
   * @returns false where something of it lies elsewhere: `past` cannot be asked
   */
  begin(frames: Frames, clock: Float64Array, segment: number, source: number): boolean {
    const batch = this.#batches.of(frames, clock, source);
    this.#batch = batch.address;
    this.arrivals.begin(frames.linkTypes[0] === ETHERNET, frames.firstFrame, source);
    this.#border.value(SEGMENT, segment);
    this.#border.value(SOURCE_BIT, sourceBit(source));
    return batch.liesHere && this.#border.holds(this.#flows);
  }

  /** The first frame from `from` on that is not settled, and holds no message that was taken; or `end`. */
  past(from: number, end: number): number {
    const areHeld = this.#border.holds(this.#flows);
    this.#withMessages = areHeld && this.arrivals.isReady;
    if (!areHeld) return from;
    const tables = this.#tables.byteOffset;
    return this.#withMessages
      ? this.arrivals.past(tables, this.#batch, from, end)
      : this.#core.walk(tables, this.#batch, from, end);
  }

  /** The message in the frame at which `past` stopped; null where the frame has to be looked at. */
  get arrival(): Arrival | null {
    return this.#withMessages ? this.arrivals.arrival : null;
  }

  /**
   * Settles frames of `lanes` in the order of time, as `past` does, in one segment of the clock.
   * @param released time of the latest frame before, microseconds
   * @returns how many, `most` at most
   */
  takeTurns(lanes: TurningLanes, segment: number, released: number, most: number): number {
    if (!this.#border.holds(this.#flows)) return 0;
    this.#border.value(SEGMENT, segment);
    return lanes.take(this.#tables.byteOffset, released, most);
  }
}
