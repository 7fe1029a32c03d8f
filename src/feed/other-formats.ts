/** Forms of captures that are recognised and not read, and the command that makes one of each that is. */

import { CaptureError, label, quoted, STDIN } from "../capture/source.ts";

interface OtherFormat {
  /** Bytes at `at` (default 0). */
  magic: readonly number[];
  at?: number;
  what: string;
  /** NAME stands for the input's name. */
  instead: string;
}

const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

/** What opens whatever Wireshark opens. pcapng, because pcap cannot hold every link type. */
const TSHARK = "tshark -r NAME -F pcapng -w - | ike-dupcheck -";
const ETL2PCAP = "pktmon etl2pcap NAME --out capture.pcapng";
const ETL2PCAPNG = "etl2pcapng NAME capture.pcapng";

const OTHERS: readonly OtherFormat[] = [
  { magic: ascii("XCP\0"), what: "a NetXray or Windows Sniffer capture", instead: TSHARK },
  { magic: ascii("TRSNIFF data    \x1a"), what: "a DOS Sniffer capture", instead: TSHARK },
  { magic: ascii("\x05VNF"), what: "a Visual Networks capture", instead: TSHARK },
  { magic: ascii("ObserverPktBuffe"), what: "an Observer capture", instead: TSHARK },
  { magic: [0xaa, 0xaa, 0xaa, 0xaa], what: "a 5View capture", instead: TSHARK },
  { magic: ascii("\x7fver"), what: "an EtherPeek or OmniPeek capture", instead: TSHARK },
  { magic: ascii("btsnoop\0"), what: "a Bluetooth log", instead: TSHARK },
  { magic: [0x01, 0x10, 0x4c, 0x00], what: "a LANalyzer capture", instead: TSHARK },
  { magic: [0x00, 0x00, 0x02, 0x00, 0x12, 0x05, 0x00, 0x10], what: "a K12 capture", instead: TSHARK },
  { magic: [0x54, 0x52, 0x00, 0x64, 0x00], what: "an HP-UX nettl trace", instead: TSHARK },
  { magic: ascii("NetScaler Performance Data"), at: 4, what: "a NetScaler trace", instead: TSHARK },
  {
    magic: ascii("ElfFile\0"),
    what: "a Windows event log",
    instead: "wevtutil qe NAME /lf:true /f:xml shows what is in it; capture with pktmon or netsh trace",
  },
  {
    magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    what: "a 7-Zip archive",
    instead: "7z x NAME, then give its folder",
  },
  { magic: ascii("Rar!\x1a\x07"), what: "a RAR archive", instead: "unrar x NAME, then give its folder" },
  {
    magic: ascii("MSCF"),
    what: "a Windows cabinet (netsh trace report)",
    instead: "expand -F:* NAME . gives its files, and etl2pcapng converts the .etl among them",
  },
  { magic: [0x5d, 0x00, 0x00], what: "LZMA data", instead: "xz --format=lzma -dc NAME | ike-dupcheck -" },
  { magic: ascii("LZIP"), what: "lzip data", instead: "lzip -dc NAME | ike-dupcheck -" },
  { magic: [0x1f, 0x9d], what: "data of compress (.Z)", instead: "gzip -dc NAME | ike-dupcheck -" },
  { magic: [0x1f, 0xa0], what: "data of compress (.Z)", instead: "gzip -dc NAME | ike-dupcheck -" },
  { magic: [0x89, 0x4c, 0x5a, 0x4f], what: "lzop data", instead: "lzop -dc NAME | ike-dupcheck -" },
];

/** Event traces of Windows have no magic number: a buffer header, its size and the version of its first event. */
const ETL_MINIMUM = 104;
/** ETW's trace-log header event: flags and type of a system header. */
const ETL_MARKER_AT = 0x48;

/** Says what input is that cannot be read here, as far as that is known. */
export function otherFormat(bytes: Uint8Array, name: string): CaptureError {
  const other = OTHERS.find(({ magic, at = 0 }) => magic.every((byte, i) => bytes[at + i] === byte));
  const command = (text: string) => text.replaceAll("NAME", () => (name === STDIN ? "FILE" : quoted(name)));
  if (other !== undefined) {
    return new CaptureError(
      "unsupported",
      `${label(name)} is ${other.what}, which is not read here; try: ${command(other.instead)}`,
    );
  }
  if (looksLikeEtl(bytes)) {
    return new CaptureError(
      "unsupported",
      `${label(name)} is an event trace of Windows (netsh trace, pktmon), which is not read here; try: ${command(ETL2PCAP)}, or ${command(ETL2PCAPNG)} for one of netsh trace`,
    );
  }
  return new CaptureError(
    "not-a-capture",
    `${label(name)} is not a capture that is read here; if Wireshark opens it, try: ${command(TSHARK)}`,
  );
}

function looksLikeEtl(bytes: Uint8Array): boolean {
  if (bytes.length < ETL_MINIMUM) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = view.getUint32(0, true);
  const isPower = size >= 1024 && size <= 64 * 1024 * 1024 && size % 1024 === 0;
  // SavedOffset and CurrentOffset lie in the buffer, and the first event is the log file's header (version 2 markers).
  const saved = view.getUint32(4, true);
  const current = view.getUint32(8, true);
  const marker = view.getUint16(ETL_MARKER_AT + 2, true);
  return isPower && saved <= size && current <= size && (marker === 0xc001 || marker === 0xc002);
}
