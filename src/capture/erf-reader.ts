/**
 * ERF, the Extensible Record Format of Endace DAG cards: records without a file header. A record is 16 bytes (time
 * in little-endian 2^-32 s; lengths big-endian), extension headers of 8 bytes, a header of its type, and the frame.
 * Facts: Endace's "Extensible Record Format Types".
 */

import { MAX_RECORD } from "./batch-buffer.ts";
import type { ByteWindow } from "./byte-window.ts";
import { WindowSource } from "./window-source.ts";

const ERF_HEADER = 16;
const EXTENSION = 8;
const MORE_EXTENSIONS = 0x80;
const TYPE_MASK = 0x7f;
const INTERFACE_MASK = 0x03;
const PAD = 48;
const META = 27;
/** LINKTYPE_ERF: the record as it is, for types whose frame is not known. */
const LINKTYPE_ERF = 197;
const NANOS_PER_SECOND = 1_000_000_000;

interface ErfType {
  linkType: number;
  /** Bytes between the headers and the frame. */
  skip: number;
}

const ETHERNET: ErfType = { linkType: 1, skip: 2 };
/** What HDLC carries, is told by its first byte: see `hdlc`. */
const HDLC: ErfType = { linkType: 104, skip: 0 };
const MULTI_CHANNEL_HDLC: ErfType = { linkType: 104, skip: 4 };
const IP: ErfType = { linkType: 101, skip: 0 };
const TYPES: ReadonlyMap<number, ErfType> = new Map([
  [1, HDLC],
  [2, ETHERNET],
  [5, MULTI_CHANNEL_HDLC],
  [10, HDLC],
  [11, ETHERNET],
  [15, HDLC],
  [16, ETHERNET],
  [17, MULTI_CHANNEL_HDLC],
  [19, HDLC],
  [20, ETHERNET],
  [22, IP],
  [23, IP],
]);
/** Types that are defined beside these: ATM, AAL, raw channels, counters, InfiniBand, Omni-Path, metadata. */
const OTHER_TYPES = new Set([3, 4, 6, 7, 8, 9, 12, 13, 14, 18, 21, 24, 25, 26, META, 28, 29, PAD]);

/** PPP in HDLC-like framing (RFC 1662) begins with address 0xff and control 0x03. */
const LINKTYPE_PPP_HDLC = 50;

export class ErfSource extends WindowSource {
  /** @param window stands at the first record */
  constructor(window: ByteWindow, name: string, suffix: string) {
    super(window, name, `erf${suffix}`, 9);
  }

  protected record(view: DataView, at: number): number {
    if (at + ERF_HEADER > view.byteLength) return 0;
    const length = view.getUint16(at + 10);
    if (length < ERF_HEADER) {
      return this.corrupt(`the record at byte ${this.window.offset} has the impossible length ${length}`);
    }
    if (at + length > view.byteLength) return 0;
    const type = view.getUint8(at + 8) & TYPE_MASK;
    if (type !== PAD && type !== META) this.#packet(view, at, length, type);
    return length;
  }

  #packet(view: DataView, at: number, length: number, type: number): void {
    const { batch } = this;
    const known = TYPES.get(type);
    const headers = ERF_HEADER + extensions(view, at, length) + (known?.skip ?? 0);
    const i = batch.count;
    const wire = view.getUint16(at + 14);
    const whole = known === undefined || headers > length;
    const begin = whole ? 0 : headers;
    batch.offsets[i] = at + begin;
    batch.captured[i] = Math.min(length - begin, whole ? MAX_RECORD : wire);
    batch.original[i] = whole ? length : wire;
    const linkType = whole ? LINKTYPE_ERF : hdlc(view, at + begin, batch.captured[i], known.linkType);
    batch.linkTypes[i] = linkType;
    batch.interfaces[i] = view.getUint8(at + 9) & INTERFACE_MASK;
    readErfTime(view.getUint32(at + 4, true), view.getUint32(at, true));
    batch.micros[i] = erfTime.micros;
    batch.nanos[i] = erfTime.nanos;
    batch.count = i + 1;
    this.addLinkType(linkType);
  }
}

/** The last time read by `readErfTime`. */
const erfTime = { micros: 0, nanos: 0 };

/** @param fraction of a second in 2^-32 s; rounded to the nearest nanosecond */
function readErfTime(seconds: number, fraction: number): void {
  // Two steps keep the product exact: 2^32 * 10^9 is more than a double holds.
  const high = Math.floor(fraction / 0x10000);
  const low = fraction % 0x10000;
  const scaled = high * NANOS_PER_SECOND + Math.floor((low * NANOS_PER_SECOND) / 0x10000);
  const nanos = Math.floor((scaled + 0x8000) / 0x10000);
  erfTime.micros = seconds * 1_000_000 + Math.floor(nanos / 1000);
  erfTime.nanos = nanos % 1000;
}

function hdlc(view: DataView, at: number, captured: number, linkType: number): number {
  if (linkType !== HDLC.linkType || captured < 2) return linkType;
  return view.getUint16(at) === 0xff03 ? LINKTYPE_PPP_HDLC : linkType;
}

/** Bytes of the extension headers; more than the record when they do not end in it. */
function extensions(view: DataView, at: number, length: number): number {
  let bytes = 0;
  let type = view.getUint8(at + 8);
  while ((type & MORE_EXTENSIONS) !== 0) {
    if (ERF_HEADER + bytes + EXTENSION > length) return length;
    type = view.getUint8(at + ERF_HEADER + bytes);
    bytes += EXTENSION;
  }
  return bytes;
}

/** Records that must make sense before bytes without a magic number are taken for ERF, and most that are looked at. */
const SURE = 3;
const LOOKED_AT = 20;
/** Bytes that are looked at. */
export const ERF_BYTES = 64 * 1024;
/** DAG cards came in 1999; no capture is of a year behind 2100. */
const FIRST_SECOND = 915_148_800;
const LAST_SECOND = 4_102_444_800;
const SECONDS_A_DAY = 86_400;

/** Whether the bytes at hand look like ERF records. @param ended the input ends with them */
export function looksLikeErf(window: ByteWindow, ended = window.ended): boolean {
  const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, window.available);
  let at = 0;
  let sure = 0;
  let before = 0;
  for (let i = 0; i < LOOKED_AT && at + ERF_HEADER <= view.byteLength; i += 1) {
    const length = view.getUint16(at + 10);
    const type = view.getUint8(at + 8) & TYPE_MASK;
    if (length < ERF_HEADER || !(TYPES.has(type) || OTHER_TYPES.has(type))) return false;
    const seconds = view.getUint32(at + 4, true);
    if (type !== PAD) {
      if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return false;
      if (before !== 0 && Math.abs(seconds - before) > SECONDS_A_DAY) return false;
      before = seconds;
    }
    // Of a record cut off by what is at hand, its header alone is known.
    if (at + length > view.byteLength) break;
    sure += 1;
    at += length;
  }
  return sure >= SURE || (sure > 0 && ended && at === view.byteLength);
}

/** Whether the 16 bytes at hand may begin ERF: a cheap look before more bytes are waited for. */
export function mayBeErf(window: ByteWindow): boolean {
  if (window.available < ERF_HEADER) return false;
  const { bytes, start } = window;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, ERF_HEADER);
  const type = view.getUint8(8) & TYPE_MASK;
  const seconds = view.getUint32(4, true);
  const known = TYPES.has(type) || OTHER_TYPES.has(type);
  return (
    known &&
    view.getUint16(10) >= ERF_HEADER &&
    (type === PAD || (seconds >= FIRST_SECOND && seconds <= LAST_SECOND))
  );
}
