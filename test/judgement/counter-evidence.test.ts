import { describe, expect, it } from "vitest";
import type { Client } from "../../src/judgement/client.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Attempt, Collisions, RefusedWithoutHolder } from "../../src/judgement/collisions.ts";
import { counterEvidence, isOtherNotify } from "../../src/judgement/counter-evidence.ts";
import type { Memory } from "../../src/judgement/memory.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import { type AttemptFields, attemptMade } from "../support/attempts-made.ts";
import { at, clientSaMade, exchangeMade, moment } from "../support/facts-made.ts";

const MICRO = 1e-6;

interface Remembered {
  acceptsInUse?: boolean;
  accepted?: readonly number[];
  refusedFreely?: readonly number[];
}

/** What was kept of SAs that were dropped: of the responder, and of each client. */
function remembering({ acceptsInUse, accepted = [], refusedFreely = [] }: Remembered): Memory {
  return {
    responder: acceptsInUse === undefined ? null : { make: null, acceptsInUse },
    client: () => ({ accepted, refused: [], refusedFreely }),
  };
}

describe("counter-evidence (6.8)", () => {
  const nothing: Collisions = {
    attempts: [],
    refusedWithoutHolder: [],
    acceptances: [],
    accepted: [],
    sharedIds: false,
    evictedClaims: 0,
  };
  const contender = clientSaMade();
  const refusal = (fields: Partial<RefusedWithoutHolder> = {}): RefusedWithoutHolder => ({
    contender,
    exchange: exchangeMade({ messageId: 9 }),
    outcome: "unanswered",
    claimEndedAt: null,
    formerHolder: null,
    ...fields,
  });
  interface Around {
    collisions?: Partial<Collisions>;
    clientSas?: readonly ClientSa[];
    memory?: Remembered;
    held?: boolean;
    attempt?: Attempt;
    wasAccepted?: (client: Client) => boolean;
  }
  function weighed({
    collisions = {},
    clientSas = [],
    memory = {},
    held = false,
    attempt,
    wasAccepted = () => true,
  }: Around) {
    const counter = counterEvidence(
      clientSas,
      { ...nothing, ...collisions },
      {
        memory: remembering(memory),
        wasAccepted,
        mayBeHeld: () => held,
      },
    );
    return counter.against(attempt ?? attemptMade({ contender }));
  }
  const tolerated = (made: AttemptFields = {}) =>
    attemptMade({ ...made, more: { acceptedInUse: true, ...made.more } });
  const random = (
    seconds: number,
    outcome: Outcome = "unanswered",
    fields: Partial<ClientSa> = {},
    segment = 0,
  ) => {
    const exchange = exchangeMade({ messageId: 0xabcdef, firstAt: at(seconds), segment });
    return clientSaMade({ pattern: { kind: "random" } as never, ...fields }, [[exchange, outcome]]);
  };
  const chance = random(10);
  const acceptedOn = (messageId: number) => ({
    accepted: [{ contender, exchange: exchangeMade({ messageId }) }],
  });

  it.each<[string, Around, string]>([
    ["none", {}, "no"],
    ["an ID in use was accepted", { collisions: { attempts: [tolerated()] } }, "firmly"],
    [
      "the same, whether they are two clients not settled",
      { collisions: { attempts: [tolerated({ settled: false })] } },
      "no",
    ],
    [
      "the same, the holder dropped",
      { collisions: { attempts: [tolerated({ more: { holderDropped: true } })] } },
      "no",
    ],
    [
      "accepted while held, but not in use",
      { collisions: { attempts: [tolerated({ more: { acceptedInUse: false } })] } },
      "no",
    ],
    [
      "without a holder nothing was in use",
      { collisions: { attempts: [tolerated({ holder: null })] } },
      "no",
    ],
    ["two clients demonstrably hold it at once", { collisions: { sharedIds: true } }, "firmly"],
    [
      "it was seen to accept one in use by SAs that were dropped",
      { memory: { acceptsInUse: true } },
      "firmly",
    ],
    [
      "a readable notify names another cause",
      { attempt: attemptMade({ contender, exchange: { otherNotify: 14 } }) },
      "firmly",
    ],
    [
      "INVALID-MESSAGE-ID names no other",
      { attempt: attemptMade({ contender, exchange: { otherNotify: 9 } }) },
      "no",
    ],
    ["refused on an ID that nobody held", { collisions: { refusedWithoutHolder: [refusal()] } }, "firmly"],
    [
      "of another client",
      { collisions: { refusedWithoutHolder: [refusal({ contender: clientSaMade() })] } },
      "no",
    ],
    [
      "on one that somebody could hold unseen",
      { collisions: { refusedWithoutHolder: [refusal()] }, held: true },
      "no",
    ],
    [
      "refused by an Informational",
      { collisions: { refusedWithoutHolder: [refusal({ outcome: "refused" })] } },
      "firmly",
    ],
    [
      "answered to no use on an ID that nobody held",
      { collisions: { refusedWithoutHolder: [refusal({ outcome: "answer-unusable" })] } },
      "firmly",
    ],
    [
      "no refusal: unproven",
      { collisions: { refusedWithoutHolder: [refusal({ outcome: "unproven" })] } },
      "no",
    ],
    [
      "a claim ended less than 60 s before",
      { collisions: { refusedWithoutHolder: [refusal({ claimEndedAt: moment(-60 + MICRO) })] } },
      "no",
    ],
    [
      "somebody who had the ID came back without a goodbye: the older session may hold it unseen",
      {
        collisions: {
          refusedWithoutHolder: [
            refusal({
              claimEndedAt: moment(-90),
              formerHolder: { client: clientSaMade().client, before: 90e6, how: "left-behind" },
            }),
          ],
        },
      },
      "no",
    ],
    [
      "a claim ended 60 s before",
      { collisions: { refusedWithoutHolder: [refusal({ claimEndedAt: moment(-60) })] } },
      "firmly",
    ],
    [
      "a claim ended before the clock stepped back: nobody knows how long before",
      { collisions: { refusedWithoutHolder: [refusal({ claimEndedAt: moment(3500, -1) })] } },
      "firmly",
    ],
    [
      "accepted on that ID in these captures",
      { collisions: { refusedWithoutHolder: [refusal()], ...acceptedOn(9) } },
      "caveat",
    ],
    [
      "accepted on another ID",
      { collisions: { refusedWithoutHolder: [refusal()], ...acceptedOn(8) } },
      "firmly",
    ],
    [
      "another client was accepted on that ID",
      {
        collisions: {
          refusedWithoutHolder: [refusal()],
          accepted: [{ contender: clientSaMade(), exchange: exchangeMade({ messageId: 9 }) }],
        },
      },
      "firmly",
    ],
    [
      "accepted on several IDs, that among them",
      {
        collisions: {
          refusedWithoutHolder: [refusal()],
          accepted: [8, 9, 10].map((messageId) => ({ contender, exchange: exchangeMade({ messageId }) })),
        },
      },
      "caveat",
    ],
    [
      "accepted on one of two such IDs",
      {
        collisions: {
          refusedWithoutHolder: [refusal({ exchange: exchangeMade({ messageId: 8 }) }), refusal()],
          ...acceptedOn(9),
        },
      },
      "firmly",
    ],
    ["remembered: refused freely", { memory: { refusedFreely: [4] } }, "firmly"],
    [
      "remembered: refused freely, and accepted on that ID",
      { memory: { refusedFreely: [4], accepted: [4] } },
      "caveat",
    ],
    [
      "remembered: accepted on that ID, refused freely now",
      { memory: { accepted: [9] }, collisions: { refusedWithoutHolder: [refusal()] } },
      "caveat",
    ],
    ["a random client refused within 5 minutes before", { clientSas: [random(-300)] }, "firmly"],
    ["a random client refused within 5 minutes after", { clientSas: [random(300)] }, "firmly"],
    [
      "a random client that met an ID which somebody held",
      {
        clientSas: [chance],
        collisions: {
          attempts: [attemptMade({ contender: chance, more: { exchange: chance.session.quickModes[0] } })],
        },
      },
      "no",
    ],
    ["longer before", { clientSas: [random(-300 - MICRO)] }, "no"],
    ["longer after", { clientSas: [random(300 + MICRO)] }, "no"],
    ["across a step of the clock", { clientSas: [random(-900, "unanswered", {}, 1)] }, "firmly"],
    ["before the clock stepped", { clientSas: [random(900, "unanswered", {}, -1)] }, "firmly"],
    ["two steps away", { clientSas: [random(10, "unanswered", {}, 2)] }, "no"],
    ["a random client that was accepted", { clientSas: [random(10, "completed")] }, "no"],
    ["one that was never accepted", { clientSas: [random(10)], wasAccepted: () => false }, "no"],
    [
      "one that counts",
      { clientSas: [random(10, "unanswered", { pattern: { kind: "sequential" } as never })] },
      "no",
    ],
    ["the contender itself", { clientSas: [random(10, "unanswered", { client: contender.client })] }, "no"],
    [
      "the contender itself twice, and another one",
      {
        clientSas: [
          random(10, "unanswered", { client: contender.client }),
          random(20, "unanswered", { client: contender.client }),
          random(30),
        ],
      },
      "firmly",
    ],
    [
      "the contender itself, and another one too late",
      {
        clientSas: [random(10, "unanswered", { client: contender.client }), random(301)],
      },
      "no",
    ],
    ["one too early and one in time", { clientSas: [random(-301), random(-10)] }, "firmly"],
  ])("%s", (_, around, expected) => {
    expect(weighed(around)).toBe(expected);
  });

  it("gives what was refused freely, for what comes later", () => {
    const each = refusal();
    const of = (held: boolean) =>
      counterEvidence(
        [],
        { ...nothing, refusedWithoutHolder: [each] },
        {
          memory: remembering({}),
          wasAccepted: () => false,
          mayBeHeld: () => held,
        },
      ).refusedFreely;
    expect([...of(false)]).toEqual([each.exchange]);
    expect([...of(true)]).toEqual([]);
  });

  it("a notify names another cause but for 0 and INVALID-MESSAGE-ID (4)", () => {
    expect(
      [0, 9, 14, 18].map((otherNotify) => isOtherNotify(attemptMade({ exchange: { otherNotify } }))),
    ).toEqual([false, false, true, true]);
  });
});
