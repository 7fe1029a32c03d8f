import { ordinaryMemory, wider } from "../linear/memory.ts";

/** ESP or keepalives; ESP. */
export const SIGNS = 1;
export const ESP = 2;

/** Of each host, by its number: which signs of life were seen that it sent or was sent. */
export class HostSigns {
  #seen: Uint8Array = new Uint8Array(256);

  /** One host sent it to another. */
  mark(from: number, to: number, sign: number): void {
    while (Math.max(from, to) >= this.#seen.length) {
      this.#seen = wider(ordinaryMemory, this.#seen, Uint8Array);
    }
    this.#seen[from] |= sign;
    this.#seen[to] |= sign;
  }

  has(host: number, sign: number): boolean {
    return (this.#seen[host] & sign) !== 0;
  }

  /** Hosts were numbered anew, -1 where one was dropped. */
  renumber(moved: Int32Array): void {
    const seen = new Uint8Array(this.#seen.length);
    moved.forEach((to, from) => {
      if (to >= 0 && from < seen.length) seen[to] = this.#seen[from];
    });
    this.#seen = seen;
  }

  /** What was seen, to be kept in a state file. */
  save(): Uint8Array {
    return this.#seen;
  }

  restore(seen: Uint8Array): void {
    this.#seen = seen;
  }
}
