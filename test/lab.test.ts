import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { analyze } from "../src/index.ts";
import { accountedFor } from "./support/analyzed.ts";
import { allCaptures, tablePath } from "./support/captures.ts";

/** What the daemons' logs say of the captures in which two clients used one ID; nothing is to be found in the others. */
const FINDINGS: Record<string, { verdict: string; messageIds: string[] }> = {
  "vista-like-two-clients.pcap": {
    verdict: "tolerated",
    messageIds: ["0x00000001", "0x00000002", "0x00000003", "0x00000004"],
  },
  "vista-like-libreswan.pcap": { verdict: "tolerated", messageIds: ["0x00000001", "0x00000002"] },
  "vista-like-asa-drops-second.pcap": { verdict: "rejected", messageIds: ["0x00000001"] },
};

/**
 * Captures of which tshark counts more: what it prints as ISAKMP is malformed by RFC 2408, or (eight leading
 * zero bytes on port 500) the ESP encapsulation of the old NAT-T drafts.
 */
const FEWER_THAN_TSHARK: Record<string, { ikev1?: number; ikev2?: number; why: string }> = {
  "the-tcpdump-group__tcpdump__tests__ikev1_id_ipv6_addr_subnet-oobr.pcap": {
    ikev1: 0,
    why: "exchange type 16",
  },
  "the-tcpdump-group__tcpdump__tests__isakmp-various-oobr.pcap": { ikev1: 0, why: "exchange type 16" },
  "the-tcpdump-group__tcpdump__tests__isakmpv1-attr-oobr.pcap": { ikev1: 0, why: "exchange type 40" },
  "the-tcpdump-group__tcpdump__tests__isakmp-no-none-np.pcapng": { ikev1: 0, why: "initiator cookie zero" },
  "the-tcpdump-group__tcpdump__tests__ikev2-id-normal.pcap": { ikev2: 0, why: "initiator cookie zero" },
  "the-tcpdump-group__tcpdump__tests__ikev2-id-short.pcap": { ikev2: 0, why: "initiator cookie zero" },
};

function expectedCounts(): Map<string, Record<string, string>> {
  const lines = readFileSync(tablePath("ike", "EXPECTED.tsv"), "utf8").trimEnd().split("\n");
  const [head, ...rows] = lines.map((line) => line.split("\t"));
  return new Map(
    rows.map((row) => [row[0], Object.fromEntries(head.map((name, i) => [name, row[i] ?? ""]))]),
  );
}

const ike = allCaptures("ike");
const lab = allCaptures("lab");

describe.skipIf(ike.length === 0)("real captures of others", () => {
  const expected = ike.length === 0 ? new Map() : expectedCounts();
  it.each(ike)("%s: counts as in the table, and nobody is accused", async (path) => {
    const { report, failures } = await analyze([path]);
    const row = expected.get(basename(path));
    const { packets, messages, quickModeMessages } = report.capture;
    const fewer = FEWER_THAN_TSHARK[basename(path)];
    expect(failures).toEqual([]);
    expect(packets).toBe(Number(row.packets));
    expect(messages.ikev1).toBe(fewer?.ikev1 ?? Number(row.tshark_ikev1));
    expect(messages.ikev2).toBe(fewer?.ikev2 ?? Number(row.tshark_ikev2));
    expect(quickModeMessages).toBe(Number(row.quick_mode));
    expect(accountedFor(report)).toBe(packets);
    expect(report.findings).toEqual([]);
  });
});

describe.skipIf(lab.length === 0)("captures of real daemons", () => {
  it.each(lab)("%s: found is what the daemons' logs say", async (path) => {
    const { report } = await analyze([path]);
    const expected = FINDINGS[basename(path)];
    expect(report.findings.map(({ verdict, messageIds }) => ({ verdict, messageIds }))).toEqual(
      expected === undefined ? [] : [expected],
    );
    expect(accountedFor(report)).toBe(report.capture.packets);
  });
});
