/**
 * Microsoft Network Monitor 1.x and 2.x. A 128-byte header points at a table of the places of all frames, which
 * may lie anywhere and in any order; all little-endian. Facts: the help of Network Monitor 3.4 ("Capture File
 * Format"), and Wireshark's reading of 1.x.
 */

import type { FrameBatch } from "./batch.ts";
import { BatchBuffer, MAX_RECORD } from "./batch-buffer.ts";
import type { RandomAccess } from "./byte-source.ts";
import { FrameArena } from "./frame-arena.ts";
import { Glass } from "./random-access.ts";
import {
  CaptureError,
  type CaptureSource,
  failureReason,
  type ReadFailure,
  type SourceSummary,
} from "./source.ts";
import { newSummary } from "./stream-source.ts";

export const NETMON_HEADER = 128;
/** "RTSS" of 1.x and "GMBU" of 2.x. */
export const NETMON_MAGIC = [
  [0x52, 0x54, 0x53, 0x53],
  [0x47, 0x4d, 0x42, 0x55],
] as const;
const MEDIA_TYPE = 6;
const START_TIME = 8;
const TABLE_OFFSET = 24;
const TABLE_LENGTH = 28;
const ENTRY = 4;
const RECORD_HEADER = [0, 8, 16] as const;
/** Bytes behind a frame since version 2.1: media type, then a process, then a UTC time and a time zone. */
const TRAILER = [0, 2, 6, 15] as const;
const UTC_TIME = 6;
/** FILETIME counts 100 ns from 1601-01-01; here those to 1970. */
const EPOCH_FILETIME = 116_444_736_000_000_000n;

/** LINKTYPE_ values by media type. Type 0 is written for VPN adapters, whose frames are Ethernet's. */
const LINK_TYPES = [1, 1, 6, 10, 123, -1, 105, 101, 101, 101] as const;
const ATM = 4;
const WIFI = 6;
/** Addresses before the VPI and VCI of an ATM frame, which are not of LINKTYPE_SUNATM. */
const ATM_HEADER = 16;
const PCAP_BASE = 0xe000;
const PCAP_LAST = 0xe07f;
const WIFI_MESSAGE = 0xe080;
/** Frames that Network Monitor made itself and that Wireshark leaves out: reassembled ones, adapters, names. */
const LEFT_OUT = [0xfffc, 0xfffe] as const;
const LINKTYPE_USER15 = 162;
/**
 * Bytes that are read to get at the frames: a read takes 4 KB, of which a frame may need some hundred. More, and the
 * table was made to jump about.
 */
const MAX_READ = 64 * 1024 * 1024;
const MAX_READ_PER_BYTE = 16;

export class NetMonSource implements CaptureSource {
  readonly summary: SourceSummary;
  readonly size: number;
  readonly #bytes: RandomAccess;
  readonly #table: Glass;
  readonly #frames: Glass;
  readonly #batch: BatchBuffer;
  /** Frames may lie anywhere: those of a batch are copied here. */
  readonly #arena = new FrameArena();
  readonly #version: { major: 1 | 2; minor: number };
  readonly #media: number;
  readonly #startMicros: number;
  readonly #tableOffset: number;
  readonly #entries: number;
  #entry = 0;
  /** Bytes of records so far: where they are more than the file has, the table names some twice. */
  #taken = 0;

  private constructor(bytes: RandomAccess, header: DataView, name: string, suffix: string) {
    this.#bytes = bytes;
    this.size = bytes.size;
    this.#table = new Glass(bytes);
    this.#frames = new Glass(bytes);
    this.#version = { major: header.getUint8(5) as 1 | 2, minor: header.getUint8(4) };
    this.#media = header.getUint16(MEDIA_TYPE, true);
    this.#startMicros = startTime(header);
    this.#tableOffset = header.getUint32(TABLE_OFFSET, true);
    this.#entries = Math.floor(header.getUint32(TABLE_LENGTH, true) / ENTRY);
    this.#batch = new BatchBuffer(this.#entries);
    this.summary = newSummary(name, `netmon${this.#version.major}${suffix}`, this.#hasUtc ? 9 : 6);
    this.summary.bytes = NETMON_HEADER;
  }

  /**
   * Opens a capture whose magic number was seen.
   * @throws CaptureError where the header is cut off, or of a version that is not known
   */
  static async open(bytes: RandomAccess, name: string, suffix: string): Promise<NetMonSource> {
    const header = new Uint8Array(NETMON_HEADER);
    const count = await bytes.read(header, 0);
    if (count < NETMON_HEADER) {
      throw new CaptureError(
        "unreadable",
        `${name} ends inside the header of a Network Monitor capture`,
        count,
      );
    }
    const major = header[5];
    if (major !== 1 && major !== 2) {
      throw new CaptureError(
        "unsupported",
        `${name} is a Network Monitor capture of version ${major}, which is not read here`,
        5,
      );
    }
    return new NetMonSource(bytes, new DataView(header.buffer), name, suffix);
  }

  get #hasUtc(): boolean {
    return this.#version.major === 2 && this.#version.minor >= 3;
  }

  position(): number {
    return Math.min(this.size, this.#taken + this.#entry * ENTRY);
  }

  async next(): Promise<FrameBatch | null> {
    if (this.summary.end !== "clean") return null;
    const batch = this.#batch;
    this.#arena.begin(batch);
    while (!batch.full && !this.#arena.isFull && this.#entry < this.#entries) {
      if (!(await this.#frame().catch((error: ReadFailure) => this.#failed(error)))) break;
    }
    this.summary.packets += batch.count;
    return batch.count > 0 ? batch : null;
  }

  /** Takes the frame that the next entry of the table names; false where it makes no sense. */
  async #frame(): Promise<boolean> {
    const entry = await this.#table.at(this.#tableOffset + this.#entry * ENTRY, ENTRY);
    if (entry === null) return this.#end("truncated", "the table of its frames is cut off");
    const place = new DataView(entry.buffer, entry.byteOffset).getUint32(0, true);
    const { major, minor } = this.#version;
    const head = RECORD_HEADER[major];
    const header = await this.#frames.at(place, head);
    if (header === null) return this.#end("truncated", `frame ${this.#entry + 1} lies behind its end`);
    const view = new DataView(header.buffer, header.byteOffset, head);
    const original = major === 1 ? view.getUint16(4, true) : view.getUint32(8, true);
    const captured = major === 1 ? view.getUint16(6, true) : view.getUint32(12, true);
    const delta = major === 1 ? view.getUint32(0, true) * 1000 : signedMicros(view);
    if (captured > MAX_RECORD) {
      return this.#end(
        "corrupt",
        `frame ${this.#entry + 1} claims ${captured} bytes, more than any capture program writes`,
      );
    }
    const trailer = major === 1 ? 0 : TRAILER[Math.min(minor, 3)];
    const bytes = await this.#frames.at(place + head, captured + trailer);
    if (bytes === null) return this.#end("truncated", `frame ${this.#entry + 1} is cut off`);
    if (this.#frames.taken > MAX_READ + MAX_READ_PER_BYTE * this.size) {
      return this.#end("corrupt", "the table of its frames points everywhere");
    }
    this.#taken += head + captured + trailer;
    if (this.#taken > this.size)
      return this.#end("corrupt", "the table of its frames names the same bytes again and again");
    this.#take(bytes, { captured, original, micros: this.#startMicros + delta });
    this.#entry += 1;
    this.summary.bytes += head + captured + trailer;
    return true;
  }

  #take(
    bytes: Uint8Array,
    { captured, original, micros }: { captured: number; original: number; micros: number },
  ): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const media = bytes.length >= captured + 2 ? view.getUint16(captured, true) : this.#media;
    if (media >= LEFT_OUT[0] && media <= LEFT_OUT[1]) return;
    const skip = Math.min(
      captured,
      media === ATM ? ATM_HEADER - 4 : media === WIFI ? wifiHeader(view, captured) : 0,
    );
    const linkType = linkTypeOf(media);
    const batch = this.#batch;
    const i = batch.count;
    batch.offsets[i] = this.#arena.put(batch, bytes.subarray(skip, captured));
    batch.captured[i] = captured - skip;
    batch.original[i] = Math.max(0, original - skip);
    batch.linkTypes[i] = linkType;
    batch.interfaces[i] = 0;
    batch.micros[i] = micros;
    batch.nanos[i] = 0;
    if (this.#hasUtc) {
      const nanos = (view.getBigUint64(captured + UTC_TIME, true) - EPOCH_FILETIME) * 100n;
      batch.micros[i] = Number(nanos / 1000n);
      batch.nanos[i] = Number(((nanos % 1000n) + 1000n) % 1000n);
    }
    batch.count = i + 1;
    if (!this.summary.linkTypes.includes(linkType)) this.summary.linkTypes.push(linkType);
  }

  #failed(error: ReadFailure): false {
    return this.#end("corrupt", `reading failed (${failureReason(error)})`);
  }

  /** A fault is reported once the frames before it were handed on. Always false. */
  #end(end: "truncated" | "corrupt", what: string): false {
    if (this.#batch.count === 0) {
      this.summary.end = end;
      this.summary.problem = `${this.summary.name}: ${what}; nothing behind it could be read.`;
    }
    return false;
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }
}

/** The time in the header is the local time of whoever captured, without a zone: taken as local here, like Wireshark. */
function startTime(header: DataView): number {
  const [year, month, , day, hour, minute, second, milli] = Array.from({ length: 8 }, (_, i) =>
    header.getUint16(START_TIME + 2 * i, true),
  );
  const at = new Date(year, month - 1, day, hour, minute, second, milli).getTime();
  return Number.isNaN(at) ? 0 : at * 1000;
}

/** Microseconds since the start: unsigned in the file, but ten times them is meant as a signed number of 100 ns. */
function signedMicros(view: DataView): number {
  return Number(BigInt.asIntN(64, view.getBigUint64(0, true) * 10n) / 10n);
}

/** Network Monitor's own header before an 802.11 frame: a version, and its length. */
function wifiHeader(view: DataView, captured: number): number {
  return captured >= 3 ? view.getUint16(1, true) : captured;
}

function linkTypeOf(media: number): number {
  if (media >= PCAP_BASE && media <= PCAP_LAST) return media - PCAP_BASE;
  if (media === WIFI_MESSAGE) return LINK_TYPES[WIFI];
  const known = LINK_TYPES[media] ?? -1;
  return known < 0 ? LINKTYPE_USER15 : known;
}
