/**
 * Where the walk through a frame stands: the kind of the next layer and its first byte. One walk at a time;
 * readers of a layer either decide (a code of `Kind`) or call `go`. So tunnels need no recursion.
 */

/** What stands at a place in a frame. */
export const Layer = {
  none: 0,
  ethernet: 1,
  /** IPv4 or IPv6, told by the version nibble. */
  ip: 2,
  /** A four-byte address family in the byte order of the capturing host. */
  bsdNull: 3,
  linuxSll: 4,
  linuxSll2: 5,
  ppp: 6,
  pppoe: 7,
  /** Four bytes of address, control and EtherType. */
  ciscoHdlc: 8,
  etherType: 9,
  gre: 10,
} as const;

/** The next layer; set by `go`. */
export const next = { layer: 0, at: 0 };

/** What a reader returns that has set `next`; no code of `Kind`. */
export const CONTINUE = -1;

/**
 * Where IP ends when its header does not say: beyond every frame. A number that stays small, so that the
 * engine goes on treating all offsets as 32-bit integers.
 */
export const UNKNOWN_END = 0x3fffffff;

/** The walk goes on with `layer` at byte `at`, which may lie beyond the frame: its reader checks. */
export function go(layer: number, at: number): number {
  next.layer = layer;
  next.at = at;
  return CONTINUE;
}

/** Big-endian, as in every header read here. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
