/** Captures of samples and worlds as lists of records, from which some can be left out. */

/** A classic pcap in parts: its header, and each record whole. */
export interface Parts {
  header: Buffer;
  records: Buffer[];
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const BIG_ENDIAN: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d];

export function partsOf(file: Buffer): Parts {
  const big = BIG_ENDIAN.includes(file.readUInt32BE(0));
  const records: Buffer[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = big ? file.readUInt32BE(at + 8) : file.readUInt32LE(at + 8);
    records.push(file.subarray(at, at + RECORD_HEADER + length));
    at += RECORD_HEADER + length;
  }
  return { header: file.subarray(0, FILE_HEADER), records };
}

export function without({ header, records }: Parts, i: number): Buffer {
  return Buffer.concat([header, ...records.slice(0, i), ...records.slice(i + 1)]);
}

export function from({ header, records }: Parts, i: number): Buffer {
  return Buffer.concat([header, ...records.slice(i)]);
}

const NANOS = 0xa1b23c4d;

/** The frames of a little-endian capture, each with its time. */
export function framesOf(file: Buffer): { at: bigint; frame: Uint8Array }[] {
  const { header, records } = partsOf(file);
  const unit = header.readUInt32LE(0) === NANOS ? 1n : 1_000n;
  return records.map((record) => ({
    at: BigInt(record.readUInt32LE(0)) * 1_000_000_000n + BigInt(record.readUInt32LE(4)) * unit,
    frame: record.subarray(16),
  }));
}
