/** Gaps of the coverage, changes between two reports, and counts by gateway, each by its sentence or number. */

import { describe, expect, it } from "vitest";
import type { Hosts } from "../../src/ike/facts.ts";
import type { Judgement } from "../../src/judgement/judge.ts";
import { countByGateway, countVerdicts } from "../../src/report/build.ts";
import { clockOf, UTC } from "../../src/report/clock.ts";
import { compareReports } from "../../src/report/comparison.ts";
import { buildCoverage } from "../../src/report/coverage.ts";
import type { Capture, Report, Warning } from "../../src/report/model.ts";
import { NOBODY_PLAIN } from "../support/facts-made.ts";
import { client, finding, keptOut, report } from "../support/reports.ts";

const hosts = {
  text: (host: number) => `192.0.2.${host}`,
  speaksIkev2: (host: number) => host === 60,
  endpointSpeaksIkev2: (key: number) => key === 61,
} as unknown as Hosts;

interface ClientSaMade {
  begunBefore?: boolean;
  blind?: boolean;
  outcomes?: string[];
  keys?: number[];
}
/** A responder with these client SAs and further peers, by key, host and port. */
function responder(host: number, sas: ClientSaMade[] = [], peers: [number, number, number][] = []) {
  return {
    host,
    clientSas: sas.map(({ begunBefore = false, blind = false, outcomes = [], keys = [] }) => {
      const quickModes = outcomes.map((outcome) => ({ outcome }));
      return {
        session: { begunBefore, quickModes },
        lifespan: { blind },
        outcomes: new Map(quickModes.map((exchange) => [exchange, exchange.outcome])),
        keys,
      };
    }),
    plain: NOBODY_PLAIN,
    peers: { byKey: new Map(peers.map(([key, of, port]) => [key, { key, host: of, port }])) },
  };
}
type Made = ReturnType<typeof responder>;
const CAPTURE = report().capture;
const messages = { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 };

function gaps(responders: Made[], capture: Partial<Capture> = {}, warnings: Warning[] = []) {
  const judgement = { responders } as unknown as Judgement;
  return buildCoverage({ ...CAPTURE, ...capture }, judgement, warnings, hosts);
}

describe("the coverage", () => {
  it("is complete where there is no gap", () => {
    expect(gaps([responder(1, [{ outcomes: ["completed"] }])])).toEqual({ complete: true, gaps: [] });
  });

  it("has a gap for each warning about the input, and none for what was found in it", () => {
    const warnings = ["alias-candidate", "pattern-contradicts-vendor", "snaplen"].map(
      (code) => ({ code, message: `${code}.` }) as Warning,
    );
    expect(gaps([], {}, warnings)).toEqual({
      complete: false,
      gaps: [{ code: "snaplen", message: "snaplen.", count: 1 }],
    });
  });

  it.each<[string, Made[], Partial<Capture>, [string, number, string][]]>([
    [
      "no IKEv1",
      [],
      { messages: { ...messages, ikev2: 2, authip: 3 } },
      [["no-ikev1", 5, "There is ISAKMP, but no message of IKEv1."]],
    ],
    ["no ISAKMP, which is a warning", [], { messages, quickModeMessages: 0 }, []],
    [
      "no quick mode",
      [],
      { quickModeMessages: 0 },
      [["no-quick-mode", 38, "There is IKEv1, but no quick mode."]],
    ],
    [
      "no quick mode of a gateway that is there",
      [responder(1, [{}])],
      { quickModeMessages: 0 },
      [["no-quick-mode", 38, "There is IKEv1, but no quick mode."]],
    ],
    [
      "quick modes whose headers were cut: they are not counted, and known",
      [responder(1, [{ outcomes: ["completed"] }])],
      { quickModeMessages: 0 },
      [],
    ],
    [
      "beginnings that are not shown",
      [responder(1, [{ begunBefore: true }, {}])],
      {},
      [
        [
          "phase1-unseen",
          1,
          "1 IKE SA began before the captures: which message IDs were used before is not seen.",
        ],
      ],
    ],
    [
      "clients known by ESP alone, but those of IKEv2",
      [
        responder(
          1,
          [{ keys: [7] }],
          [
            [7, 50, 0],
            [8, 51, 4500],
            [9, 52, 0],
            [61, 53, 4500],
            [10, 60, 0],
          ],
        ),
      ],
      {},
      [
        [
          "phase1-unseen",
          2,
          "2 clients known by ESP or keepalives alone: which message IDs were used before is not seen.",
        ],
      ],
    ],
    [
      "both",
      [responder(1, [{ begunBefore: true }, { begunBefore: true }], [[8, 51, 4500]])],
      {},
      [
        [
          "phase1-unseen",
          3,
          "2 IKE SAs began before the captures, and 1 client known by ESP or keepalives alone: which message IDs were used before is not seen.",
        ],
      ],
    ],
    [
      "no ESP",
      [responder(1, [{ blind: true }, {}]), responder(2, [{}])],
      {},
      [
        [
          "esp-unseen",
          1,
          "No ESP of the kind that clients of 192.0.2.1 use: how long they stayed connected can only be judged from their IKE.",
        ],
      ],
    ],
    [
      "quick modes that are open",
      [
        responder(1, [
          { outcomes: ["unobserved", "unproven", "pending", "completed", "refused", "unanswered"] },
        ]),
      ],
      {},
      [["outcome-unknown", 3, "What became of 3 quick modes, the captures do not show."]],
    ],
    [
      "other partitions",
      [],
      { partition: { index: 2, count: 3 } },
      [["partition", 2, "Only responders of partition 2 of 3 are judged: the others are for other runs."]],
    ],
    ["no other partition", [], { partition: { index: 1, count: 1 } }, []],
  ])("has one for %s", (_, responders, capture, wanted) => {
    expect(gaps(responders, capture).gaps.map(({ code, count, message }) => [code, count, message])).toEqual(
      wanted,
    );
  });

  it("names ten gateways without ESP", () => {
    const blind = (count: number) =>
      gaps(Array.from({ length: count }, (_, i) => responder(i + 1, [{ blind: true }]))).gaps[0].message;
    expect(blind(10)).toMatch(/, 192\.0\.2\.10 use:/);
    expect(blind(12)).toMatch(/, 192\.0\.2\.10 and 2 more use:/);
  });
});

const tolerated = finding({ verdict: "tolerated" });
const possible = finding({ verdict: "possible" });
const other = finding({ contender: { ...finding().contender, port: 9 } });
const [row] = report().responders;

describe("a change says why", () => {
  it.each<[string, Report, Report, string]>([
    ["none", report(), report({ findings: [tolerated] }), "nobody was kept out before or after"],
    [
      "none, though a client was refused for another reason",
      report({ clients: [keptOut()] }),
      report({ clients: [client(), keptOut()] }),
      "a client was refused before and after, and no shared message ID is seen to explain it",
    ],
    [
      "none, though a client was refused before for another reason",
      report({ clients: [keptOut()] }),
      report({ clients: [client()] }),
      "a client was refused before, and no shared message ID is seen to explain it",
    ],
    [
      "none, though a client is refused now for another reason",
      report({ clients: [client()] }),
      report({ clients: [keptOut()] }),
      "a client was refused afterwards, and no shared message ID is seen to explain it",
    ],
    ["new", report(), report({ findings: [finding()] }), "1 client kept out now, none before"],
    [
      "new and possible",
      report(),
      report({ findings: [possible] }),
      "1 client kept out now, though possible only, none before",
    ],
    [
      "as before",
      report({ findings: [finding()] }),
      report({ findings: [finding()] }),
      "1 client kept out now, as before",
    ],
    [
      "more than before",
      report({ findings: [finding()] }),
      report({ findings: [finding(), other] }),
      "2 clients kept out now, 1 client before",
    ],
    [
      "fixed",
      report({ findings: [finding(), other] }),
      report({ findings: [tolerated] }),
      "2 clients kept out before; clients met on the same message ID after, and none was refused",
    ],
    [
      "nobody counts: it is not their number at once",
      report({ findings: [finding({ cause: "chance" })] }),
      report({ responders: [{ ...row, peakConcurrentSequential: 0 }] }),
      "no two clients were seen connected with the same message ID afterwards",
    ],
    [
      "one who counts at a time",
      report({ findings: [finding()] }),
      report({ responders: [{ ...row, peakConcurrentSequential: 1 }] }),
      "no two clients that count their message IDs were connected at once afterwards",
    ],
    [
      "the gateway has another address",
      report({ findings: [finding()] }),
      report({ responders: [{ ...row, address: "192.0.2.2", aliases: ["192.0.2.1"] }] }),
      "no two clients were seen connected with the same message ID afterwards",
    ],
    [
      "the gateway is not there",
      report({ findings: [finding()] }),
      report({ responders: [] }),
      "the gateway is not in the capture made after",
    ],
  ])("%s", (_, before, after, reason) => {
    expect(compareReports(before, after).find(({ gateway }) => gateway === "192.0.2.1")?.reason).toBe(reason);
  });

  it("gateways of one change stand by their addresses", () => {
    const responders = ["192.0.2.3", "192.0.2.1", "192.0.2.2"].map((address) => ({ ...row, address }));
    expect(
      compareReports(report({ responders }), report({ responders })).map(({ gateway }) => gateway),
    ).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });
});

it("findings are counted by verdict and gateway, those with most first", () => {
  const [one, two, three] = [1, 2, 3].map((host) => ({ host }));
  const found = (responder: object, verdict: string) => ({ responder, verdict });
  const judgement = {
    responders: [one, two, three],
    findings: [found(two, "rejected"), found(three, "possible"), found(three, "tolerated")],
  } as unknown as Judgement;
  const none = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  expect(countByGateway(judgement, hosts)).toEqual([
    { gateway: "192.0.2.3", findings: { ...none, possible: 1, tolerated: 1 } },
    { gateway: "192.0.2.2", findings: { ...none, rejected: 1 } },
    { gateway: "192.0.2.1", findings: none },
  ]);
  expect(countVerdicts(judgement)).toEqual({ ...none, rejected: 1, possible: 1, tolerated: 1 });
});

describe("a range of times", () => {
  const [from, to] = ["2026-01-01T22:30:05.5Z", "2026-01-01T22:40:05.5Z"];

  it.each<[string, string, string, string]>([
    ["utc", from, to, "2026-01-01 22:30:05 to 22:40:05 UTC"],
    ["utc", from, from, "2026-01-01 22:30:05 UTC"],
    ["utc", from, "2026-01-02T00:00:00.5Z", "2026-01-01 22:30:05 to 2026-01-02 00:00:00 UTC"],
    ["Europe/London", from, to, "2026-01-01 22:30:05 to 22:40:05 UTC"],
    [
      "Europe/Paris",
      from,
      to,
      "2026-01-01 23:30:05 to 23:40:05 UTC+01:00 (2026-01-01 22:30:05 to 22:40:05 UTC)",
    ],
    [
      "Europe/London",
      "2026-03-29T00:59:59.5Z",
      "2026-03-29T01:00:01.5Z",
      "2026-03-29 00:59:59 UTC to 2026-03-29 02:00:01 UTC+01:00 (01:00:01 UTC)",
    ],
    [
      "Europe/London",
      "2026-10-25T00:59:59.5Z",
      "2026-10-25T01:00:01.5Z",
      "2026-10-25 01:59:59 UTC+01:00 (00:59:59 UTC) to 2026-10-25 01:00:01 UTC",
    ],
  ])("in %s", (zone, a, b, wanted) => {
    expect(clockOf(zone).range(a, b)).toBe(wanted);
  });

  it("a zone that is UTC by another name is UTC", () => {
    for (const zone of ["UTC", "Etc/UTC", "Etc/GMT"]) expect(clockOf(zone)).toBe(UTC);
  });

  it("a time that Date does not have stands as it is", () => {
    const paris = clockOf("Europe/Paris");
    const late = "+300000-01-01T00:00:00.000000Z";
    expect([paris.second(late), paris.cell(late)]).toEqual([
      "+300000-01-01 00:00:00 UTC",
      "+300000-01-01 00:00:00",
    ]);
  });
});
