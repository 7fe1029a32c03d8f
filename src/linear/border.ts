import type { Column, LinearMemory } from "./memory.ts";

/** Where everything lies, as the core reads it: see src/core/layout.ts. */
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
