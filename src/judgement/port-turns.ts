/** Who comes back to a port that another session had left meanwhile: the two were not one client. */

import { hostOf } from "../collections/endpoints.ts";
import { append } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import { firstIndex } from "../collections/search.ts";
import { portKeys, samePorts } from "./identity.ts";
import type { Lifespan } from "./lifespan.ts";
import { isBefore } from "./moment.ts";
import { beginOf, type Session } from "./session.ts";

/** Port by port at each address, when sessions began: who comes back to a port that was left has a neighbour. */
export function portTurns(
  sessions: readonly Session[],
  lifespan: (session: Session) => Lifespan,
): (older: Session, newer: Session) => boolean {
  // Few captures ask.
  const byPlace = lazily(() => {
    const found = new Map<number, Session[]>();
    for (const session of sessions) for (const place of placesOf(session)) append(found, place, session);
    return found;
  });
  return (older, newer) => {
    const samePlace = (one: Session) => {
      const found = new Set<Session>();
      for (const place of placesOf(one)) {
        const there = byPlace().get(place)!;
        const first = firstIndex(there, (each) => isBefore(beginOf(newer), beginOf(each)));
        const next = there.slice(first, first + MAX_TURNS);
        for (const other of next) if (samePorts(one, other)) found.add(other);
      }
      return [...found];
    };
    const back = samePlace(older);
    if (back.length === 0) return false;
    const meets = (a: Session, b: Session) => isBefore(beginOf(b), lifespan(a).life.fromClient);
    // The neighbour itself lives on, or comes again while the one who came back is there.
    const others = [newer, ...samePlace(newer)];
    return back.some((one) => others.some((other) => meets(one, other) && meets(other, one)));
  };
}

/** Sessions of each port that are looked at. */
const MAX_TURNS = 8;

/** Ports towards 4500, and ports towards 500. */
const PORTS_OF_HOST = 2 * 65_536;

/** A number for each port of a session at its address: sessions with the same ports have one in common. */
function placesOf(session: Session): number[] {
  return portKeys(session).map((key) => hostOf(session.endpoint) * PORTS_OF_HOST + key);
}
