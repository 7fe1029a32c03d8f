/** What a gateway's log alone gives: findings, clients and gateways in the report's form. Lines as the ASA writes them. */

import { describe, expect, it } from "vitest";
import { WitnessBook } from "../../src/witnesses/book.ts";
import { NOTHING_JOINED } from "../../src/witnesses/joining.ts";
import { gatewaysOf, logFindings, loggedResponder } from "../../src/witnesses/log-findings.ts";

const NOW = Date.parse("2026-03-05T00:00:00Z") * 1_000;
const [A, B] = ["198.51.100.11", "198.51.100.12"];
type Row = readonly [minutes: string, id: string, text: string];
const begun = (minutes: string, peer: string): Row => [minutes, "713119", `IP = ${peer}, PHASE 1 COMPLETED`];
const accepted = (minutes: string, peer: string, id = 1): Row => [
  minutes,
  "713120",
  `IP = ${peer}, PHASE 2 COMPLETED (msgid=${id.toString(16).padStart(8, "0")})`,
];
const duplicate = (minutes: string, peer: string): Row => [
  minutes,
  "713201",
  `IP = ${peer}, Duplicate Phase 2 packet detected.  No last packet to transmit.`,
];
const ended = (minutes: string, peer: string): Row => [
  minutes,
  "713259",
  `IP = ${peer}, Session is being torn down. Reason: Lost Service`,
];

function bookOf(rows: readonly Row[], host = "asa1", name = "asa.log") {
  const book = new WitnessBook();
  add(book, rows, host, name);
  return book;
}
function add(book: WitnessBook, rows: readonly Row[], host: string, name: string): void {
  const log = book.open(name, NOW);
  const before = host === "" ? "" : ` ${host}`;
  for (const [at, id, text] of rows) log.take(`Mar 02 2026 08:${at}${before} : %ASA-5-${id}: ${text}`);
}
const gatewayOf = (rows: readonly Row[]) => gatewaysOf(bookOf(rows), [], NOTHING_JOINED)[0];
const findingsOf = (rows: readonly Row[]) => logFindings(gatewayOf(rows)).map(({ finding }) => finding);
const clientsOf = (rows: readonly Row[]) => loggedResponder(gatewayOf(rows)).clients;

/** A has the ID; B is refused, and is let in once A has gone. */
const HELD: readonly Row[] = [begun("00:00", A), accepted("00:01", A)];
const TRIED: readonly Row[] = [begun("00:10", B), duplicate("00:11", B), ended("00:40", B)];
const LEFT: readonly Row[] = [ended("01:00", A)];
const CONTROL: readonly Row[] = [begun("01:10", B), accepted("01:11", B)];

describe("findings of a log alone", () => {
  it("with the control: rejected, high, nothing against it", () => {
    const [finding, ...more] = findingsOf([...HELD, ...TRIED, ...LEFT, ...CONTROL]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      verdict: "rejected",
      severity: "high",
      cause: "sequential-ids",
      caveats: [],
      notes: ["log-only", "accepted-when-free"],
      messageIds: ["0x00000001"],
      messageIdsDecimal: [1],
      holder: { address: A, port: null, pattern: "sequential" },
      contender: { address: B },
    });
    expect(finding.summary).toMatch(
      /asa1 does not say that it accepted 198\.51\.100\.12 .* 198\.51\.100\.11 held it, and says so once that one had gone/,
    );
    expect(finding.attempts).toMatchObject([
      {
        outcome: "refused",
        overlap: "certain",
        firstId: true,
        at: "2026-03-02T08:00:10.000000Z",
        source: "asa.log",
      },
    ]);
    expect(finding.evidence!.every(({ joined, witness }) => joined && witness === "asa-syslog")).toBe(true);
    expect(finding.evidence!.map(({ line }) => line)).toContain(4);
  });

  it("without the control: possible, low, and says that a log alone does not prove why", () => {
    const named: Row = ["00:12", "713902", `IP = ${B}, QM FSM error (P2 struct &0xcc19ed48, mess id 0x1)!`];
    const [finding] = findingsOf([
      ...HELD,
      ...TRIED.slice(0, 2),
      named,
      ...TRIED.slice(2),
      ...LEFT,
      begun("05:00", "198.51.100.99"),
    ]);
    expect(finding).toMatchObject({
      verdict: "possible",
      severity: "low",
      caveats: ["no-control"],
      notes: ["log-only"],
    });
    expect(finding.summary).toMatch(/; a log alone does not prove why\.$/);
  });

  it("with another cause: possible, and names it", () => {
    const why: Row = [
      "00:12",
      "713061",
      `IP = ${B}, Tunnel rejected: Crypto Map Policy not found for Src:${B}, Dst: 192.0.2.1!`,
    ];
    const [finding] = findingsOf([
      ...HELD,
      ...TRIED.slice(0, 2),
      why,
      ...TRIED.slice(2),
      ...LEFT,
      ...CONTROL,
    ]);
    expect(finding).toMatchObject({ verdict: "possible", severity: "low" });
    expect(finding.caveats).toContain("other-cause");
    expect(
      finding.notes.some((note) => note.startsWith("the gateway's log: Tunnel rejected: Crypto Map")),
    ).toBe(true);
    expect(finding.summary).toMatch(/; it names another cause: Tunnel rejected.*\.$/);
  });

  it("accepted all the same: tolerated, of no severity, without a caveat", () => {
    const [finding] = findingsOf([
      ...HELD,
      begun("00:10", B),
      accepted("00:11", B),
      ended("05:00", A),
      ended("06:00", B),
    ]);
    expect(finding).toMatchObject({
      verdict: "tolerated",
      severity: "info",
      caveats: [],
      notes: ["log-only"],
    });
    expect(finding.summary).toBe(
      `The log of asa1 says that it accepted ${B} on quick-mode message ID 0x00000001 although ${A} held it.`,
    );
    expect(finding.attempts).toMatchObject([{ outcome: "completed", at: "2026-03-02T08:00:11.000000Z" }]);
  });

  it("of IDs that nobody counts to: mixed", () => {
    const id = 0x9abc_def0;
    const rows = [
      begun("00:00", A),
      accepted("00:01", A, id),
      begun("00:10", B),
      accepted("00:11", B, id),
      ended("05:00", A),
      ended("06:00", B),
    ];
    expect(findingsOf(rows)[0]).toMatchObject({ cause: "mixed", holder: { pattern: "undetermined" } });
    const small = rows.map(([at, code, text]): Row => [at, code, text.replace("9abcdef0", "000000ff")]);
    expect(findingsOf(small)[0]).toMatchObject({ cause: "sequential-ids", messageIdsDecimal: [255] });
  });
});

describe("clients of a log alone", () => {
  const outcomeOf = (rows: readonly Row[], peer = B) =>
    clientsOf(rows).find(({ address }) => address === peer)!.outcome;

  it("kept out until it was connected: from its first try in vain", () => {
    expect(outcomeOf([...HELD, ...TRIED, ...LEFT, ...CONTROL])).toEqual({
      kind: "kept-out",
      keptOut: 1,
      firstAt: "2026-03-02T08:00:10.000000Z",
      lastAt: "2026-03-02T08:00:40.000000Z",
      connectedAt: "2026-03-02T08:01:11.000000Z",
      keptOutSeconds: 61,
    });
  });

  it("never connected: to its last line", () => {
    expect(outcomeOf([...HELD, ...TRIED])).toMatchObject({
      keptOut: 1,
      connectedAt: null,
      keptOutSeconds: 30,
    });
  });

  it("of tries within ten minutes the time between counts, and of those further apart it does not", () => {
    const again = (at: string, until: string): Row[] => [begun(at, B), ended(until, B)];
    expect(outcomeOf([...again("00:00", "00:30"), ...again("10:00", "10:30")])).toMatchObject({
      keptOut: 2,
      keptOutSeconds: 630,
    });
    expect(outcomeOf([...again("00:00", "00:30"), ...again("10:01", "10:31")])).toMatchObject({
      keptOut: 2,
      keptOutSeconds: 60,
    });
  });

  it("connected at once, or not known", () => {
    expect(outcomeOf(HELD, A)).toMatchObject({ kind: "connected", keptOut: 0, firstAt: null, lastAt: null });
    expect(outcomeOf([begun("00:00", B)])).toMatchObject({ kind: "unknown", keptOut: 0 });
  });

  it("with the IDs of each dial, and the step by which they count", () => {
    const rows = [
      begun("00:00", A),
      ...[1, 2, 3, 5].map((id) => accepted(`00:0${id}`, A, id)),
      ended("00:30", A),
      begun("01:00", A),
      accepted("01:01", A, 1),
    ];
    const [client] = clientsOf(rows);
    expect(client.pattern).toMatchObject({
      kind: "sequential",
      firstId: "0x00000001",
      ids: 5,
      ikeSas: 2,
      step: 1,
      messageIds: ["0x00000001", "0x00000002", "0x00000003", "0x00000005", "0x00000001"],
    });
    expect(client).toMatchObject({
      firstSeenAt: "2026-03-02T08:00:00.000000Z",
      lastSeenAt: "2026-03-02T08:01:01.000000Z",
      port: null,
    });
    const many = [begun("00:00", A), ...Array.from({ length: 20 }, (_, i) => accepted("00:01", A, i + 1))];
    expect(clientsOf(many)[0].pattern).toMatchObject({ ids: 20, messageIds: { length: 16 } });
  });

  it("without an ID: no first one, and no step", () => {
    expect(clientsOf([begun("00:00", A)])[0].pattern).toMatchObject({ firstId: null, ids: 0, step: null });
    expect(clientsOf(HELD)[0].pattern).toMatchObject({ firstId: "0x00000001", step: null });
  });

  it("are counted with their gateway: those that count, and how many of them at once", () => {
    const counting = (peer: string, from: number): Row[] => [
      begun(`0${from}:00`, peer),
      accepted(`0${from}:01`, peer, 1),
      accepted(`0${from}:02`, peer, 2),
      accepted(`0${from}:03`, peer, 3),
    ];
    const drawing = [begun("00:00", "198.51.100.9"), accepted("00:01", "198.51.100.9", 0x9abc_def0)];
    const rows = [
      ...drawing,
      ...counting(A, 1),
      ...counting(B, 2),
      ended("03:00", A),
      ...counting("198.51.100.13", 4),
    ];
    const { responder } = loggedResponder(
      gatewayOf([...rows, ended("08:00", B), ended("09:00", "198.51.100.13")]),
    );
    expect(responder).toMatchObject({
      address: "asa1",
      aliases: [],
      vendor: "Cisco ASA (its log)",
      clients: 4,
      sequentialClients: 3,
      peakConcurrentSequential: 2,
    });
    // One that ended the second in which the other began was not there at once.
    const apart = [...counting(A, 1), ended("02:01", A), ...counting(B, 2), ended("03:00", B)];
    expect(loggedResponder(gatewayOf(apart)).responder.peakConcurrentSequential).toBe(1);
  });
});

describe("the gateways that logs are of", () => {
  const CREATED: Row = [
    "00:02",
    "602303",
    `IPSEC: An inbound remote access SA (SPI= 0x1) between 192.0.2.1 and ${B} (user= u) has been created.`,
  ];
  const addressesOf = (book: WitnessBook, named: readonly string[] = [], joined = NOTHING_JOINED) =>
    gatewaysOf(book, named, joined).map(({ address, events }) => [address, events.length]);

  it("by what captures showed, else by the one that is named, the SAs, the device, or nothing", () => {
    const seen = { ...NOTHING_JOINED, gateways: new Map([["asa.log\nasa1", "203.0.113.7"]]) };
    const book = () => bookOf([...HELD, CREATED]);
    expect(addressesOf(book(), ["203.0.113.1"], seen)).toEqual([["203.0.113.7", 3]]);
    expect(addressesOf(book(), ["203.0.113.1"])).toEqual([["203.0.113.1", 3]]);
    expect(addressesOf(book(), ["203.0.113.0/24"])).toEqual([["192.0.2.1", 3]]);
    expect(addressesOf(book(), ["203.0.113.1", "203.0.113.2"])).toEqual([["192.0.2.1", 3]]);
    expect(addressesOf(bookOf(HELD))).toEqual([["asa1", 2]]);
    expect(addressesOf(bookOf(HELD, ""))).toEqual([["unknown", 2]]);
  });

  it("two logs of one device are one gateway; two devices in one log are two", () => {
    const book = bookOf(HELD);
    add(book, TRIED, "asa1", "other.log");
    add(book, LEFT, "asa2", "third.log");
    expect(addressesOf(book)).toEqual([
      ["asa1", 5],
      ["asa2", 1],
    ]);
    // A log that is opened again begins anew.
    add(book, HELD, "asa2", "third.log");
    expect(addressesOf(book)).toEqual([
      ["asa1", 5],
      ["asa2", 2],
    ]);
  });
});
