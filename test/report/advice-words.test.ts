/** Commands, gaps and headlines of the advice that no finding brings. */

import { describe, expect, it } from "vitest";
import { captureAt, showIkeSa, showLog } from "../../src/report/advice/commands.ts";
import { ClientRows, factsOf, maybeAsa } from "../../src/report/advice/facts.ts";
import { clauseOf, gapsOf } from "../../src/report/advice/gap-phrases.ts";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { nothingFound } from "../../src/report/advice/nothing-found.ts";
import { summaryLines } from "../../src/report/advice/summary.ts";
import { UTC } from "../../src/report/clock.ts";
import type { CoverageCode, Report, WarningCode } from "../../src/report/model.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

describe("commands", () => {
  it("capture at the gateways by their addresses, and at any", () => {
    const filter = (...gateways: string[]) => /'(.*)'/.exec(captureAt(gateways).command)![1];
    expect(filter()).toBe("(udp port 500 or 4500 or esp)");
    expect(filter("192.0.2.1 (gw)")).toBe("host 192.0.2.1 and (udp port 500 or 4500 or esp)");
    expect(filter("192.0.2.1", "2001:db8::1")).toBe(
      "(host 192.0.2.1 or host 2001:db8::1) and (udp port 500 or 4500 or esp)",
    );
    // Of a gateway's log, without its address.
    expect(filter("asa1")).toBe("(udp port 500 or 4500 or esp)");
    expect(captureAt([])).toMatchObject({ tried: true });
  });

  it("of an ASA are said not to have been tried", () => {
    expect(showIkeSa("192.0.2.1 (gw)")).toEqual({
      command: "show crypto ikev1 sa detail | include 192.0.2.1",
      where: "on the ASA",
      tried: false,
    });
    expect(showLog("192.0.2.1")).toMatchObject({ command: "show logging | include 192.0.2.1", tried: false });
  });
});

const gap = (code: CoverageCode) => ({ code, message: `${code}.`, count: 1 });
const warning = (code: WarningCode) => ({ code, message: `${code}.` });
const open = (...codes: CoverageCode[]) => ({ coverage: { complete: false, gaps: codes.map(gap) } });

describe("gaps", () => {
  it("stand once each, the heaviest first, and no conclusion is among them", () => {
    const value = report({
      ...open("esp-unseen", "phase1-unseen", "interrupted"),
      warnings: [warning("interrupted"), warning("refused-without-holder"), warning("clock-step")],
    });
    expect(gapsOf(value).map(({ code }) => code)).toEqual([
      "interrupted",
      "clock-step",
      "phase1-unseen",
      "esp-unseen",
    ]);
  });

  it("say what the coverage says of them, which counts them", () => {
    const value = report({
      ...open("snaplen"),
      warnings: [{ code: "snaplen", message: "Another sentence." }],
    });
    expect(gapsOf(value).map(({ message }) => message)).toEqual(["snaplen."]);
  });

  it("are a clause of plain words", () => {
    expect(clauseOf(["one-sided", "no-ikev1"])).toBe("one direction only; no IKEv1");
    expect(clauseOf([])).toBeNull();
  });
});

const { capture, summary, responders } = report();
const messages = { ikev1: 0, ikev2: 0, authip: 0, malformed: 0 };
const none = (over: Partial<Report["capture"]>): Partial<Report> => ({ capture: { ...capture, ...over } });
const SCOPE = "3 quick modes of 2 clients at 1 gateway";

describe("where nothing was found the headline says", () => {
  it.each<[string, Partial<Report>, string]>([
    ["in what", {}, `No collision found in ${SCOPE}`],
    [
      "that nothing could be read",
      { ...none({ sources: [], messages }), warnings: [warning("unreadable")] },
      "Nothing was looked at: no capture could be read",
    ],
    [
      "that not all packets could be",
      { ...none({ messages }), warnings: [warning("unsupported-link-type")] },
      "No collision found, but not all packets could be read, and no IKEv1 is among the others",
    ],
    [
      "that there is no IKEv1",
      none({ messages }),
      "No collision found, and none could be: the capture holds no message of IKEv1",
    ],
    [
      "that no message can be read, because the packets are cut too short",
      none({ messages: { ...messages, malformed: 2 }, malformed: { "header-cut": 2 } }),
      "No collision found, and none could be: the packets are cut too short to read a message of IKEv1",
    ],
    [
      "that it is all IKEv2",
      none({ messages: { ...messages, ikev2: 1 } }),
      "No collision found, and none could be: the capture holds no message of IKEv1, only of IKEv2",
    ],
    [
      "that there is no packet",
      none({ messages, packets: 0 }),
      "No collision found, and none could be: the capture holds no packets",
    ],
    [
      "that a log alone leaves it open",
      { ...none({ messages, packets: 0 }), warnings: [warning("log-only")] },
      "No collision found, but the capture leaves it open: a gateway's log alone, without the messages themselves",
    ],
    [
      "that there is no quick mode",
      open("no-quick-mode"),
      "No collision found, and none could be: the capture holds no quick mode",
    ],
    [
      "that clients were refused",
      { warnings: [warning("refused-by-own-session")] },
      "Clients were refused, and no shared message ID is seen to explain it",
    ],
    [
      "what leaves it open",
      open("one-sided"),
      "No collision found, but the capture leaves it open: one direction only",
    ],
    [
      "not what only limits it",
      open("phase1-unseen", "esp-unseen", "outcome-unknown"),
      `No collision found in ${SCOPE}`,
    ],
    [
      "which share was judged",
      { ...none({ partition: { index: 2, count: 3 } }), ...open("partition") },
      `No collision found in ${SCOPE} of partition 2 of 3`,
    ],
    [
      "that there were some without harm",
      { summary: { ...summary, findings: { ...summary.findings, tolerated: 2 } } },
      `No collision found that was refused, in ${SCOPE}: 2 tolerated`,
    ],
    [
      "that nobody could have met",
      { responders: [{ ...responders[0], clients: 1 }] },
      `No collision found in ${SCOPE}, and none could be: no gateway has two clients here`,
    ],
  ])("%s", (_, over, wanted) => {
    expect(nothingFound(report(over))).toBe(wanted);
  });
});

describe("facts of a report", () => {
  const out = keptOut({ address: "198.51.100.13" });

  it("a client that was kept out and is in no finding is unexplained", () => {
    const contender = keptOut();
    const facts = factsOf(report({ clients: [client(), contender, out], findings: [finding()] }));
    expect(facts.unexplained).toEqual([out]);
    expect(facts.contenders(facts.accusing)).toEqual([contender]);
    expect(factsOf(report({ clients: [client()] })).unexplained).toEqual([]);
  });

  it("a finding's client is found by its port, or by its address alone", () => {
    const [one, two] = [client({ port: 1101 }), client({ port: 1102 })];
    const rows = new ClientRows([one, two]);
    const { address } = one;
    expect(rows.of({ address, port: 1102 }, "192.0.2.1")).toBe(two);
    expect(rows.of({ address, port: 9 }, "192.0.2.1")).toBe(one);
    expect(rows.of({ address, port: 1101 }, "192.0.2.2")).toBeUndefined();
  });

  it("a gateway is found by any of its addresses, and may be an ASA unless it names another make", () => {
    const [row] = responders;
    const facts = factsOf(report({ responders: [{ ...row, aliases: ["192.0.2.2"] }] }));
    expect(facts.responder("192.0.2.2")?.address).toBe("192.0.2.1");
    expect(facts.responder("192.0.2.3")).toBeUndefined();
    expect(
      [undefined, row, { ...row, vendor: null }, { ...row, vendor: "strongSwan" }].map(maybeAsa),
    ).toEqual([true, true, true, false]);
  });

  it("the worst verdict counts", () => {
    const of = (...verdicts: ("rejected" | "predicted" | "possible" | "tolerated")[]) =>
      factsOf(report({ findings: verdicts.map((verdict) => finding({ verdict })) })).worst;
    expect([
      of("possible", "rejected"),
      of("possible", "predicted"),
      of("possible"),
      of("tolerated"),
      of(),
    ]).toEqual(["rejected", "predicted", "possible", null, null]);
  });
});

const line = (value: Report, label: string | null) =>
  summaryLines(value, UTC).find((each) => each.label === label)?.text;
const other = finding({ contender: { ...finding().contender, address: "198.51.100.13" } });

describe("steps where nobody was kept out", () => {
  const steps = (over: Partial<Report>) => nextSteps(report(over), UTC).map(({ text }) => text);
  const [row] = responders;

  it("watch a gateway whose clients count, and where no finding is", () => {
    expect(steps({})[0]).toMatch(
      /^Watch gateway 192\.0\.2\.1: 2 of its clients count their message IDs from a small number, up to 2 of them connected at once\./,
    );
    expect(steps({ responders: [{ ...row, peakConcurrentSequential: 1 }] })[0]).toMatch(
      /, never two of them connected at once\./,
    );
    for (const over of [
      { responders: [{ ...row, sequentialClients: 1 }] },
      { responders: [{ ...row, exposureHarmless: true as const }] },
      { responders: [{ ...row, vendor: "strongSwan" }] },
      { findings: [finding({ verdict: "tolerated" })] },
      { findings: [finding()] },
    ]) {
      expect(steps(over).join()).not.toContain("Watch gateway");
    }
    const many = Array.from({ length: 5 }, (_, i) => ({ ...row, address: `192.0.2.${i + 1}` }));
    expect(steps({ responders: many }).filter((text) => text.startsWith("Watch gateway")).length).toBe(3);
  });

  it("take from warnings the one about other addresses of a gateway alone", () => {
    const said = steps({ warnings: [warning("alias-candidate"), warning("snaplen")] });
    expect(said).toContain("alias-candidate.");
    expect(said).not.toContain("snaplen.");
  });
});

describe("first lines of several findings", () => {
  it.each<[string, Report, string]>([
    [
      "rejected",
      report({ findings: [finding(), other] }),
      "2 of 2 clients kept out: at gateway 192.0.2.1, refused while another client was connected with the same message ID; first 198.51.100.12",
    ],
    [
      "at two gateways",
      report({ findings: [finding(), { ...other, responder: "192.0.2.2" }] }),
      "2 of 2 clients kept out: at gateways 192.0.2.1 and 192.0.2.2, refused while another client was connected with the same message ID; first 198.51.100.12",
    ],
    [
      "predicted",
      report({ findings: [finding(), other].map((each) => ({ ...each, verdict: "predicted" as const })) }),
      "2 of 2 clients would be kept out: at gateway 192.0.2.1, on a message ID that another client was connected with; the answers are not in the capture; first 198.51.100.12",
    ],
    [
      "possible",
      report({ findings: [finding(), other].map((each) => ({ ...each, verdict: "possible" as const })) }),
      "2 of 2 clients may have been kept out: at gateway 192.0.2.1, without an answer on a message ID that another client may have held; first 198.51.100.12",
    ],
    [
      "possible, and the gateway told one of them no",
      report({
        findings: [finding(), { ...other, attempts: [attempt({ outcome: "refused" })] }].map((each) => ({
          ...each,
          verdict: "possible" as const,
          attempts: each.attempts.map((one) => ({ ...one, verdict: "possible" as const })),
        })),
      }),
      "2 of 2 clients may have been kept out: at gateway 192.0.2.1, not accepted on a message ID that another client may have held; first 198.51.100.12",
    ],
    [
      "of three verdicts",
      report({
        findings: [finding(), { ...other, verdict: "predicted" }, { ...other, verdict: "possible" }],
      }),
      "1 of 2 clients kept out (1 more would be, 1 more may have been): gateway 192.0.2.1 refused 198.51.100.12 while 198.51.100.11 was connected with the same message ID 0x00000001",
    ],
  ])("%s", (_, value, wanted) => {
    expect(line(value, null)).toBe(wanted);
  });

  it("name those who connected first, who kept out most first", () => {
    const by = (address: string | null, contender: string) =>
      finding({
        holder: { ...finding().holder, address },
        contender: { ...finding().contender, address: contender },
      });
    const findings = [
      by("198.51.100.21", "198.51.100.12"),
      by(null, "198.51.100.13"),
      by(null, "198.51.100.14"),
    ];
    expect(line(report({ findings }), "Connected first")).toBe(
      "a client that is not in the capture (2 clients kept out) and 198.51.100.21 (1 client kept out)",
    );
    expect(line(report({ findings: [finding()] }), "Connected first")).toBeUndefined();
  });

  it.each([
    ["certain", "rejected, severity high: the client connected first certainly still was"],
    ["probable", "rejected, severity high: the client connected first probably still was"],
    ["unknown", "rejected, severity high: whether the client connected first still was is not known"],
    ["none", "rejected, severity high"],
  ] as const)("say how sure it is by the overlap: %s", (overlap, wanted) => {
    expect(line(report({ findings: [finding({ attempts: [attempt({ overlap })] })] }), "How sure")).toBe(
      wanted,
    );
  });

  it.each<[string, Partial<ReturnType<typeof finding>>, RegExp]>([
    [
      "accepted-when-free",
      { notes: ["accepted-when-free", "in-by-another-id"] },
      /still was; the one kept out got in once the ID was free$/,
    ],
    [
      "in-by-another-id",
      { notes: ["in-by-another-id"] },
      /still was; it got in all the same, by another message ID$/,
    ],
    [
      "a caveat",
      { caveats: ["no-control"] },
      /still was; the contender was never seen accepted here; [^()]+$/,
    ],
    [
      "two caveats",
      { caveats: ["no-control", "ike-only"] },
      /still was; the contender was never seen accepted here; [^()]+ \(and 1 more caveat\)$/,
    ],
  ])("say what speaks for and against: %s", (_, over, wanted) => {
    expect(line(report({ findings: [finding(over)] }), "How sure")).toMatch(wanted);
  });

  it("say when, of clients that were kept out, and what became of them", () => {
    const findings = [finding()];
    const when = (...clients: Report["clients"]) => line(report({ findings, clients }), "When");
    expect(when(keptOut())).toBe(
      "2026-11-23 10:02:00 to 10:02:31 UTC: 2 tries in vain, 31 seconds in all; never seen connected after that",
    );
    const { outcome } = keptOut();
    const connectedAt = "2026-11-23T10:05:00.000000Z";
    expect(when(keptOut({ outcome: { ...outcome, connectedAt } }))).toMatch(
      /in all; connected at 2026-11-23 10:05:00 UTC$/,
    );
    const two = [keptOut(), keptOut({ address: "198.51.100.13", outcome: { ...outcome, connectedAt } })];
    expect(line(report({ findings: [finding(), other], clients: two }), "When")).toBe(
      "2026-11-23 10:02:00 to 10:02:31 UTC: 4 tries in vain, 1 minute 3 seconds in all, all clients together; 1 of them connected later",
    );
    expect(when(client())).toBe("2026-11-23 10:02:00 UTC, 1 try");
  });

  it("say who was refused where no finding explains it", () => {
    const clients = [client(), keptOut()];
    expect(line(report({ clients }), null)).toBe(
      "1 of 2 clients refused by gateway 192.0.2.1: 198.51.100.12; no other client is seen to hold the message ID",
    );
    expect(line(report({ clients, warnings: [warning("refused-by-own-session")] }), null)).toMatch(
      /; an earlier session of the client itself may still be held there$/,
    );
  });

  it("say what decrypted messages show", () => {
    const warnings = [{ code: "selector-clash" as const, message: "Two selectors clash." }];
    expect(line(report({ warnings }), "Other cause")).toBe("Two selectors clash");
  });
});
