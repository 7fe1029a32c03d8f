import { describe, expect, it } from "vitest";
import { findingFingerprint, responderFingerprint } from "../../src/judgement/fingerprint.ts";

const holder = { address: "198.51.100.11", rank: 0 };
const contender = { address: "198.51.100.12", rank: 0 };

describe("fingerprints", () => {
  it("stay the same when the roles of the two clients are swapped", () => {
    expect(findingFingerprint("192.0.2.1", holder, contender)).toBe(
      findingFingerprint("192.0.2.1", contender, holder),
    );
  });

  it("ignore ports where the addresses differ: another day brings other ports", () => {
    expect(findingFingerprint("192.0.2.1", { ...holder, rank: 3 }, contender)).toBe(
      findingFingerprint("192.0.2.1", holder, contender),
    );
  });

  it("tell pairs of clients behind one address by the rank of their ports", () => {
    const at = (rank: number) => ({ address: "198.51.100.50", rank });
    expect(findingFingerprint("192.0.2.1", at(0), at(1))).toBe(findingFingerprint("192.0.2.1", at(1), at(0)));
    expect(findingFingerprint("192.0.2.1", at(0), at(1))).not.toBe(
      findingFingerprint("192.0.2.1", at(0), at(2)),
    );
  });

  it("differ by responder, by client, and between a responder and its findings", () => {
    const all = [
      findingFingerprint("192.0.2.1", holder, contender),
      findingFingerprint("192.0.2.2", holder, contender),
      findingFingerprint("192.0.2.1", null, contender),
      findingFingerprint("192.0.2.1", holder, { address: "198.51.100.13", rank: 0 }),
      responderFingerprint("192.0.2.1"),
      responderFingerprint("192.0.2.2"),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const each of all) expect(each).toMatch(/^[0-9a-f]{32}$/);
  });
});
