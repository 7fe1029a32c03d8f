/** Writes what was seen as a capture, frame by frame into one buffer. */

import { type FrameRecord, pcapng } from "../support/capture-files.ts";
import { frameSize, type Seen, writeFrame } from "./wire.ts";

/** 2026-03-02 08:00:00 UTC. */
const START = 1_772_438_400;
const NANOS_PCAP = 0xa1b23c4d;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_LINK = 1;
const BYSTANDER = 60;

interface Taken {
  seen: Seen | null;
  at: number;
  inside: boolean;
  capturePoint: number;
}

const scratch = Buffer.alloc(2048);

export class Tape {
  readonly #taken: Taken[] = [];
  readonly #snaplen: number;

  constructor({ snaplen = 262_144 }: { snaplen?: number } = {}) {
    this.#snaplen = snaplen;
  }

  get length(): number {
    return this.#taken.length;
  }

  add(
    seen: Seen,
    {
      at = seen.at,
      inside = false,
      capturePoint = 0,
    }: { at?: number; inside?: boolean; capturePoint?: number } = {},
  ): void {
    this.#taken.push({ seen, at, inside, capturePoint });
  }

  /** A packet of somebody who has nothing to do with it. */
  bystander(at: number): void {
    this.#taken.push({ seen: null, at, inside: false, capturePoint: 0 });
  }

  pcap(): Buffer {
    let size = FILE_HEADER;
    for (const { seen } of this.#taken) size += RECORD_HEADER + Math.min(sizeOf(seen), this.#snaplen);
    const file = Buffer.alloc(size);
    file.writeUInt32LE(NANOS_PCAP, 0);
    file.writeUInt16LE(2, 4);
    file.writeUInt16LE(4, 6);
    file.writeUInt32LE(this.#snaplen, 16);
    file.writeUInt32LE(ETHERNET_LINK, 20);
    let at = FILE_HEADER;
    for (const taken of this.#taken) at = this.#record(file, at, taken);
    return file;
  }

  #record(file: Buffer, offset: number, { seen, at, inside }: Taken): number {
    const original = sizeOf(seen);
    const captured = Math.min(original, this.#snaplen);
    const { seconds, nanos } = timeOf(at);
    file.writeUInt32LE(seconds, offset);
    file.writeUInt32LE(nanos, offset + 4);
    file.writeUInt32LE(captured, offset + 8);
    file.writeUInt32LE(original, offset + 12);
    const start = offset + RECORD_HEADER;
    if (seen !== null && captured === original) writeFrame(file, start, seen, inside);
    else if (seen !== null) {
      writeFrame(scratch, 0, seen, inside);
      scratch.copy(file, start, 0, captured);
    }
    return start + captured;
  }

  /** With an interface for each tap. */
  pcapng(): Buffer {
    return pcapng(this.frames(), { interfaces: [{ tsresol: 9 }, { tsresol: 9 }] });
  }

  /** The frames themselves, each with its time. */
  frames(): FrameRecord[] {
    return this.#taken.map(({ seen, at, inside, capturePoint }): FrameRecord => {
      const frame = Buffer.alloc(sizeOf(seen));
      if (seen !== null) writeFrame(frame, 0, seen, inside);
      const { seconds, nanos } = timeOf(at);
      return { at: BigInt(seconds) * 1_000_000_000n + BigInt(nanos), frame, interface: capturePoint };
    });
  }
}

function sizeOf(seen: Seen | null): number {
  return seen === null ? BYSTANDER : frameSize(seen);
}

/** To the microsecond. */
function timeOf(at: number): { seconds: number; nanos: number } {
  const micros = Math.round(at * 1e6);
  const seconds = Math.floor(micros / 1e6);
  return { seconds: START + seconds, nanos: (micros - seconds * 1e6) * 1000 };
}
