import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { compareReports, comparisonStatus } from "../../src/report/comparison.ts";
import type { Report } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { client, finding, keptOut, report } from "../support/reports.ts";

const sample = (name: string) => reportOn([readFileSync(new URL(`../../samples/${name}`, import.meta.url))]);
const changes = (before: Report, after: Report) =>
  compareReports(before, after).map(({ gateway, change }) => [gateway, change]);

describe("captures of real daemons, with and without the rule that drops the second client's packets", () => {
  it("removing the rule is seen to have fixed it, and putting it back as new", async () => {
    const [dropped, free] = [await sample("lab-asa-drops-second.pcap"), await sample("lab-two-clients.pcap")];
    const fixed = compareReports(dropped, free);
    expect(fixed.map(({ change }) => change)).toEqual(["fixed"]);
    expect(comparisonStatus(fixed)).toBe(0);
    const back = compareReports(free, dropped);
    expect(back.map(({ change }) => change)).toEqual(["new"]);
    expect(comparisonStatus(back)).toBe(1);
    expect(compareReports(dropped, dropped).map(({ change }) => change)).toEqual(["still-there"]);
  });

  it("one client alone afterwards tests nothing", async () => {
    const compared = compareReports(
      await sample("lab-asa-drops-second.pcap"),
      await sample("lab-one-client-reconnects.pcap"),
    );
    expect(compared.find(({ gateway }) => gateway === "192.0.2.1")?.change).toBe("not-testable");
    expect(comparisonStatus(compared)).toBe(2);
  });
});

const before = report({ findings: [finding()] });
const tolerated = finding({ verdict: "tolerated", severity: "info" });
const idle = { ...report().responders[0], peakConcurrentSequential: 1 };

test.each<[string, Report, string]>([
  ["two clients met on one ID and both got in", report({ findings: [tolerated] }), "fixed"],
  ["it is found again", before, "still-there"],
  ["found as possible only", report({ findings: [finding({ verdict: "possible" })] }), "still-there"],
  ["no two counting clients at once", report({ responders: [idle] }), "not-testable"],
  ["a client was refused for another reason", report({ clients: [client(), keptOut()] }), "not-testable"],
  ["the gateway is not in it", report({ responders: [], clients: [] }), "not-testable"],
])("after a finding: %s", (_, after, expected) => {
  expect(changes(before, after)).toEqual([["192.0.2.1", expected]]);
});

test("a refusal afterwards is one of a client of that gateway, whatever the others did", () => {
  const reason = (...clients: Report["clients"]) => compareReports(before, report({ clients }))[0].reason;
  const refused = "a client was refused afterwards, and no shared message ID is seen to explain it";
  const none = "no two clients were seen connected with the same message ID afterwards";
  expect(reason(client(), keptOut())).toBe(refused);
  expect(reason(keptOut(), client())).toBe(refused);
  expect(reason(client(), client({ address: "198.51.100.12" }))).toBe(none);
  expect(reason(client(), keptOut({ responder: "192.0.2.9" }))).toBe(none);
});

test("what needs attention comes first, and decides the status", () => {
  const at = (responder: string) => finding({ responder });
  const row = (address: string) => ({ ...report().responders[0], address });
  const one = report({ findings: [at("192.0.2.1")], responders: [row("192.0.2.1"), row("192.0.2.2")] });
  const other = report({ findings: [at("192.0.2.2")], responders: [row("192.0.2.1"), row("192.0.2.2")] });
  const both = compareReports(one, other);
  expect(both.map(({ gateway, change }) => [gateway, change])).toEqual([
    ["192.0.2.2", "new"],
    ["192.0.2.1", "not-testable"],
  ]);
  expect(comparisonStatus(both)).toBe(1);
  expect(comparisonStatus([])).toBe(0);
});
