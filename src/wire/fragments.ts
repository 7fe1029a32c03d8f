/**
 * IKE fragments: payload type 132, a piece of a whole ISAKMP message behind an 8-byte header (MS-IKEE 2.2.3):
 * next payload, reserved, length (2), fragment ID (2), number from 1, flags (bit 0: last). The ISAKMP header
 * in front of each piece says little: some senders put exchange 2 and message ID 0 there even for a quick mode.
 */

import { headerLength, lengthField, NEXT_PAYLOAD } from "./isakmp.ts";

export const PAYLOAD_FRAGMENT = 132;
export const FRAGMENT_HEADER = 8;
export const LAST = 0x01;

/** True when the message is an IKE fragment whose fragment header was captured. */
export function isFragment(bytes: Uint8Array, offset: number, captured: number): boolean {
  return (
    bytes[offset + NEXT_PAYLOAD] === PAYLOAD_FRAGMENT &&
    captured >= headerLength + FRAGMENT_HEADER &&
    lengthField(bytes, offset) >= headerLength + FRAGMENT_HEADER
  );
}

/** Number of a fragment in its message, from 1 (see `isFragment`). */
export function fragmentNumber(bytes: Uint8Array, offset: number): number {
  return bytes[offset + headerLength + 6];
}
