/** Writes captures: classic pcap in all its variants, and pcapng block by block. */

export interface FrameRecord {
  /** Nanoseconds since the epoch. */
  at: bigint;
  frame: Uint8Array;
  /** Length on the wire; default that of the frame. */
  original?: number;
  /** pcapng interface, default 0. */
  interface?: number;
}

export interface PcapOptions {
  linkType?: number;
  nanos?: boolean;
  bigEndian?: boolean;
  modified?: boolean;
  /** Cuts frames. */
  snaplen?: number;
}

type Write = (buffer: Buffer, value: number, at: number) => void;

function writers(bigEndian: boolean): { u16: Write; u32: Write } {
  return bigEndian
    ? { u16: (b, v, at) => b.writeUInt16BE(v, at), u32: (b, v, at) => b.writeUInt32BE(v, at) }
    : { u16: (b, v, at) => b.writeUInt16LE(v, at), u32: (b, v, at) => b.writeUInt32LE(v, at) };
}

export function pcap(records: readonly FrameRecord[], options: PcapOptions = {}): Buffer {
  const { u16, u32 } = writers(options.bigEndian === true);
  const snaplen = options.snaplen ?? 262_144;
  const header = Buffer.alloc(24);
  u32(header, options.modified === true ? 0xa1b2cd34 : options.nanos === true ? 0xa1b23c4d : 0xa1b2c3d4, 0);
  u16(header, 2, 4);
  u16(header, 4, 6);
  u32(header, snaplen, 16);
  u32(header, options.linkType ?? 1, 20);
  const parts: Uint8Array[] = [header];
  for (const { at, frame, original } of records) {
    const captured = frame.subarray(0, snaplen);
    const record = Buffer.alloc(options.modified === true ? 24 : 16);
    u32(record, Number(at / 1_000_000_000n), 0);
    u32(record, Number((at % 1_000_000_000n) / (options.nanos === true ? 1n : 1000n)), 4);
    u32(record, captured.length, 8);
    u32(record, original ?? frame.length, 12);
    parts.push(record, captured);
  }
  return Buffer.concat(parts);
}

/** A pcapng block: type, length, body padded to 32 bits, length. */
export function pcapngBlock(type: number, body: Uint8Array, bigEndian = false): Buffer {
  const { u32 } = writers(bigEndian);
  const length = 12 + Math.ceil(body.length / 4) * 4;
  const block = Buffer.alloc(length);
  u32(block, type, 0);
  u32(block, length, 4);
  block.set(body, 8);
  u32(block, length, length - 4);
  return block;
}

export function sectionHeader(bigEndian = false): Buffer {
  const { u16, u32 } = writers(bigEndian);
  const body = Buffer.alloc(16, 0xff);
  u32(body, 0x1a2b3c4d, 0);
  u16(body, 1, 4);
  u16(body, 0, 6);
  return pcapngBlock(0x0a0d0d0a, body, bigEndian);
}

export interface InterfaceOptions {
  linkType?: number;
  snaplen?: number;
  /** The option byte of if_tsresol; absent means microseconds. */
  tsresol?: number;
  /** if_tsoffset, seconds. */
  tsoffset?: bigint;
}

export function interfaceDescription(options: InterfaceOptions = {}, bigEndian = false): Buffer {
  const { u16, u32 } = writers(bigEndian);
  const fixed = Buffer.alloc(8);
  u16(fixed, options.linkType ?? 1, 0);
  u32(fixed, options.snaplen ?? 0, 4);
  const parts: Buffer[] = [fixed];
  const option = (code: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    u16(head, code, 0);
    u16(head, value.length, 2);
    parts.push(head, value, Buffer.alloc((4 - (value.length % 4)) % 4));
  };
  if (options.tsresol !== undefined) option(9, Buffer.from([options.tsresol]));
  if (options.tsoffset !== undefined) {
    const value = Buffer.alloc(8);
    if (bigEndian) value.writeBigInt64BE(options.tsoffset);
    else value.writeBigInt64LE(options.tsoffset);
    option(14, value);
  }
  if (parts.length > 1) parts.push(Buffer.alloc(4));
  return pcapngBlock(1, Buffer.concat(parts), bigEndian);
}

/** Units of the interface's clock for a time in nanoseconds. */
function unitsOf(at: bigint, { tsresol = 6, tsoffset = 0n }: InterfaceOptions): bigint {
  const perSecond = (tsresol & 0x80) === 0 ? 10n ** BigInt(tsresol) : 2n ** BigInt(tsresol & 0x7f);
  return ((at - tsoffset * 1_000_000_000n) * perSecond) / 1_000_000_000n;
}

export interface PcapngOptions {
  bigEndian?: boolean;
  interfaces?: readonly InterfaceOptions[];
  block?: "enhanced" | "simple" | "old";
}

export function pcapng(records: readonly FrameRecord[], options: PcapngOptions = {}): Buffer {
  const bigEndian = options.bigEndian === true;
  const interfaces = options.interfaces ?? [{}];
  const parts = [
    sectionHeader(bigEndian),
    ...interfaces.map((each) => interfaceDescription(each, bigEndian)),
  ];
  for (const record of records) {
    const units = unitsOf(record.at, interfaces[record.interface ?? 0] ?? {});
    parts.push(packetBlock(record, units, options.block ?? "enhanced", bigEndian));
  }
  return Buffer.concat(parts);
}

function packetBlock(
  { frame, original, interface: id = 0 }: FrameRecord,
  units: bigint,
  kind: "enhanced" | "simple" | "old",
  bigEndian: boolean,
): Buffer {
  const { u16, u32 } = writers(bigEndian);
  if (kind === "simple") {
    const head = Buffer.alloc(4);
    u32(head, original ?? frame.length, 0);
    return pcapngBlock(3, Buffer.concat([head, frame]), bigEndian);
  }
  const head = Buffer.alloc(20);
  if (kind === "old") u16(head, id, 0);
  else u32(head, id, 0);
  u32(head, Number(units >> 32n), 4);
  u32(head, Number(units & 0xffffffffn), 8);
  u32(head, frame.length, 12);
  u32(head, original ?? frame.length, 16);
  return pcapngBlock(kind === "old" ? 2 : 6, Buffer.concat([head, frame]), bigEndian);
}
