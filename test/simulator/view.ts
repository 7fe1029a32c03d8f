/** What capture points make of a world: one capture, or several, whole or in part. */

import { random32 } from "../support/random.ts";
import { Tape } from "./tape.ts";
import { isEsp, type Seen } from "./wire.ts";
import type { World } from "./world.ts";

export const VIEWS = [
  "whole",
  "loss-1",
  "loss-3",
  "loss-10",
  "bursts",
  "ring-gap",
  "one-sided",
  "late-start",
  "early-end",
  "snaplen",
  "duplicates",
  "reorder",
  "clock-step",
  "no-esp",
  "merged-taps",
  "two-clocks",
] as const;
export type View = (typeof VIEWS)[number];

export interface Captures {
  files: Buffer[];
  /** Every datagram that reached the capture point is in the captures, in both directions. */
  complete: boolean;
  /** What of the world is in them. */
  kept: readonly Seen[];
}

const LOSS: Partial<Record<View, number>> = { "loss-1": 0.01, "loss-3": 0.03, "loss-10": 0.1 };

export function capturesOf(world: World, view: View): Captures {
  const next = random32(world.seed * 31 + 5);
  const share = () => next() / 0x1_0000_0000;
  const all = world.seen;
  const last = all[all.length - 1].at;
  const cut = () => all[0].at + (last - all[0].at) * share();
  const some = (kept: readonly Seen[], complete = false): Captures => ({
    files: [fileOf(kept, last)],
    complete,
    kept,
  });
  const loss = LOSS[view];
  if (loss !== undefined) return some(all.filter(() => share() >= loss));
  switch (view) {
    case "bursts": {
      // A mirror port that is overrun loses everything for a moment, ten times in a world.
      const holes = Array.from({ length: 10 }, () => [cut(), 0.1 + share()]);
      return some(all.filter(({ at }) => !holes.some(([from, length]) => at >= from && at < from + length)));
    }
    case "ring-gap": {
      const from = cut();
      const to = from + 30 + share() * 200;
      const parts = [all.filter(({ at }) => at < from), all.filter(({ at }) => at >= to)].filter(
        (part) => part.length > 0,
      );
      return {
        files: parts.map((part) => fileOf(part, part === parts[parts.length - 1] ? last : null)),
        complete: false,
        kept: parts.flat(),
      };
    }
    case "one-sided": {
      const kept = share() < 0.7 ? "up" : "down";
      return some(all.filter(({ direction }) => direction === kept));
    }
    case "late-start": {
      const from = cut();
      return some(all.filter(({ at }) => at >= from));
    }
    case "early-end": {
      const to = cut();
      const kept = all.filter(({ at }) => at <= to);
      return { files: [fileOf(kept, null)], complete: false, kept };
    }
    case "snaplen":
      return {
        files: [fileOf(all, last, { snaplen: [74, 96, 128][next() % 3] })],
        complete: true,
        kept: all,
      };
    case "duplicates":
      return { files: [duplicated(all, last, next)], complete: true, kept: all };
    case "reorder": {
      const shaken = all.map((seen) => ({ seen, key: seen.at + share() * 0.01 }));
      shaken.sort((a, b) => a.key - b.key);
      return {
        files: [
          fileOf(
            shaken.map(({ seen }) => seen),
            last,
          ),
        ],
        complete: true,
        kept: all,
      };
    }
    case "clock-step": {
      const from = cut();
      const by = [-2, -30, -3600, 120, 3600][next() % 5];
      const tape = new Tape();
      for (const seen of all) tape.add(seen, { at: seen.at < from ? seen.at : seen.at + by });
      tape.bystander(last + by + 60);
      return { files: [tape.pcap()], complete: false, kept: all };
    }
    case "no-esp":
      return some(all.filter((seen) => !isEsp(seen)));
    case "merged-taps":
      return twoTaps(all, last, (share() - 0.5) * 0.02, share);
    case "two-clocks":
      return twoClocks(all, last, [-95, 40, 7][next() % 3]);
    default:
      return some(all, true);
  }
}

/** The capture ends with a bystander's packet well after everything: nothing ends in the middle. */
function fileOf(seen: readonly Seen[], end: number | null, options: { snaplen?: number } = {}): Buffer {
  const tape = new Tape(options);
  for (const each of seen) tape.add(each);
  if (end !== null) tape.bystander(end + 60);
  return tape.pcap();
}

function duplicated(all: readonly Seen[], last: number, next: () => number): Buffer {
  const gap = next() % 2 === 0 ? 0.00003 : 0.0004;
  const twice = all.flatMap((seen) => [
    { seen, at: seen.at, capturePoint: 0 },
    ...(next() % 10 < 7 ? [{ seen, at: seen.at + gap, capturePoint: 1 }] : []),
  ]);
  twice.sort((a, b) => a.at - b.at);
  const tape = new Tape();
  for (const { seen, at, capturePoint } of twice) tape.add(seen, { at, capturePoint });
  tape.bystander(last + 60);
  return tape.pcapng();
}

/** Beside the gateway, and inside the clients' NATs by another clock. */
function twoTaps(all: readonly Seen[], last: number, skew: number, share: () => number): Captures {
  const outer = new Tape();
  const inner = new Tape();
  const kept = new Set<Seen>();
  for (const seen of all) {
    if (share() > 0.01) {
      outer.add(seen);
      kept.add(seen);
    }
    if (!seen.place.natted || share() <= 0.05) continue;
    inner.add(seen, { at: seen.at + skew, inside: true });
    kept.add(seen);
  }
  outer.bystander(last + 60);
  const files = [outer.pcap(), ...(inner.length > 0 ? [inner.pcap()] : [])];
  return { files, complete: false, kept: [...kept] };
}

/** Beside the gateway, and on the way of those without a NAT by a clock that is wrong (2.8). */
function twoClocks(all: readonly Seen[], last: number, skew: number): Captures {
  const other = new Tape();
  for (const seen of all) if (!seen.place.natted) other.add(seen, { at: seen.at + skew });
  const files = [fileOf(all, last), ...(other.length > 0 ? [other.pcap()] : [])];
  return { files, complete: false, kept: all };
}
