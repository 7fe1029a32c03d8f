/** The address behind its NAT that a client is shown with (witnesses: NAT-D). */

import { expect, it } from "vitest";
import { insideOf } from "../../src/report/client-row.ts";

/** @param found of each IKE SA of the client, in their order */
const shown = (found: readonly (string | null)[]) => {
  const own = found.map((_, number) => ({ session: { sa: { number } } }));
  const inside = { shown: ({ sa }: { sa: { number: number } }) => found[sa.number] };
  return insideOf(own as never, inside as never);
};

it.each([
  ["none was looked for, or found", [null, null], null],
  ["one was found, for some of its IKE SAs or all", [null, "192.168.1.5", "192.168.1.5"], "192.168.1.5"],
  ["they differ: a NAT that gave its port to another host", ["192.168.1.5", null, "192.168.1.6"], null],
])("%s", (_, found, expected) => {
  expect(shown(found)).toBe(expected);
});
