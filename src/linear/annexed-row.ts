/**
 * Rows with an annex: a row of its own for what most of their kind have nothing of, which is made with the first of it. So
 * their own places are smaller, and more of them lie side by side.
 */

import { ELSEWHERE } from "../core/sa-layout.ts";
import { type Chunk, type Places, Row } from "./row.ts";

export class AnnexedRow extends Row {
  /** As far as somebody asked for it; the core makes annexes as well. */
  declare protected annex: Row | null;
  /** Where that lies: 0 without one, and `ELSEWHERE` where it does not lie in linear memory. A word of the row. */
  declare annexAddress: number;

  constructor(places: Places | null) {
    super(places);
    if (places === null) this.annex = null;
  }

  override lieAt(chunk: Chunk, begin: number): void {
    super.lieAt(chunk, begin);
    this.annex = null;
  }

  /** Its annex, or null where it has none. */
  known(): Row | null {
    if (this.annex === null && this.annexAddress !== 0) {
      this.annex = this.chunk.places!.annexes.rowAt(this.annexAddress);
    }
    return this.annex;
  }

  /** Makes its annex. */
  annexed(): Row {
    this.annex = this.chunk.places!.annexes.newRow();
    this.link();
    return this.annex;
  }

  /** Lets the core find its annex. */
  link(): void {
    this.annexAddress = this.annex === null ? 0 : this.annex.address || ELSEWHERE;
  }

  /** Leaves no address. */
  unlink(): void {
    this.known();
    this.annexAddress = 0;
  }

  override left(): void {
    const annex = this.known();
    if (annex !== null) this.chunk.places!.annexes.giveBack(annex);
  }

  override adopted(): void {
    if (this.annex !== null) this.chunk.places!.annexes.adopt(this.annex);
    this.link();
  }

  override copyTo(row: AnnexedRow, places: Places): void {
    const annex = this.known();
    super.copyTo(row, places);
    row.annex = annex === null ? null : places.annexes.copyOf(annex);
    row.link();
  }
}
