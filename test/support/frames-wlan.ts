/** Builds frames of IEEE 802.11 and what drivers put in front of them. */

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

const SNAP_IPV4 = "aaaa03 000000 0800";
const SNAP_IPV6 = "aaaa03 000000 86dd";

/** LLC and SNAP in front of a packet. */
export function snap(packet: Uint8Array): Buffer {
  return hex(packet[0] >> 4 === 6 ? SNAP_IPV6 : SNAP_IPV4, packet);
}

export interface WlanOptions {
  /** To the distribution system, from it, both (four addresses) or neither. */
  direction?: "to" | "from" | "both" | "none";
  qos?: boolean;
  /** HT control; with QoS alone. */
  htControl?: boolean;
  /** An A-MSDU of this one frame; with QoS alone. */
  amsdu?: boolean;
  /** Packets in the A-MSDU before this one. */
  before?: readonly Uint8Array[];
  protected?: boolean;
  /** Padding to a multiple of four behind the header. */
  padded?: boolean;
  /** The two bytes of the frame control in the order of some access points. */
  swapped?: boolean;
}

const DIRECTIONS = { none: 0, to: 1, from: 2, both: 3 } as const;

/** A data frame of 802.11. */
export function wlan(packet: Uint8Array, options: WlanOptions = {}): Buffer {
  const direction = DIRECTIONS[options.direction ?? "to"];
  const type = options.qos === true ? 0x88 : 0x08;
  const flags = direction | (options.protected === true ? 0x40 : 0) | (options.htControl === true ? 0x80 : 0);
  const control = options.swapped === true ? [flags, type] : [type, flags];
  const header = hex(
    "0000 020000000001 020000000002 020000000003 1000",
    direction === 3 ? hex("020000000004") : Buffer.alloc(0),
    options.qos === true ? Buffer.from([options.amsdu === true ? 0x80 : 0, 0]) : Buffer.alloc(0),
    options.htControl === true ? Buffer.alloc(4) : Buffer.alloc(0),
  );
  const padding = options.padded === true ? (4 - ((2 + header.length) % 4)) % 4 : 0;
  const body = snap(packet);
  const bodies = options.amsdu === true ? amsdu([...(options.before ?? []).map(snap), body]) : body;
  return Buffer.concat([Buffer.from(control), header, Buffer.alloc(padding), bodies]);
}

/** Each with two addresses and its length, padded to four bytes but for the last. */
function amsdu(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.map((body, i) => {
      const subframe = hex("020000000001 020000000002", u16(body.length), body);
      const padding = i === bodies.length - 1 ? 0 : (4 - (subframe.length % 4)) % 4;
      return Buffer.concat([subframe, Buffer.alloc(padding)]);
    }),
  );
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}

export interface RadiotapOptions {
  /** The time of the first bit, eight bytes. */
  time?: boolean;
  /** Flags, with the bit of padding; without it no flags at all. */
  padded?: boolean;
  /** More words of present fields. */
  words?: number;
}

/** Radiotap (LINKTYPE 127) in front of a frame. */
export function radiotap(frame: Uint8Array, options: RadiotapOptions = {}): Buffer {
  const { time = false, padded = false, words = 0 } = options;
  const present = Buffer.alloc(4 * (words + 1));
  for (let i = 0; i <= words; i += 1) {
    const bits = i === 0 ? (time ? 1 : 0) | (padded ? 2 : 0) : 0;
    present.writeUInt32LE((bits | (i < words ? 0x80000000 : 0)) >>> 0, i * 4);
  }
  const align = time ? (8 - ((4 + present.length) % 8)) % 8 : 0;
  const fields = Buffer.alloc((time ? align + 8 : 0) + (padded ? 1 : 0));
  if (padded) fields[fields.length - 1] = 0x20;
  const header = Buffer.alloc(4);
  header.writeUInt16LE(4 + present.length + fields.length, 2);
  return Buffer.concat([header, present, fields, frame]);
}

/** Per-Packet Information (LINKTYPE 192) with so many bytes of fields, around a frame of a link type. */
export function ppi(frame: Uint8Array, linkType: number, fields = 0): Buffer {
  const header = Buffer.alloc(8 + fields);
  header.writeUInt16LE(header.length, 2);
  header.writeUInt32LE(linkType, 4);
  // One field of a type that nobody uses.
  if (fields > 0) {
    header.writeUInt16LE(30_000, 8);
    header.writeUInt16LE(fields - 4, 10);
  }
  return Buffer.concat([header, frame]);
}

/** Prism monitor header (LINKTYPE 119). */
export function prism(frame: Uint8Array): Buffer {
  const header = Buffer.alloc(144);
  header.writeUInt32LE(0x44, 0);
  header.writeUInt32LE(144, 4);
  header.write("wlan0", 8, "latin1");
  return Buffer.concat([header, frame]);
}

/** AVS header (LINKTYPE 163). */
export function avs(frame: Uint8Array): Buffer {
  return hex("80211001 00000040", Buffer.alloc(56), frame);
}
