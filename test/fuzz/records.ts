/** Mutations of a classic pcap that keep its records whole: repeated, moved, dropped, late, or changed inside. */

import type { Mutator } from "./mutate.ts";

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Bytes that a frame may grow by. */
const LONGER = 600;

/** Where each whole record begins, and the end of the last; null when the bytes are no little-endian pcap. */
function recordsOf(bytes: Uint8Array): Uint8Array[] | null {
  if (bytes.length < FILE_HEADER || bytes[0] !== 0xd4 || bytes[1] !== 0xc3) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Uint8Array[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= bytes.length; ) {
    const next = at + RECORD_HEADER + view.getUint32(at + 8, true);
    if (next > bytes.length) break;
    records.push(bytes.slice(at, next));
    at = next;
  }
  return records.length < 2 ? null : records;
}

/** The capture with a few of its records treated so, or null when it is none that can be. */
export function mutatedRecords(bytes: Uint8Array, other: Uint8Array, mutator: Mutator): Uint8Array | null {
  const records = recordsOf(bytes);
  if (records === null) return null;
  const theirs = recordsOf(other) ?? records;
  for (let changes = 1 + mutator.below(4); changes > 0; changes -= 1) {
    const i = mutator.below(records.length);
    switch (mutator.below(6)) {
      case 0:
        records.splice(mutator.below(records.length), 0, records[i].slice());
        break;
      case 1:
        if (records.length > 2) records.splice(i, 1);
        break;
      case 2:
        records.splice(mutator.below(records.length), 0, ...records.splice(i, 1 + mutator.below(4)));
        break;
      case 3:
        shift(records.slice(i, i + 1 + mutator.below(8)), mutator);
        break;
      case 4:
        records.splice(i, 0, theirs[mutator.below(theirs.length)].slice());
        break;
      default:
        records[i] = changed(records[i], other, mutator);
    }
  }
  return new Uint8Array(Buffer.concat([bytes.subarray(0, FILE_HEADER), ...records]));
}

/** Moves records in time: by less than a second, by minutes, or by hours. */
function shift(records: readonly Uint8Array[], mutator: Mutator): void {
  const seconds = [0, 1, 5, 61, 301, 3601, 28_801][mutator.below(7)] * (mutator.below(2) === 0 ? 1 : -1);
  for (const record of records) {
    const view = new DataView(record.buffer, record.byteOffset, record.length);
    view.setUint32(0, view.getUint32(0, true) + seconds, true);
    view.setUint32(4, mutator.below(1_000_000), true);
  }
}

/** Other bytes in the frame; the lengths follow. */
function changed(record: Uint8Array, other: Uint8Array, mutator: Mutator): Uint8Array {
  const whole = new Uint8Array(record.length + LONGER);
  whole.set(record.subarray(0, RECORD_HEADER));
  const length = mutator.mutated(record.subarray(RECORD_HEADER), other, whole.subarray(RECORD_HEADER));
  const view = new DataView(whole.buffer);
  view.setUint32(8, length, true);
  view.setUint32(12, length, true);
  return whole.subarray(0, RECORD_HEADER + length);
}
