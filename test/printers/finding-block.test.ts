/** The block of a finding, and its attempts in words. */

import { describe, expect, it } from "vitest";
import { outcomeText, overlapText, percent } from "../../src/printers/finding-block.ts";
import { reportToTable } from "../../src/printers/table.ts";
import type { Attempt, Finding, Report, Source } from "../../src/report/model.ts";
import { field, fields, PLAIN } from "../support/printed.ts";
import { attempt, evidence, finding, report } from "../support/reports.ts";

const of = (over: Partial<Finding> = {}, more: Partial<Report> = {}) =>
  report({ findings: [finding(over)], ...more });
const { holder } = finding();

describe("the block of a finding", () => {
  it("names the gateway, all its addresses and its make", () => {
    const [row] = report().responders;
    expect(field(of(), "responder")).toEqual(["the gateway: 192.0.2.1, Cisco ASA-like"]);
    expect(
      field(of({}, { responders: [{ ...row, aliases: ["192.0.2.2"], vendor: null }] }), "responder"),
    ).toEqual(["the gateway: 192.0.2.1, also 192.0.2.2, make unknown"]);
    const other = { ...row, address: "192.0.2.9", vendor: "another" };
    const its = "the gateway: 192.0.2.1, Cisco ASA-like";
    expect(field(of({}, { responders: [other, row] }), "responder")).toEqual([its]);
    const named = { ...row, address: "192.0.2.2", aliases: ["192.0.2.1"] };
    expect(field(of({}, { responders: [other, named] }), "responder")[0]).toContain("Cisco ASA-like");
    expect(field(of({}, { responders: [] }), "responder")).toEqual(["the gateway: 192.0.2.1, make unknown"]);
  });

  it("has what witnesses say, with the time", () => {
    expect(field(of({ evidence: [evidence()] }), "witnesses")).toEqual([
      "2026-11-23 10:02:00.500000 UTC: gateway's log 713201: a duplicate (asa.log:7)",
    ]);
  });

  it("says how sure it is that both were connected at once", () => {
    expect(field(of(), "overlap")).toEqual([overlapText(attempt())]);
  });

  it("has the display filter in one line, to be copied", () => {
    const displayFilter = Array.from({ length: 12 }, (_, i) => `isakmp.messageid == ${i}`).join(" || ");
    const text = reportToTable(of({ displayFilter }), { ...PLAIN, width: 80 });
    expect(text.split("\n").filter((line) => line.endsWith(displayFilter))).toHaveLength(1);
  });

  it("names who connected first, with what is known of it", () => {
    const said = (over: Partial<Finding["holder"]>) =>
      field(of({ holder: { ...holder, ...over } }), "holder")[0];
    expect(said({})).toBe("connected first: 198.51.100.11:4500, Windows Vista, sequential IDs (> 99.9 %)");
    expect(said({ platform: null, pattern: null })).toBe(
      "connected first: 198.51.100.11:4500, platform unknown",
    );
    expect(said({ address: "198.51.100.99" })).toBe(
      "connected first: 198.51.100.99:4500, Windows Vista, sequential IDs",
    );
    const candidates = [{ address: "198.51.100.77", port: 500 }];
    expect(said({ candidates })).toMatch(/\(> 99\.9 %\); or it may be 198\.51\.100\.77:500$/);
    expect(said({ address: null, candidates })).toBe(
      "connected first: not visible; may be 198.51.100.77:500",
    );
    expect(said({ address: null })).toBe("connected first: not visible; may be anybody");
  });

  it("names what became of the contender", () => {
    expect(field(of(), "contender")[0]).toMatch(
      /^kept out: 198\.51\.100\.12:4500, Windows 7 or Server 2008 R2, /,
    );
    expect(field(of({ verdict: "possible" }), "contender")[0]).toMatch(/^may have been kept out: /);
    expect(field(of({ notes: ["holder-dropped"] }), "contender")[0]).toMatch(
      /^accepted, and the holder dropped: /,
    );
  });

  it("tells of each attempt, and of one claim once", () => {
    const two = [attempt(), attempt({ at: "2026-11-23T10:04:00.000000Z", frame: 90, firstId: false })];
    expect(field(of({ attempts: two }), "held")).toEqual([
      "0x00000001 since 2026-11-23 10:00:01.250000 UTC (frame 7); last sign 2026-11-23 10:06:10 UTC",
    ]);
    expect(field(of({ attempts: two }), "attempt")).toEqual([
      "0x00000001, its first ID, at 2026-11-23 10:02:00.500000 UTC (frame 31)",
      "0x00000001, at 2026-11-23 10:04:00.000000 UTC (frame 90)",
    ]);
    const claim = { ...attempt().claim!, implied: true, lastLifeAt: null };
    expect(field(of({ attempts: [attempt({ claim }), attempt()] }), "held")).toEqual([
      "0x00000001 since before the capture, as a later ID shows (frame 7, 2026-11-23 10:00:01.250000 UTC); not seen since",
      "0x00000001 since 2026-11-23 10:00:01.250000 UTC (frame 7); last sign 2026-11-23 10:06:10 UTC",
    ]);
    expect(field(of({ attempts: [attempt({ claim: null })] }), "held")).toEqual([]);
  });

  it("tells of two attempts at a glance and of twenty in all, and counts the rest", () => {
    const many = (count: number) => of({ attempts: Array.from({ length: count }, () => attempt()) });
    expect(field(many(2), "attempt").length).toBe(2);
    expect(fields(many(2)).join()).not.toContain("more attempt");
    expect(fields(many(3)).join()).toContain(" ... 1 more attempt, --all shows them");
    expect(field(many(22), "attempt", { all: true }).length).toBe(20);
    expect(fields(many(22), { all: true }).join()).toContain(" ... 2 more attempts, use --json");
  });

  it("names the source of a frame where there are several, as shortly as it can", () => {
    const [source] = report().capture.sources;
    const sources = (...names: string[]) => ({
      capture: { ...report().capture, sources: names.map((name): Source => ({ ...source, name })) },
    });
    const where = (...names: string[]) =>
      /\(([^)]*)\)$/.exec(
        field(of({ attempts: [attempt({ source: names[0] })] }, sources(...names)), "attempt")[0],
      )![1];
    expect(where("/a/office.pcap", "/a/other.pcap")).toBe("frame 31 of office.pcap");
    expect(where("/a/office.pcap", "/b/office.pcap")).toBe("frame 31 of /a/office.pcap");
    const log = {
      capture: {
        ...report().capture,
        sources: [{ ...source, name: "asa.log", format: "asa-syslog" }, source],
      },
    };
    expect(field(of({ attempts: [attempt({ source: "asa.log" })] }, log), "attempt")[0]).toMatch(
      /\(line 31 of asa\.log\)$/,
    );
  });

  it("ends with notes, caveats, witnesses, a filter and a fingerprint", () => {
    const all = fields(of({ notes: ["accepted-when-free", "a sentence"], caveats: ["no-control"] }));
    expect(all.filter((line) => /^notes: accepted-when-free: ./.test(line)).length).toBe(1);
    expect(all.filter((line) => / a sentence$/.test(line)).length).toBe(1);
    expect(all.filter((line) => /^caveats: no-control: ./.test(line)).length).toBe(1);
    expect(all).toContain(`Wireshark: ${finding().displayFilter}`);
    expect(all).toContain("fingerprint: 3f2a9c5be1d04467");
    expect(all.filter((line) => /^cause: sequential-ids: ./.test(line)).length).toBe(1);
  });
});

describe("an attempt in words", () => {
  const text = (over: Partial<Attempt>) =>
    outcomeText(attempt(over)).replace(/^unanswered: [^;]*/, "unanswered");

  it.each<[Partial<Attempt>, string]>([
    [{}, "unanswered; 5 retransmissions, the last after 31 seconds"],
    [{ retransmissions: 1, lastRetransmissionAt: null }, "unanswered; 1 retransmission"],
    [{ retransmissions: 0 }, "unanswered"],
    [
      { retransmissions: 0, refusedAt: "2026-11-23T10:02:01.500000Z" },
      "unanswered; Informational after 1 second",
    ],
  ])("%j", (over, wanted) => {
    expect(text(over)).toBe(wanted);
  });

  it("of a log is what its lines say", () => {
    const contenderSa = { initiatorCookie: "0".repeat(16), responderCookie: "0".repeat(16) };
    const said = (outcome: Attempt["outcome"]) => outcomeText(attempt({ contenderSa, outcome }));
    expect(said("completed")).toBe("completed: the log says that it was accepted");
    expect(said("refused")).toMatch(/^refused: a line of the log speaks of a duplicate or an error/);
    expect(said("unanswered")).toBe("unanswered: no line of the log says that it was accepted");
  });

  it("says how far from it the holder's last sign is", () => {
    const claim = attempt().claim!;
    expect(overlapText(attempt())).toMatch(/ \(its last sign: 4 minutes 10 seconds after that\)$/);
    const before = { ...claim, lastLifeAt: "2026-11-23T10:01:00.500000Z" };
    expect(overlapText(attempt({ claim: before }))).toMatch(/ \(its last sign: 1 minute before that\)$/);
    expect(overlapText(attempt({ claim: { ...claim, lastLifeAt: null } }))).not.toContain("last sign");
    expect(overlapText(attempt({ claim: null }))).not.toContain("last sign");
  });

  it("a probability is never rounded up to certainty", () => {
    expect([0.9995, 0.999, 0.9989, 0.5, 0].map(percent)).toEqual([
      "> 99.9 %",
      "99.9 %",
      "99.8 %",
      "50.0 %",
      "0.0 %",
    ]);
  });
});
