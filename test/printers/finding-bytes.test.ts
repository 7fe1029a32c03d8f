/** The rows of findings as bytes: what `JSON.stringify` makes of the findings of the model. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { RowText } from "../../src/linear/row-text.ts";
import { findingsInBytes } from "../../src/printers/finding-bytes.ts";
import { escaped } from "../../src/printers/json.ts";
import type { JudgedFindings } from "../../src/report/judged-findings.ts";
import { unmadeFindings } from "../../src/report/later-lists.ts";
import type { Report } from "../../src/report/model.ts";
import { Bench } from "../simulator/bench.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Stage } from "../support/session.ts";

function written(findings: JudgedFindings): string {
  const decoder = new TextDecoder();
  const text = RowText.make(findings.hosts.memory)!;
  const pieces = Array.from(findingsInBytes(findings, text), (piece) =>
    typeof piece === "string" ? piece : decoder.decode(piece),
  );
  return pieces.join("");
}

/** As the plain model stands in a report, two levels deep, without what is around it there. */
function plain(findings: Report["findings"]): string {
  const text = JSON.stringify({ findings }, null, 2);
  return escaped(text.slice(text.indexOf("["), text.lastIndexOf("]") + 1));
}

/** Gives the findings of the model. */
function compare(report: Report, what: string): Report["findings"] {
  const judged = unmadeFindings(report)!;
  const findings = [...judged];
  if (findings.length > 0) expect(written(judged), what).toBe(plain(findings));
  expect(report.findings).toEqual(findings);
  return findings;
}

describe("findings in bytes", () => {
  it("are those of the model, of worlds that are played", async () => {
    const bench = new Bench();
    const verdicts = new Set<string>();
    let candidates = 0;
    let refusals = 0;
    for (const view of ["whole", "late-start", "one-sided", "loss-3"] as const) {
      for (let seed = 1; seed <= 40; seed += 1) {
        const report = await bench.report(capturesOf(simulate(seed), view).files);
        for (const { verdict, holder, attempts } of compare(report, `${view} ${seed}`)) {
          verdicts.add(verdict);
          candidates += holder.candidates?.length ?? 0;
          refusals += attempts.filter(({ refusedAt }) => refusedAt !== null).length;
        }
      }
    }
    expect([...verdicts].sort()).toEqual(["possible", "predicted", "rejected", "tolerated"]);
    expect(candidates).toBeGreaterThan(5);
    expect(refusals).toBeGreaterThan(5);
    bench.close();
  });

  it.each([false, true])("are so of hundreds, with times of nanoseconds: %s", async (nanos) => {
    const report = await reportOn([pcap(kept(600).sorted(), { nanos })]);
    expect(compare(report, "many")).toHaveLength(600);
  });

  it("are so where one has more attempts than are written in bytes, and addresses are of IPv6", async () => {
    const stage = new Stage(3);
    const responder = "2001:db8::1";
    new Client(stage, { address: "2001:db8::14", responder }).connect(0).quickMode(0.2).esp(1, 400);
    for (const [address, tries] of [
      ["2001:db8::15", 30],
      ["2001:db8::16", 1],
      ["2001:db8::17", 17],
    ] as const) {
      const client = new Client(stage, { address, responder });
      for (let i = 0; i < tries; i += 1) client.connect(10 + 10 * i).unanswered(10.2 + 10 * i);
    }
    const findings = compare(await reportOn([pcap(stage.sorted())]), "tries");
    expect(Math.max(...findings.map(({ attempts }) => attempts.length))).toBeGreaterThan(16);
    expect(Math.min(...findings.map(({ attempts }) => attempts.length))).toBe(1);
  });

  it.each(['"quoted" \\ name', "\u202eevil.pcap", "n".repeat(200), "\u00e9".repeat(100)])(
    "are so of a file that is named %s",
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-names-"));
      const path = join(folder, name);
      mkdirSync(path);
      writeFileSync(join(path, "capture"), pcap(kept(3).sorted()));
      const { report } = await analyze([`${path}/capture`]);
      expect(compare(report, name)).toHaveLength(3);
      rmSync(folder, { recursive: true });
    },
  );
});

/** So many clients that are kept out on the ID of another one. */
function kept(count: number): Stage {
  const stage = new Stage(5);
  new Client(stage, { address: "198.51.100.1" })
    .connect(0)
    .quickMode(0.2)
    .esp(1, 60 + count);
  for (let i = 0; i < count; i += 1) {
    const client = new Client(stage, { address: `198.51.${101 + (i >> 8)}.${i & 255}` });
    client.connect(5 + i / 10).unanswered(5.2 + i / 10);
  }
  return stage;
}
