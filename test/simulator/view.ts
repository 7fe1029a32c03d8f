/** What a tap makes of a world: one capture, or several, whole or in part. */

import { type FrameRecord, pcap, pcapng } from "../support/capture-files.ts";
import { random32 } from "../support/random.ts";
import type { Seen } from "./wire.ts";
import type { World } from "./world.ts";

export const VIEWS = [
  "whole",
  "tap-loss",
  "one-sided",
  "late-start",
  "early-end",
  "snaplen",
  "duplicates",
  "reorder",
  "clock-step",
  "no-esp",
  "merged-taps",
] as const;
export type View = (typeof VIEWS)[number];

export interface Captures {
  files: Buffer[];
  /** Every datagram that reached the tap is in the captures, in both directions. */
  complete: boolean;
}

const START = 1_772_438_400_000_000_000n;

export function capturesOf(world: World, view: View): Captures {
  const next = random32(world.seed * 31 + 5);
  const share = () => next() / 0x1_0000_0000;
  // A bystander's packet well after the end: nothing ends in the middle.
  const last = world.seen[world.seen.length - 1].at;
  const end: Seen = { at: last + 60, direction: "up", esp: false, outside: Buffer.alloc(60), inside: null };
  const all = [...world.seen, end];
  const one = (seen: readonly Seen[], options = {}) => [pcap(seen.map(outside), { nanos: true, ...options })];
  const cut = () => all[0].at + (last - all[0].at) * share();
  switch (view) {
    case "whole":
      return { files: one(all), complete: true };
    case "tap-loss": {
      const rate = [0.002, 0.01, 0.05, 0.2][next() % 4];
      return { files: one(all.filter(() => share() >= rate)), complete: false };
    }
    case "one-sided": {
      const kept = share() < 0.7 ? "up" : "down";
      return { files: one(all.filter(({ direction }) => direction === kept)), complete: false };
    }
    case "late-start": {
      const from = cut();
      return { files: one(all.filter(({ at }) => at >= from)), complete: false };
    }
    case "early-end": {
      const to = cut();
      return { files: one(all.filter(({ at }) => at <= to)), complete: false };
    }
    case "snaplen":
      return { files: one(all, { snaplen: [74, 96, 128][next() % 3] }), complete: true };
    case "duplicates": {
      const gap = [30_000n, 400_000n][next() % 2];
      const twice = all
        .map(outside)
        .flatMap((record) => [
          record,
          ...(share() < 0.7 ? [{ ...record, at: record.at + gap, interface: 1 }] : []),
        ]);
      twice.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      return { files: [pcapng(twice, { interfaces: [{ tsresol: 9 }, { tsresol: 9 }] })], complete: true };
    }
    case "reorder": {
      const shaken = all.map((seen) => ({ seen, key: seen.at + share() * 0.01 }));
      shaken.sort((a, b) => a.key - b.key);
      return { files: one(shaken.map(({ seen }) => seen)), complete: true };
    }
    case "clock-step": {
      const from = cut();
      const by = [-2, -30, -3600, 120, 3600][next() % 5];
      return {
        files: one(all.map((seen) => (seen.at < from ? seen : { ...seen, at: seen.at + by }))),
        complete: false,
      };
    }
    case "no-esp":
      return { files: one(all.filter(({ esp }) => !esp)), complete: false };
    case "merged-taps": {
      const skew = BigInt(Math.round((share() - 0.5) * 0.02 * 1e9));
      const inner = all.filter(({ inside }) => inside !== null && share() > 0.05);
      const other = inner.map((seen) => ({ at: timeOf(seen) + skew, frame: seen.inside! }));
      const outer = all.filter(() => share() > 0.01);
      return { files: [...one(outer), ...(other.length > 0 ? [pcap(other)] : [])], complete: false };
    }
  }
}

function timeOf({ at }: Seen): bigint {
  return START + BigInt(Math.round(at * 1e6)) * 1000n;
}

function outside(seen: Seen): FrameRecord {
  return { at: timeOf(seen), frame: seen.outside };
}
