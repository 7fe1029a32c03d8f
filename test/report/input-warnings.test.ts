/** What the input could not show: a warning, a gap of the coverage, and no "clean" in the first line. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AnalyzeOptions, analyze } from "../../src/index.ts";
import { accountedFor, reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { packet } from "../support/frames.ts";
import { wlan } from "../support/frames-wlan.ts";
import { type PeerOptions, type PlayedRecord, Session, Stage } from "../support/session.ts";

const RESPONDER = "192.0.2.1";
const direct: PeerOptions = { address: "198.51.100.11" };
const natted: PeerOptions = { address: "198.51.100.12", port500: 1101, port4500: 41_001 };

function played(play: (stage: Stage) => void): Stage {
  const stage = new Stage(5);
  play(stage);
  return stage;
}

/** UDP 500 alone, as `tcpdump udp port 500` has it. */
function onPort500(record: PlayedRecord): boolean {
  const frame = Buffer.from(record.frame);
  return frame[23] === 17 && (frame.readUInt16BE(34) === 500 || frame.readUInt16BE(36) === 500);
}

/** Nothing that is said of the input may be missing from the coverage, and none of it lets a report be clean. */
async function codesOf(records: readonly PlayedRecord[], options: AnalyzeOptions = {}, linkType = 1) {
  const report = await reportOn([pcap(records, { linkType })], options);
  const gaps = report.coverage.gaps.map(({ code }) => code);
  for (const { code } of report.warnings) expect(gaps).toContain(code);
  const codes = report.warnings.map(({ code }) => code);
  if (codes.length > 0) expect(report.summary.text).not.toMatch(/^No collision found in/);
  return { codes, messages: report.warnings.map(({ message }) => message).join("\n"), report };
}

describe("natt-not-captured", () => {
  it.each<[string, boolean, (stage: Stage) => void, boolean]>([
    [
      "a client behind a NAT goes on to 4500, which is not in the capture",
      true,
      (stage) => new Session(stage, natted).mainMode(0).quickMode(1, 1).esp(2, 30),
      true,
    ],
    [
      "others stay on 500: that does not show what the one behind the NAT did",
      true,
      (stage) => {
        new Session(stage, natted).mainMode(0).quickMode(1, 1);
        new Session(stage, direct).mainMode(5).quickMode(6, 1);
      },
      true,
    ],
    [
      "nobody is behind a NAT: all of it is on 500",
      true,
      (stage) => new Session(stage, direct).mainMode(0).quickMode(1, 1).esp(2, 30),
      false,
    ],
    [
      "both ports are in the capture",
      false,
      (stage) => new Session(stage, natted).mainMode(0).quickMode(1, 1).esp(2, 30),
      false,
    ],
    [
      "ESP on 4500 is in the capture: it was captured",
      false,
      (stage) => {
        new Session(stage, natted).mainMode(0).quickMode(1, 1).esp(2, 30);
        const left = stage.records.filter((record) => onPort500(record) || record.what === "esp");
        stage.records.splice(0, stage.records.length, ...left);
      },
      false,
    ],
    [
      "4500 is in the capture, and one client never gets there: its network blocks it",
      false,
      (stage) => {
        new Session(stage, natted).mainMode(0).quickMode(1, 1);
        const blocked = new Session(stage, { ...natted, address: "198.51.100.13" }).mainMode(5);
        stage.records.splice(
          0,
          stage.records.length,
          ...stage.records.filter(
            (record) =>
              onPort500(record) ||
              !Buffer.from(record.frame).includes(Buffer.from(blocked.initiatorCookie, "hex")),
          ),
        );
      },
      false,
    ],
  ])("%s", async (_, only500, play, said) => {
    const records = played(play).sorted();
    const { codes, messages } = await codesOf(only500 ? records.filter(onPort500) : records);
    expect(codes.includes("natt-not-captured")).toBe(said);
    if (said) expect(messages).toContain(RESPONDER);
  });

  it("counts the gateways that it does not name", async () => {
    const records = played((stage) => {
      for (let i = 1; i <= 13; i += 1) {
        new Session(stage, { ...natted, responder: `192.0.2.${i}` }).mainMode(i).quickMode(i + 1, 1);
      }
    }).sorted();
    const { messages } = await codesOf(records.filter(onPort500));
    expect(messages).toMatch(/ of 192\.0\.2\.1, .*192\.0\.2\.10 and 3 more began phase 1 on UDP 500/);
  });
});

describe("responder-not-seen", () => {
  const records = played((stage) =>
    new Session(stage, direct).mainMode(0).quickMode(1, 1).esp(2, 30),
  ).sorted();
  it.each<[string, AnalyzeOptions, string[]]>([
    ["the responder itself", { responders: [RESPONDER] }, []],
    ["a prefix that it is in", { responders: ["192.0.2.0/24"] }, []],
    ["a mistyped address", { responders: ["192.0.2.11"] }, ["192.0.2.11"]],
    ["one of two is mistyped", { responders: [RESPONDER, "192.0.2.11"] }, ["192.0.2.11"]],
    ["a prefix that nobody is in", { responders: ["203.0.113.0/24"] }, ["203.0.113.0/24"]],
    ["an alias that is in no packet", { aliases: [[RESPONDER, "192.0.2.2"]] }, ["192.0.2.2"]],
  ])("%s", async (_, options, missing) => {
    const { codes, messages } = await codesOf(records, options);
    expect(codes.filter((code) => code === "responder-not-seen")).toHaveLength(missing.length);
    for (const name of missing) expect(messages).toContain(name);
    // Who mistypes an address sees the right one.
    if (missing.length > 0) expect(messages).toContain(RESPONDER);
  });

  it("of a long list twenty are told, and how many more there are", async () => {
    const responders = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    const { codes, messages } = await codesOf(records, { responders: [RESPONDER, ...responders] });
    expect(codes.filter((code) => code === "responder-not-seen")).toHaveLength(21);
    expect(messages).toContain("... and 280 more like these.");
  });

  it("a responder known by its ESP alone is seen", async () => {
    const esp = played((stage) => new Session(stage, natted).float().esp(0, 30)).sorted();
    const { codes } = await codesOf(esp, { responders: [RESPONDER] });
    expect(codes).not.toContain("responder-not-seen");
  });
});

describe("a link type that is not read", () => {
  const records = played((stage) => new Session(stage, direct).mainMode(0).quickMode(1, 1)).sorted();

  it("nothing else is in the capture: whether there is IKE in it is not known, and not denied", async () => {
    const { codes, report } = await codesOf(records, {}, 147);
    expect(codes).toEqual(["unsupported-link-type"]);
    expect(report.coverage.complete).toBe(false);
  });

  it("is named with its number, how many of how many, and the source", async () => {
    const { messages } = await codesOf(records, {}, 249);
    expect(messages).toMatch(
      new RegExp(`: ${records.length} of ${records.length} packets have .*usbpcap \\(link type 249\\)`),
    );
  });

  it("of several sources is named with that source, and with what converts it", async () => {
    const report = await reportOn([pcap(records), pcap(records, { linkType: 147 })]);
    const said = report.warnings.filter(({ code }) => code === "unsupported-link-type");
    expect(said.map(({ message }) => message)).toEqual([
      expect.stringMatching(/\/1: 9 of 9 packets .*user0 \(link type 147\).*editcap -T ether \S+\/1 /),
    ]);
    expect(accountedFor(report)).toBe(18);
  });

  it("an encapsulation that is not looked into is named as well", async () => {
    // MACsec with the E bit: encrypted (IEEE 802.1AE 9.5).
    const secTag = Buffer.from("88e52c00000000010102030405060708", "hex");
    const wrapped = records.map(({ at, frame }) => {
      const bytes = Buffer.from(frame);
      return { at, frame: Buffer.concat([bytes.subarray(0, 12), secTag, bytes.subarray(14)]) };
    });
    const { codes, messages } = await codesOf(wrapped);
    expect(codes).toEqual(["unsupported-encapsulation"]);
    expect(messages).toMatch(/9 of 9 packets .*encrypted MACsec \(EtherType 0x88e5\)/);
  });

  it("of two messages in one A-MSDU the first is read, and that there is another is said", async () => {
    const [first, second, ...others] = records.map(({ at, frame }) => ({ at, packet: frame.subarray(14) }));
    const amsdu = wlan(second.packet, { qos: true, amsdu: true, before: [first.packet] });
    const alone = others.map(({ at, packet }) => ({ at, frame: wlan(packet) }));
    const { codes, messages, report } = await codesOf([{ at: first.at, frame: amsdu }, ...alone], {}, 105);
    expect(codes).toContain("unsupported-encapsulation");
    expect(messages).toMatch(/1 of 8 packets .*IKE behind the first IKE message of an A-MSDU/);
    expect(report.capture.messages.ikev1).toBe(8);
    expect(accountedFor(report)).toBe(8);
  });

  it("ESP before IKE in an A-MSDU leaves nothing out", async () => {
    const esp = packet("192.0.2.11:4500", "192.0.2.1:4500", Buffer.alloc(40, 0x5a));
    const [first, ...others] = records.map(({ at, frame }) => ({ at, packet: frame.subarray(14) }));
    const amsdu = wlan(first.packet, { qos: true, amsdu: true, before: [esp] });
    const alone = others.map(({ at, packet: own }) => ({ at, frame: wlan(own) }));
    const { codes, report } = await codesOf([{ at: first.at, frame: amsdu }, ...alone], {}, 105);
    expect(codes).not.toContain("unsupported-encapsulation");
    expect(report.capture.messages.ikev1).toBe(9);
  });

  it("an empty capture holds no IKE", async () => {
    const { codes } = await codesOf([]);
    expect(codes).toEqual(["no-ike"]);
  });
});

describe("an encapsulation that is known and not looked into", () => {
  const records = played((stage) => new Session(stage, direct).mainMode(0).quickMode(1, 1)).sorted();
  /** Encrypted MACsec in place of what the frame carries. */
  const encrypted = records.map((record) => ({
    ...record,
    frame: Buffer.concat([
      record.frame.subarray(0, 12),
      Buffer.from("88e52c0000000001", "hex"),
      Buffer.alloc(80, 0x5a),
    ]),
  }));
  /** ARP, as it goes on beside. */
  const arp = {
    ...records[0],
    frame: Buffer.concat([records[0].frame.subarray(0, 12), Buffer.from("0806", "hex"), Buffer.alloc(46)]),
  };

  it("nothing else but ARP is in the capture: it is named, and IKE is not denied", async () => {
    const { codes, messages, report } = await codesOf([arp, ...encrypted]);
    expect(codes).toEqual(["unsupported-encapsulation"]);
    expect(messages).toContain(
      `${records.length} of ${records.length + 1} packets are not looked into, encrypted MACsec (EtherType 0x88e5)`,
    );
    expect(report.capture.skipped).toMatchObject({
      "unsupported-encapsulation": records.length,
      "not-ip": 1,
    });
  });

  it("beside IKE in the clear it is a gap all the same", async () => {
    const { codes, report } = await codesOf([...records, ...encrypted]);
    expect(codes).toContain("unsupported-encapsulation");
    expect(report.capture.messages.ikev1).toBeGreaterThan(0);
    expect(report.coverage.complete).toBe(false);
  });
});

it("a file of a directory that cannot be read is in the report, which is not complete", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-test-"));
  try {
    const records = played((stage) => new Session(stage, direct).mainMode(0).quickMode(1, 1)).sorted();
    await writeFile(join(folder, "a.pcap"), pcap(records));
    await writeFile(join(folder, "b.pcap"), "");
    const { report, failures } = await analyze([folder]);
    expect(failures).toEqual([]);
    expect(report.warnings).toEqual([
      { code: "unreadable", message: expect.stringContaining("b.pcap is empty") },
    ]);
    expect(report.coverage.complete).toBe(false);
    expect(report.coverage.gaps.map(({ code }) => code)).toContain("unreadable");
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe("a reading that was ended before its inputs", () => {
  const session = (seed: number, at: number) => {
    const stage = new Stage(seed);
    new Session(stage, direct)
      .mainMode(at)
      .quickMode(at + 1, 1)
      .esp(at + 2, at + 30);
    return pcap(stage.sorted());
  };
  const first = session(1, 0);
  const second = session(2, 3_600);
  const packets = 6 + 3 + 12;

  it.each<[string, number, [string, number][], boolean]>([
    [
      "in the middle of the first file",
      5,
      [
        ["interrupted", 5],
        ["interrupted", 0],
      ],
      true,
    ],
    [
      "between the files",
      packets,
      [
        ["clean", packets],
        ["interrupted", 0],
      ],
      true,
    ],
    [
      "in the middle of the second file",
      packets + 1,
      [
        ["clean", packets],
        ["interrupted", 1],
      ],
      true,
    ],
    [
      "at the very end: nothing is missing",
      2 * packets,
      [
        ["clean", packets],
        ["clean", packets],
      ],
      false,
    ],
  ])("by -c, %s", async (_, maxPackets, ends, said) => {
    const { capture, warnings, coverage, summary } = await reportOn([first, second], { maxPackets });
    expect(capture.sources.map((source) => [source.end, source.packets])).toEqual(ends);
    expect(capture.packets).toBe(Math.min(maxPackets, 2 * packets));
    expect(warnings.some(({ code }) => code === "interrupted")).toBe(said);
    expect(coverage.gaps.some(({ code }) => code === "interrupted")).toBe(said);
    if (said) expect(summary.text).toContain("interrupted");
    for (const source of capture.sources) {
      if (source.packets === 0) expect(source.lastPacketAt).toBeNull();
    }
  });

  it("by a signal before anything was read: the inputs are named all the same", async () => {
    const stop = new AbortController();
    stop.abort();
    const { warnings, coverage } = await reportOn([first, second], { signal: stop.signal });
    const messages = warnings.filter(({ code }) => code === "interrupted").map(({ message }) => message);
    expect(messages.join(" ")).toMatch(/\/0\b.*\/1\b/s);
    expect(coverage.complete).toBe(false);
  });
});

describe("no-times", () => {
  const records = played((stage) =>
    new Session(stage, direct).mainMode(0).quickMode(1, 1).esp(2, 30),
  ).sorted();
  it.each<[string, (i: number) => bigint, boolean]>([
    ["all times are zero", () => 0n, true],
    [
      "a converter of text counted up microseconds",
      (i) => 1_700_000_000_000_000_000n + BigInt(i) * 1_000n,
      true,
    ],
    ["the capture's own times", (i) => records[i].at, false],
  ])("%s", async (_, at, said) => {
    const { codes, report } = await codesOf(records.map((record, i) => ({ ...record, at: at(i) })));
    expect(codes.includes("no-times")).toBe(said);
    expect(report.coverage.gaps.some(({ code }) => code === "no-times")).toBe(said);
  });
});
