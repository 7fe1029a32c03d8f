/** The names that stand beside addresses, read before anything else: who mistypes a path hears of it at once. */

import { label } from "../node/read-text.ts";
import { type HostNames, parseHosts } from "../report/host-names.ts";
import { OutputError } from "./output.ts";
import { readNamed } from "./read-named.ts";

/**
 * @param path of --names; null for none
 * @throws OutputError when the file cannot be read or holds no name
 */
export async function hostNames(path: string | null): Promise<HostNames> {
  if (path === null) return new Map();
  const names = parseHosts(await readNamed(path));
  if (names.size > 0) return names;
  throw new OutputError(
    `${label(path)} holds no names: each line is an address and a name, as in /etc/hosts`,
  );
}
