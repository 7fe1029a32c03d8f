/**
 * snoop, the capture program of Solaris (RFC 1761), and what Shomiti's and Finisar's Surveyor write in its form.
 * A 16-byte file header, then records of 24 bytes of header, the captured bytes and padding; all big-endian.
 */

import { MAX_RECORD } from "./batch-buffer.ts";
import type { ByteWindow } from "./byte-window.ts";
import { CaptureError } from "./source.ts";
import { WindowSource } from "./window-source.ts";

export const SNOOP_MAGIC = [0x73, 0x6e, 0x6f, 0x6f, 0x70, 0, 0, 0] as const;
export const SNOOP_HEADER = 16;
const RECORD_HEADER = 24;
const VERSIONS = [2, 5] as const;
/** Padding is a few bytes; Surveyor's trailer is 16 and more. */
const SURVEYOR_TRAILER = 16;
const MAX_PADDING = 4096;

/** LINKTYPE_ values by the file's datalink type (RFC 1761 section 4, and the registry that follows it). */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 6],
  [4, 1],
  [8, 10],
  [9, 0],
  [14, 0],
  [16, 122],
  [18, 123],
  [0x80000005, 226],
]);
const SURVEYOR_WIRELESS = 18;
const SURVEYOR_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 6],
  [4, 1],
  [8, 10],
  [10, 1],
  [11, 6],
  [12, 1],
  [13, 6],
  [14, 6],
  [SURVEYOR_WIRELESS, 105],
  [19, 1],
]);
/** Surveyor's radio header before an 802.11 frame: its fourth byte says how much follows the first four. */
const RADIO_MINIMUM = 12;

export class SnoopSource extends WindowSource {
  readonly #datalink: number;
  /** -1 until the first record tells snoop from Surveyor. */
  #linkType = -1;
  #radio = false;

  /**
   * @param window stands at the file header, which is at hand in full
   * @throws CaptureError for a version that is not known
   */
  constructor(window: ByteWindow, name: string, suffix: string) {
    super(window, name, `snoop${suffix}`, 6);
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, SNOOP_HEADER);
    const version = view.getUint32(8);
    if (version < VERSIONS[0] || version > VERSIONS[1]) {
      throw new CaptureError(
        "unsupported",
        `${name} is a snoop capture of version ${version}, which nobody writes`,
        8,
      );
    }
    this.#datalink = view.getUint32(12);
    this.consume(SNOOP_HEADER);
  }

  protected record(view: DataView, at: number): number {
    if (at + RECORD_HEADER > view.byteLength) return 0;
    const captured = view.getUint32(at + 4);
    const length = view.getUint32(at + 8);
    if (
      captured > MAX_RECORD ||
      length < RECORD_HEADER + captured ||
      length > RECORD_HEADER + captured + MAX_PADDING
    ) {
      return this.corrupt(`the record at byte ${this.window.offset} has the impossible length ${length}`);
    }
    if (at + length > view.byteLength) return 0;
    if (this.#linkType < 0 && !this.#settle(length - RECORD_HEADER - captured)) {
      return this.corrupt(`its datalink type ${this.#datalink} is not one that is read here`);
    }
    const skip = this.#radio ? radioHeader(view, at + RECORD_HEADER, captured) : 0;
    const { batch } = this;
    const i = batch.count;
    batch.offsets[i] = at + RECORD_HEADER + skip;
    batch.captured[i] = captured - skip;
    batch.original[i] = Math.max(0, view.getUint32(at) - skip);
    batch.linkTypes[i] = this.#linkType;
    batch.interfaces[i] = 0;
    batch.micros[i] = view.getUint32(at + 16) * 1_000_000 + view.getUint32(at + 20);
    batch.nanos[i] = 0;
    batch.count = i + 1;
    return length;
  }

  /** Surveyor has its own list of datalink types, and is known by the trailer of its records. */
  #settle(padding: number): boolean {
    const surveyor = padding >= SURVEYOR_TRAILER;
    const linkType = (surveyor ? SURVEYOR_LINK_TYPES : LINK_TYPES).get(this.#datalink);
    if (linkType === undefined) return false;
    this.#linkType = linkType;
    this.#radio = surveyor && this.#datalink === SURVEYOR_WIRELESS;
    this.addLinkType(linkType);
    return true;
  }
}

function radioHeader(view: DataView, at: number, captured: number): number {
  if (captured < RADIO_MINIMUM) return captured;
  return Math.min(captured, Math.max(RADIO_MINIMUM, view.getUint8(at + 3) + 4));
}
