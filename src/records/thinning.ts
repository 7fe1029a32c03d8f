/**
 * Thins signs of life: of ESP of one SPI and of keepalives in one direction the first and the last of each 10 s, and
 * the first after any ISAKMP message between the endpoints. Which packets are left tells the same about who was
 * connected when: the last sign of life, and what an IKE exchange waits for, are always among them.
 *
 * Bounded: beyond `maxRows` flows the oldest is closed early, which keeps more lines and loses none.
 */

/** Length of a window, microseconds. */
export const THINNING = 10_000_000;

/** A packet that may turn out to be the last of its window. */
export interface Sign {
  kind: number;
  /** Endpoints (see ike/hosts.ts); ports 0 for ESP over IP. */
  from: number;
  to: number;
  at: number;
  micros: number;
  nanos: number;
  segment: number;
  source: number;
  interface: number;
  /** Of ESP; -1 where it is not known. */
  spi: number;
  sequence: number;
}

interface Row {
  key: string;
  flow: string;
  startedAt: number;
  last: Sign;
  /** The last one has not been written. */
  pending: boolean;
}

export class Thinner {
  readonly #write: (sign: Sign) => void;
  readonly #maxRows: number;
  /** In the order in which their windows began. */
  readonly #rows = new Map<string, Row>();
  /** The rows of each flow, one for each SPI that it carries. */
  readonly #flows = new Map<string, Set<Row>>();

  constructor(write: (sign: Sign) => void, maxRows = 262_144) {
    this.#write = write;
    this.#maxRows = maxRows;
  }

  /** A packet of a flow; `sign` is copied when it is kept. */
  see(sign: Readonly<Sign>): void {
    this.expire(sign.at);
    const flow = keyOf(sign.kind, sign.from, sign.to, sign.source);
    const key = `${flow} ${sign.spi}`;
    const row = this.#rows.get(key);
    if (row !== undefined) {
      Object.assign(row.last, sign);
      row.pending = true;
      return;
    }
    this.#write(sign);
    const begun = { key, flow, startedAt: sign.at, last: { ...sign }, pending: false };
    this.#rows.set(key, begun);
    const there = this.#flows.get(flow);
    if (there === undefined) this.#flows.set(flow, new Set([begun]));
    else there.add(begun);
    if (this.#rows.size > this.#maxRows) this.#close(this.#rows.values().next().value!);
  }

  /** An ISAKMP message passed between two endpoints: what comes next in these flows is written. */
  interrupt(kind: number, from: number, to: number, source: number): void {
    for (const row of this.#flows.get(keyOf(kind, from, to, source)) ?? []) this.#close(row);
  }

  /** Ends the windows that are over at `at`. */
  expire(at: number): void {
    for (const row of this.#rows.values()) {
      if (at - row.startedAt < THINNING) return;
      this.#close(row);
    }
  }

  /** Ends all windows: the input is at its end, or its clock stepped back. */
  flush(): void {
    for (const row of this.#rows.values()) this.#close(row);
  }

  #close(row: Row): void {
    this.#rows.delete(row.key);
    const there = this.#flows.get(row.flow);
    there?.delete(row);
    if (there?.size === 0) this.#flows.delete(row.flow);
    if (row.pending) this.#write(row.last);
  }
}

function keyOf(kind: number, from: number, to: number, source: number): string {
  return `${kind} ${from} ${to} ${source}`;
}
