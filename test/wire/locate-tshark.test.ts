import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import {
  bsdNull,
  datagram,
  erspan,
  ethernet,
  geneve,
  gre,
  ip,
  isakmp,
  mpls,
  nonEspMarker,
  packet,
  ppp,
  pppoe,
  sll,
  sll2,
  udp,
  vxlan,
} from "../support/frames.ts";
import { hasTshark, ownMessages, tsharkMessages } from "../support/messages.ts";

/** A quick mode; the message ID tells the frames apart. */
const message = (id: number) =>
  isakmp({
    initiatorCookie: "11".repeat(8),
    responderCookie: "22".repeat(8),
    exchange: 32,
    messageId: id,
    body: Buffer.alloc(32, 0xa5),
  });
const v4 = (id: number) => packet("192.0.2.11:500", "192.0.2.1:500", message(id));
const v6 = (id: number) => packet("[2001:db8::11]:4500", "[2001:db8::1]:4500", nonEspMarker(message(id)));
const frame = (id: number, vlans: number[] = []) =>
  datagram("192.0.2.11:61000", "192.0.2.1:4500", nonEspMarker(message(id)), vlans);
const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);
const tunnel = (protocol: number, payload: Uint8Array) =>
  ethernet(ip("203.0.113.1", "203.0.113.2", protocol, payload));
const extended = (id: number, ...extensionHeaders: { type: number; body: Buffer }[]) =>
  ethernet(ip("2001:db8::11", "2001:db8::1", 17, udp(500, 500, message(id)), { extensionHeaders }));

const AH = hex("11 04 0000 00000100 00000001 000102030405060708090a0b");
const DESTINATION = { type: 60, body: hex("00 01 01 0c 000000000000000000000000") };
const HOP_BY_HOP = { type: 0, body: hex("00 00 01 04 00000000") };
const ROUTING = { type: 43, body: hex("00 02 00 00 00000000 20010db8000000000000000000000007") };
const ATOMIC = { type: 44, body: hex("00 00 0000 00000042") };

const ETHERNET: readonly (readonly [string, (id: number) => Uint8Array])[] = [
  ["IPv4", (id) => frame(id)],
  ["IPv6", (id) => ethernet(v6(id))],
  ["a VLAN tag", (id) => frame(id, [100])],
  ["two tags", (id) => frame(id, [100, 7])],
  ["LLC and SNAP", (id) => hex("020000000001 020000000002 0060 aa aa 03 000000 0800", v4(id))],
  ["the LLC access point of IP", (id) => hex("020000000001 020000000002 005b 06 06 03", v4(id))],
  ["PPPoE", (id) => pppoe(v4(id))],
  ["PPPoE with IPv6", (id) => pppoe(v6(id))],
  ["MPLS", (id) => mpls(v4(id), 1)],
  ["three MPLS labels over IPv6", (id) => mpls(v6(id), 3)],
  ["IP in IP", (id) => tunnel(4, v4(id))],
  ["6in4", (id) => tunnel(41, v6(id))],
  ["an authentication header", (id) => tunnel(51, Buffer.concat([AH, udp(500, 500, message(id))]))],
  ["GRE", (id) => gre(v4(id), 0x0800)],
  ["GRE with every field", (id) => tunnel(47, hex("b000 0800 00000000 0000002a 00000001", v4(id)))],
  ["GRE with Ethernet", (id) => gre(frame(id), 0x6558)],
  ["ERSPAN type I", (id) => erspan(frame(id), 1)],
  ["ERSPAN type II", (id) => erspan(frame(id), 2)],
  ["ERSPAN type III", (id) => erspan(frame(id), 3)],
  [
    "ERSPAN type III with a sub-header",
    (id) => tunnel(47, hex("1000 22eb 00000001  2001 0001 00000000 0000 0001 0000000000000000", frame(id))),
  ],
  ["VXLAN", (id) => vxlan(frame(id))],
  ["Geneve", (id) => geneve(frame(id))],
  [
    "Geneve with options",
    (id) => tunnel(17, udp(49152, 6081, hex("02006558 00002a00 0000800100000000", frame(id)))),
  ],
  ["hop-by-hop, destination and routing headers", (id) => extended(id, HOP_BY_HOP, DESTINATION, ROUTING)],
  ["an atomic fragment", (id) => extended(id, ATOMIC)],
  [
    "destination options behind an authentication header",
    (id) => extended(id, { type: 51, body: AH }, DESTINATION),
  ],
  [
    "IPv4 options",
    (id) =>
      ethernet(
        ip("192.0.2.11", "192.0.2.1", 17, udp(500, 500, message(id)), { headerOptions: hex("94040000") }),
      ),
  ],
  ["trailing padding", (id) => Buffer.concat([frame(id), Buffer.alloc(9)])],
];

const LINK_TYPES: readonly (readonly [string, number, (id: number) => Uint8Array])[] = [
  ["BSD loopback, little-endian", 0, (id) => bsdNull(v4(id))],
  ["BSD loopback, IPv6, big-endian", 0, (id) => bsdNull(v6(id), false)],
  ["PPP", 9, (id) => ppp(v4(id))],
  ["PPP in HDLC framing", 50, (id) => ppp(v6(id))],
  ["PPPoE", 51, (id) => pppoe(v4(id)).subarray(14)],
  ["raw IP", 101, v6],
  ["Cisco HDLC", 104, (id) => hex("0f 00 08 00", v4(id))],
  ["OpenBSD loopback", 108, (id) => bsdNull(v4(id), false)],
  ["Linux cooked capture", 113, (id) => sll(v6(id))],
  ["LINKTYPE_IPV4", 228, v4],
  ["LINKTYPE_IPV6", 229, v6],
  ["Linux cooked capture, version 2", 276, (id) => sll2(v4(id))],
];

if (!hasTshark) console.log("skipped: tshark is not installed, so nothing to compare the layers with");

describe.skipIf(!hasTshark)("tshark finds the same message behind the same layers", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function compare(frames: readonly Uint8Array[], linkType: number): Promise<void> {
    const path = join(folder, `${linkType}.pcap`);
    writeFileSync(
      path,
      pcap(
        frames.map((bytes, i) => ({ at: BigInt(i) * 1_000_000_000n, frame: bytes })),
        { linkType },
      ),
    );
    const own = await ownMessages(path);
    expect(own.messages).toEqual(await tsharkMessages(path));
    expect(own.messages).toHaveLength(frames.length);
  }

  it("Ethernet with every kind of layer inside", async () => {
    await compare(
      ETHERNET.map(([, build], i) => build(i + 1)),
      1,
    );
  });

  it.each(LINK_TYPES)("%s", async (_, linkType, build) => {
    await compare([build(1), build(2)], linkType);
  });
});
