/** Rule 2.8: two captures of the same messages whose clocks differ. */

import type { Packet } from "./packets.ts";

export interface Timed {
  nanos: bigint;
  packet: Packet | null;
}

interface FirstSeen {
  nanos: bigint;
  from: string;
  sa: string;
}

const ENCRYPTED = 1;
const SECOND = 1_000_000_000n;
const LEAST_OFFSET = SECOND / 4n;
const SPREAD = SECOND / 2n;
const TEN_MINUTES = 600n * SECOND;

/**
 * Shifts the source with fewer messages (else the later one) by the offset that nine tenths of them agree on.
 * @returns sources whose clocks differ and that too little speaks for to be shifted
 */
export function alignClocks(sources: readonly Timed[][]): Set<number> {
  const seen = sources.map(firstCopies);
  const apart = new Set<number>();
  for (let b = 1; b < sources.length; b += 1) {
    for (let a = 0; a < b; a += 1) {
      const offset = offsetOf(seen[a], seen[b]);
      if (offset === null) continue;
      if (!offset.isSure) {
        apart.add(a).add(b);
        continue;
      }
      const [later, by] = seen[a].size < seen[b].size ? [a, offset.by] : [b, -offset.by];
      for (const timed of sources[later]) timed.nanos += by;
      for (const first of seen[later].values()) first.nanos += by;
    }
  }
  return apart;
}

/** The first copy of each encrypted message between the same endpoints. */
function firstCopies(source: readonly Timed[]): Map<string, FirstSeen> {
  const first = new Map<string, FirstSeen>();
  for (const { nanos, packet } of source) {
    if (packet === null || packet.kind !== "isakmp" || packet.bytes.length < 28) continue;
    const { bytes, from, to } = packet;
    if ((bytes[19] & ENCRYPTED) === 0) continue;
    const key = `${from.address}:${from.port} ${to.address}:${to.port} ${bytes.toString("hex")}`;
    if (!first.has(key)) first.set(key, { nanos, from: from.address, sa: bytes.toString("hex", 0, 16) });
  }
  return first;
}

/** How far b is ahead of a, and whether that is enough to shift one; null where the clocks are not seen to differ. */
function offsetOf(
  a: Map<string, FirstSeen>,
  b: Map<string, FirstSeen>,
): { by: bigint; isSure: boolean } | null {
  const shared = [...a]
    .filter(([key]) => b.has(key))
    .map(([key, first]) => ({ ...first, offset: b.get(key)!.nanos - first.nanos }));
  if (shared.length < 5) return null;
  const sorted = shared.map(({ offset }) => offset).sort((x, y) => (x < y ? -1 : 1));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle < LEAST_OFFSET && middle > -LEAST_OFFSET) return null;
  const agree = shared.filter(
    ({ offset }) => (offset - middle) * 2n <= SPREAD && (middle - offset) * 2n <= SPREAD,
  );
  if (agree.length < 5 || agree.length * 10 < shared.length * 9) return null;
  const times = agree.map(({ nanos }) => nanos).sort((x, y) => (x < y ? -1 : 1));
  const wide =
    new Set(agree.map(({ sa }) => sa)).size >= 2 ||
    times[times.length - 1] - times[0] >= TEN_MINUTES ||
    // Beyond the rule: all that one of them has is in the other.
    agree.length === Math.min(a.size, b.size);
  const senders = new Map<string, number>();
  for (const { from } of agree) senders.set(from, (senders.get(from) ?? 0) + 1);
  const isSure = wide && [...senders.values()].filter((count) => count >= 2).length >= 2;
  return { by: middle, isSure };
}

/** 6.13: nobody knows how much time passed. */
export function isAcrossStep(from: number, to: number, steps: readonly number[]): boolean {
  return steps.some((step) => from < step && step <= to);
}
