/** Rule 3.3: do two IKE SAs of one responder belong to one client? */

import { createHash } from "node:crypto";
import { MAIN } from "./messages.ts";
import { microsoftVersion, vendorIdsOf } from "./pattern.ts";
import { clientPortsOf } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

export type Identity = "one" | "two" | "unsettled";

/** When the client of an SA last sent anything, and whether its kind of life can be seen. */
export interface Traces {
  /** When it began: before its first sign, where that lies before the capture. */
  began: (sa: Sa) => number;
  lastOfClient: (sa: Sa) => number;
  lastOf: (sa: Sa) => number;
  blind: (sa: Sa) => boolean;
  /** Whose is whose may decide a verdict at the address: some quick mode was accepted there, and some was not. */
  inQuestion: (client: string, responder: string) => boolean;
  sas: readonly Sa[];
}

export function identity(a: Sa, b: Sa, traces: Traces): Identity {
  if (a === b) return "one";
  const [older, newer] = traces.began(a) <= traces.began(b) ? [a, b] : [b, a];
  if (older.client !== newer.client) return "two";
  if (contradict(older, newer)) return "two";
  const livesOn = traces.lastOfClient(older) > traces.began(newer);
  const isAsked = traces.inQuestion(older.client, older.responder);
  if (isAsked && areElsewhere(older, newer)) return livesOn ? "two" : "unsettled";
  const same = samePort(older, newer);
  if (same === null) return "unsettled";
  if (same) return "one";
  if (livesOn || returns(older, newer, traces)) return "two";
  return traces.blind(older) ? "unsettled" : "one";
}

/** One by its port, or by its address behind the NAT: of several that went silent any may have come back. */
export function areSurelyOne(a: Sa, b: Sa, traces: Traces): boolean {
  if (a === b) return true;
  if (identity(a, b, traces) !== "one") return false;
  const [older, newer] = traces.began(a) <= traces.began(b) ? [a, b] : [b, a];
  if (samePort(older, newer) === true) return true;
  const inside = insideAddress(a);
  return inside !== null && inside === insideAddress(b);
}

/**
 * The port on the 4500 side decides when both are known, else that of the 500 side. The newer one may have come from
 * where the older one was, and have been moved by its NAT later.
 */
function samePort(older: Sa, newer: Sa): boolean | null {
  for (const floated of [true, false]) {
    const was = clientPortsOf(older, floated).at(-1);
    const used = clientPortsOf(newer, floated);
    if (was === undefined || used.length === 0) continue;
    return was === used.at(-1) || (floated && was === used[0]);
  }
  return null;
}

/** Contradicting vendor IDs: another version of Windows, or Windows and not. */
function contradict(a: Sa, b: Sa): boolean {
  const [x, y] = [vendorIdsOf(a, true), vendorIdsOf(b, true)];
  if (x.length === 0 || y.length === 0) return false;
  return microsoftVersion(x) !== microsoftVersion(y);
}

/** A port that was left is used again while the other one lives. */
function returns(older: Sa, newer: Sa, traces: Traces): boolean {
  const later = (sa: Sa) =>
    traces.sas.filter((third) => {
      if (third.client !== sa.client || third.responder !== sa.responder || third.start <= newer.start)
        return false;
      return samePort(sa, third) === true;
    });
  const meets = (a: Sa, b: Sa) => traces.lastOfClient(a) > b.start;
  // The neighbour itself lives on, or comes again while the one who came back is there.
  const others = [newer, ...later(newer)];
  return later(older).some((one) => others.some((other) => meets(one, other) && meets(other, one)));
}

/** Behind a NAT at two addresses, which both show. */
export function areElsewhere(a: Sa, b: Sa): boolean {
  const [one, other] = [insideAddress(a), insideAddress(b)];
  return one !== null && other !== null && one !== other;
}

const found = new Map<string, string | null>();

/** `witnesses.md` 2: the address behind the NAT, from the NAT-D payloads of the client's third message. */
export function insideAddress(sa: Sa): string | null {
  const known = found.get(sa.key);
  if (known !== undefined) return known;
  const thirds = sa.messages.filter(
    ({ exchange, fromClient, clear }) => exchange === MAIN && fromClient && (clear?.natD.length ?? 0) >= 2,
  );
  const [third] = thirds;
  // Two that contradict each other: one may be forged.
  const clear = thirds.every((each) => each.clear!.natD.join() === third.clear!.natD.join());
  const address =
    third === undefined || !clear
      ? null
      : search(sa.key.replace("/", ""), third.clear!.natD.slice(1), sa.client);
  found.set(sa.key, address);
  return address;
}

const HASHES: Record<number, string> = { 16: "md5", 20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512" };
const PORT_500 = Buffer.from([0x01, 0xf4]);

/** The address itself, where there is no NAT; then prefixes of homes and small offices: enough for what is simulated. */
function* candidates(visible: string): Generator<number[]> {
  if (!visible.includes(":")) yield visible.split(".").map(Number);
  const prefixes = [
    ...Array.from({ length: 256 }, (_, i) => [192, 168, i]),
    ...Array.from({ length: 64 }, (_, i) => [10, 0, i]),
  ];
  for (const [a, b, c] of [...prefixes, [10, 9, 0], [10, 1, 1], [172, 16, 0], [172, 16, 1]]) {
    for (let d = 1; d < 255; d += 1) yield [a, b, c, d];
  }
}

function search(cookies: string, hashes: readonly string[], visible: string): string | null {
  const wanted = new Set(hashes);
  const algorithm = HASHES[hashes[0].length / 2];
  if (algorithm === undefined) return null;
  const prefix = Buffer.from(cookies, "hex");
  for (const octets of candidates(visible)) {
    const hash = createHash(algorithm)
      .update(prefix)
      .update(Buffer.from(octets))
      .update(PORT_500)
      .digest("hex");
    if (wanted.has(hash)) return octets.join(".");
  }
  return null;
}
