/** What readers of streams have in common: a window over the bytes, and what is known of the source. */

import type { ByteWindow } from "./byte-window.ts";
import type { SourceSummary } from "./source.ts";

/** What is known of a source before its first packet. @param format with its suffix, as "pcap+gzip" */
export function newSummary(name: string, format: string, timeDigits: 6 | 9 = 6): SourceSummary {
  return {
    name,
    format,
    linkTypes: [],
    packets: 0,
    bytes: 0,
    timeDigits,
    untimed: 0,
    end: "clean",
    problem: null,
  };
}

export abstract class StreamSource {
  readonly summary: SourceSummary;
  protected readonly window: ByteWindow;

  protected constructor(window: ByteWindow, summary: SourceSummary) {
    this.window = window;
    this.summary = summary;
  }

  get size(): number | null {
    return this.window.source.size;
  }

  position(): number {
    return this.window.source.position();
  }

  close(): Promise<void> {
    return this.window.close();
  }
}
