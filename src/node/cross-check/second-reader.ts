/**
 * The one door of the pcap-parser package: the packets of a classic pcap, read by code that is not ours.
 *
 * Comes in: the bytes of the file in chunks. Goes out: packets in order. The package gathers what it lacks by
 * copying everything it holds for each chunk and believes any length, so it is fed a record at a time and never
 * one that is longer than a record can be.
 */

import type { Packet as ParsedPacket, Parser } from "pcap-parser";

export interface SecondPacket {
  linkType: number;
  /** Whole microseconds since the epoch. */
  micros: number;
  data: Buffer;
}

const GLOBAL_HEADER = 24;
const RECORD_HEADER = 16;

/**
 * @param limit bytes that a record may hold; a longer one ends the reading
 * @throws Error when pcap-parser refuses the file
 */
export async function* secondReading(
  chunks: AsyncIterable<Buffer>,
  limit: number,
): AsyncGenerator<SecondPacket> {
  const feed = new Feed();
  const { parse } = await import("pcap-parser");
  const state = follow(parse(feed));
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let given = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (given + waitingBytes < state.wanted) continue;
    feed.give(Buffer.concat(waiting));
    given += waitingBytes;
    waiting = [];
    waitingBytes = 0;
    if (state.error !== null) throw state.error;
    yield* state.packets.splice(0);
    if (state.recordLength > limit) return;
  }
}

interface State {
  packets: SecondPacket[];
  error: Error | null;
  /** Bytes that the parser needs, from the begin of the file, to get on. */
  wanted: number;
  /** Length that the record at the end of what it has claims. */
  recordLength: number;
}

function follow(parser: Parser): State {
  const state: State = { packets: [], error: null, wanted: GLOBAL_HEADER, recordLength: 0 };
  let linkType = 0;
  parser.on("error", (error) => {
    state.error = error;
  });
  parser.on("globalHeader", (header) => {
    // The upper half of the field holds the length of the frame check sequence.
    linkType = header.linkLayerType & 0xffff;
    state.wanted += RECORD_HEADER;
  });
  parser.on("packetHeader", ({ capturedLength }) => {
    state.recordLength = capturedLength;
    state.wanted += capturedLength;
  });
  parser.on("packet", ({ header, data }: ParsedPacket) => {
    const micros = header.timestampSeconds * 1e6 + header.timestampMicroseconds;
    state.packets.push({ linkType, micros, data });
    state.recordLength = 0;
    state.wanted += RECORD_HEADER;
  });
  return state;
}

/** A stream as far as the package asks for one; it emits when it is told to. */
class Feed {
  readonly #listeners: ((chunk: unknown) => void)[] = [];

  on(event: string, listener: (chunk?: unknown) => void): void {
    if (event === "data") this.#listeners.push(listener);
  }

  give(chunk: Buffer): void {
    for (const listener of this.#listeners) listener(chunk);
  }

  pause(): void {}

  resume(): void {}
}
