/** From lines to packets: bytes of dump lines, put together by their offsets, with the time of the lines above. */

import { MAX_RECORD } from "../capture/batch-buffer.ts";
import type { DumpLine } from "./dump-line.ts";
import { type LineTime, timeOf } from "./line-time.ts";
import { Offsets } from "./offsets.ts";

/** "Frame (138 bytes):" of Wireshark, which names each thing that it dumps; other things are made of the packet. */
const DATA_SOURCE = /^([A-Z][\w /-]*) \(\d+ bytes?(?:, [^)]*)?\):?$/;
/** Names of interfaces beside the direction, as a FortiGate and tcpdump write them. */
const INTERFACE = /\s([\w./:@-]+)\s+(?:in|out|In|Out)\s/;
const MAX_INTERFACES = 1024;

export interface TextPacket {
  bytes: Uint8Array;
  length: number;
  time: LineTime | null;
  interface: number;
  /** Bytes of a group of digits: of two, their order may be that of the machine. */
  group: number;
}

export class PacketAssembler {
  /** Lines of dumps that belong to no packet. */
  strayLines = 0;
  readonly #offsets = new Offsets();
  readonly #interfaces: string[] = [];
  #current: TextPacket | null = null;
  #first = { digits: "", count: 0 };
  #base = 0;
  #lastLine = new Uint8Array(0);
  /** The lines above the next packet. */
  #time: LineTime | null = null;
  #interface = 0;
  #headed = false;
  #skipsDump = false;
  #repeats = false;

  /** Takes a line of a dump; returns the packet that it ends, by beginning another. */
  dump(line: DumpLine): TextPacket | null {
    const current = this.#current;
    const offset = this.#offsets.of(line.offset);
    if (current === null || offset === 0) return this.#begin(line);
    if (current.length === this.#first.count && offset !== this.#base + current.length) {
      this.#offsets.settle(this.#first.digits, line.offset, current.length);
    }
    const place = this.#offsets.of(line.offset) - this.#base;
    // Characters of the text column that looked like digits: the next offset knows better.
    if (place > 0 && place < current.length && place > current.length - this.#lastLine.length)
      current.length = place;
    if (this.#repeats && place > current.length && place <= MAX_RECORD) {
      while (current.length < place) this.#append(this.#lastLine.subarray(0, place - current.length));
    }
    this.#repeats = false;
    if (place === current.length) this.#append(line.bytes.subarray(0, line.count));
    else if (this.#headed) return this.#begin(line);
    else this.strayLines += 1;
    return null;
  }

  /** Takes a line that is not one of a dump. */
  other(text: string): void {
    if (text.trim() === "*") {
      this.#repeats = true;
      return;
    }
    const source = DATA_SOURCE.exec(text);
    if (source !== null) {
      this.#skipsDump = source[1] !== "Frame" && source[1] !== "Packet";
      return;
    }
    const time = timeOf(text);
    if (time === null) return;
    this.#headed = true;
    if (this.#time === null || (time.isExact && !this.#time.isExact)) {
      this.#time = time;
      this.#interface = this.#interfaceOf(text);
    }
  }

  /** The packet that the end of the text ends. */
  finish(): TextPacket | null {
    const ended = this.#current;
    this.#current = null;
    return ended;
  }

  #begin(line: DumpLine): TextPacket | null {
    const ended = this.#current;
    this.#base = this.#offsets.of(line.offset);
    this.#first = { digits: line.offset, count: line.count };
    this.#current = {
      bytes: new Uint8Array(2048),
      length: 0,
      time: this.#time,
      interface: this.#interface,
      group: line.group,
    };
    if (this.#skipsDump) this.#current.group = 0;
    this.#time = null;
    this.#headed = false;
    this.#skipsDump = false;
    this.#repeats = false;
    this.#append(line.bytes.subarray(0, line.count));
    return ended;
  }

  #append(bytes: Uint8Array): void {
    const current = this.#current!;
    this.#lastLine = bytes.slice();
    if (current.length + bytes.length > MAX_RECORD) {
      this.strayLines += 1;
      return;
    }
    if (current.length + bytes.length > current.bytes.length) {
      const larger = new Uint8Array(current.bytes.length * 2);
      larger.set(current.bytes);
      current.bytes = larger;
    }
    current.bytes.set(bytes, current.length);
    current.length += bytes.length;
  }

  #interfaceOf(text: string): number {
    const name = INTERFACE.exec(text)?.[1];
    if (name === undefined) return 0;
    const known = this.#interfaces.indexOf(name);
    if (known >= 0 || this.#interfaces.length === MAX_INTERFACES) return Math.max(0, known);
    return this.#interfaces.push(name) - 1;
  }
}
