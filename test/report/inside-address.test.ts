/** The address behind its NAT that a client is shown with (witnesses: NAT-D). */

import { expect, it } from "vitest";
import { ClientRows } from "../../src/report/advice/facts.ts";
import { insideOf } from "../../src/report/client-row.ts";
import type { NotedClient } from "../../src/report/model.ts";

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

it("is told of nobody by a name that two clients have", () => {
  const row = (port: number, insideAddress?: string) =>
    ({ address: "198.51.100.10", port, responder: "203.0.113.1", insideAddress }) as unknown as NotedClient;
  const rows = new ClientRows([
    row(4001, "10.64.1.5"),
    row(4001, "10.64.9.77"),
    row(4001, "10.64.9.78"),
    row(4002, "10.64.1.6"),
  ]);
  const insideOn = (port: number) =>
    rows.of({ address: "198.51.100.10", port }, "203.0.113.1")?.insideAddress;
  expect([insideOn(4001), insideOn(4002)]).toEqual([undefined, "10.64.1.6"]);
});
