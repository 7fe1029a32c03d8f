/**
 * A gateway's log among the inputs: it has no packets, and what its lines say goes to whoever keeps it. A reader like
 * those of captures, so that compression, pipes and directories are the same for it.
 */

import { type ByteWindow, endOf } from "../capture/byte-window.ts";
import type { CaptureSource } from "../capture/source.ts";
import { newSummary, StreamSource } from "../capture/stream-source.ts";
import { MAX_HEAD, readHead, tagIn } from "./header.ts";

/** Takes the lines of a log, one by one. */
export interface LineTaker {
  take: (line: string) => void;
  /** A line that is nobody's of a gateway, seen by its bytes. */
  pass: () => void;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const PERCENT = 0x25;
const BRACKET = 0x5b;
const CAPITAL_C = 0x43;
/** A(SA), P(IX), F(TD). */
const PRODUCTS: ReadonlySet<number> = new Set([0x41, 0x50, 0x46]);
const CAPITAL_I = 0x49;
/** A longer line is not a message of a gateway: it is passed over in pieces. */
const MAX_LINE = 65_536;
/** Bytes at the beginning of an input in which a line of a gateway tells that it is a log. */
const LOOKED_AT = 65_536;
const LINES_LOOKED_AT = 400;

/** One of the first lines is that of a gateway. */
export function looksLikeGatewayLog({ bytes, start, available }: ByteWindow): boolean {
  const text = new TextDecoder().decode(bytes.subarray(start, start + Math.min(available, LOOKED_AT)));
  return text.split("\n", LINES_LOOKED_AT).some((line) => {
    const tag = tagIn(line);
    return tag >= 0 && readHead(line, tag) !== null;
  });
}

/** Most lines of most logs are others': a look at their first bytes is cheaper than making text of them. */
function mayBeOfGateway(bytes: Uint8Array, from: number, to: number): boolean {
  // The text of `show version`.
  if (bytes[from] === CAPITAL_C) return true;
  const end = Math.min(to, from + MAX_HEAD) - 1;
  for (let i = from; i < end; i += 1) {
    const byte = bytes[i];
    if (byte === PERCENT && PRODUCTS.has(bytes[i + 1])) return true;
    if (byte === BRACKET && bytes[i + 1] === CAPITAL_I) return true;
  }
  return false;
}

export class GatewayLogSource extends StreamSource implements CaptureSource {
  readonly #taker: LineTaker;
  readonly #decoder = new TextDecoder();
  #isClosed = false;

  constructor(window: ByteWindow, name: string, suffix: string, taker: LineTaker) {
    super(window, newSummary(name, `asa-syslog${suffix}`));
    this.#taker = taker;
  }

  /** Its bytes are those of a file, neither unpacked nor made of another encoding. */
  get isAsWritten(): boolean {
    return this.window.source.random !== undefined;
  }

  /** Reads to the end; there is never a batch. */
  async next(): Promise<null> {
    const window = this.window;
    while (!this.#isClosed) {
      this.#lines(window);
      if (window.ended) break;
      await window.more();
    }
    if (window.available > 0 && !this.#isClosed) this.#line(window.start, window.end);
    window.consume(window.available);
    this.summary.bytes = window.offset;
    Object.assign(this.summary, endOf(window, this.summary.name));
    return null;
  }

  /** Hands on the whole lines at hand. */
  #lines(window: ByteWindow): void {
    const { bytes, end } = window;
    let from = window.start;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, from);
      if (newline < 0 || newline >= end) break;
      this.#line(from, newline);
      from = newline + 1;
    }
    if (end - from > MAX_LINE) from = end;
    window.consume(from - window.start);
    this.summary.bytes = window.offset;
  }

  #line(from: number, to: number): void {
    const { bytes } = this.window;
    if (!mayBeOfGateway(bytes, from, to)) {
      this.#taker.pass();
      return;
    }
    const end = to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
    this.#taker.take(this.#decoder.decode(bytes.subarray(from, Math.min(end, from + MAX_LINE))));
  }

  override async close(): Promise<void> {
    this.#isClosed = true;
    await super.close();
  }
}
