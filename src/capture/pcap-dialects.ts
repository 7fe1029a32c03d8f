/**
 * The dialects of classic pcap. Some have a magic number of their own; others share one and differ in the header
 * of their records, so the first records decide. Facts: draft-ietf-opsawg-pcap, libpcap's savefile format, and
 * what Wireshark reads.
 */

/** How a file of one dialect is laid out. */
export interface PcapDialect {
  /** As the report names it. */
  name: string;
  nanos: boolean;
  /** Bytes before the first record. */
  fileHeader: number;
  /** Bytes of a record's header. The first 16 are those of standard pcap in every dialect. */
  recordHeader: number;
}

/** Bytes of the standard file header, and of the longest one. */
export const PCAP_HEADER = 24;
const IXIA_HEADER = 28;

const STANDARD: PcapDialect = { name: "pcap", nanos: false, fileHeader: PCAP_HEADER, recordHeader: 16 };
const NANOS: PcapDialect = { ...STANDARD, name: "pcap-ns", nanos: true };
/** Kernel patches of 1999: an interface index, a protocol and a packet type behind the standard header. */
const MODIFIED: PcapDialect = { ...STANDARD, name: "pcap-modified", recordHeader: 24 };
/** The same of SuSE Linux 6.3, with two CPU numbers. */
const MODIFIED_SUSE: PcapDialect = { ...STANDARD, name: "pcap-modified", recordHeader: 28 };
/** Check Point's IPSO on Nokia appliances: four more bytes. */
const NOKIA: PcapDialect = { ...STANDARD, name: "pcap-nokia", recordHeader: 20 };
const AIX: PcapDialect = { ...STANDARD, name: "pcap-aix", nanos: true };
/** IxNetwork's "lcap": the length of all records follows the file header. */
const IXIA: PcapDialect = { ...STANDARD, name: "pcap-ixia", fileHeader: IXIA_HEADER };
const IXIA_NANOS: PcapDialect = { ...IXIA, nanos: true };

/** What a magic number may stand for, the most likely first. */
const BY_MAGIC: ReadonlyMap<number, readonly PcapDialect[]> = new Map([
  [0xa1b2c3d4, [STANDARD, MODIFIED, NOKIA]],
  [0xa1b23c4d, [NANOS]],
  [0xa1b2cd34, [MODIFIED, MODIFIED_SUSE]],
  [0x1c0001ac, [IXIA_NANOS]],
  [0x1c0001ab, [IXIA]],
]);

/** AIX names its interfaces by their ifType (RFC 1573); here the link types of libpcap that stand for them. */
const AIX_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [6, 1],
  [9, 6],
  [15, 10],
  [24, 0],
]);

/** Whether a record's captured and original lengths stand the other way round. */
export type LengthOrder = "captured-first" | "original-first" | "larger-is-original";

export interface PcapHeader {
  littleEndian: boolean;
  linkType: number;
  snaplen: number;
  lengths: LengthOrder;
  /** More than one where only the records tell. */
  dialects: readonly PcapDialect[];
}

/** Whether the first four bytes, read as a big-endian number, begin a classic pcap. */
export function isPcapMagic(magic: number): boolean {
  return BY_MAGIC.has(magic) || BY_MAGIC.has(swapped(magic));
}

/** Bytes of the file header that begins with this magic (read as big-endian). */
export function pcapHeaderLength(magic: number): number {
  return (BY_MAGIC.get(magic) ?? BY_MAGIC.get(swapped(magic)))![0].fileHeader;
}

/** Reads the file header at the beginning of `view`, which holds it in full and has a magic number of pcap. */
export function readPcapHeader(view: DataView): PcapHeader {
  const littleEndian = !BY_MAGIC.has(view.getUint32(0));
  const dialects = BY_MAGIC.get(view.getUint32(0, littleEndian))!;
  const major = view.getUint16(4, littleEndian);
  const minor = view.getUint16(6, littleEndian);
  // The upper bits hold the FCS length and other flags.
  const linkType = view.getUint32(20, littleEndian) & 0xffff;
  const header = { littleEndian, linkType, snaplen: view.getUint32(16, littleEndian) };
  const aix = AIX_LINK_TYPES.get(linkType);
  if (dialects[0] === STANDARD && major === 2 && minor === 2 && aix !== undefined) {
    return { ...header, linkType: aix, lengths: "original-first", dialects: [AIX] };
  }
  const lengths = lengthOrder(major, minor);
  return { ...header, lengths, dialects: lengths === "captured-first" ? dialects : [dialects[0]] };
}

/** Records of both have one layout. */
export function isAlike(a: PcapHeader, b: PcapHeader): boolean {
  const [one, other] = [a.dialects[0], b.dialects[0]];
  return (
    one === other &&
    one.fileHeader === PCAP_HEADER &&
    a.littleEndian === b.littleEndian &&
    a.lengths === b.lengths
  );
}

/** Version 2.3 put the captured length first; some files of that version had not heard of it. DG/UX wrote 543.0. */
function lengthOrder(major: number, minor: number): LengthOrder {
  if (major === 543 || (major === 2 && minor < 3)) return "original-first";
  return major === 2 && minor === 3 ? "larger-is-original" : "captured-first";
}

function swapped(magic: number): number {
  return (((magic & 0xff) << 24) | ((magic & 0xff00) << 8) | ((magic >>> 8) & 0xff00) | (magic >>> 24)) >>> 0;
}

/** Records that are looked at to tell dialects apart. */
const TRIED_RECORDS = 3;
const MILLION = 1_000_000;
/** Larger than any packet on any wire. */
const MAX_ORIGINAL = 128 * 1024 * 1024;
/** More interfaces than any machine of those years had. */
const MAX_INTERFACE = 10_000;

/** Bytes that must be at hand to choose, unless the file ends before: three of the largest records. */
export const DIALECT_BYTES = 64 * 1024;

/**
 * The dialect whose first records make most sense; of equals the most likely one. Another than that is taken only
 * where the most likely one makes no sense, and two records do as its own.
 * @param at place of the first record in `view`, whose end is that of the bytes at hand
 */
export function chooseDialect(view: DataView, at: number, header: PcapHeader): PcapDialect {
  let best = header.dialects[0];
  let { faults: fewest } = countFaults({ view, at, header }, best);
  for (const dialect of header.dialects.slice(1)) {
    const { faults, records } = countFaults({ view, at, header }, dialect);
    if (faults < fewest && records > 1) [best, fewest] = [dialect, faults];
  }
  return best;
}

export interface FirstRecords {
  view: DataView;
  /** Place of the first record. */
  at: number;
  header: PcapHeader;
}

/** Counts what makes no sense in the first records, read as those of a dialect, and how many headers were whole. */
export function countFaults(
  { view, at: first, header }: FirstRecords,
  dialect: PcapDialect,
  tried = TRIED_RECORDS,
): { faults: number; records: number } {
  const { littleEndian, snaplen } = header;
  let faults = 0;
  let records = 0;
  for (let at = first; records < tried && at + dialect.recordHeader <= view.byteLength; ) {
    records += 1;
    const captured = view.getUint32(at + 8, littleEndian);
    const original = view.getUint32(at + 12, littleEndian);
    if (view.getUint32(at + 4, littleEndian) >= MILLION) faults += 1;
    if (captured > Math.max(snaplen, MILLION)) faults += 1;
    if (captured > snaplen) faults += 1;
    if (original > MAX_ORIGINAL) faults += 1;
    if (captured > original) faults += 1;
    if (dialect.recordHeader >= MODIFIED.recordHeader) {
      if (view.getUint32(at + 16, littleEndian) > MAX_INTERFACE) faults += 1;
      if (!isProtocol(view.getUint16(at + 20, littleEndian))) faults += 1;
      if (view.getUint8(at + 22) > 4) faults += 1;
    }
    at += dialect.recordHeader + captured;
  }
  return { faults, records };
}

/** An EtherType, or one of Linux's own numbers below them. */
function isProtocol(protocol: number): boolean {
  return protocol >= 0x0600 || protocol <= 0x17 || [0x60, 0x200, 0x400].includes(protocol);
}
