/** Who dials in: Windows, XP, Macs, a site-to-site peer; where they stand, and what they send. */

import { VENDOR, windowsVendorIds } from "../support/samples-phase-one.ts";
import type { Gateway } from "./asa.ts";
import type { Nature } from "./dialogue.ts";
import type { Dice, Theme } from "./themes.ts";
import type { Place } from "./wire.ts";

export interface Person {
  nature: Nature;
  place: Place;
  gateway: Gateway;
  tries: number;
  /** It stays for so long; seconds, or null for as long as it likes. */
  stays: number | null;
}

/** Copies of an unanswered message, and when the client gives up: as public logs show Windows to do. */
const HABITS: readonly Pick<Nature, "resends" | "giveUp" | "heeds">[] = [
  { resends: [1, 2, 5], giveUp: 12, heeds: false },
  { resends: [1, 2, 5], giveUp: 12, heeds: false },
  { resends: [1, 3, 7, 15], giveUp: 35, heeds: false },
  { resends: [1, 3, 7], giveUp: 15, heeds: true },
];

const SHARED = "198.51.100.250";

/** A place of its own for the n-th person; `shared`: behind the one NAT that others are behind as well. */
export function placeOf(n: number, natted: boolean, shared: boolean): Place {
  return {
    address: shared ? SHARED : `198.51.100.${n}`,
    natted,
    port500: natted ? 1100 + n : 500,
    port4500: natted ? 41_000 + n : 4500,
    inside: `192.168.1.${n}`,
  };
}

export function natureOf(theme: Theme, natted: boolean, dice: Dice): Nature {
  const kind = dice.word() % 10;
  const habit = HABITS[dice.word() % HABITS.length];
  const counts = kind < 7;
  const mac = kind >= 8;
  const vendorIds = counts
    ? windowsVendorIds(kind % 2 === 0 ? 9 : 8)
    : mac
      ? [VENDOR.xauth, VENDOR.dpd]
      : windowsVendorIds(4);
  const acceptable =
    !(theme === "mismatch" && dice.chance(0.4)) &&
    !(theme === "make" && dice.chance(0.4)) &&
    !(theme === "mended" && dice.chance(0.5));
  return { ...habit, vendorIds, counts, acceptable, pairs: natted && counts && dice.chance(0.5), dpd: mac };
}

/** A peer that is online all the time, over IP, whose rekeys either side starts. */
export function siteNature(): Nature {
  return { ...HABITS[2], vendorIds: [VENDOR.dpd], counts: false, acceptable: true, pairs: false, dpd: true };
}
