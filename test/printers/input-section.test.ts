/** The table's warnings and what was read: in full where it is asked for, else where it matters. */

import { describe, expect, it } from "vitest";
import type { Live, Report } from "../../src/report/model.ts";
import { section } from "../support/printed.ts";
import { report, witness } from "../support/reports.ts";

describe("what was read", () => {
  const [source] = report().capture.sources;
  const capture = (over: Partial<Report["capture"]>) => report({ capture: { ...report().capture, ...over } });
  const live: Live = {
    times: "kernel",
    interruptions: 0,
    dropped: { kernel: 3, queue: 4, output: 0 },
    closed: { ikeSas: 0, findings: { rejected: 0, predicted: 0, possible: 0, tolerated: 0 } },
  };

  it("is shown at a glance where a capture is odd, and whole with --verbose", () => {
    expect(section(report(), "Captures")).toEqual([]);
    const cut = {
      ...source,
      name: "cut.pcap",
      end: "truncated" as const,
      problem: "cut.pcap: it ends in a record.",
      packets: 1,
    };
    const empty = { ...source, name: "empty.pcap", packets: 0, firstPacketAt: null, lastPacketAt: null };
    const gone = {
      ...empty,
      end: "corrupt" as const,
      problem: "cannot read empty.pcap: the file is missing.",
    };
    expect(section(capture({ sources: [source, gone] }), "Captures").join(" ")).toContain(
      "empty.pcap: pcap, 0 packets; damaged: cannot read empty.pcap: the file is missing.",
    );
    const noted = { ...source, name: "odd.pcap", problem: "odd.pcap: it is odd." };
    expect(section(capture({ sources: [source, noted] }), "Captures").join(" ")).toContain(
      "odd.pcap: pcap, 640 packets",
    );
    const log = { ...empty, name: "asa.log.gz", format: "asa-syslog+gzip" };
    const value = capture({ sources: [source, cut, log, empty] });
    const lines = [
      "cut.pcap: pcap, 1 packet, 2026-11-23 10:00:00 to 10:06:10 UTC; cut off: it ends in a record.",
      "empty.pcap: pcap, 0 packets",
    ];
    expect(section(value, "Captures")).toEqual(lines);
    expect(section(value, "Captures", { verbose: true })).toEqual([
      "office.pcap: pcap, 640 packets, 2026-11-23 10:00:00 to 10:06:10 UTC",
      lines[0],
      "asa.log.gz: asa-syslog+gzip, 0 packets",
      lines[1],
    ]);
    const hundreds = section(capture({ sources: Array(102).fill(source) }), "Captures", { verbose: true });
    expect([hundreds.length, hundreds.at(-1)]).toEqual([101, "... 2 more captures, use --json"]);
    expect(section(capture({ sources: Array(6).fill(empty) }), "Captures").at(-1)).toBe(
      "... 2 more captures, --all shows them",
    );
  });

  it.each<[string, Partial<Live>, string[]]>([
    ["the kernel's times", {}, ["Dropped: 3 by the kernel, 4 on the way."]],
    [
      "a kernel that does not say",
      { dropped: { kernel: null, queue: 0, output: 0 } },
      ["Dropped: by the kernel not known, 0 on the way."],
    ],
    ["a pipe", { times: "as-written" }, [""]],
    [
      "interruptions",
      { interruptions: 2 },
      ["Dropped: 3 by the kernel, 4 on the way. Broke off and begun again: 2."],
    ],
    [
      "what has ended",
      { closed: { ikeSas: 1, findings: { rejected: 1, predicted: 0, possible: 1, tolerated: 0 } } },
      ["Dropped: 3 by the kernel, 4 on the way. Ended and no longer listed: 1 IKE SA, 2 findings."],
    ],
  ])("of a live capture says how far it can be relied on: %s", (_, over, lines) => {
    expect(section(report({ live: { ...live, ...over } }), "Captures").join(" ")).toBe(lines.join(" "));
  });

  it("of times of arrival says that they can be late", () => {
    const text = section(report({ live: { ...live, times: "arrival" } }), "Captures").join(" ");
    expect(text).toMatch(/^Times are those at which packets reached the program.*or more\. Dropped: 3/);
  });

  it("has keys, logs and events beside the captures", () => {
    expect(section(capture({ witnesses: [witness()] }), "Witnesses").join(" ")).toMatch(
      /^asa\.log: a gateway's log, 4 of 9 lines tell of IKE or L2TP; .*\.$/,
    );
    expect(section(report(), "Witnesses")).toEqual([]);
  });

  it("is counted by kind and reason", () => {
    const value = capture({
      malformed: { "bad-length": 1, "header-cut": 5, "bad-version": 0 },
      evicted: { ikeSas: 7, hosts: 0 },
    });
    const short = section(value, "Packets").map((line) => line.replace(/ \| [^|]*$/, ""));
    expect(short).toEqual(["packets", "5 | header-cut", "1 | bad-length"]);
    const whole = section(value, "Packets", { verbose: true }).join("\n");
    expect(whole).toMatch(
      /^640 read\. IKEv1 messages: 38, of them 14 of quick mode, 5 retransmissions, 0 echoes\. Not judged: 0 IKEv2, 0 AuthIP,\s1 malformed\./,
    );
    expect(whole).toMatch(/590 \| esp-in-udp[\s\S]*11 \| nat-keepalive/);
    expect(whole).toMatch(/Dropped from a full table: 7 of ikeSas\.$/);
    expect(section(capture({ malformed: {} }), "Packets")).toEqual([]);
    // A reason that only a later version knows.
    expect(section(capture({ malformed: { strange: 1 } }), "Packets").at(-1)).toBe("1 | strange");
  });

  it("what it could not show is said once, in fourteen lines", () => {
    const warnings = [{ code: "no-ike" as const, message: "There is none." }];
    const gaps = [
      { code: "no-ike" as const, message: "There is none.", count: 1 },
      { code: "esp-unseen" as const, message: "No ESP.", count: 1 },
    ];
    const coverage = { complete: false, gaps };
    expect(section(report({ warnings, coverage }), "Warnings")).toEqual([
      "no-ike: There is none.",
      "esp-unseen: No ESP.",
    ]);
    const many = Array.from({ length: 30 }, (_, i) => ({ code: "unreadable" as const, message: `${i}.` }));
    const lines = section(report({ warnings: many }), "Warnings");
    expect(lines.slice(11)).toEqual(["unreadable: 11.", "... 18 more warnings, --all shows them"]);
    expect(section(report({ warnings: many }), "Warnings", { all: true }).length).toBe(30);
  });
});
