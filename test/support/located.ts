/** One frame through `locate`, in a form that a test can compare. */

import { formatAddress } from "../../src/wire/address.ts";
import { Kind, kindNames, Located, locate, portSet } from "../../src/wire/locate.ts";

export interface Found {
  kind: string;
  /** "192.0.2.11:500", "[2001:db8::1]:500"; only for the kinds that have endpoints. */
  from?: string;
  to?: string;
  /** Only for candidates: where the message begins, counted from the frame's first byte. */
  at?: number;
  captured?: number;
  length?: number;
  marker?: boolean;
}

export interface LocateOptions {
  linkType?: number;
  /** Ports beside 500 and 4500. */
  ports?: readonly number[];
  /** A snaplen: bytes of the frame that the capture holds. */
  captured?: number;
}

/** What stands around a frame in its chunk. Were a byte of it read, 0x45 would pass for an IPv4 header. */
const AROUND = Buffer.alloc(64, 0x45);

const WITH_ENDPOINTS: readonly number[] = [
  Kind.candidate,
  Kind.natKeepalive,
  Kind.espInUdp,
  Kind.esp,
  Kind.oldDraftEsp,
];

export function locateFrame(frame: Uint8Array, options: LocateOptions = {}): Found {
  const out = new Located();
  const bytes = Buffer.concat([AROUND, frame, AROUND]);
  const captured = options.captured ?? frame.length;
  const kind = locate(
    bytes,
    AROUND.length,
    captured,
    options.linkType ?? 1,
    portSet(options.ports ?? []),
    out,
  );
  const found: Found = { kind: kindNames[kind] };
  if (!WITH_ENDPOINTS.includes(kind)) return found;
  found.from = endpoint(bytes, out.source, out.sourcePort, out.ipVersion);
  found.to = endpoint(bytes, out.destination, out.destinationPort, out.ipVersion);
  if (kind !== Kind.candidate) return found;
  const { payload, length, marker } = out;
  return { ...found, at: payload - AROUND.length, captured: out.captured, length, marker };
}

function endpoint(bytes: Uint8Array, offset: number, port: number, ipVersion: number): string {
  const address = formatAddress(bytes, offset, ipVersion);
  return ipVersion === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}
