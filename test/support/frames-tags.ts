/** Builds frames with tags beside those of VLANs, and frames inside frames. Lengths and reserved bits as the documents have them. */

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

/** Between the addresses of an Ethernet frame and its EtherType: a tag's own EtherType, and the tag. */
export function tagged(frame: Uint8Array, tag: string): Buffer {
  return Buffer.concat([frame.subarray(0, 12), hex(tag), frame.subarray(12)]);
}

/** Tags by what they are called. */
export const TAGS = {
  "Cisco VN-Tag": "8926 00 00 00 14",
  "Cisco MetaData": "8909 01 01 0001 0064",
  "MACsec with integrity only and an SCI": "88e5 20 00 00000001 0200000000010001",
  "MACsec with integrity only and no SCI": "88e5 00 00 00000001",
  "an R-TAG": "f1c1 0000 0001",
  "an E-TAG": "893f 0000 0001 0000",
  "an HSR tag": "892f 1040 0001",
} as const;

const BACKBONE = "02b000000001 02b000000002";

/** IEEE 802.1ah: backbone addresses, perhaps a backbone VLAN, an I-TAG, the customer's frame. */
export function providerBackbone(frame: Uint8Array, vlan = false): Buffer {
  return hex(`${BACKBONE} ${vlan ? "88a8 0064" : ""} 88e7 00001234`, frame);
}

/** Cisco FabricPath: two addresses, forwarding tag 1 and time to live 32, the frame. */
export function fabricPath(frame: Uint8Array): Buffer {
  return hex("020000000001 020000000002 8903 0060", frame);
}

/** TRILL with so many words of options. */
export function trill(frame: Uint8Array, options = 0): Buffer {
  return hex(`${BACKBONE} 22f3`, u16(options << 6), hex("0001 0002"), Buffer.alloc(options * 4), frame);
}

/** Cisco ISL around an Ethernet frame; what a length counts begins behind the first 18 bytes. */
export function isl(frame: Uint8Array, destination = "01000c0000"): Buffer {
  const length = u16(12 + frame.length);
  return hex(
    `${destination} 00 020000000002`,
    length,
    hex("aaaa03 00000c 000a 0000 0000"),
    frame,
    Buffer.alloc(4),
  );
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}
