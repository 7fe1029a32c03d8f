import { HOST_SIGNS, HOST_SIGNS_ROOM } from "../core/layout.ts";
import { type Memory, moved as movedTo, ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

export { ESP_SIGN as ESP, SIGNS } from "../core/layout.ts";

/** Of each host, by its number: which signs of life were seen that it sent or was sent. */
export class HostSigns {
  readonly #memory: Memory;
  #seen: Uint8Array;

  constructor(memory = ordinaryMemory) {
    this.#memory = memory;
    this.#seen = memory.column(Uint8Array, 256);
  }

  lieAt(border: Border): void {
    border.column(HOST_SIGNS, this.#seen);
    border.value(HOST_SIGNS_ROOM, this.#seen.length);
  }

  /** One host sent it to another. */
  mark(from: number, to: number, sign: number): void {
    while (Math.max(from, to) >= this.#seen.length) {
      this.#seen = this.#memory.wider(this.#seen, Uint8Array);
    }
    this.#seen[from] |= sign;
    this.#seen[to] |= sign;
  }

  has(host: number, sign: number): boolean {
    return (this.#seen[host] & sign) !== 0;
  }

  /** Hosts were numbered anew, -1 where one was dropped. */
  renumber(moved: Int32Array): void {
    const seen = this.#seen.slice();
    this.#seen.fill(0);
    moved.forEach((to, from) => {
      if (to >= 0 && from < seen.length) this.#seen[to] = seen[from];
    });
  }

  /** What was seen, to be kept in a state file. */
  save(): Uint8Array {
    return this.#seen;
  }

  restore(seen: Uint8Array): void {
    this.#seen = movedTo(this.#memory, seen, Uint8Array);
  }
}
