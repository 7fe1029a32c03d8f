/** A finding in one sentence, and its notes: nothing that the capture does not show, and nothing left out. */

import { describe, expect, it } from "vitest";
import type { Hosts } from "../../src/ike/facts.ts";
import type { Finding } from "../../src/judgement/finding.ts";
import { orElse } from "../../src/report/phrases.ts";
import { clientText, findingSentence, messageIdText, notesOf } from "../../src/report/sentences.ts";

const TEXTS = ["192.0.2.1", "198.51.100.11", "198.51.100.12", "2001:db8::3", "198.51.100.14"];
const hosts = { text: (host: number) => TEXTS[host] } as unknown as Hosts;
const [GATEWAY, HOLDER, CONTENDER, SIX, OTHER] = [0, 1, 2, 3, 4];

interface Over {
  verdict?: string;
  holder?: { host: number; port: number } | null;
  contender?: { host: number; port: number };
  attempts?: object[];
  [key: string]: unknown;
}
const attempt = (messageId = 1, over: object = {}) => ({
  exchange: { messageId, otherNotify: 0 },
  holderDropped: false,
  acceptedInUse: false,
  ...over,
});
function findingOf(over: Over = {}): Finding {
  return {
    verdict: "rejected",
    responder: { host: GATEWAY },
    holder: { host: HOLDER, port: 500 },
    contender: { host: CONTENDER, port: 500 },
    attempts: [attempt()],
    candidates: [],
    acceptedLater: false,
    acceptedWhenFreeAfter: null,
    inByAnotherId: [],
    ...over,
  } as unknown as Finding;
}
const sentence = (over: Over = {}) => findingSentence(findingOf(over), hosts);
const KB = "an ASA with the behaviour described in KB 942429 refuses this";
const ID = "quick-mode message ID 0x00000001";

describe("a finding in one sentence", () => {
  it.each<[string, Over, string]>([
    ["rejected", {}, `192.0.2.1 did not accept 198.51.100.12 on ${ID} while 198.51.100.11 held it; ${KB}.`],
    [
      "rejected, and in by another ID",
      { inByAnotherId: [2, 3] },
      `192.0.2.1 did not accept 198.51.100.12 on ${ID} while 198.51.100.11 held it; ${KB}; it got in all the same, on ID 0x00000002, 0x00000003.`,
    ],
    [
      "rejected on one ID, and accepted on another",
      {
        attempts: [attempt(1, { verdict: "tolerated" }), attempt(2, { verdict: "rejected" })],
        inByAnotherId: [1],
      },
      `192.0.2.1 did not accept 198.51.100.12 on quick-mode message ID 0x00000002 while 198.51.100.11 held it; ${KB}; it got in all the same, on ID 0x00000001.`,
    ],
    [
      "predicted",
      { verdict: "predicted" },
      `198.51.100.12 uses ${ID} at 192.0.2.1 while 198.51.100.11 holds it; the answer is not in the capture; ${KB}.`,
    ],
    [
      "possible",
      { verdict: "possible", inByAnotherId: [2] },
      `198.51.100.12 uses ${ID} at 192.0.2.1, which 198.51.100.11 held or may have held; the capture does not prove a refusal for that reason; it got in all the same, on ID 0x00000002.`,
    ],
    [
      "possible, of a gateway that drops the holder",
      { verdict: "possible", attempts: [attempt(), attempt(1, { holderDropped: true })] },
      `192.0.2.1 accepted 198.51.100.12 on ${ID} and let go of 198.51.100.11, which held it, at once: the two throw each other out.`,
    ],
    [
      "tolerated",
      { verdict: "tolerated" },
      `192.0.2.1 accepted 198.51.100.12 on ${ID} while 198.51.100.11 was connected.`,
    ],
    [
      "tolerated in use",
      { verdict: "tolerated", attempts: [attempt(), attempt(1, { acceptedInUse: true })] },
      `192.0.2.1 accepted 198.51.100.12 on ${ID} although 198.51.100.11 had it in use.`,
    ],
    [
      "of two clients behind one address, by their ports",
      { holder: { host: SIX, port: 1101 }, contender: { host: SIX, port: 1102 } },
      `192.0.2.1 did not accept [2001:db8::3]:1102 on ${ID} while [2001:db8::3]:1101 held it; ${KB}.`,
    ],
    [
      "of three IDs, each once",
      { attempts: [attempt(1), attempt(2), attempt(2), attempt(3)] },
      `192.0.2.1 did not accept 198.51.100.12 on quick-mode message ID 0x00000001, 0x00000002, 0x00000003 while 198.51.100.11 held it; ${KB}.`,
    ],
    [
      "of more, the first three",
      { attempts: [1, 2, 3, 4, 5].map((id) => attempt(id)) },
      `192.0.2.1 did not accept 198.51.100.12 on quick-mode message ID 0x00000001, 0x00000002, 0x00000003 and 2 more while 198.51.100.11 held it; ${KB}.`,
    ],
    [
      "without a holder that is seen",
      { holder: null, candidates: [{ host: HOLDER }, { host: OTHER }] },
      `192.0.2.1 did not accept 198.51.100.12 on ${ID}; no client in the capture holds it, but 2 peers connected before the capture began may have.`,
    ],
    [
      "the same with one peer",
      { holder: null, candidates: [{ host: HOLDER }] },
      `192.0.2.1 did not accept 198.51.100.12 on ${ID}; no client in the capture holds it, but 1 peer connected before the capture began may have.`,
    ],
    [
      "the same where it was accepted once a peer had gone",
      { holder: null, candidates: [{ host: HOLDER }], acceptedLater: true },
      `192.0.2.1 did not accept 198.51.100.12 on ${ID} and accepted it once 198.51.100.11 had gone, which connected before the capture began and may have held it.`,
    ],
    [
      "the same where several had gone",
      { holder: null, candidates: [{ host: HOLDER }, { host: OTHER }], acceptedLater: true },
      `192.0.2.1 did not accept 198.51.100.12 on ${ID}; no client in the capture holds it, but 2 peers connected before the capture began and had gone when it was accepted may have.`,
    ],
  ])("%s", (_, over, wanted) => {
    expect(sentence(over)).toBe(wanted);
  });
});

describe("notes of a finding", () => {
  const notify = (type: number) => attempt(1, { exchange: { messageId: 1, otherNotify: type } });

  it.each<[string, Over, (string | RegExp)[]]>([
    ["none", {}, []],
    [
      "accepted when free, and how long after",
      { acceptedWhenFreeAfter: 12.34 },
      ["accepted-when-free", "accepted 12.3 s after the holder's last sign"],
    ],
    ["accepted later", { acceptedLater: true }, ["accepted-when-free"]],
    [
      "once where both are known",
      { acceptedLater: true, acceptedWhenFreeAfter: 0 },
      ["accepted-when-free", "accepted 0.0 s after the holder's last sign"],
    ],
    ["in by another ID", { inByAnotherId: [2] }, ["in-by-another-id"]],
    ["holder dropped", { attempts: [attempt(1, { holderDropped: true })] }, ["holder-dropped"]],
    ["accepted in use", { attempts: [attempt(1, { acceptedInUse: true })] }, ["accepted-in-use"]],
    // RFC 2408 3.14.1: 9 is INVALID-MESSAGE-ID, 14 NO-PROPOSAL-CHOSEN.
    ["the notify about the ID, once", { attempts: [notify(9), notify(9)] }, ["invalid-message-id"]],
    [
      "another notify",
      { attempts: [notify(0), notify(14)] },
      [/^the responder's answer names another cause: .*14/],
    ],
  ])("%s", (_, over, wanted) => {
    const notes = notesOf(findingOf(over));
    expect(notes).toEqual(
      wanted.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
  });
});

it("an ID has eight digits, and a client its port where that is asked for", () => {
  expect([messageIdText(1), messageIdText(0xfedcba98)]).toEqual(["0x00000001", "0xfedcba98"]);
  const client = { host: HOLDER, port: 4500 } as Finding["contender"];
  expect([clientText(client, hosts, true), clientText(client, hosts, false)]).toEqual([
    "198.51.100.11:4500",
    "198.51.100.11",
  ]);
});

it("behind a holder that is only concluded stand the others who may be it", () => {
  expect(orElse(["a", "b", "c", "d", "e", "f"])).toBe("; or it may be a, b, c, d, e and 1 more");
  expect([orElse([]), orElse(["a"]), orElse(["a", "b"])]).toEqual([
    "",
    "; or it may be a",
    "; or it may be a, b",
  ]);
});

it("one attempt for which the gateway dropped the holder is noted, whatever the others were", () => {
  const notes = notesOf(findingOf({ attempts: [attempt(), attempt(1, { holderDropped: true })] }));
  expect(notes).toContain("holder-dropped");
  expect(notesOf(findingOf({ attempts: [attempt()] }))).not.toContain("holder-dropped");
});
