/** What readers of record by record formats share. */

import type { FrameBatch } from "./batch.ts";
import { BatchBuffer } from "./batch-buffer.ts";
import type { ByteWindow } from "./byte-window.ts";
import { FrameSource } from "./frame-source.ts";
import { newSummary } from "./stream-source.ts";

export abstract class WindowSource extends FrameSource {
  protected readonly batch: BatchBuffer;
  readonly #linkTypes = new Set<number>();

  /** @param format with its suffix @param timeDigits digits after the second that the format's clock has */
  protected constructor(window: ByteWindow, name: string, format: string, timeDigits: 6 | 9) {
    super(window, newSummary(name, format, timeDigits));
    this.batch = BatchBuffer.over(window);
  }

  /**
   * Takes the record at `at`, where `view` ends with the bytes at hand.
   * @returns its bytes; 0 when more are needed; -1 when it makes no sense (see `corrupt`)
   */
  protected abstract record(view: DataView, at: number): number;

  protected take(): FrameBatch | null {
    const { window, batch } = this;
    batch.begin(window.bytes);
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset, window.end);
    while (!batch.full) {
      const length = this.record(view, window.start);
      if (length <= 0) break;
      this.consume(length);
    }
    this.summary.packets += batch.count;
    return batch.count > 0 ? batch : null;
  }

  protected consume(count: number): void {
    this.window.consume(count);
    this.summary.bytes += count;
  }

  /** A fault is reported once the records before it were handed on. Always -1. */
  protected corrupt(what: string): -1 {
    if (this.batch.count === 0) {
      this.summary.end = "corrupt";
      this.summary.problem = `${this.summary.name}: ${what}; nothing behind it could be read.`;
    }
    return -1;
  }

  protected addLinkType(linkType: number): void {
    if (this.#linkTypes.has(linkType)) return;
    this.#linkTypes.add(linkType);
    this.summary.linkTypes.push(linkType);
  }
}
