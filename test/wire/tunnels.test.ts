import { describe, expect, it } from "vitest";
import {
  datagram,
  erspan,
  ethernet,
  geneve,
  gre,
  ip,
  isakmp,
  mpls,
  packet,
  udp,
  vxlan,
} from "../support/frames.ts";
import { type Found, locateFrame } from "../support/located.ts";

const MESSAGE = isakmp({
  initiatorCookie: "11".repeat(8),
  responderCookie: "22".repeat(8),
  exchange: 32,
  body: Buffer.alloc(72, 1),
});
const FROM = "192.0.2.11:500";
const TO = "192.0.2.1:500";
const INNER = packet(FROM, TO, MESSAGE);
const INNER6 = packet("[2001:db8::11]:500", "[2001:db8::1]:500", MESSAGE);
const FRAME = datagram(FROM, TO, MESSAGE);

const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);
const outer = (protocol: number, payload: Uint8Array) =>
  ethernet(ip("203.0.113.1", "203.0.113.2", protocol, payload));
const outer6 = (protocol: number, payload: Uint8Array) =>
  ethernet(ip("2001:db8:f::1", "2001:db8:f::2", protocol, payload));
const overUdp = (port: number, payload: Uint8Array) => outer(17, udp(49152, port, payload));

function candidate(at: number): Found {
  return { kind: "candidate", from: FROM, to: TO, at, captured: 100, length: 100, marker: false };
}

/** Ethernet and IPv4 of the tunnel; what follows is the tunnel's own header, and then IPv4 and UDP of the message. */
const OUTER = 34;
const INSIDE = 28;

describe("the innermost datagram is found in", () => {
  it.each<[string, Uint8Array, number]>([
    ["IP in IP", outer(4, INNER), OUTER + INSIDE],
    ["IPv4 in IPv6", outer6(4, INNER), 54 + INSIDE],
    ["GRE with IPv4", gre(INNER, 0x0800), OUTER + 4 + INSIDE],
    ["GRE with Ethernet", gre(FRAME, 0x6558), OUTER + 4 + 14 + INSIDE],
    ["GRE with a sequence number", gre(INNER, 0x0800, true), OUTER + 8 + INSIDE],
    ["GRE with a checksum", outer(47, hex("8000 0800 00000000", INNER)), OUTER + 8 + INSIDE],
    ["GRE with a key", outer(47, hex("2000 0800 0000002a", INNER)), OUTER + 8 + INSIDE],
    [
      "GRE with checksum, key and sequence number",
      outer(47, hex("b000 0800 00000000 0000002a 00000001", INNER)),
      OUTER + 16 + INSIDE,
    ],
    [
      "GRE with bits that RFC 2784 has receivers ignore",
      outer(47, hex("0300 0800", INNER)),
      OUTER + 4 + INSIDE,
    ],
    ["GRE with MPLS", outer(47, hex("0000 8847 003e8140", INNER)), OUTER + 8 + INSIDE],
    ["GRE over IPv6", outer6(47, hex("0000 0800", INNER)), 58 + INSIDE],
    [
      "GRE with a tagged Ethernet frame",
      gre(datagram(FROM, TO, MESSAGE, [12]), 0x6558),
      OUTER + 4 + 18 + INSIDE,
    ],
    ["ERSPAN type I", erspan(FRAME, 1), OUTER + 4 + 14 + INSIDE],
    ["ERSPAN type II", erspan(FRAME, 2), OUTER + 8 + 8 + 14 + INSIDE],
    ["ERSPAN type III", erspan(FRAME, 3), OUTER + 8 + 12 + 14 + INSIDE],
    [
      "ERSPAN type III with a platform sub-header (O flag)",
      outer(47, hex("1000 22eb 00000001  2001 0001 00000000 0000 0001  0000000000000000", FRAME)),
      OUTER + 8 + 20 + 14 + INSIDE,
    ],
    [
      "ERSPAN type III whose frame type is IP (2)",
      outer(47, hex("1000 22eb 00000001  2001 0001 00000000 0000 0800", INNER)),
      OUTER + 8 + 12 + INSIDE,
    ],
    ["VXLAN", vxlan(FRAME), OUTER + 16 + 14 + INSIDE],
    [
      "VXLAN on the port that Linux used first",
      overUdp(8472, hex("0800000000002a00", FRAME)),
      OUTER + 16 + 14 + INSIDE,
    ],
    ["Geneve", geneve(FRAME), OUTER + 16 + 14 + INSIDE],
    [
      "Geneve with 8 bytes of options",
      overUdp(6081, hex("02006558 00002a00 0000800100000000", FRAME)),
      OUTER + 24 + 14 + INSIDE,
    ],
    ["Geneve with IPv4 and no Ethernet", overUdp(6081, hex("00000800 00002a00", INNER)), OUTER + 16 + INSIDE],
    ["MPLS in VXLAN in ERSPAN", erspan(vxlan(mpls(INNER, 2)), 2), OUTER + 16 + OUTER + 16 + 14 + 8 + INSIDE],
  ])("%s", (_, frame, at) => {
    expect(locateFrame(frame)).toEqual(candidate(at));
  });

  it("6in4: the addresses are the inner ones", () => {
    expect(locateFrame(outer(41, INNER6))).toMatchObject({
      kind: "candidate",
      from: "[2001:db8::11]:500",
      to: "[2001:db8::1]:500",
      at: OUTER + 48,
    });
  });

  it("ESP in a tunnel has the inner addresses", () => {
    const esp = ethernet(ip("192.0.2.11", "192.0.2.1", 50, Buffer.alloc(64)));
    expect(locateFrame(vxlan(esp))).toEqual({ kind: "esp", from: "192.0.2.11:0", to: "192.0.2.1:0" });
  });

  it("a mirrored frame that its mirror cut short: the inner headers say how long it was", () => {
    expect(locateFrame(vxlan(FRAME.subarray(0, 80)))).toMatchObject({
      kind: "candidate",
      captured: 38,
      length: 100,
    });
  });

  it("twenty-four layers are walked, more are not", () => {
    let nested: Buffer = INNER;
    // Ethernet is one layer, each IP header another.
    for (let i = 0; i < 22; i += 1) nested = ip("203.0.113.1", "203.0.113.2", 4, nested);
    expect(locateFrame(ethernet(nested)).kind).toBe("candidate");
    expect(locateFrame(ethernet(ip("203.0.113.1", "203.0.113.2", 4, nested))).kind).toBe("too-deep");
  });
});

describe("nothing is found in", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "GRE version 1 that is neither PPTP nor EoIP",
      outer(47, hex("3001 0800 00040000 00000001", INNER)),
      "not-udp",
    ],
    ["an acknowledgment of PPTP", outer(47, hex("2081 880b 00000000 00000001")), "not-udp"],
    ["GRE with source routing", outer(47, hex("4000 0800 00000000", INNER)), "not-udp"],
    ["GRE with something else", gre(INNER, 0x9000), "not-ip"],
    [
      "ERSPAN type III whose frame type is neither Ethernet nor IP",
      outer(47, hex("1000 22eb 00000001  2001 0001 00000000 0000 0400", FRAME)),
      "not-ip",
    ],
    [
      "VXLAN without the flag of a valid network identifier",
      overUdp(4789, hex("f700000000002a00", FRAME)),
      "other-port",
    ],
    ["Geneve of another version", overUdp(6081, hex("40006558 00002a00", FRAME)), "other-port"],
    ["GRE cut inside its flags' fields", outer(47, hex("b000 0800 00000000")), "truncated-frame"],
    [
      "ERSPAN type III cut inside its header",
      outer(47, hex("1000 22eb 00000001 20010001")),
      "truncated-frame",
    ],
    ["VXLAN cut inside its header", overUdp(4789, hex("08000000")), "truncated-frame"],
    ["Geneve whose options lie beyond the frame", overUdp(6081, hex("3f006558 00002a00")), "truncated-frame"],
    [
      "an inner ICMP error that quotes a datagram",
      outer(4, ip("192.0.2.9", "192.0.2.11", 1, hex("0303 0000 00000000", INNER))),
      "icmp",
    ],
  ])("%s", (_, frame, kind) => {
    expect(locateFrame(frame)).toEqual({ kind });
  });
});
