/** What sinks behind the anonymizer see of datagrams, and what it calls what the user named. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Anonymizer } from "../../src/anonymize/anonymizer.ts";
import type { Sink } from "../../src/feed/decoder.ts";
import { nodeHash } from "../../src/node/anonymize.ts";
import { Datagram } from "../../src/wire/decoded.ts";
import { HeaderClass } from "../../src/wire/isakmp.ts";
import { Kind } from "../../src/wire/kinds.ts";
import { noPayloads } from "../../src/wire/payloads.ts";
import { isakmp, payloads } from "../support/frames.ts";

const anonymizer = () => new Anonymizer(new Uint8Array(32).fill(7), nodeHash);
const COOKIES = { initiatorCookie: "11".repeat(8), responderCookie: "22".repeat(8) };
const FROM = [198, 51, 100, 7];
const TO = [192, 0, 2, 1];
const mappedTo = (text: string) => anonymizer().named(text).split(".").map(Number);

/** Where the datagram lies in its chunk. */
const BEFORE = 9;
function datagramOf(payload: Uint8Array, fields: Partial<Datagram> = {}): Datagram {
  return Object.assign(new Datagram(), {
    kind: Kind.candidate,
    headerClass: HeaderClass.ikev1,
    ipVersion: 4,
    bytes: Uint8Array.from([...new Array(BEFORE).fill(1), ...FROM, ...TO, ...payload, 1, 1, 1]),
    source: BEFORE,
    destination: BEFORE + 4,
    sourcePort: 500,
    destinationPort: 500,
    payload: BEFORE + 8,
    captured: payload.length,
    length: payload.length,
    ...fields,
  });
}

/** What a sink sees of it, and the bytes of its payload. */
function seen(datagram: Datagram) {
  const calls: [string, Datagram][] = [];
  const sink: Sink = {
    isakmp: (each) => calls.push(["isakmp", each]),
    signOfLife: (each) => calls.push(["signOfLife", each]),
  };
  const before = anonymizer().before(sink);
  if (datagram.kind === Kind.candidate) before.isakmp(datagram);
  else before.signOfLife(datagram);
  expect(calls).toHaveLength(1);
  const [[call, copy]] = calls;
  const { bytes, source, destination, payload, captured } = copy;
  return {
    call,
    copy,
    ends: [[...bytes.subarray(source, source + 4)], [...bytes.subarray(destination, destination + 4)]],
    payload: [...bytes.subarray(payload, payload + captured)],
  };
}

describe("a datagram behind the anonymizer", () => {
  const ENCRYPTED = Uint8Array.from(
    isakmp({ ...COOKIES, exchange: 32, messageId: 1, body: Buffer.alloc(32, 3) }),
  );

  it("has other addresses and all else as it was, where it is encrypted", () => {
    const datagram = datagramOf(ENCRYPTED, { frame: 77, at: 5 });
    const { call, copy, ends, payload } = seen(datagram);
    expect(call).toBe("isakmp");
    expect(ends).toEqual([mappedTo("198.51.100.7"), mappedTo("192.0.2.1")]);
    expect(payload).toEqual([...ENCRYPTED]);
    expect(copy).toMatchObject({ frame: 77, at: 5, sourcePort: 500, captured: 60, length: 60 });
    // Nothing else of the chunk goes with it, and the chunk stays as it is.
    expect(copy.bytes).toHaveLength(8 + 60);
    expect([...datagram.bytes.subarray(BEFORE, BEFORE + 8)]).toEqual([...FROM, ...TO]);
  });

  it("IPv6 as well", () => {
    const from = [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 7];
    const to = [...from.slice(0, 15), 9];
    const bytes = Uint8Array.from([...from, ...to, ...ENCRYPTED]);
    const { copy } = seen(
      datagramOf(ENCRYPTED, { ipVersion: 6, bytes, source: 0, destination: 16, payload: 32 }),
    );
    expect(copy.destination).toBe(16);
    expect(copy.bytes).toHaveLength(32 + 60);
    expect([...copy.bytes.subarray(0, 15)]).toEqual([...copy.bytes.subarray(16, 31)]);
    expect(copy.bytes[0] === 0x20 && copy.bytes[1] === 1).toBe(false);
  });

  it("of ISAKMP in the clear without names; of another version without anything behind its header", () => {
    const list = [
      { type: 1, body: Buffer.alloc(20, 1) },
      { type: 6, body: Buffer.alloc(20, 2) },
    ];
    const message = Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads(list) }));
    const v1 = seen(datagramOf(message)).payload;
    expect(v1.slice(0, 28 + 24)).toEqual([...message.slice(0, 28 + 24)]);
    expect(v1.slice(56)).not.toEqual([...message.slice(56)]);
    const v2 = seen(datagramOf(message, { headerClass: HeaderClass.ikev2 })).payload;
    expect(v2.slice(0, 28)).toEqual([...message.slice(0, 28)]);
    expect(v2.slice(32, 52)).not.toEqual([...message.slice(32, 52)]);
  });

  it.each<[string, number, number]>([
    ["ESP: SPI and sequence number", Kind.esp, 8],
    ["ESP in UDP: the same", Kind.espInUdp, 8],
    ["ESP of the old drafts: behind its eight zeros", Kind.oldDraftEsp, 16],
    ["a keepalive: its byte", Kind.natKeepalive, 30],
  ])("what stays of %s", (_, kind, kept) => {
    const payload = Uint8Array.from({ length: 30 }, (_, i) => i + 1);
    const { call, payload: after } = seen(datagramOf(payload, { kind }));
    expect(call).toBe("signOfLife");
    expect(after).toEqual([...payload].map((byte, i) => (i < kept ? byte : 0)));
  });

  it("of which records tell keeps how much was captured, though no bytes are at hand", () => {
    const told = datagramOf(new Uint8Array(0), { provenance: "record", captured: 60, length: 60 });
    told.bytes = told.bytes.slice(0, BEFORE + 8);
    expect(seen(told).copy).toMatchObject({ captured: 60, length: 60 });
    const cut = datagramOf(new Uint8Array(0), { captured: 60, length: 60 });
    cut.bytes = cut.bytes.slice(0, BEFORE + 8);
    expect(seen(cut).copy).toMatchObject({ captured: 0, length: 60 });
  });

  it("of vendor IDs that were told, the known ones stay", () => {
    // MD5 of "RFC 3947".
    const known = "4a131c81070358455c5728f20e95452f";
    const clear = {
      vendorIds: [known, "00010203", "00010204", "00010203"],
      natHashes: [],
      lifeSeconds: 28_800,
    };
    const { copy } = seen(datagramOf(ENCRYPTED, { clear } as never));
    const [first, second, third, fourth] = copy.clear!.vendorIds;
    expect(first).toBe(known);
    expect(second).toMatch(/^[0-9a-f]{8}$/);
    expect(second).not.toBe("00010203");
    expect([third === second, fourth === second]).toEqual([false, true]);
    expect(copy.clear!.lifeSeconds).toBe(28_800);
    expect(seen(datagramOf(ENCRYPTED)).copy.clear).toBeNull();
  });

  it("of NAT-D that was told, as of that in packets, nothing leads to an address", () => {
    const cookies = [...Buffer.from(COOKIES.initiatorCookie + COOKIES.responderCookie, "hex")];
    /** RFC 3947 3.2; the first eight bytes as words. */
    const told = (address: readonly number[], name: string) => {
      const hash = createHash(name).update(Uint8Array.from([...cookies, ...address, 500 >> 8, 500 & 255]));
      const bytes = hash.digest();
      return [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
    };
    const inside = [192, 168, 7, 9];
    const elsewhere = [203, 0, 113, 77];
    for (const name of ["sha1", "md5", "sha256"]) {
      const natHashes = [TO, inside, elsewhere].flatMap((address) => told(address, name));
      const { copy } = seen(datagramOf(ENCRYPTED, { clear: { ...noPayloads(), natHashes } }));
      const found = copy.clear!.natHashes;
      expect(found.slice(0, 4)).toEqual([
        ...told(mappedTo("192.0.2.1"), name),
        ...told(mappedTo("192.168.7.9"), name),
      ]);
      expect(found).toHaveLength(6);
      expect(natHashes).not.toContain(found[4]);
      expect(natHashes).not.toContain(found[5]);
    }
  });

  it("NAT-D of an endpoint that only another datagram showed is found", () => {
    const calls: number[][] = [];
    const sink: Sink = {
      isakmp: ({ bytes, payload, captured }) => calls.push([...bytes.subarray(payload, payload + captured)]),
      signOfLife: () => {},
    };
    const hash = (address: readonly number[]) =>
      nodeHash(
        "sha1",
        Uint8Array.from([...Buffer.from("11".repeat(8) + "22".repeat(8), "hex"), ...address, 1, 244]),
      );
    const before = anonymizer().before(sink);
    before.isakmp(datagramOf(ENCRYPTED));
    const list = [{ type: 20, body: hash(FROM) }];
    const message = Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads(list) }));
    const elsewhere = datagramOf(message);
    elsewhere.bytes.set([203, 0, 113, 5, 203, 0, 113, 6], BEFORE);
    before.isakmp(elsewhere);
    expect(calls[1].slice(32)).toEqual([...hash(mappedTo("198.51.100.7"))]);
  });

  it("slices pass, to sinks that want them", () => {
    const told: string[] = [];
    const none = { isakmp: () => {}, signOfLife: () => {} };
    const sink = { ...none, begin: () => told.push("begin"), end: () => told.push("end") } as Sink;
    const before = anonymizer().before(sink);
    before.begin!({} as never);
    before.end!({} as never);
    expect(told).toEqual(["begin", "end"]);
    const silent = anonymizer().before(none);
    silent.begin!({} as never);
    silent.end!({} as never);
  });
});

describe("what the user named", () => {
  it("is called as in the output: addresses and prefixes", () => {
    const by = anonymizer();
    const mapped = by.named("198.51.100.7");
    expect(mapped).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(mapped).not.toBe("198.51.100.7");
    expect(by.named("198.51.100.7/24")).toBe(`${mapped}/24`);
    expect(by.named("2001:db8::7")).toMatch(/^[0-9a-f:]+$/);
    expect(by.named("2001:db8::7")).not.toMatch(/^2001/);
    expect(by.named("vpn.example")).toBe("vpn.example");
  });
});
