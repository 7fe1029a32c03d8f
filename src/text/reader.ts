/**
 * Packets as text: hex dumps of tcpdump -x, Wireshark and tshark -x, xxd, od and hexdump -C, an ASA's `show capture
 * NAME dump`, a FortiGate's `diagnose sniffer packet .. 2|3|5|6`, a router's `show monitor capture buffer dump`.
 */

import type { FrameBatch } from "../capture/batch.ts";
import { BatchBuffer } from "../capture/batch-buffer.ts";
import { type ByteWindow, endOf } from "../capture/byte-window.ts";
import { FrameArena } from "../capture/frame-arena.ts";
import type { CaptureSource } from "../capture/source.ts";
import { newSummary, StreamSource } from "../capture/stream-source.ts";
import { DumpLine, readDumpLine } from "./dump-line.ts";
import { Midnights } from "./line-time.ts";
import { Lines } from "./lines.ts";
import { guessLink } from "./link-guess.ts";
import { PacketAssembler, type TextPacket } from "./packets.ts";

const LINKTYPE_ETHERNET = 1;

export class TextSource extends StreamSource implements CaptureSource {
  readonly #batch: BatchBuffer;
  readonly #arena = new FrameArena();
  readonly #lines: Lines;
  readonly #line = new DumpLine();
  readonly #packets = new PacketAssembler();
  readonly #midnights = new Midnights();
  #micros = 0;
  #nanos = 0;

  /** @param window stands at the beginning of the text */
  constructor(window: ByteWindow, name: string, suffix: string) {
    super(window, newSummary(name, `text${suffix}`));
    this.#batch = BatchBuffer.over(window);
    this.#lines = new Lines(window);
  }

  async next(): Promise<FrameBatch | null> {
    const window = this.window;
    const batch = this.#batch;
    this.#arena.begin(batch);
    while (this.summary.end === "clean") {
      const before = window.offset;
      const isFull = this.#takeLines();
      this.summary.bytes += window.offset - before;
      if (isFull || batch.count > 0) break;
      if (window.ended) {
        this.#finish();
        break;
      }
      await window.more();
    }
    this.summary.packets += batch.count;
    return batch.count > 0 ? batch : null;
  }

  /** Takes all lines at hand; true when the batch is full. */
  #takeLines(): boolean {
    const { bytes } = this.window;
    while (!this.#batch.full && !this.#arena.isFull) {
      if (!this.#lines.take()) return false;
      if (readDumpLine(bytes, this.#lines.start, this.#lines.end, this.#line)) {
        this.#add(this.#packets.dump(this.#line));
      } else if (!this.#lines.isBlank) this.#packets.other(this.#lines.text());
    }
    return true;
  }

  #finish(): void {
    const { failure } = this.window;
    if (failure !== null) Object.assign(this.summary, endOf(this.window, this.summary.name));
    this.#add(this.#packets.finish());
    if (this.#packets.strayLines > 0) this.#tellStrayLines(this.#packets.strayLines);
  }

  #tellStrayLines(count: number): void {
    const lines = count === 1 ? "1 line of a hex dump follows" : `${count} lines of hex dumps follow`;
    this.summary.notes = [
      {
        code: "malformed-line",
        message: `${this.summary.name}: ${lines} no other line of a packet and could not be read`,
      },
    ];
  }

  #add(packet: TextPacket | null): void {
    if (packet === null || packet.group === 0) return;
    const { bytes, length } = packet;
    let guess = guessLink(bytes, 0, length);
    if (guess === null && packet.group === 2) {
      // od -x and hexdump write words in the machine's order.
      swapPairs(bytes, length);
      guess = guessLink(bytes, 0, length);
      if (guess === null) swapPairs(bytes, length);
    }
    this.#setTime(packet);
    const batch = this.#batch;
    const i = batch.count;
    batch.offsets[i] = this.#arena.put(batch, bytes.subarray(0, length));
    batch.captured[i] = length;
    batch.original[i] = guess?.original ?? length;
    batch.linkTypes[i] = guess?.linkType ?? LINKTYPE_ETHERNET;
    batch.interfaces[i] = packet.interface;
    batch.micros[i] = this.#micros;
    batch.nanos[i] = this.#nanos;
    batch.count = i + 1;
    if (!this.summary.linkTypes.includes(batch.linkTypes[i])) this.summary.linkTypes.push(batch.linkTypes[i]);
  }

  /** A packet without a time carries the one before it; where no packet has one, all are at 0. */
  #setTime({ time }: TextPacket): void {
    if (time === null) {
      this.summary.untimed += 1;
      return;
    }
    this.#micros = time.isTimeOfDay ? this.#midnights.passed(time.micros) : time.micros;
    this.#nanos = time.nanos;
    if (time.nanos > 0) this.summary.timeDigits = 9;
  }
}

function swapPairs(bytes: Uint8Array, length: number): void {
  for (let i = 0; i + 1 < length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1], bytes[i]];
}
