/** Reports written by hand for the tests of text and exit status: typed, complete, and small. */

import { advised } from "../../src/report/advice/advised.ts";
import { displayFilter } from "../../src/report/display-filter.ts";
import type { InputFacts } from "../../src/report/input-warnings.ts";
import type { Attempt, Capture, Client, Evidence, Finding, Report, Verdict } from "../../src/report/model.ts";
import type { Timeline } from "../../src/report/timeline.ts";

export function attempt(over: Partial<Attempt> = {}): Attempt {
  return {
    messageId: "0x00000001",
    messageIdDecimal: 1,
    at: "2026-11-23T10:02:00.500000Z",
    frame: 31,
    source: "office.pcap",
    outcome: "unanswered",
    overlap: "certain",
    verdict: "rejected",
    retransmissions: 5,
    lastRetransmissionAt: "2026-11-23T10:02:31.750000Z",
    refusedAt: null,
    firstId: true,
    holderSa: { initiatorCookie: "1111111111111111", responderCookie: "aaaaaaaaaaaaaaaa" },
    contenderSa: { initiatorCookie: "2222222222222222", responderCookie: "bbbbbbbbbbbbbbbb" },
    claim: {
      at: "2026-11-23T10:00:01.250000Z",
      frame: 7,
      source: "office.pcap",
      implied: false,
      lastLifeAt: "2026-11-23T10:06:10.500000Z",
    },
    events: [
      {
        at: "2026-11-23T10:02:00.500000Z",
        frame: 31,
        source: "office.pcap",
        sender: "contender",
        what: "first-message",
      },
      {
        at: "2026-11-23T10:02:31.750000Z",
        frame: 58,
        source: "office.pcap",
        sender: "contender",
        what: "last-retransmission",
      },
    ],
    ...over,
  };
}

export function finding(over: Partial<Finding> = {}): Finding {
  return {
    fingerprint: "3f2a9c5be1d04467",
    verdict: "rejected",
    severity: "high",
    cause: "sequential-ids",
    caveats: [],
    notes: [],
    responder: "192.0.2.1",
    messageIds: ["0x00000001"],
    messageIdsDecimal: [1],
    holder: {
      address: "198.51.100.11",
      port: 4500,
      platform: "Windows Vista",
      pattern: "sequential",
    },
    contender: {
      address: "198.51.100.12",
      port: 4500,
      platform: "Windows 7 or Server 2008 R2",
      pattern: "sequential",
    },
    attempts: [attempt()],
    displayFilter: displayFilter(over.messageIds ?? ["0x00000001"], [over.responder ?? "192.0.2.1"]),
    summary:
      "192.0.2.1 did not accept 198.51.100.12 on quick-mode message ID 0x00000001 while 198.51.100.11 held it.",
    ...over,
  };
}

export function client(over: Partial<Client> = {}): Client {
  return {
    address: "198.51.100.11",
    port: 4500,
    responder: "192.0.2.1",
    outcome: {
      kind: "connected",
      keptOut: 0,
      firstAt: null,
      lastAt: null,
      connectedAt: "2026-11-23T10:00:01.250000Z",
      keptOutSeconds: 0,
    },
    platform: "Windows Vista",
    pattern: {
      kind: "sequential",
      confidence: 0.9999,
      byteOrder: "big-endian",
      messageIds: ["0x00000001", "0x00000002"],
      ids: 2,
      ikeSas: 1,
      firstId: "0x00000001",
      step: 1,
    },
    anomaly: null,
    communityIds: [],
    rolesInferred: false,
    firstSeenAt: "2026-11-23T10:00:00.000000Z",
    lastSeenAt: "2026-11-23T10:06:10.500000Z",
    ...over,
  };
}

/** The row of a client that tried in vain, twice unless told otherwise. */
export function keptOut(over: Partial<Client> = {}): Client {
  return client({
    address: "198.51.100.12",
    outcome: {
      kind: "kept-out",
      keptOut: 2,
      firstAt: "2026-11-23T10:02:00.500000Z",
      lastAt: "2026-11-23T10:02:31.750000Z",
      connectedAt: null,
      keptOutSeconds: 31.25,
    },
    ...over,
  });
}

/** A report of one capture and one responder; the counts of verdicts follow from the findings. */
export function report(over: Partial<Report> = {}): Report {
  const findings = over.findings ?? [];
  const clients = over.clients ?? [client(), client({ address: "198.51.100.12" })];
  const count = (verdict: Verdict) => findings.filter((each) => each.verdict === verdict).length;
  return advised({
    schemaVersion: "1",
    tool: { name: "ike-dupcheck", version: "0.1.0" },
    capture: {
      sources: [
        {
          name: "office.pcap",
          format: "pcap",
          linkTypes: [1],
          packets: 640,
          bytes: 81_234,
          firstPacketAt: "2026-11-23T10:00:00.000000Z",
          lastPacketAt: "2026-11-23T10:06:10.500000Z",
          end: "clean",
          problem: null,
          untimed: 0,
        },
      ],
      packets: 640,
      messages: { ikev1: 38, ikev2: 0, authip: 0, malformed: 1 },
      quickModeMessages: 14,
      skipped: { "esp-in-udp": 590, "nat-keepalive": 11 },
      malformed: { "bad-length": 1 },
      echoes: 0,
      retransmissions: 5,
      evicted: {},
    },
    summary: {
      responders: 1,
      clients: clients.length,
      ikeSas: 2,
      quickModeExchanges: 3,
      findings: {
        rejected: count("rejected"),
        predicted: count("predicted"),
        possible: count("possible"),
        tolerated: count("tolerated"),
      },
    },
    responders: [
      {
        address: "192.0.2.1",
        aliases: [],
        vendor: "Cisco ASA-like",
        clients: clients.length,
        sequentialClients: 2,
        peakConcurrentSequential: 2,
        fingerprint: "77aa01c2d3e4f506",
      },
    ],
    clients,
    findings,
    warnings: [],
    coverage: { complete: true, gaps: [] },
    ...over,
  });
}

/** What a gateway's log says of a finding. */
export function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    witness: "asa-syslog",
    source: "asa.log",
    line: 7,
    at: "2026-11-23T10:02:00.500000Z",
    id: "713201",
    text: "the line itself",
    shows: "a duplicate",
    joined: true,
    ...over,
  };
}

export type Witness = NonNullable<Capture["witnesses"]>[number];

/** A gateway's log that was given beside the captures. */
export function witness(over: Partial<Witness> = {}): Witness {
  return {
    witness: "asa-syslog",
    source: "asa.log",
    computer: null,
    lines: 9,
    used: 4,
    clock: null,
    ...over,
  };
}

/** A second of a gateway, with nothing drawn in it. */
export function timeline(over: Partial<Timeline> = {}): Timeline {
  return {
    responder: "192.0.2.1",
    from: 0,
    to: 1e6,
    lanes: [],
    joins: [],
    omitted: 0,
    gathered: false,
    ...over,
  };
}

/** Of an input there is nothing to say. */
export const NO_INPUT_FACTS: InputFacts = {
  unread: [],
  timeless: [],
  clockSteps: { count: 0, first: [] },
  clockOffsets: [],
  unopened: [],
  unreadable: [],
  unseenResponders: [],
  seenResponders: [],
};
