/**
 * Writes captures: classic pcap, and pcapng with a comment per packet. Little-endian. Records keep their bytes, their
 * length on the wire and their time. Facts: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */

import type { RecordBatch } from "./batch.ts";
import { type CaptureWriter, frameOf, type PacketOrigin, SNAPLEN } from "./pcap-writer.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_COMMENT = 1;
const OPTION_USER_APPLICATION = 4;
const OPTION_NAME = 2;
const OPTION_TSRESOL = 9;

/** An interface for each interface of each source, described when its first packet comes. */
export class PcapngWriter implements CaptureWriter {
  readonly #application: string;
  readonly #interfaces = new Map<string, number>();

  constructor(application: string) {
    this.#application = application;
  }

  begin(): Buffer {
    const fixed = Buffer.alloc(16);
    fixed.writeUInt32LE(0x1a2b3c4d, 0);
    fixed.writeUInt16LE(1, 4);
    // Length of the section: not told.
    fixed.writeBigInt64LE(-1n, 8);
    return block(SECTION_HEADER, [fixed, option(OPTION_USER_APPLICATION, this.#application), END]);
  }

  packet(batch: RecordBatch, i: number, origin: PacketOrigin, comment: string): Buffer {
    const { micros, nanos, captured, original, linkTypes, interfaces } = batch;
    const key = `${origin.source}/${interfaces[i]}/${linkTypes[i]}`;
    let number = this.#interfaces.get(key);
    const parts: Buffer[] = [];
    if (number === undefined) {
      number = this.#interfaces.size;
      this.#interfaces.set(key, number);
      parts.push(describe(linkTypes[i], origin));
    }
    const fixed = Buffer.alloc(20);
    fixed.writeUInt32LE(number, 0);
    const time = origin.timeDigits === 9 ? BigInt(micros[i]) * 1000n + BigInt(nanos[i]) : BigInt(micros[i]);
    fixed.writeUInt32LE(Number(BigInt.asUintN(32, time >> 32n)), 4);
    fixed.writeUInt32LE(Number(BigInt.asUintN(32, time)), 8);
    fixed.writeUInt32LE(captured[i], 12);
    fixed.writeUInt32LE(original[i], 16);
    parts.push(
      block(ENHANCED_PACKET, [fixed, padded(frameOf(batch, i)), option(OPTION_COMMENT, comment), END]),
    );
    return Buffer.concat(parts);
  }
}

const END = Buffer.alloc(4);

function describe(linkType: number, { name, timeDigits }: PacketOrigin): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(linkType, 0);
  fixed.writeUInt32LE(SNAPLEN, 4);
  const options = [option(OPTION_NAME, name), option(OPTION_TSRESOL, Buffer.from([timeDigits])), END];
  return block(INTERFACE_DESCRIPTION, [fixed, ...options]);
}

function option(code: number, value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value).subarray(0, 65_535) : value;
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, padded(bytes)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function block(type: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, ...parts, head.subarray(4)]);
}
