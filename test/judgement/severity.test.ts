import { describe, expect, it } from "vitest";
import type { Attempt } from "../../src/judgement/collisions.ts";
import { causeOf, isFirstId, severityOf, type Weights } from "../../src/judgement/weighing.ts";
import { attemptMade } from "../support/attempts-made.ts";
import { clientSaMade, exchangeMade, sessionMade } from "../support/facts-made.ts";

describe("severity (6.10)", () => {
  const first = attemptMade();
  const laterId = attemptMade({
    contender: clientSaMade({ session: sessionMade({ quickModes: [exchangeMade()] }) }),
  });
  const plain: Weights = {
    verdict: "rejected",
    make: "cisco",
    control: true,
    acceptedWhenFree: false,
    oneCandidateLeft: false,
    inByAnotherId: false,
  };

  it.each<[string, readonly Attempt[], Partial<Weights>, string]>([
    ["rejected on the client's first ID", [first], {}, "high"],
    ["rejected on a later one", [laterId], {}, "medium"],
    ["rejected on both", [laterId, first], {}, "high"],
    ["rejected on a later one, and accepted once it was free", [laterId], { acceptedWhenFree: true }, "high"],
    ["predicted", [first], { verdict: "predicted" }, "medium"],
    [
      "predicted, and accepted once it was free",
      [first],
      { verdict: "predicted", acceptedWhenFree: true },
      "medium",
    ],
    ["possible", [first], { verdict: "possible" }, "low"],
    ["possible, one candidate left", [first], { verdict: "possible", oneCandidateLeft: true }, "medium"],
    ["rejected is no less for a candidate", [first], { oneCandidateLeft: true }, "high"],
    ["tolerated", [first], { verdict: "tolerated", control: false }, "info"],
    ["a contender never seen accepted: one step lower", [first], { control: false }, "medium"],
    ["an unknown make: one step lower", [first], { make: "unknown" }, "medium"],
    ["a make that was not seen says nothing", [first], { make: "unseen" }, "high"],
    ["in by another ID: one step lower", [first], { inByAnotherId: true }, "medium"],
    ["two steps", [first], { make: "unknown", control: false }, "low"],
    ["no step goes below low", [first], { make: "unknown", control: false, inByAnotherId: true }, "low"],
    ["possible stays low", [first], { verdict: "possible", control: false }, "low"],
  ])("%s", (_, worst, weights, severity) => {
    expect(severityOf(worst, { ...plain, ...weights })).toBe(severity);
  });
});

describe("a client's first ID", () => {
  const isFirst = (messageId: number, begunBefore: boolean, position = 0) => {
    const quickModes = [exchangeMade({ messageId }), exchangeMade({ messageId: messageId + 1 })];
    return isFirstId(
      clientSaMade({ session: sessionMade({ quickModes, begunBefore }) }),
      quickModes[position],
    );
  };

  it("is that of the first quick mode of an SA of which phase 1 was seen, or else 1", () => {
    expect(isFirst(5, false)).toBe(true);
    expect(isFirst(5, false, 1)).toBe(false);
    expect(isFirst(5, true)).toBe(false);
    expect(isFirst(1, true)).toBe(true);
    expect(isFirst(1, true, 1)).toBe(false);
  });
});

describe("cause (6.11)", () => {
  it.each([
    ["sequential", "sequential", "sequential-ids"],
    ["random", "random", "chance"],
    ["sequential", "random", "mixed"],
    ["random", "sequential", "mixed"],
    ["undetermined", "undetermined", "mixed"],
  ])("contender %s, holder %s: %s", (contender, holder, cause) => {
    const kind = (each: string) => ({ pattern: { kind: each } as never });
    const attempt = attemptMade({
      contender: clientSaMade(kind(contender)),
      holder: clientSaMade(kind(holder)),
    });
    expect(causeOf(attempt)).toBe(cause);
  });

  it("without a visible holder nothing is known of its pattern", () => {
    expect(causeOf(attemptMade({ holder: null }))).toBe("mixed");
  });
});
