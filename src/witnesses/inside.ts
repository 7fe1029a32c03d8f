/** Whether a client has an address behind its NAT that somebody names: by NAT-D, without a search (RFC 3947 3.2). */

import type { IkeSa, Side } from "../ike/facts.ts";
import { parseAddress } from "../wire/address.ts";
import { blockHash, paddedBlock } from "../wire/one-block-hash.ts";

/** NAT-D is exchanged on port 500, before the float. */
const PORT = 500;
const COOKIES = 16;

/** True where one of the NAT-D hashes of the client's own addresses is of this IPv4 address. */
export function isBehind(sa: IkeSa, client: Side, address: string): boolean {
  const { hash, cookies } = sa;
  const own = sa.natHashesOf(client);
  const digest = hash === null ? null : blockHash(hash);
  const bytes = parseAddress(address);
  // The first hash is of the other side's address.
  if (own === null || own.length < 4 || digest === null || bytes?.length !== 4) return false;
  const message = new Uint8Array(COOKIES + bytes.length + 2);
  const view = new DataView(message.buffer);
  for (const [i, word] of cookies.entries()) view.setUint32(i * 4, word);
  message.set(bytes, COOKIES);
  view.setUint16(COOKIES + bytes.length, PORT);
  const out = { first: 0, second: 0 };
  digest.begin(paddedBlock(message, hash!));
  digest.of(0, out);
  return own.some((word, i) => i >= 2 && i % 2 === 0 && word === out.first && own[i + 1] === out.second);
}
