/** Words that the summary and the next steps share. */

import type { NotedFinding } from "../model.ts";
import { counted, endpoint } from "../phrases.ts";

const MAX_NAMED = 3;

/** "a", "a and b", "a, b, c and 4 more". */
export function listed(names: readonly string[], shown = MAX_NAMED): string {
  if (names.length > shown) return `${names.slice(0, shown).join(", ")} and ${names.length - shown} more`;
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** The two clients by address, and by port as well where they share the address. */
export function namesOf({ holder, contender }: NotedFinding): { holder: string | null; contender: string } {
  const shared = holder.address === contender.address;
  return {
    holder: holder.address === null ? null : endpoint(holder.address, shared ? holder.port : null),
    contender: endpoint(contender.address, shared ? contender.port : null),
  };
}

/** The gateway accepted the contender and dropped the holder for it: nobody was kept out. */
export function isDropping({ notes }: NotedFinding): boolean {
  return notes.includes("holder-dropped");
}

/** A notify of the gateway that could be read and names another cause than the message ID (RFC 2408 3.14.1); null without. */
export function namedCause({ attempts }: NotedFinding): string | null {
  const named = attempts.map(({ notify }) => notify ?? null).filter((notify) => notify !== null);
  return named.find((notify) => !notify.startsWith("INVALID-MESSAGE-ID")) ?? null;
}

/** The contender got in on another ID of the same dial: it was refused, and not kept out (contract 6.8). */
export function isLetIn({ notes }: NotedFinding): boolean {
  return notes.includes("in-by-another-id");
}

/** Without those on which the contender was accepted, where the verdict is not of them. */
export function idsOf({ messageIds, attempts, verdict }: NotedFinding): string {
  const accepted = attempts.filter((each) => verdict !== "tolerated" && each.verdict === "tolerated");
  const isOnlyAccepted = (id: string) =>
    accepted.some(({ messageId }) => messageId === id) &&
    attempts.every((each) => each.messageId !== id || each.verdict === "tolerated");
  const ids = messageIds.filter((id) => !isOnlyAccepted(id));
  return `message ${ids.length === 1 ? "ID" : "IDs"} ${listed(ids)}`;
}

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** A duration in words, in its two largest units: "0.04 seconds", "26 seconds", "4 minutes 10 seconds", "2 days". */
export function inWords(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} seconds`;
  if (seconds < 9.95)
    return `${seconds.toFixed(1).replace(/\.0$/, "")} ${seconds < 1.05 ? "second" : "seconds"}`;
  const whole = Math.round(seconds);
  const first = UNITS.findIndex(([unit]) => whole >= unit);
  const [unit, name] = UNITS[first];
  const next = UNITS[first + 1];
  const major = counted(Math.floor(whole / unit), name);
  if (next === undefined) return major;
  const minor = Math.floor((whole % unit) / next[0]);
  return minor === 0 ? major : `${major} ${counted(minor, next[1])}`;
}
