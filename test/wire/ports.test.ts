import { describe, expect, it } from "vitest";
import { Located, locate, portSet } from "../../src/wire/locate.ts";
import { datagram, espPacket, isakmp, nonEspMarker } from "../support/frames.ts";
import { type Found, locateFrame } from "../support/located.ts";

const MESSAGE = isakmp({
  initiatorCookie: "11".repeat(8),
  responderCookie: "22".repeat(8),
  exchange: 32,
  body: Buffer.alloc(72, 1),
});
/** The same under an exchange type of AuthIP's. */
const AUTHIP = Buffer.from(MESSAGE);
AUTHIP[18] = 243;
const MARKED = nonEspMarker(MESSAGE);
const KEEPALIVE = Buffer.from([0xff]);
const ESP = Buffer.concat([Buffer.from("c0000001 00000001".replace(" ", ""), "hex"), Buffer.alloc(80, 0xe5)]);
const ZEROS_THEN_ESP = Buffer.concat([Buffer.alloc(8), ESP]);
/** Ethernet, IPv4, UDP. */
const HEADERS = 42;
/** Given to `locate` as a port of the user's. */
const EXTRA = 5500;

const PLAIN: Found = { kind: "candidate", at: HEADERS, captured: 100, length: 100, marker: false };
const BEHIND_MARKER: Found = { kind: "candidate", at: HEADERS + 4, captured: 100, length: 100, marker: true };
const unmarked = (length: number): Found => ({
  kind: "candidate",
  at: HEADERS,
  captured: length,
  length,
  marker: false,
});
const is = (kind: string): Found => ({ kind });

type Row = readonly [what: string, ports: readonly [number, number], payload: Uint8Array, expected: Found];

const ROWS: readonly Row[] = [
  ["500: a message", [500, 500], MESSAGE, PLAIN],
  ["500 and a port that a NAT chose: a message", [500, 61000], MESSAGE, PLAIN],
  ["500: one byte 0xff, as the old drafts sent it", [500, 500], KEEPALIVE, is("nat-keepalive")],
  [
    "500: one byte that is not 0xff is a message too short to be one",
    [500, 500],
    Buffer.from([0]),
    unmarked(1),
  ],
  ["500: two bytes 0xff are no keepalive", [500, 500], Buffer.from([0xff, 0xff]), unmarked(2)],
  ["500: eight leading zero bytes", [500, 500], ZEROS_THEN_ESP, is("old-draft-esp")],
  ["500: more than eight leading zero bytes", [500, 500], Buffer.alloc(40), is("old-draft-esp")],
  [
    "500: seven zero bytes behind one that is not",
    [500, 500],
    Buffer.from("0100000000000000c0000001", "hex"),
    unmarked(12),
  ],
  ["500: eight zero bytes and nothing else", [500, 500], Buffer.alloc(8), is("old-draft-esp")],
  [
    "500: seven zero bytes are the beginning of a cookie",
    [500, 500],
    Buffer.concat([Buffer.alloc(7), ESP]),
    unmarked(95),
  ],
  [
    "500: a marker does not belong there, so it is the cookie",
    [500, 500],
    MARKED,
    { ...PLAIN, captured: 104, length: 104 },
  ],
  ["500: nothing in the datagram", [500, 500], Buffer.alloc(0), unmarked(0)],

  ["4500: a marker and a message", [4500, 4500], MARKED, BEHIND_MARKER],
  ["4500 and a port that a NAT chose: a marker and a message", [61000, 4500], MARKED, BEHIND_MARKER],
  ["4500: one byte 0xff", [4500, 4500], KEEPALIVE, is("nat-keepalive")],
  ["4500: one byte that is not 0xff", [4500, 4500], Buffer.from([0xfe]), is("esp-in-udp")],
  ["4500: ESP", [4500, 4500], ESP, is("esp-in-udp")],
  [
    "4500: three zero bytes behind one that is not: ESP",
    [4500, 4500],
    Buffer.concat([Buffer.from([1, 0, 0, 0]), MESSAGE]),
    is("esp-in-udp"),
  ],
  ["4500: a message without the marker is taken for ESP", [4500, 4500], MESSAGE, is("esp-in-udp")],
  ["4500: three zero bytes are no marker", [4500, 4500], Buffer.alloc(3), is("esp-in-udp")],
  ["4500: nothing in the datagram", [4500, 4500], Buffer.alloc(0), is("esp-in-udp")],
  [
    "4500: a marker and nothing else",
    [4500, 4500],
    Buffer.alloc(4),
    { ...BEHIND_MARKER, captured: 0, length: 0 },
  ],
  [
    "4500: a marker and 27 bytes",
    [4500, 4500],
    MARKED.subarray(0, 31),
    { ...BEHIND_MARKER, captured: 27, length: 27 },
  ],
  [
    "4500: eight zero bytes are a marker and a cookie that begins with zeros",
    [4500, 4500],
    ZEROS_THEN_ESP,
    { ...BEHIND_MARKER, captured: 92, length: 92 },
  ],

  ["500 and 4500: a marker and a message", [500, 4500], MARKED, BEHIND_MARKER],
  ["4500 and 500: a message without a marker, by the rules of 500", [4500, 500], MESSAGE, PLAIN],
  ["500 and 4500: one byte 0xff", [500, 4500], KEEPALIVE, is("nat-keepalive")],
  [
    "500 and 4500: eight leading zero bytes, by the rules of 500",
    [500, 4500],
    ZEROS_THEN_ESP,
    is("old-draft-esp"),
  ],

  ["a port of the user's: a message", [EXTRA, EXTRA], MESSAGE, PLAIN],
  ["a port of the user's on one side: a message", [EXTRA, 61000], MESSAGE, PLAIN],
  ["a port of the user's: a message of AuthIP", [EXTRA, EXTRA], AUTHIP, PLAIN],
  ["a port of the user's: a marker and a message", [61000, EXTRA], MARKED, BEHIND_MARKER],
  ["a port of the user's: one byte 0xff", [EXTRA, EXTRA], KEEPALIVE, is("nat-keepalive")],
  ["a port of the user's: neither marker nor a plausible header", [EXTRA, EXTRA], ESP, is("esp-in-udp")],
  ["a port of the user's: too short for a header", [EXTRA, EXTRA], MESSAGE.subarray(0, 27), is("esp-in-udp")],
  ["a port of the user's towards 500: the rules of 500", [EXTRA, 500], ZEROS_THEN_ESP, is("old-draft-esp")],
  [
    "a port of the user's towards 500: a message that is none is still a candidate",
    [EXTRA, 500],
    ESP,
    unmarked(88),
  ],
  ["a port of the user's towards 4500: the rules of 4500", [EXTRA, 4500], MESSAGE, is("esp-in-udp")],

  ["neither: not looked into", [5000, 5001], MESSAGE, is("other-port")],
  ["neighbours of the ports: not looked into", [499, 501], MESSAGE, is("other-port")],
];

describe("what a datagram is, by its ports and first bytes (RFC 3948 2)", () => {
  it.each(ROWS)("%s", (_, [from, to], payload, expected) => {
    const frame = datagram(`192.0.2.11:${from}`, `192.0.2.1:${to}`, payload);
    const endpoints =
      expected.kind === "other-port" ? {} : { from: `192.0.2.11:${from}`, to: `192.0.2.1:${to}` };
    expect(locateFrame(frame, { ports: [EXTRA] })).toEqual({ ...expected, ...endpoints });
  });

  it("a port counts only when the user named it", () => {
    const frame = datagram(`192.0.2.11:${EXTRA}`, `192.0.2.1:${EXTRA}`, MESSAGE);
    expect(locateFrame(frame).kind).toBe("other-port");
  });

  it("naming 500 or 4500 again changes nothing", () => {
    const frame = datagram("192.0.2.11:4500", "192.0.2.1:4500", MESSAGE);
    expect(locateFrame(frame, { ports: [500, 4500] }).kind).toBe("esp-in-udp");
  });
});

describe("what a snaplen leaves to tell it by", () => {
  it.each<[string, number, Uint8Array, number, string]>([
    ["500: eight bytes tell ISAKMP from ESP", 500, MESSAGE, 8, "candidate"],
    ["500: seven do not", 500, MESSAGE, 7, "truncated-frame"],
    ["500: a keepalive of which nothing was captured", 500, KEEPALIVE, 0, "truncated-frame"],
    ["4500: four bytes tell the marker", 4500, MARKED, 4, "candidate"],
    ["4500: four bytes tell ESP", 4500, ESP, 4, "esp-in-udp"],
    ["4500: three do not", 4500, MARKED, 3, "truncated-frame"],
    ["4500: a keepalive of which nothing was captured", 4500, KEEPALIVE, 0, "truncated-frame"],
    ["a port of the user's: four bytes tell the marker", EXTRA, MARKED, 4, "candidate"],
    ["a port of the user's: 24 bytes tell a message", EXTRA, MESSAGE, 24, "candidate"],
    ["a port of the user's: 23 do not", EXTRA, MESSAGE, 23, "truncated-frame"],
  ])("%s", (_, port, payload, captured, kind) => {
    const frame = datagram(`192.0.2.11:${port}`, `192.0.2.1:${port}`, payload);
    expect(locateFrame(frame, { ports: [EXTRA], captured: HEADERS + captured }).kind).toBe(kind);
  });

  it.each<[number, string]>([
    [3, "truncated-frame"],
    [4, "truncated-frame"],
    [7, "truncated-frame"],
    [8, "old-draft-esp"],
  ])("500 and 4500: of eight zero bytes %i tell no marker from the old drafts: %s", (captured, kind) => {
    const frame = datagram("192.0.2.11:500", "192.0.2.1:4500", ZEROS_THEN_ESP);
    expect(locateFrame(frame, { captured: HEADERS + captured }).kind).toBe(kind);
  });

  it("a candidate of which 10 bytes behind the marker were captured says so", () => {
    const frame = datagram("192.0.2.11:4500", "192.0.2.1:4500", MARKED);
    expect(locateFrame(frame, { captured: HEADERS + 14 })).toMatchObject({ ...BEHIND_MARKER, captured: 10 });
  });
});

describe("one object for all frames", () => {
  const ports = portSet([]);
  const out = new Located();
  const read = (frame: Uint8Array) => {
    locate(frame, 0, frame.length, 1, ports, out);
    const { sourcePort, destinationPort, marker, ipVersion } = out;
    return { sourcePort, destinationPort, marker, ipVersion };
  };

  it("keeps nothing of the frame before", () => {
    const marked = datagram("[2001:db8::11]:61000", "[2001:db8::1]:4500", MARKED);
    const behindMarker = { sourcePort: 61000, destinationPort: 4500, marker: true, ipVersion: 6 };
    expect(read(marked)).toEqual(behindMarker);
    expect(read(datagram("192.0.2.11:500", "192.0.2.1:501", MESSAGE))).toEqual({
      sourcePort: 500,
      destinationPort: 501,
      marker: false,
      ipVersion: 4,
    });
    expect(read(marked)).toEqual(behindMarker);
    expect(read(espPacket("192.0.2.11", "192.0.2.1"))).toMatchObject({
      sourcePort: 0,
      destinationPort: 0,
      ipVersion: 4,
    });
  });
});
