/** What messages in the clear say (RFC 2408 3.2 to 3.16): vendor IDs, phase-1 lifetime, NAT-D hashes, notifies. */

export interface Clear {
  vendorIds: string[];
  /** Phase-1 lifetime in seconds, of the first transform. */
  lifetime: number | null;
  natD: string[];
  /** Error notifies (1 to 16383). */
  notifies: number[];
}

const SA = 1;
const NOTIFY = 11;
const VENDOR_ID = 13;
const NAT_D: readonly number[] = [20, 130];
const HEADER = 28;
const LAST_ERROR = 16_383;

export function readClear(message: Buffer): Clear {
  const clear: Clear = { vendorIds: [], lifetime: null, natD: [], notifies: [] };
  let type = message[16];
  for (let at = HEADER; type !== 0 && at + 4 <= message.length; ) {
    const length = message.readUInt16BE(at + 2);
    if (length < 4 || at + length > message.length) break;
    const body = message.subarray(at + 4, at + length);
    if (type === VENDOR_ID) clear.vendorIds.push(body.toString("hex"));
    if (NAT_D.includes(type)) clear.natD.push(body.toString("hex"));
    if (type === SA) clear.lifetime ??= lifetimeOf(body);
    if (type === NOTIFY && body.length >= 8) {
      const code = body.readUInt16BE(6);
      if (code >= 1 && code <= LAST_ERROR) clear.notifies.push(code);
    }
    type = message[at];
    at += length;
  }
  return clear;
}

/** DOI, situation, proposal (its SPI), first transform: life type 1 (seconds), life duration. */
function lifetimeOf(body: Buffer): number | null {
  const proposal = 8;
  if (body.length < proposal + 8) return null;
  const transform = proposal + 8 + body[proposal + 6];
  if (body.length < transform + 8) return null;
  const end = Math.min(transform + body.readUInt16BE(transform + 2), body.length);
  let inSeconds = false;
  for (let at = transform + 8; at + 4 <= end; ) {
    const kind = body.readUInt16BE(at);
    const short = (kind & 0x8000) !== 0;
    const size = short ? 0 : body.readUInt16BE(at + 2);
    const value = short
      ? body.readUInt16BE(at + 2)
      : at + 4 + size <= end
        ? Number(`0x${body.toString("hex", at + 4, at + 4 + size)}`)
        : 0;
    if ((kind & 0x7fff) === 11) inSeconds = value === 1;
    if ((kind & 0x7fff) === 12 && inSeconds) return value;
    at += 4 + size;
  }
  return null;
}
