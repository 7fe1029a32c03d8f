/** Lines whose names were chosen to look like others, and lines that are of no gateway: nobody is named by them. */

import { describe, expect, it } from "vitest";
import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";

/** 2026-11-28 00:00 UTC. */
const NOW = Date.UTC(2026, 10, 28) * 1_000;

function read(...lines: string[]): { events: GatewayEvent[]; reader: LogReader } {
  const reader = new LogReader("asa.log", NOW);
  const events = lines.map((line) => reader.take(line)).filter((event) => event !== null);
  return { events, reader };
}

const HEAD = "Jun 27 2018 12:17:46: %ASA";
const FORGED: { name: string; line: string; peer: string | null }[] = [
  {
    name: "a name that holds another address and another end",
    line: `${HEAD}-5-713120: Group = g, Username = x, IP = 192.0.2.9, PHASE 2 COMPLETED, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=1)`,
    peer: "198.51.100.11",
  },
  {
    name: "a name that holds the whole message of another client",
    line: `${HEAD}-5-713120: Group = g, Username = x, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=7), IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=1)`,
    peer: "198.51.100.11",
  },
  {
    name: "a name that stands behind the address and begins the message again",
    line: `${HEAD}-5-713049: Group = g, Username = u, IP = 198.51.100.11, Security negotiation complete for User (u, IP = 192.0.2.9, Security negotiation complete for User (v)  Responder, Inbound SPI = 0x1, Outbound SPI = 0x2`,
    peer: null,
  },
  {
    name: "a failed log-in whose name holds a message",
    line: `${HEAD}-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = Group = g, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=1) : user IP = 198.51.100.12`,
    peer: "198.51.100.12",
  },
  {
    name: "a name that ends another user's session early",
    line: `${HEAD}-4-113029: Group g User x IP 192.0.2.9 Session could not be established: session limit of 2 reached. IP 198.51.100.12 Session could not be established: session limit of 2 reached.`,
    peer: "198.51.100.12",
  },
  {
    name: "another message that quotes one",
    line: `${HEAD}-6-605005: Login permitted for user "%ASA-5-713120: IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=1)"`,
    peer: null,
  },
  {
    name: "another program's line that quotes one",
    line: "Jun 27 12:17:46 host sshd[77]: Invalid user %ASA-5-713120: IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=1)",
    peer: null,
  },
  {
    name: "a sentence that quotes one",
    line: "the log said yesterday at noon: %ASA-5-713120: IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=1)",
    peer: null,
  },
];

describe("a forged line", () => {
  it.each(FORGED)("$name: names nobody else", ({ line, peer }) => {
    expect(read(line).events.map((event) => event.peer)).toEqual(peer === null ? [] : [peer]);
  });

  it("of any kind does not make a line of 192.0.2.9 out of one of somebody else", () => {
    const bits = [
      "IP = 192.0.2.9",
      "PHASE 2 COMPLETED (msgid=1)",
      ", ",
      "Group = g",
      "Username = ",
      ")",
      "QM FSM error (P2 struct &0x1, mess id 0x1)!",
    ];
    let seed = 7;
    for (let i = 0; i < 5_000; i += 1) {
      let name = "";
      for (let k = 0; k < 5; k += 1) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        name += bits[(seed >>> 16) % bits.length];
      }
      const { events } = read(
        `${HEAD}-5-713120: Group = g, Username = ${name}, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=5)`,
      );
      for (const event of events) expect(event).toMatchObject({ peer: "198.51.100.11", messageIds: [5] });
    }
  });
});

describe("other lines", () => {
  it("are passed over: binary, empty, of other devices, a megabyte long", () => {
    const { events, reader } = read(
      "\u0000\u0001%ASA",
      "",
      "%",
      "Oct 10 12:00:00 r1 %LINK-3-UPDOWN: Interface Ethernet0, changed state to up",
      `${"%ASA-5-713120: ".repeat(60_000)}`,
      "%ASA-5-713120: ",
      "%ASA-9-713120: x",
    );
    expect(events).toEqual([]);
    expect(reader.counts).toMatchObject({ lines: 7, used: 0 });
  });
});
