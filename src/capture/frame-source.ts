/** What readers of frames share: batch after batch of the whole records at hand, asking for bytes, and how a file ends. */

import type { FrameBatch } from "./batch.ts";
import { endOf } from "./byte-window.ts";
import type { CaptureSource } from "./source.ts";
import { StreamSource } from "./stream-source.ts";

export abstract class FrameSource extends StreamSource implements CaptureSource {
  /**
   * Begins a batch with the whole records at hand.
   * @returns null where none is; why, `summary.end` says, where no more bytes would help
   */
  protected abstract take(): FrameBatch | null;

  /** All bytes came, and all whole records were taken. */
  protected finish(): void {
    Object.assign(this.summary, endOf(this.window, this.summary.name));
  }

  async next(): Promise<FrameBatch | null> {
    for (;;) {
      const batch = this.#taken();
      if (batch !== null || this.#isOver) return batch;
      await this.window.more();
    }
  }

  nextNow(): FrameBatch | null {
    for (;;) {
      const batch = this.#taken();
      if (batch !== null || this.#isOver || !this.window.moreNow()) return batch;
    }
  }

  #taken(): FrameBatch | null {
    if (this.summary.end !== "clean") return null;
    const batch = this.take();
    if (batch === null && this.#isOver && this.summary.end === "clean") this.finish();
    return batch;
  }

  get #isOver(): boolean {
    return this.window.ended || this.summary.end !== "clean";
  }
}
