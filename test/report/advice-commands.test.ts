/** Steps and headlines where there are several gateways, or makes: who gets which step, and which commands. */

import { describe, expect, it } from "vitest";
import { clauseOf, gapsOf } from "../../src/report/advice/gap-phrases.ts";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { nothingFound } from "../../src/report/advice/nothing-found.ts";
import { summaryLines } from "../../src/report/advice/summary.ts";
import { UTC } from "../../src/report/clock.ts";
import { coverageCodeSchema, warningCodeSchema } from "../../src/report/codes.ts";
import type { Finding, Report } from "../../src/report/model.ts";
import { briefOf } from "../../src/report/terms/terms.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

const [row] = report().responders;
const otherMake = { ...row, vendor: "strongSwan" };
const possible = (over: Partial<Finding> = {}) =>
  finding({ verdict: "possible", attempts: [attempt({ verdict: "possible" })], ...over });
/** The commands of the one step that says so. */
function commandsOf(value: Report, text: RegExp): string[] {
  const steps = nextSteps(value, UTC).filter((step) => text.test(step.text));
  expect(steps).toHaveLength(1);
  return steps[0].commands.map(({ command }) => command);
}

describe("commands of an ASA", () => {
  const log = (address: string) =>
    expect.stringMatching(new RegExp(`^show log.*${address.replaceAll(".", "\\.")}`));

  it("are given for a refused client where all gateways that refused may be one", () => {
    const other = keptOut({ address: "198.51.100.13", responder: "192.0.2.2" });
    const refusedAt = (vendors: (string | null)[]) =>
      report({
        clients: [client(), keptOut(), ...(vendors.length > 1 ? [other] : [])],
        responders: vendors.map((vendor, i) => ({ ...row, vendor, address: `192.0.2.${i + 1}` })),
      });
    const commands = (...vendors: (string | null)[]) => {
      const theirs = vendors.length > 1 ? "their message IDs\\." : "its message ID\\.";
      return commandsOf(refusedAt(vendors), new RegExp(`no other client is seen on ${theirs}`));
    };
    expect(commands("Cisco ASA-like")).toEqual([log("198.51.100.12"), expect.any(String)]);
    expect(commands(null)).toHaveLength(2);
    expect(commands("strongSwan")).toEqual([]);
    expect(commands("Cisco ASA-like", "strongSwan")).toEqual([]);
  });

  it("end the earlier session of a client at an ASA alone", () => {
    const ended = (vendor: string) =>
      commandsOf(
        report({
          clients: [client(), keptOut()],
          responders: [{ ...row, vendor }],
          warnings: [{ code: "refused-by-own-session", message: "2 tries were refused." }],
        }),
        /^End the earlier session of 198\.51\.100\.12/,
      );
    expect(ended("Cisco ASA-like")).toHaveLength(2);
    expect(ended("strongSwan")).toEqual([]);
  });

  it("show the log of the one who was kept out where the gateway names another cause", () => {
    const value = report({ findings: [possible({ caveats: ["other-cause"] })] });
    expect(commandsOf(value, /compare the proposals and policy of/)).toEqual([log("198.51.100.12")]);
  });

  it("are not given where the gateway is of another make, or is said to be no ASA", () => {
    const caveats = ["responder-not-asa" as const];
    const strange = report({ findings: [possible({ caveats })], responders: [otherMake] });
    expect(commandsOf(strange, /names itself strongSwan, which is not known for this fault/)).toEqual([]);
    const unknown = report({ findings: [possible({ caveats })], responders: [] });
    expect(commandsOf(unknown, /192\.0\.2\.1 is not known to be a Cisco ASA/)).toEqual([]);
  });

  it("do not stand where a capture is what is missing: that is made on any machine", () => {
    const value = report({ findings: [finding({ verdict: "predicted" })] });
    const commands = commandsOf(value, /^The answer of 192\.0\.2\.1 is not in the capture/);
    expect(commands).toEqual([expect.stringMatching(/^tcpdump .*192\.0\.2\.1/)]);
  });
});

it("who may be connected at the same time is said for each gateway by itself", () => {
  const there = (responder: string, holder: string, contender: string) =>
    finding({
      responder,
      fingerprint: responder,
      holder: { ...finding().holder, address: holder },
      contender: { ...finding().contender, address: contender },
    });
  const findings = [
    there("192.0.2.1", "198.51.100.11", "198.51.100.12"),
    there("192.0.2.2", "198.51.100.13", "198.51.100.14"),
  ];
  const responders = findings.map(({ responder }) => ({ ...row, address: responder }));
  const steps = nextSteps(report({ findings, responders }), UTC);
  const excluding = steps.flatMap(
    ({ text }) => /only one of these be connected to (.*?) at a time: (.*?)\.(?: |$)/.exec(text) ?? [],
  );
  expect(excluding.filter((_, i) => i % 3 > 0)).toEqual([
    "192.0.2.1",
    "198.51.100.11 and 198.51.100.12",
    "192.0.2.2",
    "198.51.100.13 and 198.51.100.14",
  ]);
});

it("who has to go is said for each holder by itself, and how many candidates are not listed", () => {
  const of = (address: string) => finding({ fingerprint: address, holder: { ...finding().holder, address } });
  const texts = (findings: Finding[]) => nextSteps(report({ findings }), UTC).map(({ text }) => text);
  const disconnecting = texts([of("198.51.100.11"), of("198.51.100.13")]).filter((text) =>
    /^To let /.test(text),
  );
  expect(disconnecting.map((text) => /disconnect (\S+),/.exec(text)?.[1])).toEqual([
    "198.51.100.11",
    "198.51.100.13",
  ]);
  // Who keeps most out comes first.
  const two = [
    of("198.51.100.13"),
    finding({ fingerprint: "x", holder: { ...finding().holder, address: "198.51.100.13" } }),
  ];
  const first = texts([of("198.51.100.11"), ...two]).find((text) => /^To let /.test(text));
  expect(first).toMatch(/disconnect 198\.51\.100\.13,/);
  const unseen = (candidatesOmitted?: number) => {
    const candidates = ["198.51.100.77", "198.51.100.78"].map((address) => ({ address, port: 4500 }));
    const holder = { address: null, port: null, platform: null, pattern: null, candidates };
    const more = candidatesOmitted === undefined ? {} : { candidatesOmitted };
    return texts([possible({ holder: { ...holder, ...more } })]).find((text) => /^One of these/.test(text));
  };
  expect(unseen()).toMatch(/: 198\.51\.100\.77:4500 and 198\.51\.100\.78:4500; they were/);
  expect(unseen(3)).toMatch(/ and 198\.51\.100\.78:4500 and 3 clients not listed; they were/);
});

describe("when clients were kept out", () => {
  it("is told from the first try of any to the last", () => {
    const tried = (address: string, firstAt: string, lastAt: string) => {
      const { outcome } = keptOut();
      return keptOut({ address, outcome: { ...outcome, firstAt, lastAt } });
    };
    const at = (minute: number) => `2026-11-23T10:0${minute}:00.000000Z`;
    const clients = [tried("198.51.100.13", at(3), at(8)), tried("198.51.100.12", at(1), at(4))];
    const when = summaryLines(report({ clients }), UTC).find(({ label }) => label === "When")?.text;
    expect(when).toMatch(/^2026-11-23 10:01:00 to 10:08:00 UTC: 4 tries in vain/);
  });
});

describe("clients that were kept out are counted", () => {
  const headline = (findings: Finding[]) => summaryLines(report({ findings }), UTC)[0].text;
  const kept = (address: string, port: number, responder = "192.0.2.1") =>
    finding({ responder, contender: { ...finding().contender, address, port } });

  it("once each, by address, port and gateway", () => {
    const [one, neighbour] = [kept("198.51.100.12", 4500), kept("198.51.100.12", 4501)];
    expect(headline([one, one])).toMatch(/^1 of 2 clients/);
    expect(headline([one, neighbour])).toMatch(/^2 of 2 clients/);
    expect(headline([one, kept("198.51.100.13", 4500)])).toMatch(/^2 of 2 clients/);
    expect(headline([one, kept("198.51.100.12", 4500, "192.0.2.2")])).toMatch(/^2 of 2 clients/);
  });

  it("and how sure that is says nothing of the holder where no attempt tells", () => {
    const value = report({
      findings: [finding({ attempts: [attempt({ verdict: "tolerated" })], caveats: ["no-control"] })],
    });
    const sure = summaryLines(value, UTC).find(({ label }) => label === "How sure")?.text;
    expect(sure).toBe(`rejected, severity high: ${briefOf("caveat", "no-control")}`);
  });

  it("and how sure that is names the cause where the caveat is about it, and there alone", () => {
    const sure = (...caveats: Finding["caveats"]) => {
      const attempts = [attempt({ overlap: "none", notify: "NO-PROPOSAL-CHOSEN (14)" })];
      const lines = summaryLines(report({ findings: [finding({ attempts, caveats })] }), UTC);
      return lines.find(({ label }) => label === "How sure")?.text;
    };
    expect(sure("a-later-version" as never)).toBe("rejected, severity high");
    expect(sure("other-cause")).toBe(
      "rejected, severity high: the gateway's answer names another cause, NO-PROPOSAL-CHOSEN (14)",
    );
    expect(sure("no-control")).toBe(`rejected, severity high: ${briefOf("caveat", "no-control")}`);
  });
});

describe("where nothing was found", () => {
  it("none could be where no gateway has two clients; one that has is enough", () => {
    const at = (...clients: number[]) =>
      nothingFound(
        report({
          responders: clients.map((count, i) => ({ ...row, address: `192.0.2.${i + 1}`, clients: count })),
        }),
      );
    expect(at(1, 1)).toMatch(/and none could be: no gateway has two clients here$/);
    expect(at(1, 2)).not.toMatch(/none could be/);
    expect(at(2, 2)).not.toMatch(/none could be/);
  });
});

describe("what the input could not show", () => {
  it("is told in words for each code that there is", () => {
    for (const code of [...coverageCodeSchema.options, ...warningCodeSchema.options]) {
      expect(clauseOf([code]), code).toMatch(/\S/);
    }
    expect(clauseOf(["alias-candidate"])).toBe(briefOf("warning", "alias-candidate"));
    expect(clauseOf([])).toBeNull();
    expect(clauseOf(["no-ike", "truncated"])).toMatch(/^no IKE at all; the end/);
  });

  it("is told with what weighs most first, one of each code", () => {
    const gap = (code: Report["coverage"]["gaps"][number]["code"], message = "") => ({
      code,
      message,
      count: 1,
    });
    const gaps = [
      gap("partition"),
      gap("snaplen", "a"),
      gap("snaplen", "b"),
      gap("interrupted"),
      gap("no-ike"),
    ];
    const value = { ...report(), coverage: { complete: false, gaps }, warnings: [] };
    expect(gapsOf(value).map(({ code, message }) => `${code} ${message}`.trim())).toEqual([
      "interrupted",
      "no-ike",
      "snaplen a",
      "partition",
    ]);
  });
});

describe("what the input could not show has a step", () => {
  const steps = (codes: Report["coverage"]["gaps"][number]["code"][], more: Partial<Report> = {}) => {
    const gaps = codes.map((code) => ({ code, message: `${code}.`, count: 1 }));
    return nextSteps(report({ ...more, coverage: { complete: false, gaps } }), UTC);
  };

  it("of its own where there is a cure", () => {
    const texts = steps(["truncated", "partition", "corrupt"]).map(({ text }) => text);
    expect(texts.filter((text) => /^Copy the capture again/.test(text))).toEqual([
      "Copy the capture again once it is finished: its end is cut off.",
      "Copy the capture again from where it was made: it is damaged, and was read up to there.",
    ]);
    expect(texts.every((text) => typeof text === "string")).toBe(true);
  });

  it("or another capture, at each gateway once, and at five at most", () => {
    const at = (...last: number[]) => last.map((n) => `192.0.2.${n}`);
    const capturing = (responders: number[], findings: Finding[] = []) =>
      steps(["snaplen"], { responders: at(...responders).map((address) => ({ ...row, address })), findings })
        .flatMap(({ commands }) => commands.map(({ command }) => command))
        .filter((command) => command.startsWith("tcpdump"))
        .map((command) => [...command.matchAll(/host (\S+?)\)? /g)].map(([, host]) => host));
    expect(capturing([1, 2])).toEqual([at(1, 2)]);
    expect(capturing([1, 2, 3, 4, 5, 6, 7])).toEqual([at(1, 2, 3, 4, 5)]);
    expect(capturing([1, 2], [finding({ responder: "192.0.2.2" })])).toEqual([at(2, 1)]);
    expect(capturing([])).toEqual([[]]);
  });
});
