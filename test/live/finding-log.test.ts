import { describe, expect, it } from "vitest";
import { FindingLog } from "../../src/analysis/finding-log.ts";
import type { Finding } from "../../src/report/model.ts";

/** A finding of a pair, as far as the log looks at it. */
const finding = (holder: string, verdict: Finding["verdict"] = "tolerated"): Finding =>
  ({
    fingerprint: `${holder} and the contender`,
    verdict,
    severity: "low",
    holder: { address: holder, port: 500 },
    contender: { address: "198.51.100.12", port: 500 },
    attempts: [{ verdict, overlap: "certain" }],
  }) as unknown as Finding;

const told = (log: FindingLog, ...findings: Finding[]) =>
  log
    .update(findings, null, true)
    .map((line) => (line.type === "finding" ? line.finding.holder.address : line.type));

describe("what was told of findings, where IKE SAs were dropped (6.16)", () => {
  it("an old attempt that counts against another holder now is not told again", () => {
    const log = new FindingLog();
    expect(told(log, finding("198.51.100.10"))).toEqual(["198.51.100.10"]);
    expect(log.rebase([finding("198.51.100.11")])).toEqual([finding("198.51.100.10")]);
    expect(told(log, finding("198.51.100.11"))).toEqual([]);
  });

  it("what comes of that pair later is told", () => {
    const log = new FindingLog();
    told(log, finding("198.51.100.10"));
    log.rebase([finding("198.51.100.11")]);
    expect(told(log, finding("198.51.100.11", "rejected"))).toEqual(["finding-update"]);
  });
});
