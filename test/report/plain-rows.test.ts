/** The row of a plain client, for which little is made: the same as that of the client that the rules are asked with. */

import { afterAll, expect, it, vi } from "vitest";
import type { InsideAddresses } from "../../src/judgement/inside.ts";
import { PlainClients } from "../../src/judgement/plain-clients.ts";
import { rowOf } from "../../src/report/client-row.ts";
import { plainRowOf } from "../../src/report/plain-row.ts";
import { Bench } from "../simulator/bench.ts";
import { pcap } from "../support/capture-files.ts";
import { crowd } from "../support/crowds.ts";

const bench = new Bench();
const { read } = PlainClients.prototype;

afterAll(() => {
  vi.restoreAllMocks();
  bench.close();
});

/** Of some clients an address behind a NAT is known. */
const inside = {
  shown: ({ sa }) => (sa.number % 3 === 0 ? `10.1.2.${sa.number % 256}` : null),
} as InsideAddresses;

it("is told alike of all kinds of them", async () => {
  const seen = { plain: 0, repeated: 0, odd: 0, moved: 0 };
  vi.spyOn(PlainClients.prototype, "read").mockImplementation(function (this: PlainClients, index) {
    const client = read.call(this, index);
    const row = plainRowOf(client, 7, inside);
    expect(row).toEqual(rowOf([this.made(index)], 7, inside));
    seen.plain += 1;
    if (client.exchange.retransmissions > 0) seen.repeated += 1;
    if (row.anomaly !== null) seen.odd += 1;
    if (row.flows.length > 2) seen.moved += 1;
    return client;
  });
  for (let seed = 0; seed < 40; seed += 1) {
    const records = crowd(seed, 40, 100);
    // Of some quick modes the first message comes again, before its answer or behind it.
    const again = records
      .filter(({ what }, i) => what === "quick-mode" && i % 5 === 0)
      .map((record, i) => ({ ...record, at: record.at + [3_000_000n, 900_000_000n][i % 2] }));
    const all = [...records, ...again].sort((a, b) => Number(a.at - b.at));
    const { clients, summary } = await bench.report([pcap(all)]);
    expect(clients).toHaveLength(summary.clients);
  }
  for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(20);
});
