/** What happens next: a heap of moments. Of two at the same time the one that was planned first comes first. */

interface Moment {
  at: number;
  order: number;
  run: () => void;
}

function before(a: Moment, b: Moment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export class Timeline {
  now = 0;
  #order = 0;
  readonly #heap: Moment[] = [];

  at(at: number, run: () => void): void {
    this.#order += 1;
    const moment = { at, order: this.#order, run };
    const heap = this.#heap;
    let i = heap.length;
    heap.push(moment);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (before(heap[parent], moment)) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = moment;
  }

  /** Until nothing is planned any more. */
  run(): void {
    for (let moment = this.#pop(); moment !== null; moment = this.#pop()) {
      this.now = moment.at;
      moment.run();
    }
  }

  #pop(): Moment | null {
    const heap = this.#heap;
    if (heap.length === 0) return null;
    const [first] = heap;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child += 1;
      if (before(last, heap[child])) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return first;
  }
}
