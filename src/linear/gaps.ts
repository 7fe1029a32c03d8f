/** Addresses that were given back, to be given to somebody else. */

/** From one on, up to another one. */
interface Gap {
  begin: number;
  end: number;
}

export function aligned(address: number, line: number): number {
  return Math.ceil(address / line) * line;
}

export class Gaps {
  /** In their order; no two of these lie side by side. */
  readonly #gaps: Gap[] = [];

  /** Takes the first place where so many bytes fit, which begins at a multiple of `line`; null for none. */
  take(size: number, line: number): number | null {
    const i = this.#gaps.findIndex(({ begin, end }) => aligned(begin, line) + size <= end);
    if (i < 0) return null;
    const { begin, end } = this.#gaps[i];
    const place = aligned(begin, line);
    const left = [
      { begin, end: place },
      { begin: place + size, end },
    ];
    this.#gaps.splice(i, 1, ...left.filter((gap) => gap.begin < gap.end));
    return place;
  }

  add(first: number, size: number): void {
    const gap = { begin: first, end: first + size };
    const next = this.#gaps.findIndex(({ begin }) => begin > gap.begin);
    const i = next < 0 ? this.#gaps.length : next;
    const before = this.#gaps[i - 1];
    const behind = this.#gaps[i];
    const joinsBefore = before?.end === gap.begin;
    const joinsBehind = behind?.begin === gap.end;
    if (joinsBefore) gap.begin = before.begin;
    if (joinsBehind) gap.end = behind.end;
    this.#gaps.splice(joinsBefore ? i - 1 : i, Number(joinsBefore) + Number(joinsBehind), gap);
  }
}
