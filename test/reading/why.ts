/** Why the contract says no more of a quick mode than it does: what a capture holds that weakens the verdict. */

import { acceptingInUse, judge } from "./attempts.ts";
import { droppedAt } from "./claims.ts";
import { fieldOf } from "./known.ts";
import { isAccepted } from "./outcome.ts";
import { readCaptures } from "./packets.ts";
import { makeOfResponder, otherNotify, ownGhost } from "./weighing.ts";

export type Weakness =
  | "counter-evidence"
  | "make"
  | "notify"
  | "farewell"
  | "drop"
  | "own session"
  | "accepted"
  | "nobody can hold it";

/** For each quick mode, by "cookie/id". */
export async function weaknesses(paths: readonly string[]): Promise<Map<string, Weakness[]>> {
  const field = fieldOf(await readCaptures(paths));
  const { attempts } = judge(field);
  const inUse = acceptingInUse(attempts);
  const result = new Map<string, Weakness[]>();
  for (const quickMode of field.scene.quickModes) {
    if (!quickMode.byClient) continue;
    const { sa, id, at } = quickMode;
    const rivals = field.claims.filter(
      (claim) => claim.id === id && claim.sa.responder === sa.responder && claim.from < at && claim.sa !== sa,
    );
    const list: Weakness[] = [];
    const add = (weakness: Weakness, holds: boolean) => {
      if (holds) list.push(weakness);
    };
    add("accepted", isAccepted(field.outcomes.get(quickMode)!));
    add("make", ["other", "unknown"].includes(makeOfResponder(sa.responder, field)));
    add("notify", otherNotify(quickMode, field));
    add("own session", ownGhost(quickMode, field));
    const known = rivals.map((claim) => field.known.get(claim.sa)!);
    add(
      "farewell",
      known.some(({ farewell, replacedAt }) => (farewell !== null && farewell.at < at) || replacedAt < at),
    );
    add(
      "drop",
      known.some((each) => droppedAt(each) < at),
    );
    add("counter-evidence", inUse.has(sa.responder) || refusedOtherwise(quickMode, field));
    add("nobody can hold it", rivals.length === 0);
    result.set(`${sa.key.slice(0, 16)}/${id}`, list);
  }
  return result;
}

/** Some other refusal in the capture that no shared ID explains (6.8). */
function refusedOtherwise(
  quickMode: Parameters<typeof ownGhost>[0],
  field: Parameters<typeof ownGhost>[1],
): boolean {
  return field.scene.quickModes.some((other) => {
    const outcome = field.outcomes.get(other);
    if (other === quickMode || (outcome !== "refused" && outcome !== "unanswered")) return false;
    const held = field.claims.some(
      (claim) =>
        claim.id === other.id &&
        claim.sa.responder === other.sa.responder &&
        claim.from < other.at &&
        claim.sa.client !== other.sa.client,
    );
    return (
      other.sa.responder === quickMode.sa.responder &&
      (!held || field.known.get(other.sa)!.pattern === "random")
    );
  });
}
