import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../../src/events/reader.ts";
import { DIAL, event, MAIN, QUICK, read, SECURITY } from "./made.ts";

describe("which events are which fact, by Microsoft's list of audit events", () => {
  it.each([
    [4650, "main-mode-established", "main mode established, without a certificate"],
    [4651, "main-mode-established", "main mode established, with a certificate"],
    [4652, "main-mode-failed", "main mode failed, with the peer's certificate"],
    [4653, "main-mode-failed", "main mode failed"],
    [4654, "quick-mode-failed", "quick mode failed"],
    [4655, "main-mode-ended", "main mode ended"],
    [5451, "quick-mode-established", "quick mode established"],
    [5452, "quick-mode-ended", "quick mode ended"],
  ])("%i is %s: %s", (id, fact) => {
    expect(read(event(id, SECURITY, [])).events).toMatchObject([{ fact, id: String(id), error: 0 }]);
  });

  it.each([
    [4654, "Application Error", "the numbers of Security events are other providers' as well"],
    [4654, "RasClient", "RasClient fails dials, not quick modes"],
    [20_227, SECURITY, "a dial fails for RasClient alone"],
    [20_226, "RasClient", "a dial that ended is not one that failed"],
  ])("%i of %s is none: %s", (id, provider) => {
    expect(read(event(id, provider, [["", "789"]])).events).toEqual([]);
  });
});

describe("a value of an event", () => {
  const readValue = (name: string, value: string, field: keyof ClientEvent) =>
    read(event(4654, SECURITY, [[name, value]])).events[0][field];
  const dotted45 = "0000:0000:0000:0000:0000:ffff:198.100.100.100";

  it.each<[string, string, keyof ClientEvent, string, unknown]>([
    ["a message ID in decimal digits", "MessageID", "messageId", "4294967295", 0xffffffff],
    ["in hexadecimal digits", "MessageID", "messageId", "0x0000001f", 31],
    ["of more than 32 bits is none", "MessageID", "messageId", "4294967296", 0],
    ["of more than eight hexadecimal digits is none", "MessageID", "messageId", "0x100000000", 0],
    ["with words before it is none", "MessageID", "messageId", "ID 7", 0],
    ["with words behind it is none", "MessageID", "messageId", "7 or so", 0],
    [
      "a cookie in capitals, with 0x",
      "InitiatorCookie",
      "initiatorCookie",
      "0xFEDCBA9876543210",
      "fedcba9876543210",
    ],
    ["without its leading zeros", "ResponderCookie", "responderCookie", "1f", "000000000000001f"],
    ["of more than 64 bits is none", "InitiatorCookie", "initiatorCookie", "01234567890123456", ""],
    ["with words before it is none", "InitiatorCookie", "initiatorCookie", "is 1f", ""],
    ["with words behind it is none", "InitiatorCookie", "initiatorCookie", "1f or so", ""],
    ["that is a dash is none", "InitiatorCookie", "initiatorCookie", "-", ""],
    ["an IPv6 address in its shortest form", "LocalAddress", "local", "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["in its longest form", "RemoteAddress", "remote", dotted45, "::ffff:198.100.100.100"],
    ["that is a name is none", "RemoteAddress", "remote", "gateway.example", null],
  ])("%s (%s)", (_, name, field, value, expected) => {
    expect(readValue(name, value, field)).toBe(expected);
  });

  it("that is missing is said to be", () => {
    expect(read(event(4654, SECURITY, [])).events).toMatchObject([
      {
        messageId: 0,
        initiatorCookie: "",
        responderCookie: "",
        local: null,
        remote: null,
        reason: null,
        computer: "",
      },
    ]);
  });

  it.each<[string, [string, string][], string | null]>([
    [
      "reason, place and state, in this order",
      [
        ["FailurePoint", "Local computer"],
        ["FailureReason", " Negotiation timed out "],
        ["State", "Sent first (SA) payload"],
      ],
      "Negotiation timed out; Local computer; Sent first (SA) payload",
    ],
    [
      "without what a raw event has for a word of a message table",
      [
        ["FailurePoint", "%%8199"],
        ["FailureReason", "Negotiation timed out"],
        ["State", "-"],
      ],
      "Negotiation timed out",
    ],
    [
      "none where nothing is said",
      [
        ["FailureReason", " "],
        ["State", "%%8217"],
      ],
      null,
    ],
    ["no longer than a line of a report", [["FailureReason", "x".repeat(400)]], "x".repeat(300)],
  ])("says why: %s", (_, values, reason) => {
    expect(read(event(4654, SECURITY, values)).events[0].reason).toBe(reason);
  });

  it.each<[string, string[], number, RegExp]>([
    [
      "is the fourth value",
      ["{1}", "alice", "Office", "809"],
      809,
      /^error 809: the gateway did not respond/,
    ],
    ["may be one without a meaning here", ["{1}", "alice", "Office", "12345"], 12_345, /^error 12345$/],
    ["of more digits than any error is none", ["{1}", "alice", "Office", "123456"], 0, /^error 0$/],
    ["with words behind it is none", ["{1}", "alice", "Office", "809 or so"], 0, /^error 0$/],
    ["that is missing is none", ["{1}", "alice", "Office"], 0, /^error 0$/],
  ])("the error of a dial %s", (_, values, error, reason) => {
    const unnamed = values.map((value): [string, string] => ["", value]);
    const [dial] = read(event(20_227, "RasClient", unnamed)).events;
    expect(dial).toMatchObject({ error, reason: expect.stringMatching(reason) });
  });
});

describe("the text of events", () => {
  const bare = (inside: string) => `<Event>${inside}</Event>`;
  const system = (more: string) =>
    `<System><Provider Name="${SECURITY}"/><EventID Qualifiers="0">4654</EventID>${more}</System>`;
  const value = (text: string) => `<Data Name="FailureReason">${text}</Data>`;

  it.each([
    ["named characters", "&lt;&gt;&amp;&quot;&apos;", "<>&\"'"],
    ["characters by decimal numbers", "&#72;&#105;", "Hi"],
    ["by hexadecimal numbers", "&#x48;&#x6f;&#x6F;", "Hoo"],
    ["the last one that there is", "x&#x10ffff;", "x\u{10ffff}"],
    ["none behind the last one", "x&#x110000;", "x&#x110000;"],
    ["none of number 0", "x&#0;", "x&#0;"],
    ["no other names", "x&nbsp;", "x&nbsp;"],
  ])("has %s", (_, text, expected) => {
    expect(read(bare(system("") + value(text))).events).toMatchObject([{ reason: expected }]);
  });

  it.each([
    ["seven digits of a second, six of which are kept", "2026-03-02T08:00:10.1234567Z", 123_456],
    ["tenths", "2026-03-02T08:00:10.5Z", 500_000],
    ["whole seconds", "2026-03-02T08:00:10Z", 0],
    ["no zone: it is UTC all the same", "2026-03-02T08:00:10.000001", 1],
  ])("has a time of %s", (_, text, micros) => {
    const { events } = read(bare(system(`<TimeCreated SystemTime="${text}"/>`)));
    expect(events.map(({ at }) => at)).toEqual([Date.UTC(2026, 2, 2, 8, 0, 10) * 1_000 + micros]);
  });

  it("has the name of the machine, and no time where none is stated", () => {
    const { events } = read(bare(system("<Computer>pc12.example</Computer>")));
    expect(events).toMatchObject([{ computer: "pc12.example", at: Number.NaN }]);
  });

  it("is kept whole up to 2,048 characters", () => {
    const text = bare(system(""));
    expect(
      read(`${text}\n${bare(system(value("x".repeat(4_000))))}`).events.map((each) => each.text),
    ).toEqual([text, bare(system(value("x".repeat(4_000)))).slice(0, 2_048)]);
  });

  it("counts what has no number or another provider's, and goes on behind it", () => {
    const { events, reader } = read(bare("") + bare("<System/>") + bare(system("")) + QUICK);
    expect(events.map(({ line }) => line)).toEqual([3, 4]);
    expect([reader.cutter.found, reader.cutter.skipped]).toEqual([2, 2]);
  });

  it("is of nobody without a provider", () => {
    expect(read(bare("<System><EventID>4654</EventID></System>")).events).toEqual([]);
  });

  it("is an event wherever it stands in what is held, and however much stands before it", () => {
    const long = QUICK.replace("</Event>", `${" ".repeat(10_000)}</Event>`);
    const { events, reader } = read(" ".repeat(60_000) + long, 69_000);
    expect([events.length, reader.cutter.skipped]).toEqual([1, 0]);
  });

  it("is not read beyond 64 values", () => {
    const many = (count: number): [string, string][] =>
      Array.from({ length: count }, (_, i): [string, string] => [`V${i}`, "1"]);
    const behind = (count: number) => event(4654, SECURITY, [...many(count), ["MessageID", "7"]]);
    expect(read(behind(63) + behind(64)).events.map(({ messageId }) => messageId)).toEqual([7, 0]);
  });

  it("is not read beyond 4,096 characters of a value", () => {
    const far = (blanks: number) => event(4654, SECURITY, [["FailureReason", `${" ".repeat(blanks)}x`]]);
    expect(read(far(4_095) + far(4_096)).events.map(({ reason }) => reason)).toEqual(["x", null]);
  });

  it.each([1 << 20, 65_536, 40_000, 1_000])(
    "is an event up to 65,536 characters, in pieces of %i",
    (size) => {
      const long = (length: number) =>
        QUICK.replace("</Event>", `${" ".repeat(length - QUICK.length)}</Event>`);
      const { events, reader } = read(MAIN + long(65_536) + long(65_537) + DIAL, size);
      expect(events.map(({ fact, line }) => `${line} ${fact}`)).toEqual([
        "1 main-mode-failed",
        "2 quick-mode-failed",
        "4 dial-failed",
      ]);
      expect(reader.cutter.skipped).toBe(1);
    },
  );
});
