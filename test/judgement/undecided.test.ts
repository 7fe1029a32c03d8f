import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/ike/facts.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { isUndecided } from "../../src/judgement/outcome.ts";
import { contextMade, exchangeMade, moment, T } from "../support/facts-made.ts";

const MICRO = 1e-6;

describe("a running capture (6.16)", () => {
  const undecided = (exchange: Partial<Exchange>, outcome: Parameters<typeof isUndecided>[1], context = {}) =>
    isUndecided(
      exchangeMade(exchange),
      outcome,
      contextMade({ running: true, captureEnd: moment(2), ...context }),
    );

  it("waits 2 s for an answer, or until the client repeats itself", () => {
    expect(undecided({}, "pending")).toBe(true);
    expect(undecided({}, "unobserved")).toBe(true);
    expect(undecided({}, "unproven")).toBe(true);
    expect(undecided({}, "answered")).toBe(false);
    expect(undecided({}, "refused")).toBe(false);
    expect(undecided({ retransmissions: 1 }, "pending")).toBe(false);
    expect(undecided({}, "pending", { captureEnd: moment(2 + MICRO) })).toBe(false);
    expect(undecided({}, "pending", { running: false })).toBe(false);
    expect(undecided({ firstAt: T - 3 * SECOND }, "pending")).toBe(false);
  });
});
