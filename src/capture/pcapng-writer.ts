/**
 * Writes pcapng with a comment per packet, little-endian (draft-ietf-opsawg-pcapng). Packets keep their bytes, their
 * length on the wire and their time.
 */

import type { FrameBatch } from "./batch.ts";
import { joined } from "./bytes.ts";
import { type CaptureWriter, frameOf, type PacketOrigin, SNAPLEN } from "./pcap-writer.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_COMMENT = 1;
const OPTION_USER_APPLICATION = 4;
const OPTION_NAME = 2;
const OPTION_TSRESOL = 9;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and length of a block before its body; the length stands again behind it. */
const BLOCK_OVERHEAD = 12;
/** The longest value of an option. */
const MAX_OPTION = 65_535;
const END = new Uint8Array(4);

/** An interface for each interface of each source, described when its first packet comes. */
export class PcapngWriter implements CaptureWriter {
  readonly #application: string;
  readonly #interfaces = new Map<string, number>();

  constructor(application: string) {
    this.#application = application;
  }

  begin(): Uint8Array {
    const fixed = new Uint8Array(16);
    const view = new DataView(fixed.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true);
    // Length of the section: not given.
    view.setBigInt64(8, -1n, true);
    return block(SECTION_HEADER, [fixed, ...option(OPTION_USER_APPLICATION, utf8(this.#application)), END]);
  }

  packet(batch: FrameBatch, i: number, origin: PacketOrigin, comment: string): Uint8Array {
    const { micros, nanos, captured, original, linkTypes, interfaces } = batch;
    const key = `${origin.source}/${interfaces[i]}/${linkTypes[i]}`;
    const known = this.#interfaces.get(key);
    const number = known ?? this.#interfaces.size;
    if (known === undefined) this.#interfaces.set(key, number);
    const fixed = new Uint8Array(20);
    const view = new DataView(fixed.buffer);
    view.setUint32(0, number, true);
    const time = origin.timeDigits === 9 ? BigInt(micros[i]) * 1000n + BigInt(nanos[i]) : BigInt(micros[i]);
    view.setUint32(4, Number(BigInt.asUintN(32, time >> 32n)), true);
    view.setUint32(8, Number(BigInt.asUintN(32, time)), true);
    view.setUint32(12, captured[i], true);
    view.setUint32(16, original[i], true);
    const frame = frameOf(batch, i);
    const options = option(OPTION_COMMENT, utf8(comment));
    const packet = block(ENHANCED_PACKET, [fixed, frame, padding(frame), ...options, END]);
    return known === undefined ? joined([describe(linkTypes[i], origin), packet]) : packet;
  }
}

function describe(linkType: number, { name, timeDigits }: PacketOrigin): Uint8Array {
  const fixed = new Uint8Array(8);
  const view = new DataView(fixed.buffer);
  view.setUint16(0, linkType, true);
  view.setUint32(4, SNAPLEN, true);
  const options = [...option(OPTION_NAME, utf8(name)), ...option(OPTION_TSRESOL, Uint8Array.of(timeDigits))];
  return block(INTERFACE_DESCRIPTION, [fixed, ...options, END]);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, MAX_OPTION);
}

function option(code: number, value: Uint8Array): Uint8Array[] {
  const head = new Uint8Array(4);
  const view = new DataView(head.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  return [head, value, padding(value)];
}

/** What brings a length to a multiple of 32 bits. */
function padding({ length }: Uint8Array): Uint8Array {
  return END.subarray(0, -length & 3);
}

function block(type: number, body: readonly Uint8Array[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, BLOCK_OVERHEAD);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  return joined([head, ...body, head.subarray(4)]);
}
