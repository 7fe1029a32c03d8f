/**
 * The walk (src/core/) over a linear memory: settles the frames of a batch that most captures are made of, and stops at
 * any that has to be looked at.
 *
 *     const walk = Walk.over({ memory, ports, kinds, lieAt: (border) => flows.lieAt(border) });
 *     if (walk.begin(batch, clock, segment, source)) next = walk.past(next, end);
 */

import { sourceBit } from "../collections/sources.ts";
import {
  BLOCK_BYTES,
  BYTES,
  CAPTURED,
  CLOCK,
  KINDS,
  LINK_TYPES,
  OFFSETS,
  PORTS,
  SEGMENT,
  SOURCE_BIT,
} from "../core/layout.ts";
import type { Column, LinearMemory, Memory, WebAssemblyMemory } from "./memory.ts";
import { walkCode } from "./walk-code.ts";

type WalkCode = (block: number, from: number, to: number) => number;

interface Runtime {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (
      module: object,
      imports: { env: { memory: WebAssemblyMemory } },
    ) => { exports: { walk: WalkCode } };
  };
}

/** Where everything lies, as the walk reads it: see src/core/layout.ts. */
export class Border {
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  /** All that was written lies in the memory. */
  isWhole = true;

  constructor(memory: LinearMemory, block: Uint32Array) {
    this.#memory = memory;
    this.#block = block;
  }

  /** Writes where a column lies. */
  column(field: number, column: Column): void {
    if (this.#memory.has(column)) this.#block[field >> 2] = column.byteOffset;
    else this.isWhole = false;
  }

  /** Writes a value of 32 bits. */
  value(field: number, value: number): void {
    this.#block[field >> 2] = value;
  }
}

/** What the walk takes of a batch of frames. */
interface Frames {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly captured: Uint32Array;
  readonly linkTypes: Uint16Array;
}

/** What the walk needs beside the tables of flows. */
export interface WalkSetting {
  memory: Memory;
  /** Rule of each UDP port. */
  ports: Uint8Array;
  /** Kinds that packets are counted by. */
  kinds: number;
  /** Writes where the tables of flows lie. */
  lieAt(border: Border): void;
}

export class Walk {
  /** Packets that were settled, by kind; who takes the others may count them here as well. */
  readonly kinds: Float64Array;
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  readonly #border: Border;
  readonly #lieAt: (border: Border) => void;
  readonly #walk: WalkCode;
  /** What the memory's count of changes was when the tables' places were written. */
  #written = -1;

  private constructor(memory: LinearMemory, { ports, kinds, lieAt }: WalkSetting) {
    this.#walk = instanceOver(memory);
    this.#memory = memory;
    this.#block = memory.column(Uint32Array, BLOCK_BYTES / 4);
    this.#border = new Border(memory, this.#block);
    this.#lieAt = lieAt;
    this.kinds = memory.column(Float64Array, kinds);
    const rules = memory.column(Uint8Array, ports.length);
    rules.set(ports);
    this.#border.column(KINDS, this.kinds);
    this.#border.column(PORTS, rules);
  }

  /** null where the memory is not linear, or the runtime may not compile (a page's content security policy). */
  static over(setting: WalkSetting): Walk | null {
    const { linear } = setting.memory;
    if (linear === null) return null;
    try {
      return new Walk(linear, setting);
    } catch {
      return null;
    }
  }

  /**
   * Takes a batch, rows of one source in one segment of the clock.
   * @param clock time of each frame, microseconds
   * @returns false where something of it lies elsewhere: `past` cannot be asked
   */
  begin(frames: Frames, clock: Float64Array, segment: number, source: number): boolean {
    const border = this.#border;
    border.isWhole = true;
    border.column(BYTES, frames.bytes);
    border.column(OFFSETS, frames.offsets);
    border.column(CAPTURED, frames.captured);
    border.column(LINK_TYPES, frames.linkTypes);
    border.column(CLOCK, clock);
    border.value(SEGMENT, segment);
    border.value(SOURCE_BIT, sourceBit(source));
    return border.isWhole && this.#tablesLieHere();
  }

  /** The first frame from `from` on that is not settled, or `end`. */
  past(from: number, end: number): number {
    return this.#tablesLieHere() ? this.#walk(this.#block.byteOffset, from, end) : from;
  }

  /** Writes where the tables lie, once they were moved; false where one of them lies elsewhere. */
  #tablesLieHere(): boolean {
    if (this.#written === this.#memory.changes) return true;
    this.#border.isWhole = true;
    this.#lieAt(this.#border);
    if (this.#border.isWhole) this.#written = this.#memory.changes;
    return this.#border.isWhole;
  }
}

let compiled: object | null = null;

function instanceOver({ memory }: LinearMemory): WalkCode {
  const { WebAssembly } = globalThis as unknown as Runtime;
  compiled ??= new WebAssembly.Module(walkCode());
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports.walk;
}
