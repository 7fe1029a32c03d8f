/** Offsets of dump lines: hexadecimal unless the lines say otherwise (od writes octal ones, or decimal). */

const BASES = [16, 8, 10] as const;

export class Offsets {
  #base: number = BASES[0];

  of(digits: string): number {
    return Number.parseInt(digits, this.#base);
  }

  /** Settles the base by a second line, which follows a first one of `count` bytes; false where none fits. */
  settle(first: string, second: string, count: number): boolean {
    const base = BASES.find((each) => Number.parseInt(second, each) - Number.parseInt(first, each) === count);
    if (base === undefined) return false;
    this.#base = base;
    return true;
  }
}
