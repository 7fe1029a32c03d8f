/** Which lines, events and decrypted messages a finding shows. */

import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../../src/events/reader.ts";
import type { IkeSa } from "../../src/ike/facts.ts";
import type { Finding } from "../../src/judgement/finding.ts";
import { WitnessBook } from "../../src/witnesses/book.ts";
import { evidenceOf } from "../../src/witnesses/evidence.ts";
import { NOTHING_JOINED } from "../../src/witnesses/joining.ts";
import { clientEventMade } from "../support/client-events.ts";
import { at, clientSaMade, exchangeMade, saMade, sessionMade, T } from "../support/facts-made.ts";

const MICRO = 1e-6;
const GATEWAY = 1;
const HOLDER = 11;
const CONTENDER = 12;
const OTHER = 13;
const COOKIE = "0123456789abcdef";
const ADDRESS = (host: number) => `198.51.100.${host}`;

const note = (seconds: number, side: 0 | 1, what: string) => ({
  at: at(seconds),
  side,
  what,
  errors: [],
  stamp: { micros: at(seconds), nanos: 0, frame: 40 + seconds, source: 0 },
});

interface Made {
  contenderSa?: Partial<IkeSa>;
  holderSa?: Partial<IkeSa>;
  /** null: no holder is visible. */
  holder?: null;
}

function findingOf({ contenderSa, holderSa, holder }: Made = {}): Finding {
  const sa = (cookies: readonly number[], fields: object = {}) =>
    saMade({ cookies, opened: [], ...fields } as never);
  const client = (host: number) => ({ responder: 0, host, port: 500, sessions: [] }) as never;
  const contender = clientSaMade({
    client: client(CONTENDER),
    session: sessionMade({ sa: sa([0x01234567, 0x89abcdef, 0, 0], contenderSa), responderHost: GATEWAY }),
  });
  const holding = clientSaMade({
    client: client(HOLDER),
    session: sessionMade({ sa: sa([5, 6, 7, 8], holderSa) }),
  });
  const exchange = exchangeMade();
  const claim = { clientSa: holding, exchange: exchangeMade({ firstAt: at(-50) }) };
  return {
    contender: contender.client,
    holder: holder === null ? null : holding.client,
    attempts: [{ contender, exchange, holder: holder === null ? null : { claim } }],
  } as never;
}

interface Beside {
  lines?: readonly string[];
  /** The clock of the log is known. */
  joined?: boolean;
  events?: readonly Partial<ClientEvent>[];
  keptOut?: readonly number[];
  found?: Finding;
}

function shown({
  lines = [],
  joined = false,
  events = [],
  keptOut = [CONTENDER],
  found = findingOf(),
}: Beside) {
  const book = new WitnessBook();
  const log = book.open("asa.log", T * 10_000);
  for (const line of lines) log.take(`Mar 02 2026 08:00:00 asa1 : ${line}`);
  const logs = [{ name: "asa.log", clock: joined ? ({} as never) : null, ambiguous: 0 }];
  const made = events.map((fields, i) => clientEventMade({ at: at(i), line: i + 1, ...fields }));
  const eventLogs = [{ name: "client.xml", computer: "", clock: null, events: made }];
  return evidenceOf(found, {
    hosts: { text: (host: number) => (host === GATEWAY ? "192.0.2.1" : ADDRESS(host)) } as never,
    sources: [{ name: "a.pcap" }],
    book,
    joined: { ...NOTHING_JOINED, logs, eventLogs: events.length === 0 ? [] : eventLogs } as never,
    keptOut: new Set(keptOut),
  });
}

describe("lines of a log whose clock is not known", () => {
  const completed = (host: number, id: string) =>
    `%ASA-5-713120: IP = ${ADDRESS(host)}, PHASE 2 COMPLETED (msgid=${id})`;
  const policy = (host: number) =>
    `%ASA-5-713061: IP = ${ADDRESS(host)}, Tunnel rejected: Crypto Map Policy not found for Src:a, Dst: b!`;

  it.each<[string, string, boolean]>([
    ["the contender's, with the ID", completed(CONTENDER, "00000001"), true],
    ["the holder's, with the ID", completed(HOLDER, "00000001"), true],
    ["with another ID", completed(CONTENDER, "00000002"), false],
    ["of another client", completed(OTHER, "00000001"), false],
    ["that names another cause, without an ID", policy(CONTENDER), true],
    ["the same of another client", policy(OTHER), false],
    ["without an ID", `%ASA-5-713119: IP = ${ADDRESS(CONTENDER)}, PHASE 1 COMPLETED`, false],
  ])("%s", (_, line, expected) => {
    const evidence = shown({ lines: [line] });
    expect(evidence.map(({ joined, line: number }) => [joined, number])).toEqual(
      expected ? [[false, 1]] : [],
    );
  });

  it("and of no other log", () => {
    expect(shown({ lines: [completed(CONTENDER, "00000001")], joined: true })).toEqual([]);
  });

  it("twenty of them, those that say most", () => {
    const lines = [...Array<string>(25).fill(completed(CONTENDER, "00000001")), policy(CONTENDER)];
    const evidence = shown({ lines });
    expect(evidence).toHaveLength(20);
    expect(evidence.filter(({ id }) => id === "713061")).toHaveLength(1);
  });

  it("without a holder the contender's alone", () => {
    const lines = [completed(CONTENDER, "00000001"), completed(HOLDER, "00000001")];
    expect(shown({ lines, found: findingOf({ holder: null }) }).map(({ line }) => line)).toEqual([1]);
  });
});

describe("events of a machine whose clock is not known", () => {
  const HERE = { local: ADDRESS(CONTENDER), remote: "192.0.2.1" };
  const DIAL = { fact: "dial-failed" } as const;
  const isShown = (events: readonly Partial<ClientEvent>[], keptOut = [CONTENDER]) =>
    shown({ events, keptOut }).length > 0;

  it.each<[string, Partial<ClientEvent>, number[], boolean]>([
    ["that names the contender's IKE SA", { initiatorCookie: COOKIE }, [1, 2], true],
    ["in the other order of its bytes", { initiatorCookie: "efcdab8967452301" }, [1, 2], true],
    ["that names the contender's address and the gateway", HERE, [1, 2], true],
    ["another gateway", { ...HERE, remote: "192.0.2.9" }, [CONTENDER], false],
    ["another address, and no ID", { ...HERE, local: "10.0.0.5" }, [CONTENDER], false],
    [
      "another address, and the ID: the only client kept out",
      { ...HERE, local: "10.0.0.5", messageId: 1 },
      [1],
      true,
    ],
    ["the same, where two were", { ...HERE, local: "10.0.0.5", messageId: 1 }, [1, 2], false],
    ["another ID", { ...HERE, local: "10.0.0.5", messageId: 2 }, [1], false],
    ["the ID at another gateway", { local: "10.0.0.5", remote: "192.0.2.9", messageId: 1 }, [1], false],
    ["a dial, which names nobody: the only client kept out", DIAL, [CONTENDER], true],
    ["the same, where two were", DIAL, [1, 2], false],
  ])("%s", (_, event, keptOut, expected) => {
    expect(isShown([event], keptOut)).toBe(expected);
  });

  it("shows what failed, and nothing else of it", () => {
    const facts = [
      "main-mode-failed",
      "quick-mode-failed",
      "dial-failed",
      "main-mode-established",
      "main-mode-ended",
      "quick-mode-established",
      "quick-mode-ended",
    ] as const;
    const evidence = shown({ events: facts.map((fact) => ({ ...HERE, fact })) });
    expect(evidence.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(evidence.every(({ witness, joined }) => witness === "windows-event" && !joined)).toBe(true);
  });

  it("twenty of them, and those without a time first", () => {
    const events = Array.from({ length: 25 }, () => HERE);
    expect(shown({ events })).toHaveLength(20);
    const [first] = shown({ events: [HERE, { ...HERE, at: Number.NaN }] });
    expect([first.line, first.at]).toEqual([2, null]);
  });
});

describe("decrypted messages", () => {
  const of = (made: Made) => shown({ found: findingOf(made) });

  it.each<[string, number, boolean]>([
    ["with the attempt", 0, true],
    ["two minutes after it", 120, true],
    ["two minutes before it", -120, true],
    ["later", 120 + MICRO, false],
    ["earlier", -120 - MICRO, false],
  ])("of the contender's session: %s", (_, seconds, expected) => {
    expect(of({ contenderSa: { opened: [note(seconds, 1, "Notify X")] } as never })).toHaveLength(
      expected ? 1 : 0,
    );
  });

  it.each<[string, number, string, boolean]>([
    ["near the attempt", 100, "Delete ESP", true],
    ["long before it", -500, "Delete ESP", false],
    ["the end of its IKE SA, whenever", -500, "Delete IKE SA", true],
  ])("of the holder's: %s", (_, seconds, what, expected) => {
    expect(of({ holderSa: { opened: [note(seconds, 1, what)] } as never })).toHaveLength(expected ? 1 : 0);
  });

  it("the end of the contender's own IKE SA long after says nothing of the attempt", () => {
    expect(of({ contenderSa: { opened: [note(500, 1, "Delete IKE SA")] } as never })).toEqual([]);
  });

  it.each<[string, Partial<IkeSa>, 0 | 1, string]>([
    ["the gateway", {}, 1, "the gateway sent it on the contender's IKE SA; decrypted with a key"],
    ["the client", {}, 0, "the contender sent it on the contender's IKE SA; decrypted with a key"],
    [
      "who is not known without phase 1: the first side",
      { phase1Seen: false },
      0,
      "side A of the IKE SA sent it on the contender's IKE SA; decrypted with a key",
    ],
    [
      "the second",
      { phase1Seen: false },
      1,
      "side B of the IKE SA sent it on the contender's IKE SA; decrypted with a key",
    ],
  ])("say who sent them: %s", (_, fields, side, expected) => {
    const [evidence] = of({
      contenderSa: { ...fields, opened: [note(1, side, "Notify INVALID-ID")] } as never,
    });
    expect(evidence).toMatchObject({
      witness: "ike-payload",
      source: "a.pcap",
      line: 41,
      id: "INVALID-ID",
      text: "Notify INVALID-ID",
      shows: expected,
      joined: true,
    });
  });
});
