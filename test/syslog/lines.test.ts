/**
 * Lines of an ASA's log: the formats of Cisco's syslog guide and public examples, written anew with documentation
 * addresses. None of this was seen on an ASA by this project.
 */

import { describe, expect, it } from "vitest";
import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";

/** 2026-11-28 00:00 UTC. */
const NOW = Date.UTC(2026, 10, 28) * 1_000;

function read(...lines: string[]): { events: GatewayEvent[]; reader: LogReader } {
  const reader = new LogReader("asa.log", NOW);
  const events = lines.map((line) => reader.take(line)).filter((event) => event !== null);
  return { events, reader };
}

const TEXT =
  "Group = DefaultRAGroup, Username = alice, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=00000001)";
const AT = "2018-06-27T12:17:46.000Z";

const HEADS: { name: string; head: string; at: string | null; host: string | null }[] = [
  { name: "the device's own time", head: "<165>Jun 27 2018 12:17:46: %ASA-5-713120: ", at: AT, host: null },
  {
    name: "its time and name",
    head: "<165>Jun 27 2018 12:17:46 asa1 : %ASA-5-713120: ",
    at: AT,
    host: "asa1",
  },
  { name: "no priority", head: "Jun 27 2018 12:17:46: %ASA-5-713120: ", at: AT, host: null },
  {
    name: "a collector's time and the device's address before it",
    head: "Jun 27 14:17:47 192.0.2.1 Jun 27 2018 12:17:46: %ASA-5-713120: ",
    at: AT,
    host: "192.0.2.1",
  },
  {
    name: "a collector's time alone",
    head: "Nov  8 07:10:05 asa1 %ASA-5-713120: ",
    at: "2026-11-08T07:10:05.000Z",
    host: "asa1",
  },
  { name: "RFC 5424", head: "<165>1 2018-06-27T12:17:46Z asa1 : %ASA-5-713120: ", at: AT, host: "asa1" },
  {
    name: "RFC 5424 with nil fields",
    head: "<165>1 2018-06-27T12:17:46Z asa1 - - - - %ASA-5-713120: ",
    at: AT,
    host: "asa1",
  },
  {
    name: "rsyslog's own time format",
    head: "2018-06-27T14:17:46.000+02:00 asa1 %ASA-5-713120: ",
    at: AT,
    host: "asa1",
  },
  { name: "EMBLEM", head: "<165>:Jun 27 2018 12:17:46 UTC: %ASA-vpn-5-713120: ", at: AT, host: null },
  {
    name: "EMBLEM without a class",
    head: "<165>:Jun 27 2018 12:17:46 UTC: %ASA--5-713120: ",
    at: AT,
    host: null,
  },
  { name: "milliseconds", head: "Jun 27 2018 12:17:46.000: %ASA-5-713120: ", at: AT, host: null },
  {
    name: "Kiwi's tabs",
    head: "2018-06-27 12:17:46\tLocal4.Notice\t192.0.2.1\t%ASA-5-713120: ",
    at: AT,
    host: "192.0.2.1",
  },
  { name: "no time at all", head: "<165>%ASA-5-713120: ", at: null, host: null },
  { name: "nothing at all", head: "%ASA-5-713120: ", at: null, host: null },
  {
    name: "one digit of a day",
    head: "Jun  7 2018 12:17:46: %ASA-5-713120: ",
    at: "2018-06-07T12:17:46.000Z",
    host: null,
  },
  {
    name: "a zone without a colon, ahead",
    head: "2018-06-27T14:47:46+0230 asa1 %ASA-5-713120: ",
    at: AT,
    host: "asa1",
  },
  { name: "a zone behind UTC", head: "2018-06-27T08:47:46-03:30 asa1 %ASA-5-713120: ", at: AT, host: "asa1" },
  {
    name: "a fraction of nine digits",
    head: "2018-06-27T12:17:46.123456789Z asa1 %ASA-5-713120: ",
    at: "2018-06-27T12:17:46.123Z",
    host: "asa1",
  },
  {
    name: "a comma before the fraction",
    head: "2018-06-27 12:17:46,5 asa1 %ASA-5-713120: ",
    at: "2018-06-27T12:17:46.500Z",
    host: "asa1",
  },
  {
    name: "a leap second",
    head: "Dec 31 2016 23:59:60: %ASA-5-713120: ",
    at: "2017-01-01T00:00:00.000Z",
    host: null,
  },
  {
    name: "a zone of the device",
    head: "<165>:Jun 27 2018 12:17:46 CEST: %ASA-5-713120: ",
    at: AT,
    host: null,
  },
  { name: "three words", head: "asa1 local4 notice %ASA-5-713120: ", at: null, host: "notice" },
  { name: "PIX", head: "Jun 27 2018 12:17:46: %PIX-5-713120: ", at: AT, host: null },
  { name: "Firepower", head: "Jun 27 2018 12:17:46 ftd1 : %FTD-5-713120: ", at: AT, host: "ftd1" },
  {
    name: "RFC 5424 as rsyslog writes it",
    head: "<165>1 2018-06-27T12:17:46+00:00 asa1 %ASA-5-713120 - - -  ",
    at: AT,
    host: "asa1",
  },
  {
    name: "RFC 5424 of an ASA, as rsyslog passes it on",
    head: "<165>1 2018-06-27T12:17:46Z asa1 : %ASA-5-713120: Group ",
    at: AT,
    host: "asa1",
  },
  { name: "the console", head: "Nov 08 07:10:05 [IKEv1]", at: "2026-11-08T07:10:05.000Z", host: null },
  {
    name: "the console of a newer release",
    head: "Nov 08 07:10:05 [IKEv1]: ",
    at: "2026-11-08T07:10:05.000Z",
    host: null,
  },
];

describe("the head of a line", () => {
  it.each(HEADS)("with $name", ({ head, at, host }) => {
    const { events } = read(head + TEXT);
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event).toMatchObject({
      id: "713120",
      fact: "accepted",
      peer: "198.51.100.11",
      messageIds: [1],
      host,
    });
    expect(Number.isNaN(event.at) ? null : new Date(event.at / 1_000).toISOString()).toBe(at);
  });

  it.each([
    ["an hour of 24", "Jun 27 2018 24:17:46: %ASA-5-713120: "],
    ["a minute of 60", "Jun 27 2018 12:60:46: %ASA-5-713120: "],
    ["a second of 61", "Jun 27 2018 12:17:61: %ASA-5-713120: "],
    ["a day of 0", "Jun 00 2018 12:17:46: %ASA-5-713120: "],
    ["a day of 32", "Jun 32 2018 12:17:46: %ASA-5-713120: "],
    ["a month of no language", "Unj 27 2018 12:17:46: %ASA-5-713120: "],
    ["four words", "one two three four %ASA-5-713120: "],
    ["a sentence", "he said, that %ASA-5-713120: "],
    ["a program with its process", "host app[123]: %ASA-5-713120: "],
    ["200 characters and more", `${" ".repeat(201)}%ASA-5-713120: `],
    ["of the console, 200 characters and more", `${" ".repeat(201)}[IKEv1]`],
  ])("is not one with %s", (_, head) => {
    expect(read(head + TEXT).events.filter(({ at }) => !Number.isNaN(at))).toEqual([]);
    expect(read(head + TEXT).events.length).toBe(0);
  });

  it("states what its time stands for, and whether lines of a second have an order", () => {
    const heads = ["Jun 27 2018 12:17:46", "2018-06-27T12:17:46.5Z", "2018-06-27T12:17:46.123456789Z"];
    const { events } = read(
      ...heads.map((time) => `${time}: %ASA-5-713120: ${TEXT}`),
      `%ASA-5-713120: ${TEXT}`,
    );
    expect(events.map(({ resolution }) => resolution)).toEqual([1_000_000, 100_000, 1, 0]);
    expect(events[2].at % 1_000_000).toBe(123_456);
  });

  it("with a year of another millennium has no time", () => {
    const { events } = read(`<165>1 9018-06-27T12:17:46Z asa1 : %ASA-5-713120: ${TEXT}`);
    expect(events.map(({ at }) => at)).toEqual([Number.NaN]);
  });

  it("whose message has lost its first word, as rsyslog writes an ASA's RFC 5424", () => {
    const head = "2018-06-27T12:17:46Z asa1 :[%ASA-";
    const { events } = read(
      `${head}5-713120:] = DefaultRAGroup, Username = alice, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=00000001)`,
      `${head}5-713119:] = 198.51.100.12, PHASE 1 COMPLETED`,
      `${head}6-602303:] An inbound remote access SA (SPI= 0x1) between 192.0.2.1 and 198.51.100.13 (user= u) has been created.`,
    );
    expect(events.map(({ fact, peer, host }) => [fact, peer, host])).toEqual([
      ["accepted", "198.51.100.11", "asa1"],
      ["phase1-completed", "198.51.100.12", "asa1"],
      ["sa-created", "198.51.100.13", "asa1"],
    ]);
  });

  it("without years goes on in the next one", () => {
    const head = (date: string) => `${date} asa1 %ASA-5-713120: ${TEXT}`;
    const { events } = read(head("Dec 31 23:59:58"), head("Jan  1 00:00:03"));
    expect(events.map(({ at }) => new Date(at / 1_000).getUTCFullYear())).toEqual([2025, 2026]);
  });

  it("without years is not later than a day from now, and goes back by less than 300 days within a year", () => {
    const yearsOf = (...dates: string[]) =>
      read(...dates.map((date) => `${date} asa1 %ASA-5-713120: ${TEXT}`)).events.map(({ at }) =>
        new Date(at / 1_000).getUTCFullYear(),
      );
    expect(yearsOf("Nov 28 23:59:59")).toEqual([2026]);
    expect(yearsOf("Nov 29 00:00:01")).toEqual([2025]);
    expect(yearsOf("Oct 27 00:00:00", "Jan  1 00:00:00")).toEqual([2026, 2026]);
    expect(yearsOf("Oct 29 00:00:00", "Jan  1 00:00:00")).toEqual([2026, 2027]);
    expect(yearsOf("Dec 31 00:00:00", "Jan  1 00:00:00", "Dec 31 00:00:00")).toEqual([2025, 2026, 2026]);
  });
});

const MESSAGES: { name: string; line: string; is: Partial<GatewayEvent> }[] = [
  {
    name: "phase 1 completed",
    line: "%ASA-5-713119: Group = g, IP = 198.51.100.11, PHASE 1 COMPLETED",
    is: { fact: "phase1-completed", peer: "198.51.100.11" },
  },
  {
    name: "phase 2 completed, with a random ID",
    line: "%ASA-5-713120: Group = 198.51.100.11, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=033c8971)",
    is: { fact: "accepted", messageIds: [0x033c8971] },
  },
  {
    name: "phase 2 completed, of a peer without a group",
    line: "%ASA-5-713120: IP = 2001:DB8::11, PHASE 2 COMPLETED (msgid=1)",
    is: { fact: "accepted", peer: "2001:db8::11", messageIds: [1] },
  },
  {
    name: "the SPIs of a quick mode",
    line: "%ASA-5-713049: Group = g, Username = u, IP = 198.51.100.11, Security negotiation complete for User (u)  Responder, Inbound SPI = 0xd0e5c6d3, Outbound SPI = 0x1f2e3d4",
    is: { fact: "negotiated", spis: ["d0e5c6d3", "01f2e3d4"] },
  },
  {
    name: "an IPsec SA created",
    line: "%ASA-6-602303: IPSEC: An inbound remote access SA (SPI= 0xD0E5C6D3) between 192.0.2.1 and 198.51.100.11 (user= u) has been created.",
    is: { fact: "sa-created", local: "192.0.2.1", peer: "198.51.100.11", spis: ["d0e5c6d3"] },
  },
  {
    name: "an IPsec SA deleted",
    line: "%ASA-6-602304: IPSEC: An outbound remote access SA (SPI= 0x2B4A1133) between 192.0.2.1 and 198.51.100.11 (user= u) has been deleted.",
    is: { fact: "sa-deleted", peer: "198.51.100.11" },
  },
  {
    name: "an L2TP tunnel created",
    line: "%ASA-6-603106: L2TP Tunnel created, tunnel_id is 12, remote_peer_ip is 198.51.100.11, ppp_virtual_interface_id is 1, client_dynamic_ip is 10.1.1.2, username is u",
    is: { fact: "l2tp-created", peer: "198.51.100.11" },
  },
  {
    name: "an L2TP tunnel deleted",
    line: "%ASA-6-603107: L2TP Tunnel deleted, tunnel_id = 12, remote_peer_ip = 198.51.100.11",
    is: { fact: "l2tp-deleted", peer: "198.51.100.11" },
  },
  {
    name: "a connection terminated",
    line: "%ASA-5-713050: Group = g, Username = u, IP = 198.51.100.11, Connection terminated for peer u.  Reason: Peer Terminate  Remote Proxy 198.51.100.11, Local Proxy 192.0.2.1",
    is: { fact: "session-ended", peer: "198.51.100.11", reason: "Peer Terminate" },
  },
  {
    name: "a session torn down",
    line: "%ASA-5-713259: Group = g, Username = u, IP = 198.51.100.11, Session is being torn down. Reason: User Requested",
    is: { fact: "session-ended", reason: "User Requested" },
  },
  {
    name: "a session disconnected",
    line: "%ASA-4-113019: Group = g, Username = u, IP = 198.51.100.11, Session disconnected. Session Type: L2TPOverIPsecOverNatT, Duration: 0h:01m:02s, Bytes xmt: 8, Bytes rcv: 9, Reason: Idle Timeout",
    is: { fact: "session-ended", reason: "Idle Timeout" },
  },
  {
    name: "a duplicate",
    line: "%ASA-5-713201: Group = g, IP = 198.51.100.12, Duplicate Phase 2 packet detected.  No last packet to transmit.",
    is: { fact: "duplicate", peer: "198.51.100.12" },
  },
  {
    name: "a quick mode that ended in an error",
    line: "%ASA-3-713902: Group = g, IP = 198.51.100.12, QM FSM error (P2 struct &0x00007fff33763a70, mess id 0x1)!",
    is: { fact: "refused", messageIds: [1] },
  },
  {
    name: "no state for an ID that reads in two ways",
    line: "%ASA-5-713006: Group = g, IP = 198.51.100.12, Failed to obtain state for message Id 10, Peer Address: 198.51.100.12",
    is: { fact: "unknown-id", messageIds: [16, 10] },
  },
  {
    name: "no entry for an ID",
    line: "%ASA-5-713010: Group = g, IP = 198.51.100.12, IKE Rcv: failed to find centry for message Id 0x1f",
    is: { fact: "unknown-id", messageIds: [31] },
  },
  {
    name: "selectors that clash",
    line: "%ASA-3-713227: IP = 198.51.100.12, Rejecting new IPSec SA negotiation for peer 198.51.100.12. A negotiation was already in progress for local Proxy 192.0.2.1/255.255.255.255, remote Proxy 198.51.100.12/255.255.255.255",
    is: { fact: "other-cause", peer: "198.51.100.12" },
  },
  {
    name: "no policy",
    line: "%ASA-3-713061: Group = g, IP = 198.51.100.12, Tunnel rejected: Crypto Map Policy not found for Src:198.51.100.12, Dst: 192.0.2.1!",
    is: { fact: "other-cause" },
  },
  {
    name: "attributes that do not match",
    line: "%ASA-5-713257: IP = 198.51.100.12, Phase 1 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group 2  Cfg'd: Group 5",
    is: { fact: "other-cause", peer: "198.51.100.12" },
  },
  {
    name: "a notify of the client",
    line: "%ASA-5-713068: Group = g, IP = 198.51.100.12, Received non-routine Notify message: No proposal chosen (14)",
    is: { fact: "other-cause", reason: "Received non-routine Notify message: No proposal chosen (14)" },
  },
  {
    name: "a password that is wrong",
    line: "%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = u : user IP = 198.51.100.12",
    is: {
      fact: "other-cause",
      peer: "198.51.100.12",
      reason: "AAA user authentication Rejected : reason = Invalid password ",
    },
  },
  {
    name: "a limit of sessions",
    line: "%ASA-4-113029: Group g User u IP 198.51.100.12 Session could not be established: session limit of 2 reached.",
    is: {
      fact: "other-cause",
      peer: "198.51.100.12",
      reason: "Session could not be established: session limit of 2 reached",
    },
  },
  {
    name: "a quick mode that begins",
    line: "%ASA-7-714003: IP = 198.51.100.11, IKE Responder starting QM: msg id = 8e5cdb6b",
    is: { fact: "quick-mode-began", messageIds: [0x8e5cdb6b] },
  },
  {
    name: "its answer",
    line: "%ASA-7-714005: Group = g, IP = 198.51.100.11, IKE Responder sending 2nd QM pkt: msg id = 00000001",
    is: { fact: "quick-mode-answered", messageIds: [1] },
  },
  {
    name: "a message decoded",
    line: "%ASA-7-713236: IP = 198.51.100.11, IKE_DECODE RECEIVED Message (msgid=1) with payloads : HDR + HASH (8) + SA (1) + NONCE (10) + ID (5) + ID (5) + NONE (0) total length : 332",
    is: { fact: "received", messageIds: [1] },
  },
];

describe("a message", () => {
  it.each(MESSAGES)("says $name", ({ line, is }) => {
    const { events, reader } = read(`Jun 27 2018 12:17:46: ${line}`);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject(is);
    expect(reader.counts).toEqual({ lines: 1, ofGateway: 1, used: 1, ambiguous: 0 });
  });

  it("on the console is known by its words", () => {
    const { events } = read(
      "Nov 08 07:10:05 [IKEv1]Group = , IP = , QM FSM error (P2 struct &0xcc19ed48, mess id 0xfc16eec2)!",
    );
    expect(events).toMatchObject([{ id: "713902", fact: "refused", peer: null, messageIds: [0xfc16eec2] }]);
  });

  it.each([
    ["%ASA-6-302013: Built inbound TCP connection 1 for outside:x", 6],
    ["%ASA-session-6-302013: Built inbound TCP connection 1 for outside:x-y", 6],
    ["%ASA--6-302013: Built inbound TCP connection 1 for outside:x", 6],
    ["%ASA-0-104001: (Secondary) Switching to ACTIVE", 0],
    ["%ASA-7-710005: UDP request discarded", 7],
    [`%ASA-4-713120: ${TEXT}`, 4],
    [`[IKEv1]${TEXT}`, 7],
  ])("gives the level of the log, whatever it says: %s", (text, level) => {
    expect(read(`<190>Jun 27 2018 12:17:46: ${text}`).reader.level).toBe(level);
    const { reader } = read(`%ASA-3-302013: x`, text, `%ASA-3-302013: x`);
    expect(reader.level).toBe(Math.max(3, level));
  });

  it("has no level before the first line of a gateway", () => {
    expect(read("Jun 27 12:17:46 mail1 sshd[1]: x").reader.level).toBe(-1);
  });

  it("is counted, its line numbered, and passed over where it says nothing here", () => {
    const { events, reader } = read(
      "Jun 27 mail1 x",
      "%ASA-6-302013: Built",
      `Jun 27 2018 12:17:46: %ASA-5-713120: ${TEXT} \r`,
    );
    reader.pass();
    expect(reader.counts).toEqual({ lines: 4, ofGateway: 2, used: 1, ambiguous: 0 });
    expect(events).toMatchObject([{ line: 3, source: "asa.log", level: 5 }]);
    expect(events[0].text).toBe(`Jun 27 2018 12:17:46: %ASA-5-713120: ${TEXT}`);
  });

  it("whose first word stands twice, as a collector writes it, is read once", () => {
    const { events } = read(`2018-06-27T12:17:46Z asa1 : %ASA-5-713120: Group ${TEXT}`);
    expect(events).toMatchObject([{ fact: "accepted", peer: "198.51.100.11" }]);
  });

  it("of more than 1,024 characters is cut, and what is behind them not believed", () => {
    const long = (length: number) =>
      `%ASA-5-713120: Group = ${"g".repeat(length)}, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=1)`;
    const room = 1024 - long(0).length;
    expect(read(long(room)).events.length).toBe(1);
    expect(read(long(room + 1)).events.length).toBe(0);
  });

  it.each([
    [
      "a group named like an address field",
      "Group = g, IP = 198.51.100.99, IP = 198.51.100.11, PHASE 1 COMPLETED",
      1,
    ],
    ["eight fields of addresses", `Group = ${"IP = x, ".repeat(7)}IP = 198.51.100.11, PHASE 1 COMPLETED`, 1],
    ["nine of them", `Group = ${"IP = x, ".repeat(8)}IP = 198.51.100.11, PHASE 1 COMPLETED`, 0],
    ["an address that is not one", "Group = g, IP = 198.51.100.256, PHASE 1 COMPLETED", 0],
    ["an address of more than 45 characters", `Group = g, IP = ${"0".repeat(46)}::1, PHASE 1 COMPLETED`, 0],
    ["words behind its end", "Group = g, IP = 198.51.100.11, PHASE 1 COMPLETED now", 0],
    ["words before its prefix", "x Group = g, IP = 198.51.100.11, PHASE 1 COMPLETED", 0],
  ])("with %s", (_, text, count) => {
    expect(read(`%ASA-5-713119: ${text}`).events.length).toBe(count);
  });

  it.each([
    ["16", [22, 16]],
    ["0x16", [22]],
    ["1f", [31]],
    ["9", [9]],
    ["4294967295", [4294967295]],
    ["9999999999", []],
  ])("names the ID %s as %j", (text, ids) => {
    const { events } = read(
      `%ASA-5-713010: Group = g, IP = 198.51.100.12, IKE Rcv: failed to find centry for message Id ${text}`,
    );
    expect(events.map(({ messageIds }) => messageIds)).toEqual([ids]);
  });

  it("gives the software version where the text of show version is there", () => {
    const text = "Cisco Adaptive Security Appliance Software Version 9.2(2)4 ";
    expect(read("Cisco IOS Software", text, text.replace("9.2", "9.9")).reader.version).toBe("9.2(2)4");
    expect(read("Cisco IOS Software", ` ${text}`).reader.version).toBeNull();
  });
});
