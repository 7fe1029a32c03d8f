/** The packets of an attempt, and what happened in words. */

import { describe, expect, it } from "vitest";
import { account, exchangeRows } from "../../src/printers/exchange-rows.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Attempt, Finding } from "../../src/report/model.ts";
import { attempt, finding } from "../support/reports.ts";

const [HOLDER, CONTENDER, GATEWAY] = ["198.51.100.11:4500", "198.51.100.12:4500", "192.0.2.1"];
const HOLDER_SA = "1111111111111111:aaaaaaaaaaaaaaaa";
const CONTENDER_SA = "2222222222222222:bbbbbbbbbbbbbbbb";
const claim = attempt().claim!;

describe("rows of packets", () => {
  it("are in the order of time, with both sides and both IKE SAs", () => {
    expect(exchangeRows(finding(), attempt())).toEqual([
      {
        at: "2026-11-23T10:00:01.250000Z",
        frame: 7,
        source: "office.pcap",
        from: HOLDER,
        to: GATEWAY,
        cookies: HOLDER_SA,
        messageId: "0x00000001",
        what: "holder's quick mode, first message",
      },
      {
        at: "2026-11-23T10:02:00.500000Z",
        frame: 31,
        source: "office.pcap",
        from: CONTENDER,
        to: GATEWAY,
        cookies: CONTENDER_SA,
        messageId: "0x00000001",
        what: "contender's quick mode, first message",
      },
      {
        at: "2026-11-23T10:02:31.750000Z",
        frame: 58,
        source: "office.pcap",
        from: CONTENDER,
        to: GATEWAY,
        cookies: CONTENDER_SA,
        messageId: "0x00000001",
        what: "contender's quick mode, last retransmission of 5",
      },
      {
        at: "2026-11-23T10:06:10.500000Z",
        frame: null,
        source: null,
        from: HOLDER,
        to: GATEWAY,
        cookies: HOLDER_SA,
        messageId: "",
        what: "holder's last sign of life in the captures (IKE, ESP or keepalive)",
      },
    ]);
  });

  const told = {
    at: "2026-11-23T10:02:01.000000Z",
    frame: 32,
    source: "office.pcap",
    sender: "responder",
    what: "informational",
  } as const;

  it("of the responder's Informational come from it, under another ID", () => {
    expect(exchangeRows(finding(), attempt({ events: [told], claim: null }))).toEqual([
      {
        at: told.at,
        frame: 32,
        source: "office.pcap",
        from: GATEWAY,
        to: CONTENDER,
        cookies: CONTENDER_SA,
        messageId: "another",
        what: "Informational: its text cannot be read",
      },
    ]);
  });

  it("of an Informational that was read say what it said, and call none encrypted", () => {
    const what = (of: Partial<Finding>, over: Partial<Attempt>) =>
      exchangeRows(finding(of), attempt({ ...over, events: [told], claim: null }))[0].what;
    expect(what({}, { notify: "NO-PROPOSAL-CHOSEN (14)" })).toBe("Informational: NO-PROPOSAL-CHOSEN (14)");
    expect(what({ notes: ["invalid-message-id"] }, {})).toMatch(/invalid-message-id/);
  });

  it.each([
    ["no claim", {}, { claim: null }],
    ["no holder", { holder: { ...finding().holder, address: null } }, {}],
    ["no IKE SA of the holder", {}, { holderSa: null }],
  ] as [string, Partial<Finding>, Partial<Attempt>][])(
    "have none of the holder where there is %s",
    (_, of, over) => {
      expect(exchangeRows(finding(of), attempt(over)).map(({ from }) => from)).toEqual([
        CONTENDER,
        CONTENDER,
      ]);
    },
  );

  it("say of an implied claim that a later ID shows it, and have no sign of life where none was seen", () => {
    const rows = exchangeRows(finding(), attempt({ claim: { ...claim, implied: true, lastLifeAt: null } }));
    expect(rows.filter(({ from }) => from === HOLDER)).toMatchObject([
      {
        messageId: "later",
        what: expect.stringMatching(/^holder's quick mode with a later ID, which shows/),
      },
    ]);
  });
});

const told = (over: Partial<Attempt> = {}, of: Partial<Finding> = {}) =>
  account(finding(of), attempt(over), UTC);

describe("what happened", () => {
  it("is told in order", () => {
    expect(told()).toBe(
      "198.51.100.11:4500 began a quick mode with message ID 0x00000001 at 192.0.2.1 at 2026-11-23 10:00:01.250000 UTC. " +
        "At 2026-11-23 10:02:00.500000 UTC 198.51.100.12:4500 began one with the same ID, the first of its connection, and sent it again 5 times. " +
        "The responder never answered it. The holder was still connected: it showed life after that.",
    );
  });

  it.each([
    [
      "an implied claim",
      { claim: { ...claim, implied: true } },
      /^198\.51\.100\.11:4500 had used message ID 0x00000001 at 192\.0\.2\.1 before the capture began/,
    ],
    ["no claim", { claim: null }, /^At 2026/],
    [
      "one copy",
      { retransmissions: 1 },
      / the same ID, the first of its connection, and sent it again 1 time\. /,
    ],
    ["none", { retransmissions: 0 }, / the same ID, the first of its connection\. /],
    ["a later ID", { firstId: false }, / the same ID and sent it again 5 times\. /],
    ["a later ID without copies", { firstId: false, retransmissions: 0 }, / the same ID\. /],
    ["no sign of life of the holder", { claim: { ...claim, lastLifeAt: null } }, /never answered it\.$/],
    ["a holder that may have gone", { overlap: "probable" }, /The holder was probably still connected\.$/],
    [
      "a holder of which nothing is known",
      { overlap: "unknown" },
      /Whether the holder was still connected is not known\.$/,
    ],
    ["no overlap", { overlap: "none" }, /never answered it\.$/],
    ["an Informational", { outcome: "refused" }, /answered with an Informational instead/],
    ["a second message", { outcome: "answered" }, /The responder answered it\. /],
    ["a whole quick mode", { outcome: "completed" }, /The quick mode was completed\. /],
    ["an answer of no use", { outcome: "answer-unusable" }, /went on asking\. /],
    ["nothing of the responder", { outcome: "unobserved" }, /cannot be seen: nothing/],
    ["no proof", { outcome: "unproven" }, /do not prove that there was none\. /],
    ["an end too soon", { outcome: "pending" }, /The captures end before an answer was due\. /],
  ] as [string, Partial<Attempt>, RegExp][])("with %s", (_, over, sentence) => {
    expect(told(over)).toMatch(sentence);
  });

  it("without a visible holder begins with the contender", () => {
    expect(told({}, { holder: { ...finding().holder, address: null } })).toMatch(/^At 2026/);
  });
});
