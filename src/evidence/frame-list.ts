/** Frame numbers, 8 bytes each. */
export class FrameList {
  #numbers = new Float64Array(1024);
  #size = 0;
  #next = 0;

  get size(): number {
    return this.#size;
  }

  add(frame: number): void {
    if (this.#size === this.#numbers.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#size] = frame;
    this.#size += 1;
  }

  /** Puts them in order, each once. */
  sort(): void {
    const sorted = this.#numbers.subarray(0, this.#size).sort();
    let kept = 0;
    for (const frame of sorted) {
      if (kept > 0 && sorted[kept - 1] === frame) continue;
      sorted[kept] = frame;
      kept += 1;
    }
    this.#size = kept;
  }

  /** The next number, once sorted. Infinity when there is none. */
  get next(): number {
    return this.#next < this.#size ? this.#numbers[this.#next] : Number.POSITIVE_INFINITY;
  }

  /** Leaves out the next number. */
  pass(): void {
    this.#next += 1;
  }

  /** The next number at or behind `frame`; asked for with growing frames, once sorted. Infinity when there is none. */
  from(frame: number): number {
    while (this.#next < this.#size && this.#numbers[this.#next] < frame) this.#next += 1;
    return this.next;
  }
}
