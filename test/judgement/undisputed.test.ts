import { expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { findCollisions } from "../../src/judgement/collisions.ts";
import { isDropping } from "../../src/judgement/dropping.ts";
import { overlapAt } from "../../src/judgement/lifespan.ts";
import { momentOf } from "../../src/judgement/moment.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import { QuickModesById } from "../../src/judgement/undisputed.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  moment,
  saMade,
  sessionMade,
} from "../support/facts-made.ts";
import { random32 } from "../support/random.ts";

const next = random32(11);
const oneIn = (count: number) => next() % count === 0;
const OUTCOMES: readonly Outcome[] = ["unanswered", "refused", "unproven", "pending"];

/** A client that used an ID some time after T and was seen for a while; few of them have something unusual. */
function used(id: number): ClientSa {
  const seconds = next() % 400;
  const stayed = 1 + (next() % 20);
  const exchange = exchangeMade({ messageId: id, firstAt: at(seconds), segment: oneIn(40) ? 1 : 0 });
  const deleted = oneIn(30) ? [at(seconds + stayed - 1)] : [];
  const sa = saMade({
    informationals: [[], deleted],
    lifeSegment: exchange.segment,
    vendorIds: [[], []],
  } as never);
  const life = lifeMade({ lastAt: at(seconds + stayed), segment: exchange.segment });
  const farewells = oneIn(30)
    ? { any: moment(seconds + 1), client: null, responder: moment(seconds + 1) }
    : { any: null, client: null, responder: null };
  return clientSaMade(
    {
      session: sessionMade({ sa, quickModes: [exchange] }),
      lifespan: lifespanMade({ life, farewells, blind: oneIn(2) }),
    },
    [[exchange, oneIn(30) ? OUTCOMES[next() % OUTCOMES.length] : "completed"]],
  );
}

it("of an ID that is passed over as undisputed nothing is to be said, pair by pair", () => {
  const identity = {
    lifespan: () => lifespanMade(),
    inside: () => "unknown" as const,
    tookTurns: () => false,
  };
  let passedOver = 0;
  for (let round = 0; round < 400; round += 1) {
    const clientSas = Array.from({ length: 1 + (next() % 5) }, () => used(1));
    const quickModes = new QuickModesById();
    for (const clientSa of clientSas) quickModes.add(clientSa, clientSa.session.quickModes[0]);
    if (!quickModes.isUndisputed(1)) continue;
    passedOver += 1;
    const entries = quickModes.of(1);
    entries.forEach(({ contender, exchange }, i) => {
      expect(contender.outcomes.get(exchange)).toBe("completed");
      const accepted = {
        moment: momentOf(exchange),
        acceptedAt: exchange.firstAt,
        askedAt: exchange.firstAt,
      };
      for (const { contender: older } of entries.slice(0, i)) {
        expect(overlapAt(older.lifespan, momentOf(exchange))).not.toBe("certain");
        expect(isDropping(older, accepted)).toBe(false);
      }
    });
    const { attempts, refusedWithoutHolder, acceptances, accepted } = findCollisions(clientSas, [], identity);
    expect([attempts, refusedWithoutHolder]).toEqual([[], []]);
    expect([acceptances, accepted]).toEqual([entries, entries]);
  }
  expect(passedOver).toBeGreaterThan(100);
  expect(passedOver).toBeLessThan(300);
});
