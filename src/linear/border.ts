import type { WordTable } from "../collections/word-table.ts";
import { COUNT, FACTORS, HASHES, KEYS, MASK, SLOTS } from "../core/message-layout.ts";
import type { Column, LinearMemory } from "./memory.ts";

/** Tables that the core reads. */
export interface Tables {
  /** Writes where they lie. */
  lieAt(border: Border): void;
}

/** Where everything lies, as the core reads it: see src/core/layout.ts. */
export class Border {
  readonly #memory: LinearMemory;
  readonly #block: Uint32Array;
  /** All that was written lies in the memory. */
  isWhole = true;
  /** What the memory's count of changes was when tables' places were written. */
  #written = -1;

  constructor(memory: LinearMemory, block: Uint32Array) {
    this.#memory = memory;
    this.#block = block;
  }

  /** Writes where a column lies. */
  column(field: number, column: Column): void {
    if (this.#memory.has(column)) this.#block[field >> 2] = column.byteOffset;
    else this.isWhole = false;
  }

  /** Writes where a table of keys lies. @param field where its part of the block begins */
  table(field: number, { keys, slots, factors, hashes, count }: WordTable): void {
    this.column(field + KEYS, keys);
    this.column(field + SLOTS, slots);
    this.column(field + FACTORS, factors);
    this.column(field + HASHES, hashes);
    this.column(field + COUNT, count);
    this.value(field + MASK, slots.length - 1);
  }

  /** Whether the tables lie in the memory; where they do is written again whenever something there was moved. */
  holds(tables: Tables): boolean {
    if (this.#written === this.#memory.changes) return true;
    this.isWhole = true;
    tables.lieAt(this);
    if (this.isWhole) this.#written = this.#memory.changes;
    return this.isWhole;
  }

  /** Writes a value of 32 bits. */
  value(field: number, value: number): void {
    this.#block[field >> 2] = value;
  }
}
