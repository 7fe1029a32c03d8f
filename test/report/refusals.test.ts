/** Sentences of clients that were refused without a visible holder, by contract 6.9. */

import { describe, expect, it } from "vitest";
import { Tracker } from "../../src/ike/tracker.ts";
import type { Refusals } from "../../src/judgement/refused-without-holder.ts";
import { refusalKey, refusalWarning, refusalWarnings } from "../../src/report/refusals.ts";
import { parseAddress } from "../../src/wire/address.ts";

const { hosts } = new Tracker({});
const host = (text: string) => hosts.intern(parseAddress(text)!, 0, 4);
const [GATEWAY, CLIENT, OTHER] = ["192.0.2.1", "198.51.100.12", "198.51.100.11"].map(host);
/** 2026-03-02 08:00:00 UTC, microseconds. */
const AT = 1_772_438_400_000_000;

interface Try {
  id?: number;
  second?: number;
  outcome?: string;
  notify?: number;
  former?: { how: string; before?: number };
}

const client = { host: OTHER, port: 500 };

function refusalsOf(tries: readonly Try[], more: object = {}): Refusals {
  return {
    reason: "no-holder",
    responder: { host: GATEWAY },
    contender: { host: CLIENT, port: 4_500 },
    attempts: tries.map(({ id = 1, second = 0, outcome = "unanswered", notify = 0, former }) => ({
      exchange: { messageId: id, firstAt: AT + second * 1_000_000, otherNotify: notify },
      outcome,
      formerHolder: former === undefined ? null : { client, before: 0, ...former },
    })),
    acceptedBefore: false,
    acceptedAfter: false,
    ghost: null,
    othersMayHold: true,
    ...more,
  } as unknown as Refusals;
}
const said = (tries: readonly Try[], more: object = {}) =>
  refusalWarning(refusalsOf(tries, more), hosts).message;

describe("a refusal without a visible holder", () => {
  it("is told with who, where, on which ID, when and how", () => {
    expect(refusalWarning(refusalsOf([{}]), hosts)).toEqual({
      code: "refused-without-holder",
      message:
        "1 try of 198.51.100.12 at 192.0.2.1 on message ID 0x00000001, at 2026-03-02 08:00:00 UTC, was refused (by silence). " +
        "No client in the capture holds it, but peers outside the capture may: capture at the ASA, from before the first client connects.",
    });
  });

  it("is told with how often, from when to when, and on which IDs, the first three by name", () => {
    const tries = [1, 2, 3, 4, 5, 5].map((id, second) => ({ id, second: second * 60 }));
    expect(said(tries)).toMatch(
      /^6 tries of 198\.51\.100\.12 at 192\.0\.2\.1 on message ID 0x00000001, 0x00000002, 0x00000003 and 2 more, from 2026-03-02 08:00:00 UTC to 2026-03-02 08:05:00 UTC, were refused \(by silence\)\. /,
    );
    expect(said(tries.slice(0, 3))).toContain("0x00000001, 0x00000002, 0x00000003, from");
  });

  const REFUSED = { outcome: "refused" };
  const UNUSABLE = { outcome: "answer-unusable" };
  it.each<[string, Try[]]>([
    ["by silence", [{}, {}]],
    ["by an Informational", [REFUSED, REFUSED]],
    ["by an answer that it could not use", [UNUSABLE]],
    ["1 by silence, 2 by an Informational", [{}, REFUSED, REFUSED]],
    ["1 by silence, 1 by an answer that it could not use", [UNUSABLE, {}]],
    ["1 by an Informational, 2 by an answer that it could not use", [UNUSABLE, REFUSED, UNUSABLE]],
    ["1 by silence, 1 by an Informational, 1 by an answer that it could not use", [{}, REFUSED, UNUSABLE]],
    [
      "by an Informational: NO-PROPOSAL-CHOSEN (14)",
      [
        { ...REFUSED, notify: 14 },
        { ...REFUSED, notify: 14 },
      ],
    ],
  ])("says how: %s", (how, tries) => {
    expect(said(tries)).toContain(`refused (${how}).`);
  });

  it.each([
    [true, false, "; it was accepted before."],
    [false, true, "; it was accepted afterwards."],
    [true, true, "; it was accepted before and afterwards."],
    [false, false, "(by silence)."],
  ])(
    "says whether the client was accepted before (%s) or afterwards (%s)",
    (acceptedBefore, acceptedAfter, end) => {
      expect(said([{}], { acceptedBefore, acceptedAfter })).toContain(end);
    },
  );

  it("concludes another cause where every peer's phase 1 is in the capture", () => {
    expect(said([{}], { othersMayHold: false })).toMatch(
      /The phase 1 of every peer is in the capture .* compare proposals/,
    );
  });

  it("of a client that draws its IDs is not of a shared one", () => {
    const warning = refusalWarning(refusalsOf([{}], { reason: "not-counting" }), hosts);
    expect(warning.code).toBe("refused-without-holder");
    expect(warning.message).toMatch(/no shared message ID explains it, so compare proposals and policy\.$/);
  });

  it("by the client's own session is another warning, with when that was seen last", () => {
    const ghost = { lifespan: { life: { lastAt: AT - 60_000_000 } } };
    const warning = refusalWarning(refusalsOf([{}], { reason: "own-session", ghost }), hosts);
    expect(warning.code).toBe("refused-by-own-session");
    expect(warning.message).toMatch(
      /its own earlier session, last seen 2026-03-02 07:59:00 UTC, never said goodbye/,
    );
    expect(said([{}], { reason: "own-session" })).toMatch(/its own earlier session never said goodbye/);
  });

  it("names who had the ID before, once, and no other cause where that explains all", () => {
    const late = { former: { how: "just-ended", before: 2_500_000 } };
    expect(said([late, late])).toMatch(
      /\(by silence\)\. 198\.51\.100\.11 held it until 2\.5 s before: the responder may have freed it late\.$/,
    );
    expect(said([{ former: { how: "left-behind" } }])).toMatch(
      /An earlier session of 198\.51\.100\.11 had it and never said goodbye/,
    );
    expect(said([late, {}])).toMatch(/freed it late\. No client in the capture holds it/);
    // Of a client that draws its IDs nobody had the ID before.
    expect(said([late], { reason: "not-counting" })).not.toContain("198.51.100.11");
  });
});

describe("many of them", () => {
  const of = (reason: string, port: number) =>
    refusalsOf([{}], { reason, contender: { host: CLIENT, port } });

  it("are named up to a number of each kind, and the rest is counted", () => {
    const list = [of("no-holder", 1), of("own-session", 2), of("no-holder", 3), of("not-counting", 4)];
    const codes = (limit: number) =>
      refusalWarnings(list, hosts, limit).map(({ code, message }) => [code, message.slice(0, 30)]);
    expect(codes(3)).toHaveLength(4);
    expect(codes(2)).toEqual([
      ["refused-without-holder", expect.stringMatching(/^1 try/)],
      ["refused-without-holder", expect.stringMatching(/^1 try/)],
      ["refused-without-holder", "... and 1 more clients were re"],
      ["refused-by-own-session", expect.stringMatching(/^1 try/)],
    ]);
  });

  it("are the same one by reason, gateway and client with its port, whatever the counts are", () => {
    const key = (each: Refusals) => refusalKey(each, hosts);
    expect(key(of("no-holder", 1))).toBe(key(refusalsOf([{}, {}], { contender: { host: CLIENT, port: 1 } })));
    const others = [of("no-holder", 2), of("own-session", 1), refusalsOf([{}], { contender: client })];
    for (const other of others) expect(key(other)).not.toBe(key(of("no-holder", 1)));
  });
});
