import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import {
  bsdNull,
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
  vxlan,
} from "../support/frames.ts";
import { hasTshark, ownMessages, tsharkMessages } from "../support/messages.ts";
import { random32 } from "../support/random.ts";

/** STACKS=n for more frames per link type, STACKS_SEED=n for others. */
const COUNT = Number(process.env.STACKS ?? 400);
const SEED = Number(process.env.STACKS_SEED ?? 1);
const MAX_DEPTH = 5;

type Wrap = (inner: Buffer, next: () => number) => Buffer;

const isV6 = (inner: Uint8Array) => inner[0] >> 4 === 6;
/** The builders put tunnels into Ethernet, whose header is 14 bytes. */
const withoutEthernet = (frame: Buffer) => frame.subarray(14);
const tags = (next: () => number) => Array.from({ length: next() % 3 }, () => 1 + (next() % 4000));
const tunnel = (protocol: number, payload: Uint8Array, next: () => number) =>
  next() % 2 === 0
    ? ip("203.0.113.1", "203.0.113.2", protocol, payload)
    : ip("2001:db8:7::1", "2001:db8:7::2", protocol, payload);

/** A frame around an IP packet. */
const FRAMES: readonly Wrap[] = [
  (inner, next) => ethernet(inner, { vlans: tags(next) }),
  (inner) => pppoe(inner),
  (inner, next) => mpls(inner, 1 + (next() % 4)),
];

/** An IP packet around a frame. */
const OVERLAYS: readonly Wrap[] = [
  (frame) => withoutEthernet(vxlan(frame)),
  (frame) => withoutEthernet(geneve(frame)),
  (frame) => withoutEthernet(gre(frame, 0x6558)),
  (frame) => withoutEthernet(erspan(frame, 1)),
  (frame) => withoutEthernet(erspan(frame, 2)),
  (frame) => withoutEthernet(erspan(frame, 3)),
];

/** An IP packet around an IP packet. */
const TUNNELS: readonly Wrap[] = [
  (inner, next) => tunnel(isV6(inner) ? 41 : 4, inner, next),
  (inner, next) => {
    const type = isV6(inner) ? 0x86dd : 0x0800;
    return withoutEthernet(gre(inner, type, next() % 2 === 0));
  },
  (inner, next) => {
    const header = Buffer.from("00040000000001000000000100010203040506070809 0a0b".replace(" ", ""), "hex");
    header[0] = isV6(inner) ? 41 : 4;
    return tunnel(51, Buffer.concat([header, inner]), next);
  },
];

const LINKS: readonly (readonly [string, number, Wrap])[] = [
  ["Ethernet", 1, (inner, next) => FRAMES[next() % FRAMES.length](inner, next)],
  ["BSD loopback", 0, (inner, next) => bsdNull(inner, next() % 2 === 0)],
  ["PPP", 9, (inner) => ppp(inner)],
  ["raw IP", 101, (inner) => inner],
  ["Linux cooked capture", 113, (inner) => sll(inner)],
  ["Linux cooked capture, version 2", 276, (inner) => sll2(inner)],
];

function innermost(id: number, next: () => number): Buffer {
  const message = isakmp({
    initiatorCookie: "11".repeat(8),
    responderCookie: "22".repeat(8),
    exchange: 32,
    messageId: id,
    body: Buffer.alloc(32, 0xa5),
  });
  const v6 = next() % 2 === 0;
  const [from, to] = v6 ? ["[2001:db8::11]", "[2001:db8::1]"] : ["192.0.2.11", "192.0.2.1"];
  return next() % 2 === 0
    ? packet(`${from}:500`, `${to}:500`, message)
    : packet(`${from}:61000`, `${to}:4500`, nonEspMarker(message));
}

/** An ISAKMP message below up to five tunnels and overlays in random order. */
function stack(id: number, link: Wrap, next: () => number): Buffer {
  let inner = innermost(id, next);
  for (let depth = next() % (MAX_DEPTH + 1); depth > 0; depth -= 1) {
    if (next() % 2 === 0) inner = TUNNELS[next() % TUNNELS.length](inner, next);
    else {
      const frame = FRAMES[next() % FRAMES.length](inner, next);
      inner = OVERLAYS[next() % OVERLAYS.length](frame, next);
    }
  }
  return link(inner, next);
}

if (!hasTshark) console.log("skipped: tshark is not installed, so nothing to compare random stacks with");

describe.skipIf(!hasTshark)("random stacks of layers, as tshark reads them", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(LINKS)(`${COUNT} in %s`, async (_, linkType, link) => {
    const next = random32(SEED * 1000 + linkType);
    const records = Array.from({ length: COUNT }, (_, i) => ({
      at: BigInt(i) * 1_000_000_000n,
      frame: stack(i + 1, link, next),
    }));
    const path = join(folder, `${linkType}.pcap`);
    writeFileSync(path, pcap(records, { linkType }));
    const [own, theirs] = await Promise.all([ownMessages(path), tsharkMessages(path)]);
    expect(own.messages.filter((line) => !theirs.includes(line))).toEqual([]);
    // More than 24 layers, each VLAN tag being one, are given up and counted as such.
    const missing = theirs.filter((line) => !own.messages.includes(line));
    const reasons = missing.map((line) => own.frames.get(Number(line.split(" ")[0])));
    expect(reasons).toEqual(missing.map(() => "too-deep"));
    expect(theirs).toHaveLength(COUNT);
    expect(missing.length).toBeLessThan(COUNT / 50);
  });
});
