/** What a world is about: how its gateways behave, and what goes wrong in it. */

import { type GatewayModel, PLAIN_MODEL, type Refusing } from "./asa.ts";

export const THEMES = [
  "plain",
  "mismatch",
  "mended",
  "moved",
  "ghosts",
  "own-ghosts",
  "turns",
  "reuse",
  "lossy-network",
  "ipsec-held",
  "lag",
  "crash",
  "reload",
  "odd-refusals",
  "slow",
  "full",
  "make",
  "renew",
  "kills-first",
  "crowd",
] as const;
export type Theme = (typeof THEMES)[number];

export interface Dice {
  chance: (probability: number) => boolean;
  word: () => number;
}

const MISMATCHING: readonly Refusing[] = ["silence", "silence", "informational", "clear-notify"];
const ODD: readonly Refusing[] = [
  "deletes-phase-1",
  "resends-to-holder",
  "resends-to-contender",
  "useless-answer",
  "clear-notify",
];

/** Themes whose gateways have the fault, or have it not; the others toss. */
const FLAWED: readonly Theme[] = [
  "ghosts",
  "own-ghosts",
  "ipsec-held",
  "lag",
  "odd-refusals",
  "renew",
  "crowd",
  "crash",
];
const SOUND: readonly Theme[] = ["slow", "full", "make", "kills-first"];

function pick<T>(list: readonly T[], dice: Dice): T {
  return list[dice.word() % list.length];
}

export function modelOf(theme: Theme, dice: Dice): GatewayModel {
  const flawed = FLAWED.includes(theme) || (!SOUND.includes(theme) && dice.chance(0.5));
  const holds = !flawed ? "nothing" : theme === "ipsec-held" || dice.chance(0.25) ? "ipsec-sa" : "ike-sa";
  const model: GatewayModel = {
    ...PLAIN_MODEL,
    holds,
    refusing: dice.chance(0.4) ? "informational" : "silence",
    mismatching: pick(MISMATCHING, dice),
    lag: theme === "lag" ? 3 : 0,
    ownGhosts: theme === "own-ghosts",
  };
  switch (theme) {
    case "odd-refusals":
      return { ...model, refusing: pick(ODD, dice) };
    case "slow":
      return { ...model, slow: pick([3, 9, 18], dice) };
    case "full":
      return {
        ...model,
        limit: 1 + (dice.word() % 2),
        mismatching: dice.chance(0.5) ? "informational" : "silence",
      };
    case "make":
      return { ...model, make: pick(["windows", "strongswan", "nameless"], dice) };
    case "kills-first":
      return { ...model, killsFirst: true };
    default:
      return model;
  }
}
