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

type Attempt = Pick<Finding["attempts"][number], "verdict" | "overlap">;

/** A finding between two clients, with what may change of it. */
const between = (
  [holder, holderPort]: [string, number],
  [contender, contenderPort]: [string, number],
  more: Partial<Pick<Finding, "verdict" | "severity">> & { attempts?: Attempt[] } = {},
): Finding =>
  ({
    fingerprint: "of these two",
    verdict: "possible",
    severity: "low",
    holder: { address: holder, port: holderPort },
    contender: { address: contender, port: contenderPort },
    attempts: [{ verdict: "possible", overlap: "unknown" }],
    ...more,
  }) as unknown as Finding;

const [A, B] = ["198.51.100.10", "198.51.100.11"];

/** What is said of findings that follow each other, in short. */
const said = (log: FindingLog, findings: Finding[], complete = true) =>
  log.update(findings, "now", complete).map((line) => {
    if (line.type === "finding") return `new ${line.finding.verdict} of ${line.finding.contender.port}`;
    if (line.type !== "finding-update") return line.type;
    const { previous, withdrawn, finding: now } = line;
    const what = withdrawn ? "withdrawn" : `${now.verdict} ${now.severity}`;
    return `${previous.verdict} ${previous.severity} -> ${what} of ${now.contender.port}`;
  });

describe("a finding is told again", () => {
  const first = between([A, 500], [B, 500]);
  it.each<[string, Finding, string[]]>([
    ["not where nothing changed", between([A, 500], [B, 500]), []],
    [
      "where its verdict changed, either way",
      between([A, 500], [B, 500], { verdict: "rejected" }),
      ["possible low -> rejected low of 500"],
    ],
    [
      "where its severity changed",
      between([A, 500], [B, 500], { severity: "medium" }),
      ["possible low -> possible medium of 500"],
    ],
    [
      "where its clients are surer to have been connected at once",
      between([A, 500], [B, 500], { attempts: [{ verdict: "possible", overlap: "certain" }] }),
      ["possible low -> possible low of 500"],
    ],
    [
      "not for an attempt that is less sure than another",
      between([A, 500], [B, 500], {
        attempts: [
          { verdict: "possible", overlap: "unknown" },
          { verdict: "possible", overlap: "none" },
        ],
      }),
      [],
    ],
    [
      "not for an attempt of a weaker verdict",
      between([A, 500], [B, 500], {
        attempts: [
          { verdict: "possible", overlap: "unknown" },
          { verdict: "tolerated", overlap: "certain" },
        ],
      }),
      [],
    ],
  ])("%s", (_, second, wanted) => {
    const log = new FindingLog();
    expect(said(log, [first])).toEqual(["new possible of 500"]);
    expect(said(log, [second])).toEqual(wanted);
    expect(said(log, [second])).toEqual([]);
  });

  it("as withdrawn where it is gone, once, unless it is only that nothing is known of it any more", () => {
    const log = new FindingLog();
    said(log, [first]);
    expect(said(log, [])).toEqual(["possible low -> withdrawn of 500"]);
    expect(said(log, [])).toEqual([]);
    said(log, [first]);
    expect(said(log, [], false)).toEqual([]);
  });

  it("with what was said before last, though it changed back in between unheard", () => {
    const log = new FindingLog();
    said(log, [first]);
    said(log, [between([A, 500], [B, 500], { verdict: "predicted" })]);
    expect(said(log, [first])).toEqual(["predicted low -> possible low of 500"]);
  });
});

describe("findings of two clients that keep each other out", () => {
  const oneWay = between([A, 500], [B, 4500]);
  const otherWay = between([B, 4500], [A, 500]);

  it("are told apart by who came second", () => {
    const log = new FindingLog();
    expect(said(log, [oneWay, otherWay])).toEqual(["new possible of 4500", "new possible of 500"]);
    const worse = { ...otherWay, verdict: "rejected" as const };
    expect(said(log, [worse, oneWay])).toEqual(["possible low -> rejected low of 500"]);
  });

  it("stay the same where a NAT gives the holder another port, or both", () => {
    const log = new FindingLog();
    said(log, [oneWay]);
    expect(said(log, [between([A, 1_024], [B, 4500])])).toEqual([]);
    expect(said(log, [between([A, 1_025], [B, 1_026])])).toEqual([]);
  });

  it("are others where the clients changed sides", () => {
    const log = new FindingLog();
    said(log, [oneWay]);
    expect(said(log, [otherWay])).toEqual(["new possible of 500", "possible low -> withdrawn of 4500"]);
  });

  it("go to the one that fits best, whatever their order", () => {
    const [x, y] = [between([A, 1], [B, 1]), between([A, 1], [B, 2], { verdict: "rejected" })];
    const log = new FindingLog();
    said(log, [x, y]);
    expect(said(log, [y, x])).toEqual([]);
  });

  it("go to the one of the same holder, where the contender is the same", () => {
    const [x, y] = [between([A, 1], [B, 1]), between([A, 2], [B, 1], { verdict: "rejected" })];
    const log = new FindingLog();
    said(log, [x, y]);
    expect(said(log, [y, x])).toEqual([]);
  });

  it("are told apart by who came second also where both have one port", () => {
    const log = new FindingLog();
    const [x, y] = [between([A, 500], [B, 500]), between([B, 500], [A, 500], { verdict: "rejected" })];
    said(log, [x, y]);
    expect(said(log, [y, x])).toEqual([]);
  });

  it("are known by the ports that they had last", () => {
    const log = new FindingLog();
    said(log, [oneWay]);
    const moved = between([A, 1_024], [B, 1_025]);
    said(log, [moved]);
    // Another pair of the same addresses, which the first one's ports would be nearer to.
    expect(said(log, [oneWay, { ...moved, severity: "medium" }])).toEqual([
      "new possible of 4500",
      "possible low -> possible medium of 1025",
    ]);
  });
});

it("what was dropped with its sessions is given as it was told, where that can be seen no more", () => {
  const log = new FindingLog();
  const [gone, weaker, same] = [1, 2, 3].map((port) => between([A, 500], [B, port], { verdict: "rejected" }));
  said(log, [gone, weaker, same]);
  const after = { ...weaker, verdict: "possible" as const };
  expect(log.rebase([after, same])).toEqual([weaker, gone]);
  expect(said(log, [after, same])).toEqual([]);
});

it("what was told is kept with a state", () => {
  const log = new FindingLog();
  said(log, [between([A, 500], [B, 500])]);
  const again = new FindingLog();
  again.restore(structuredClone(log.save()));
  expect(said(again, [between([A, 500], [B, 500])])).toEqual([]);
});
