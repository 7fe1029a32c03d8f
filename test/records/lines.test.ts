/** Lines of message records by their schema (`ike-dupcheck schema --records`), and what is read of them. */

import { describe, expect, it } from "vitest";
import type { MessageRow } from "../../src/capture/batch.ts";
import { unknownVersion } from "../../src/records/line.ts";
import { hasAddresses, isMark, rowOf } from "../../src/records/rows.ts";
import {
  type IkeRecord,
  type LifeRecord,
  type MessageRecord,
  recordSchema,
} from "../../src/records/schema.ts";
import { Kind } from "../../src/wire/kinds.ts";
import { ESP, HEADER, IKE, PLACE } from "./made.ts";

const hexOf = ({ bytes }: MessageRow) => Buffer.from(bytes).toString("hex");
const ADDRESSES = "c6336401c0000201";

describe("a record of a message", () => {
  it("is its header behind both addresses, with the digest of what its sensor saw", () => {
    const row = rowOf({ ...IKE, digest: "0123456789abcd-10fedcba987654" })!;
    expect(hexOf(row)).toBe(
      `${ADDRESSES}0123456789abcdeffedcba987654321000102001800000070000 00ac`.replace(" ", ""),
    );
    expect(row).toMatchObject({
      kind: Kind.candidate,
      ipVersion: 4,
      sourcePort: 500,
      destinationPort: 501,
      identification: 0,
      marker: false,
      captured: 172,
      length: 172,
      digest: { prefix: 0x0123456789abcd, full: 0x10fedcba987654 },
    });
    expect(rowOf(IKE)!.digest).toMatchObject({ prefix: 0x0123456789abcd, full: 0x0123456789abcd });
  });

  it("has of what was in the clear what it tells, and nothing of what it does not", () => {
    const told = {
      vendorIds: ["1e2b"],
      lifeSeconds: 3_600,
      natDiscovery: true as const,
      natHashes: ["0123456789abcdef", "fedcba9876543210"],
      hash: 2,
      notifies: [14],
    };
    expect(rowOf({ ...IKE, ...told })!.clear).toMatchObject({
      ...told,
      natDiscovery: 1,
      natHashes: [0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210],
    });
    const nothing = {
      vendorIds: [],
      lifeSeconds: null,
      natDiscovery: 0,
      natHashes: [],
      hash: null,
      notifies: [],
    };
    expect(rowOf(IKE)!.clear).toMatchObject(nothing);
  });

  it("was cut by its sensor where it says so, and came behind a marker, with an identification", () => {
    expect(rowOf({ ...IKE, captured: 96, natTraversal: true, identification: 7 })).toMatchObject({
      captured: 96,
      length: 172,
      marker: true,
      identification: 7,
    });
  });

  it("that is a fragment is all of its bytes", () => {
    const fragment = "ab".repeat(40);
    const row = rowOf({ ...IKE, fragment })!;
    expect(hexOf(row)).toBe(ADDRESSES + fragment);
    expect(row).toMatchObject({ captured: 40, length: 40, digest: null, clear: null });
  });
});

describe("a record of a sign of life", () => {
  it.each<[LifeRecord["type"], number, string]>([
    ["esp", Kind.esp, "8badf00dfffffffe"],
    ["esp-in-udp", Kind.espInUdp, "8badf00dfffffffe"],
    ["old-draft-esp", Kind.oldDraftEsp, "00000000000000008badf00dfffffffe"],
    ["keepalive", Kind.natKeepalive, ""],
  ])("of type %s is of kind %i, with what is known of ESP", (type, kind, hex) => {
    const row = rowOf({ ...ESP, type })!;
    expect(hexOf(row)).toBe(ADDRESSES + hex);
    expect(row).toMatchObject({
      kind,
      captured: hex.length / 2,
      length: hex.length / 2,
      digest: null,
      clear: null,
    });
  });

  it("without an SPI has none, and a first sequence number where none is told", () => {
    const { spi: _, ...without } = ESP;
    expect(hexOf(rowOf(without)!)).toBe(ADDRESSES);
    const { sequence: __, ...first } = ESP;
    expect(hexOf(rowOf(first)!)).toBe(`${ADDRESSES}8badf00d00000000`);
  });

  it("of IPv6 has addresses of sixteen bytes", () => {
    const row = rowOf({ ...ESP, from: "2001:db8::1", to: "2001:db8::2" })!;
    expect([row.ipVersion, row.bytes.length]).toEqual([6, 32 + 8]);
  });
});

it.each<[string, Partial<IkeRecord>, boolean]>([
  ["two of IPv4", {}, true],
  ["two of IPv6", { from: "2001:db8::1", to: "2001:db8::2" }, true],
  ["one of each", { to: "2001:db8::2" }, false],
  ["a name", { from: "client" }, false],
  ["another name", { to: "gateway" }, false],
])("the addresses of a record are two of one family: %s", (_, more, wanted) => {
  expect(hasAddresses({ ...IKE, ...more })).toBe(wanted);
});

it("headers and trailers tell a time, and are no packets", () => {
  const trailer: MessageRecord = { type: "trailer", ...PLACE, packets: 3, end: "clean" };
  for (const mark of [HEADER, trailer])
    expect([isMark(mark), hasAddresses(mark), rowOf(mark)]).toEqual([true, true, null]);
  expect([isMark(IKE), isMark(ESP)]).toEqual([false, false]);
});

describe("a line fits the schema", () => {
  it.each<[string, object, boolean]>([
    ["as it is", {}, true],
    ["of a digest in two parts", { digest: "0123456789abcd-10fedcba987654" }, true],
    ["not of a digest of thirteen digits", { digest: "0123456789abc" }, false],
    ["not of a cookie in capitals", { initiatorCookie: "0123456789ABCDEF" }, false],
    ["not of a message ID without 0x", { messageId: "80000007" }, false],
    ["not of a message shorter than its header", { length: 27 }, false],
    ["as long as UDP carries", { length: 65_507 }, true],
    ["not longer", { length: 65_508 }, false],
    ["not of a time before 1970", { t: "-1" }, false],
    ["not of a time of twenty digits", { t: "1".repeat(20) }, false],
    ["not without a sensor", { sensor: "" }, false],
    ["not of segment 0, which is that of lines without one", { segment: 0 }, false],
    ["not of a port that is none", { fromPort: 65_536 }, false],
    ["not of identification 0, which is none", { identification: 0 }, false],
    ["not of a fragment without room for its own header", { fragment: "ab".repeat(35) }, false],
    ["not of half a byte", { fragment: `${"ab".repeat(36)}a` }, false],
    ["not of a type that is none", { type: "tcp" }, false],
  ])("%s", (_, more, fits) => {
    expect(recordSchema.safeParse({ ...IKE, ...more }).success).toBe(fits);
  });
});

it.each<[string, unknown, string | null]>([
  ["of this version", HEADER, null],
  [
    "of another one",
    { ...HEADER, version: 2 },
    "a header of version 2 of the message records, and this program knows version 1",
  ],
  ["of another format", { ...HEADER, schema: "flows" }, "a header of another format"],
  ["no header", { ...IKE, version: 2 }, null],
  ["no object", "header", null],
  ["nothing", null, null],
])("a header is %s", (_, value, wanted) => {
  expect(unknownVersion(value)).toBe(wanted);
});
