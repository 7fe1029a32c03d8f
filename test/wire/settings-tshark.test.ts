import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import { datagram, ethernet, isakmp, packet } from "../support/frames.ts";
import { exportedPdu, pduTag } from "../support/frames-links.ts";
import * as tunnels from "../support/frames-tunnels.ts";
import { ppi, radiotap, wlan } from "../support/frames-wlan.ts";
import { hasTshark, ownMessages, tsharkMessages } from "../support/messages.ts";

const message = (id: number) =>
  isakmp({
    initiatorCookie: "11".repeat(8),
    responderCookie: "22".repeat(8),
    exchange: 32,
    messageId: id,
    body: Buffer.alloc(32, 0xa5),
  });
const ipv4 = (id: number) => packet("192.0.2.11:500", "192.0.2.1:500", message(id));
const frame = (id: number) => datagram("192.0.2.11:500", "192.0.2.1:500", message(id));
const wifi = (id: number) => wlan(ipv4(id), { qos: id % 2 === 0, direction: "from" });

const aruba = (type: number) => [
  "-d",
  "udp.port==5555,aruba_erm",
  "-d",
  `aruba_erm.type,aruba_erm_type${type}`,
];
const session = ["-d", "l2tp.pw_type==0,eth"];

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const ADDRESSES = [
  pduTag(20, Buffer.from([192, 0, 2, 11])),
  pduTag(21, Buffer.from([192, 0, 2, 1])),
  pduTag(24, u32(3)),
  pduTag(25, u32(500)),
  pduTag(26, u32(500)),
];

type Row = readonly [
  what: string,
  linkType: number,
  build: (id: number) => Uint8Array,
  options?: readonly string[],
];

/** What no packet states tshark is told; this program finds it out. */
const ROWS: readonly Row[] = [
  [
    "CAPWAP with 802.11 as RFC 5416 has it",
    1,
    (id) => ethernet(tunnels.capwap(wifi(id), true)),
    ["-o", "capwap.swap_fc:FALSE"],
  ],
  ["Aruba's mirror, pcap", 1, (id) => ethernet(tunnels.arubaMirror(wifi(id))), aruba(0)],
  ["Aruba's mirror, PEEK", 1, (id) => ethernet(tunnels.peek(wifi(id), false)), aruba(1)],
  ["Aruba's mirror, pcap and radio", 1, (id) => ethernet(tunnels.arubaMirror(wifi(id), true)), aruba(3)],
  ["Aruba's mirror, PPI", 1, (id) => ethernet(tunnels.overUdp(5555, ppi(wifi(id), 105))), aruba(4)],
  ["Aruba's mirror, radiotap", 1, (id) => ethernet(tunnels.overUdp(5555, radiotap(wifi(id)))), aruba(6)],
  [
    "a sniffer-mode access point's PEEK",
    1,
    (id) => ethernet(tunnels.peek(wifi(id), false, 5000)),
    ["-d", "udp.port==5000,peekremote"],
  ],
  ["PEEK with a magic number", 1, (id) => ethernet(tunnels.peek(wifi(id), true, 5000))],
  ["L2TPv3 over IP with Ethernet", 1, (id) => ethernet(tunnels.l2tp3(frame(id), true)), session],
  ["L2TPv3 over UDP with Ethernet", 1, (id) => ethernet(tunnels.l2tp3(frame(id), false)), session],
  ["an exported PDU of ISAKMP", 252, (id) => exportedPdu("isakmp", message(id), ...ADDRESSES)],
  ["an exported PDU of UDP", 252, (id) => exportedPdu("udp", ipv4(id).subarray(20), ...ADDRESSES)],
  ["an exported PDU of 802.11", 252, (id) => exportedPdu("wlan_withoutfcs", wifi(id))],
];

if (!hasTshark) console.log("skipped: tshark is not installed, so nothing to compare the layers with");

describe.skipIf(!hasTshark)("tshark, told what no packet states, finds the same message in", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(ROWS.map(([what, ...row]) => [what, row] as const))(
    "%s",
    async (_, [linkType, build, options = []]) => {
      const path = join(folder, "frames.pcap");
      const records = [1, 2].map((id) => ({ at: BigInt(id) * 1_000_000_000n, frame: build(id) }));
      writeFileSync(path, pcap(records, { linkType }));
      const own = await ownMessages(path);
      expect(own.messages).toEqual(await tsharkMessages(path, options));
      expect(own.messages).toHaveLength(2);
    },
  );
});
