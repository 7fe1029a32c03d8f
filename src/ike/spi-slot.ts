import type { SpiTable } from "./spis.ts";

/** One SPI of a flow (RFC 4303 2.1): the newest few of each flow are kept. */
export interface Spi {
  /** 0: it was not captured. */
  spi: number;
  firstAt: number;
  firstSegment: number;
  lastAt: number;
  lastSegment: number;
  /** Sequence numbers (RFC 4303 2.2); NaN where the capture cut them off. */
  firstSequence: number;
  lastSequence: number;
  packets: number;
  /** Sequence numbers that passed, and packets that were seen of them. */
  expected: number;
  counted: number;
  /** The first and the third packet since the other side was heard last. */
  unheardSince: number;
  unheardThirdAt: number;
}

/** An IPsec SA of a flow, whose numbers are read where they lie: rules ask for few of them. Valid while the facts stay as they are. */
export class SpiSlot implements Spi {
  readonly #table: SpiTable;
  readonly #slot: number;

  constructor(table: SpiTable, slot: number) {
    this.#table = table;
    this.#slot = slot;
  }

  get spi(): number {
    return this.#table.spi.of(this.#slot);
  }

  get firstAt(): number {
    return this.#table.firstAt[this.#slot];
  }

  get firstSegment(): number {
    return this.#table.firstSegment[this.#slot];
  }

  get lastAt(): number {
    return this.#table.lastAt.of(this.#slot);
  }

  get lastSegment(): number {
    return this.#table.lastSegment.of(this.#slot);
  }

  get firstSequence(): number {
    return this.#table.firstSequence[this.#slot];
  }

  get lastSequence(): number {
    return this.#table.lastSequence.of(this.#slot);
  }

  get packets(): number {
    return this.#table.packets.of(this.#slot);
  }

  get expected(): number {
    return this.#table.expected.of(this.#slot);
  }

  get counted(): number {
    return this.#table.counted.of(this.#slot);
  }

  get unheardSince(): number {
    return this.#table.unheardSince.of(this.#slot);
  }

  get unheardThirdAt(): number {
    return this.#table.unheardThirdAt.of(this.#slot);
  }
}
