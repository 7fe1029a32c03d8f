/** The names that stand beside addresses, read before anything else: who mistypes a path hears of it at once. */

import { type HostNames, parseHosts } from "../report/host-names.ts";
import { OutputError } from "./output.ts";
import { readNamed } from "./read-named.ts";

/**
 * @param path of --names; null for none
 * @throws OutputError when the file cannot be read or holds no name
 */
export async function hostNames(path: string | null): Promise<HostNames> {
  if (path === null) return new Map();
  const text = await readNamed(path);
  const names = new Map<string, string>();
  for (const [address, name] of parseHosts(text)) {
    const key = shortest(address);
    if (!names.has(key)) names.set(key, name);
  }
  if (names.size > 0) return names;
  throw new OutputError(`${path} holds no names: each line is an address and a name, as in /etc/hosts`);
}

/** An address of IPv6 may be written in many ways; reports have the shortest (RFC 5952), and so do URLs. */
function shortest(address: string): string {
  const url = address.includes(":") ? `http://[${address}]` : "";
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
}
