import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nextSteps } from "../../src/report/advice/next-steps.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Finding, Report } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { attempt, client, finding, keptOut, report } from "../support/reports.ts";

const steps = (value: Report) => nextSteps(value, UTC);
const texts = (value: Report) =>
  steps(value)
    .map(({ text }) => text)
    .join("\n");
const commands = (value: Report) =>
  steps(value).flatMap((step) => step.commands.map(({ command }) => command));
const possible = (over: Partial<Finding> = {}) =>
  finding({ verdict: "possible", severity: "low", attempts: [attempt({ verdict: "possible" })], ...over });
const unseen = (...addresses: string[]) => ({
  address: null,
  port: null,
  platform: null,
  pattern: null,
  candidates: addresses.map((address) => ({ address, port: 4500 })),
});
const otherMake = { ...report().responders[0], vendor: "strongSwan" };

describe("a step for each verdict and circumstance", () => {
  test.each<[string, Report, RegExp]>([
    [
      "rejected: who has to go so that the other gets in",
      report({ findings: [finding()] }),
      /^To let 198\.51\.100\.12 in at gateway 192\.0\.2\.1, disconnect 198\.51\.100\.11, which connected first/,
    ],
    [
      "rejected: who excludes whom",
      report({ findings: [finding()] }),
      /let only one of these be connected to 192\.0\.2\.1 at a time: 198\.51\.100\.11 and 198\.51\.100\.12/,
    ],
    ["rejected: what ends it for good", report({ findings: [finding()] }), /^What ends it for good: /m],
    [
      "a holder that has gone silent: its session may still stand",
      report({ findings: [finding({ caveats: ["holder-silent"] })] }),
      /If it has left without saying goodbye, end its session on the gateway\./,
    ],
    [
      "never seen to get in: the control that settles it",
      report({ findings: [finding({ caveats: ["no-control"] })] }),
      /let it dial while 198\.51\.100\.11 is disconnected, and capture that: accepted then, it is this fault/,
    ],
    [
      "predicted: the answer is missing",
      report({ findings: [finding({ verdict: "predicted" })] }),
      /^The answer of 192\.0\.2\.1 is not in the capture: capture both directions there/m,
    ],
    [
      "possible: look at the gateway whether the holder is still there",
      report({ findings: [possible()] }),
      /still lists a session of 198\.51\.100\.11\. If so, end it and let 198\.51\.100\.12 dial again/,
    ],
    [
      "possible with several candidates: each of them, one by one",
      report({ findings: [possible({ holder: unseen("198.51.100.77", "198.51.100.78") })] }),
      /One of these may hold the message ID: 198\.51\.100\.77:4500 and 198\.51\.100\.78:4500;.*one by one/,
    ],
    [
      "possible with one candidate: that one",
      report({ findings: [possible({ holder: unseen("198.51.100.77") })] }),
      /^198\.51\.100\.77:4500 may hold the message ID.*End its session/,
    ],
    [
      "possible for another cause: proposals, policy and log",
      report({ findings: [possible({ caveats: ["other-cause"] })] }),
      /compare the proposals and policy of 198\.51\.100\.12 .* read the log of 192\.0\.2\.1 for 2026-11-23 10:02:00 UTC/,
    ],
    [
      "possible, and the gateway's answer names the cause",
      report({
        findings: [
          possible({
            caveats: ["other-cause"],
            attempts: [attempt({ verdict: "possible", notify: "NO-PROPOSAL-CHOSEN (14)" })],
          }),
        ],
      }),
      /^The answer of 192\.0\.2\.1 names another cause, NO-PROPOSAL-CHOSEN \(14\): compare the proposals/,
    ],
    [
      "another make: no word of an ASA",
      report({ findings: [possible({ caveats: ["responder-not-asa"] })], responders: [otherMake] }),
      /^192\.0\.2\.1 names itself strongSwan, which is not known for this fault: look for another cause first/,
    ],
    [
      "the gateway drops one for the other: only one at a time, and look at its make",
      report({ findings: [possible({ notes: ["holder-dropped"] })] }),
      /^Gateway 192\.0\.2\.1 accepts 198\.51\.100\.12 and drops 198\.51\.100\.11 for it: let only one of the two/,
    ],
    [
      "one NAT: dial from another network",
      report({ findings: [finding({ caveats: ["same-nat"] })] }),
      /behind one NAT.*let one of them dial from another network/,
    ],
    [
      "refused without holder: another cause, or somebody outside the capture",
      report({ clients: [client(), keptOut()] }),
      /^198\.51\.100\.12 was refused, and no other client is seen on its message ID\. Compare its proposals/,
    ],
    [
      "refused without holder, several of them",
      report({ clients: [keptOut(), keptOut({ address: "198.51.100.13" })] }),
      /^198\.51\.100\.12 and 198\.51\.100\.13 were refused, .* on their message IDs\. Compare their proposals/,
    ],
    [
      "refused without holder, and in later: its proposals fit",
      report({
        clients: [keptOut({ outcome: { ...keptOut().outcome, connectedAt: "2026-11-23T10:03:00.000000Z" } })],
      }),
      /^198\.51\.100\.12 was refused, .* Being let in later shows that its proposals fit\. .*freed it late/,
    ],
    [
      "the earlier sessions of several clients",
      report({
        clients: [keptOut(), keptOut({ address: "198.51.100.13" })],
        warnings: [{ code: "refused-by-own-session", message: "its own earlier session may still be held" }],
      }),
      /^End the earlier sessions of 198\.51\.100\.12 and 198\.51\.100\.13 .*: they may still be held/,
    ],
    [
      "refused without holder, and in by another ID",
      report({ warnings: [{ code: "refused-without-holder", message: "1 try was refused." }] }),
      /^A client that the warnings name was refused, and no other client is seen on its message ID/,
    ],
    [
      "the earlier session of a client that stands in a finding",
      report({
        findings: [finding()],
        clients: [client(), keptOut()],
        warnings: [{ code: "refused-by-own-session", message: "1 try was refused." }],
      }),
      /^End the earlier session of the client that the warnings name on its gateway: /m,
    ],
    [
      "its own earlier session",
      report({
        clients: [client(), keptOut()],
        warnings: [{ code: "refused-by-own-session", message: "2 tries were refused." }],
      }),
      /^End the earlier session of 198\.51\.100\.12 on gateway 192\.0\.2\.1/,
    ],
    [
      "exposure only: watch that gateway",
      report(),
      /^Watch gateway 192\.0\.2\.1: 2 of its clients count their message IDs .* up to 2 of them connected at once/,
    ],
  ])("%s", (_, value, expected) => {
    expect(texts(value)).toMatch(expected);
  });

  test("a try without a holder, of a client that stands in a finding, adds no step: the warning tells of it", () => {
    const value = report({
      findings: [finding()],
      clients: [client(), keptOut()],
      warnings: [{ code: "refused-without-holder", message: "1 try was refused." }],
    });
    expect(texts(value)).not.toMatch(/no other client is seen/);
  });

  test("a client behind a NAT is named by its inside address as well", () => {
    const value = report({
      findings: [finding()],
      clients: [client({ insideAddress: "192.168.7.11" }), keptOut()],
    });
    expect(steps(value)[0].text).toContain("disconnect 198.51.100.11 (inside 192.168.7.11), which");
  });

  test("several open findings are one step, which says how many it stands for", () => {
    const others = [12, 13, 14].map((last) =>
      possible({
        fingerprint: `f${last}`,
        contender: { ...finding().contender, address: `198.51.100.${last}` },
      }),
    );
    const step = steps(report({ findings: others })).find(({ text }) => text.includes("still lists"))!;
    expect(step.text).toMatch(/Likewise for 2 more findings\.$/);
    expect(step.findings).toEqual(["f12", "f13", "f14"]);
  });
});

describe("commands", () => {
  test("of an ASA are named as not tried, and only where the gateway may be one", () => {
    const value = report({ findings: [finding()] });
    const own = steps(value).flatMap((step) => step.commands);
    expect(own.map(({ command }) => command)).toContain("vpn-sessiondb logoff index INDEX");
    for (const { where, tried } of own) if (where === "on the ASA") expect(tried).toBe(false);
    const strange = report({
      findings: [possible({ caveats: ["responder-not-asa"] })],
      responders: [otherMake],
    });
    expect(commands(strange).filter((command) => /^(show|vpn-sessiondb)/.test(command))).toEqual([]);
    expect(texts(strange)).not.toMatch(/\bASA tells|Ask Cisco/);
  });

  test("show the IKE SA of each candidate, at most three", () => {
    const holder = unseen(...[1, 2, 3, 4].map((last) => `203.0.113.${last}`));
    const shown = commands(report({ findings: [possible({ holder })] })).filter((each) =>
      /include 203/.test(each),
    );
    expect(shown).toHaveLength(3);
  });

  test("name a capture once, where an answer is missing and the input was blind besides", async () => {
    const oneSided = await reportOn([
      readFileSync(new URL("../../samples/verdict-predicted-one-sided.pcap", import.meta.url)),
    ]);
    expect(commands(oneSided).filter((command) => command.startsWith("tcpdump"))).toHaveLength(1);
    expect(texts(oneSided)).toMatch(/capture both directions there, whole packets, ESP as well/);
  });

  test("hold bare addresses, whatever names stand beside them", () => {
    const named = finding({ holder: { ...finding().holder, address: "198.51.100.11 (alice)" } });
    const value = report({ findings: [named] });
    expect(commands(value)).toContain("show crypto ikev1 sa detail | include 198.51.100.11");
  });
});

test("no finding, no refused client and no gap: still one step", () => {
  const none = report({ responders: [{ ...report().responders[0], sequentialClients: 0 }] });
  expect(texts(none)).toMatch(/^Nothing to do about this fault here\./);
});

const samples = new URL("../../samples/", import.meta.url);
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));

test.each(names)(
  "%s: every finding that accuses is in a step, and no step names a bug or a version",
  async (name) => {
    const value = await reportOn([readFileSync(new URL(name, samples))]);
    expect(value.nextSteps.length).toBeGreaterThan(0);
    const about = new Set(value.nextSteps.flatMap(({ findings }) => findings));
    for (const { fingerprint, verdict } of value.findings) {
      if (verdict !== "tolerated") expect(about).toContain(fingerprint);
    }
    expect(JSON.stringify(value.nextSteps)).not.toMatch(/CSC[a-z]{2}\d|fixed in|\d+\.\d+\(\d+\)/i);
  },
);
