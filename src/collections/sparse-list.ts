/** Objects by their indices, of which most have none: blocks of those alone where somebody has one. */

const BLOCK_BITS = 6;
const IN_BLOCK = (1 << BLOCK_BITS) - 1;

export class SparseList<T extends object> {
  readonly #blocks: ((T | null)[] | null)[] = [];

  /** null where there is none. */
  at(index: number): T | null {
    const block = index >> BLOCK_BITS;
    return block < this.#blocks.length ? (this.#blocks[block]?.[index & IN_BLOCK] ?? null) : null;
  }

  set(index: number, value: T): void {
    const blocks = this.#blocks;
    const block = index >> BLOCK_BITS;
    while (blocks.length <= block) blocks.push(null);
    blocks[block] ??= new Array<T | null>(IN_BLOCK + 1).fill(null);
    blocks[block][index & IN_BLOCK] = value;
  }
}
