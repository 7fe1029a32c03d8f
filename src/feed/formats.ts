/** Known formats of input, told by their first bytes and never by a name. */

import { type ByteSource, CHUNK } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";
import { isPcapMagic, PCAP_HEADER, PcapSource } from "../capture/pcap-reader.ts";
import { PcapngSource, SECTION_HEADER } from "../capture/pcapng-reader.ts";
import { CaptureError, type CaptureSource, label, STDIN, unreadable } from "../capture/source.ts";
import { type Decompressors, unpacked } from "./decompression.ts";

/** How far the lines of message records may be out of order unless the user says otherwise, microseconds. */
export const REORDER = 5_000_000;

export interface OpenOptions {
  /** Bytes read at a time. */
  chunk?: number;
  /** How far lines of records and logs may be out of order, microseconds. */
  reorder?: number;
  /** What the runtime can unpack. */
  decompressors?: Decompressors;
}

export const OPEN_BRACE = 0x7b;
export const HASH = 0x23;
/** Beginnings of files that are not read here, and what to do with them. NAME stands for the input's name. */
export const OTHERS: readonly { magic: readonly number[]; what: string; instead: string }[] = [
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd data", instead: "zstd -dc NAME | ike-dupcheck -" },
  { magic: [0x04, 0x22, 0x4d, 0x18], what: "lz4 data", instead: "lz4 -dc NAME | ike-dupcheck -" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "xz data", instead: "xz -dc NAME | ike-dupcheck -" },
  { magic: [0x42, 0x5a, 0x68], what: "bzip2 data", instead: "bzip2 -dc NAME | ike-dupcheck -" },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive", instead: "unzip -p NAME | ike-dupcheck -" },
  ...[
    { magic: [0x73, 0x6e, 0x6f, 0x6f, 0x70, 0], what: "a snoop capture" },
    { magic: [0x47, 0x4d, 0x42, 0x55], what: "a Network Monitor capture" },
    { magic: [0x52, 0x54, 0x53, 0x53], what: "a Network Monitor capture" },
    { magic: [0x58, 0x43, 0x50, 0], what: "a NetXray capture" },
    { magic: [0x54, 0x52, 0x53, 0x4e, 0x49, 0x46, 0x46], what: "a Sniffer capture" },
  ].map((each) => ({ ...each, instead: "tshark -r NAME -F pcap -w - | ike-dupcheck -" })),
];

/**
 * Reads the beginning of a byte source and gives the reader of its format.
 * @throws CaptureError when it is empty, is not a capture, or is one that is not read here
 */
export async function openSource(
  source: ByteSource,
  name: string,
  { chunk = CHUNK, reorder = REORDER, decompressors = {} }: OpenOptions = {},
): Promise<CaptureSource> {
  const window = new ByteWindow(source, chunk);
  await window.have(4);
  if (window.available === 0) {
    if (window.failure !== null) throw unreadable(name, window.failure);
    throw new CaptureError("empty", `${label(name)} is empty`);
  }
  if (isGzip(window)) {
    if (decompressors.gzip === undefined) {
      throw new CaptureError("unsupported", `${label(name)} is gzip data, which is not unpacked here`);
    }
    return openFormat(await unpacked(window, decompressors.gzip), name, "+gzip", reorder);
  }
  return openFormat(window, name, "", reorder);
}

function isGzip({ bytes, start, available }: ByteWindow): boolean {
  return available >= 3 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8;
}

async function openFormat(
  window: ByteWindow,
  name: string,
  suffix: string,
  reorder: number,
): Promise<CaptureSource> {
  await window.have(PCAP_HEADER);
  const begin = window.available > 0 ? window.bytes[window.start] : 0;
  if (begin === OPEN_BRACE || begin === HASH) {
    const { openLog } = await import("../logs/detect.ts");
    const log = await openLog(window, name, suffix, reorder);
    if (log !== null) return log;
    const { openRecords } = await import("../records/reader.ts");
    return openRecords(window, name, suffix, reorder);
  }
  const { bytes, start, available } = window;
  const magic = available < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0);
  if (magic === SECTION_HEADER) return new PcapngSource(window, name, suffix);
  if (isPcapMagic(magic)) {
    if (available >= PCAP_HEADER) return new PcapSource(window, name, suffix);
    throw new CaptureError(
      "not-a-capture",
      `${label(name)} ends inside the file header of a capture`,
      available,
    );
  }
  if (available === 0 && window.failure !== null) {
    throw new CaptureError("unreadable", `${label(name)} holds damaged compressed data`);
  }
  if (available === 0) throw new CaptureError("empty", `${label(name)} is empty`);
  const other = OTHERS.find((each) => each.magic.every((byte, i) => bytes[start + i] === byte));
  if (other === undefined) {
    throw new CaptureError("not-a-capture", `${label(name)} is no capture (neither pcap nor pcapng)`);
  }
  const command = other.instead.replace("NAME", name === STDIN ? "FILE" : name);
  throw new CaptureError(
    "unsupported",
    `${label(name)} is ${other.what}, which is not read here; try: ${command}`,
  );
}
