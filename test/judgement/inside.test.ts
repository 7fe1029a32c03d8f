import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { InsideAddresses } from "../../src/judgement/inside.ts";
import type { Session } from "../../src/judgement/session.ts";
import { saMade, sessionMade } from "../support/facts-made.ts";

const HOSTS: Record<number, readonly number[]> = {
  1: [198, 51, 100, 7],
  2: [192, 0, 2, 1],
  6: Array.from({ length: 16 }, () => 1),
};
const hosts = { bytes: (host: number) => Uint8Array.from(HOSTS[host]) } as never;
const GATEWAY = HOSTS[2];
const OUTSIDE = HOSTS[1];

let sas = 0;

interface Made {
  /** Addresses that the client says are its own. */
  own?: readonly (readonly number[])[];
  /** What it says of the gateway's address. */
  gateway?: readonly number[];
  /** RFC 2409 App. A: 1 MD5, 2 SHA-1. */
  hash?: number | null;
  port4500?: number;
  host?: number;
  responderHost?: number;
  none?: boolean;
}

/** An IKE SA whose client sent NAT-D payloads (RFC 3947 3.2): HASH(cookies | address | port). */
function made({
  own = [],
  gateway = GATEWAY,
  hash = 1,
  port4500 = 41_000,
  host = 1,
  responderHost = 2,
  none = false,
}: Made): Session {
  sas += 1;
  const cookies = [0x01020304, sas, 0xf1f2f3f4, 0x80000000 + sas];
  const natd = (address: readonly number[]) => {
    const message = Buffer.alloc(22);
    cookies.forEach((word, i) => {
      message.writeUInt32BE(word, i * 4);
    });
    message.set(address, 16);
    message.writeUInt16BE(500, 20);
    const digest = createHash(hash === 2 ? "sha1" : "md5")
      .update(message)
      .digest();
    return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
  };
  const natHashes = none ? null : [gateway, ...own].flatMap(natd);
  return sessionMade({
    sa: saMade({
      number: sas,
      cookies,
      hash,
      natHashes: [natHashes, null],
      paths: [{ ends: [endpoint(host, 500), endpoint(responderHost, 500)] }] as never,
    }),
    endpoint: endpoint(host, 41_000),
    port4500,
  });
}
const AT_HOME = [192, 168, 1, 50];
const NEXT_DOOR = [192, 168, 2, 7];
const number = (address: readonly number[]) => address.reduce((sum, byte) => sum * 256 + byte, 0);

describe("the address behind a NAT, by NAT-D (witnesses 2)", () => {
  it("is known of each client whose address was found", () => {
    const found = new InsideAddresses(hosts);
    found.turn(false);
    const clients = [made({ own: [AT_HOME] }), made({ own: [NEXT_DOOR] })];
    expect(clients.map((each) => found.shown(each))).toEqual([null, null]);
    expect(clients.map((each) => found.find(each))).toEqual([AT_HOME, NEXT_DOOR].map(number));
    expect(clients.map((each) => found.shown(each))).toEqual(
      [AT_HOME, NEXT_DOOR].map((each) => each.join(".")),
    );
  });

  it.each<[string, Made, readonly number[] | null]>([
    ["in 192.168/16", { own: [AT_HOME] }, AT_HOME],
    ["by SHA-1", { own: [AT_HOME], hash: 2 }, AT_HOME],
    ["the first of 192.168/16", { own: [[192, 168, 0, 0]] }, [192, 168, 0, 0]],
    ["the last of it", { own: [[192, 168, 255, 255]] }, [192, 168, 255, 255]],
    ["in 172.16/12", { own: [[172, 16, 0, 9]] }, [172, 16, 0, 9]],
    ["the second of two that it has", { own: [[203, 0, 113, 1], AT_HOME] }, AT_HOME],
    ["no NAT: the address outside is its own", { own: [OUTSIDE] }, null],
    ["no NAT, and another address as well", { own: [AT_HOME, OUTSIDE] }, null],
    ["it never floated to 4500", { own: [AT_HOME], port4500: -1 }, null],
    ["a hash that is not known here", { own: [AT_HOME], hash: 4_711 }, null],
    ["no hash agreed", { own: [AT_HOME], hash: null }, null],
    ["no NAT-D", { none: true }, null],
    ["of the gateway's address alone", { own: [] }, null],
    ["IPv6 outside", { own: [AT_HOME], host: 6 }, null],
    ["an IPv6 gateway", { own: [AT_HOME], responderHost: 6 }, null],
    [
      "the gateway's address is another one: 192.168/16 is tried",
      { own: [AT_HOME], gateway: [10, 9, 9, 9] },
      AT_HOME,
    ],
    ["and nothing else", { own: [[172, 16, 0, 9]], gateway: [10, 9, 9, 9] }, null],
  ])("%s", (_, fields, address) => {
    const inside = new InsideAddresses(hosts);
    const session = made(fields);
    expect(inside.find(session)).toBe(address === null ? null : number(address));
    // What was looked for once is known.
    expect(inside.find(session)).toBe(address === null ? null : number(address));
    expect(inside.shown(session)).toBe(address === null ? null : address.join("."));
  });

  it("tells two clients behind one NAT apart", () => {
    const inside = new InsideAddresses(hosts);
    const [a, b, c] = [
      made({ own: [AT_HOME] }),
      made({ own: [AT_HOME] }),
      made({ own: [[192, 168, 1, 51]] }),
    ];
    expect(inside.compare(a, b)).toBe("same");
    expect(inside.compare(a, c)).toBe("different");
    expect(inside.compare(a, made({ none: true }))).toBe("unknown");
    expect(inside.compare(made({ none: true }), a)).toBe("unknown");
    expect(inside.shown(made({ own: [AT_HOME] }))).toBe(null);
  });

  it("networks of addresses that were found are tried first, in every range", () => {
    const inside = new InsideAddresses(hosts);
    const unproven = { own: [[172, 16, 0, 200]], gateway: [10, 9, 9, 9] };
    expect(inside.find(made(unproven))).toBe(null);
    inside.find(made({ own: [[172, 16, 0, 9]] }));
    expect(inside.find(made(unproven))).toBe(number([172, 16, 0, 200]));
    expect(inside.find(made({ ...unproven, own: [[172, 16, 1, 0]] }))).toBe(null);
  });

  it("in a running capture 40,000 hashes a turn, and a search goes on in the next", () => {
    const inside = new InsideAddresses(hosts);
    const far = made({ own: [[192, 168, 200, 1]] });
    inside.turn(true);
    expect(inside.find(far)).toBe(null);
    expect(inside.find(far)).toBe(null);
    // Others have to wait as well.
    expect(inside.find(made({ own: [AT_HOME] }))).toBe(null);
    inside.turn(true);
    expect(inside.find(far)).toBe(number([192, 168, 200, 1]));
    const whole = new InsideAddresses(hosts);
    whole.turn(false);
    expect(whole.find(made({ own: [[192, 168, 200, 1]] }))).toBe(number([192, 168, 200, 1]));
  });
});
