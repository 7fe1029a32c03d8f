/** The rows of clients as bytes: what `JSON.stringify` makes of the clients of the model. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostTable } from "../../src/ike/hosts.ts";
import { RowText } from "../../src/linear/row-text.ts";
import { clientsInBytes } from "../../src/printers/client-bytes.ts";
import { escaped } from "../../src/printers/json.ts";
import { type ClientRow, clientOf } from "../../src/report/client-row.ts";
import { unmadeClients } from "../../src/report/later-clients.ts";
import { Bench } from "../simulator/bench.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";

type Rows = Parameters<typeof clientsInBytes>[0];

/** As the plain model stands in a report, two levels deep, without what is around it there. */
function plain(rows: Rows): string {
  const { hosts } = rows;
  const clients = Array.from(rows.rows(), (row) => clientOf(row, hosts));
  const text = JSON.stringify({ clients }, null, 2);
  return escaped(text.slice(text.indexOf("["), text.lastIndexOf("]") + 1));
}

function written(clients: Rows): string {
  const decoder = new TextDecoder();
  return Array.from(clientsInBytes(clients, RowText.make()!), (bytes) => decoder.decode(bytes)).join("");
}

const hosts = new HostTable();
/** Their numbers: of IPv4, of IPv6, and of IPv4 that is written as IPv6. */
const HOSTS = 60;
for (let i = 0; i < HOSTS; i += 1) {
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => (i % 3 === 0 ? (at * i * 37) & 0xff : 0));
  if (i % 3 === 1) bytes.set([0xff, 0xff, i, 200, 7 * (i & 1), 255 - i], 10);
  if (i % 3 === 2) bytes.set([i, 1, 2, 3], 0);
  hosts.intern(bytes, 0, i % 3 === 2 ? 4 : 6);
}

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("", '"', "\\", "~ !", "é"));
const host = fc.nat(HOSTS - 1);
const port = fc.constantFrom(0, 500, 4500, 65_535);
const endpoint = fc.tuple(host, port).map(([number, at]) => number * 65_536 + at);
const id = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(1, 0xffffffff));
const count = fc.oneof(fc.nat(3), fc.nat(0xffffffff));
/** Also of days that few captures are of, and before and behind what fits into 32 bits. */
const time = fc.oneof(
  fc.double({ min: 0, max: 2 ** 32 * 1e6, noNaN: true }),
  fc.integer({ min: -1e9, max: 5e9 }).map((second) => second * 1e6 + 0.5),
  fc
    .constantFrom("2000-02-29", "2024-02-29", "2024-12-31", "2025-03-01", "2100-02-28", "2100-03-01")
    .map((day) => Date.parse(day) * 1e3 + 86_399_999_999),
);
const timeOrNone = fc.oneof(time, fc.constant(Number.NaN));

const row: fc.Arbitrary<ClientRow> = fc.record({
  host,
  port,
  responder: host,
  insideAddress: fc.option(text),
  platform: fc.option(text),
  pattern: fc.record({
    kind: fc.constantFrom("sequential", "random", "undetermined"),
    confidence: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 0.75, 1)),
    byteOrder: fc.option(fc.constantFrom("big-endian", "byte-swapped")),
    contradictsVendor: fc.boolean(),
  }),
  messageIds: fc.record({
    count,
    shown: fc.array(id, { maxLength: 8 }),
    step: fc.option(fc.oneof(fc.nat(), fc.integer({ min: -(2 ** 32), max: 2 ** 32 }))),
  }),
  ikeSas: count,
  anomaly: fc.option(text),
  flows: fc.array(fc.tuple(endpoint, endpoint), { maxLength: 16 }).map((pairs) => pairs.flat()),
  rolesInferred: fc.boolean(),
  firstAt: time,
  lastAt: time,
  outcome: fc.record({
    kind: fc.constantFrom("connected", "kept-out", "unknown"),
    keptOut: count,
    firstAt: timeOrNone,
    lastAt: timeOrNone,
    connectedAt: timeOrNone,
    keptOutSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
  }),
}) as fc.Arbitrary<ClientRow>;

describe("clients in bytes", () => {
  it("are those of the model, whatever is in their rows", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const clients: Rows = { hosts, rows: () => rows };
        expect(written(clients)).toBe(plain(clients));
      }),
      { numRuns: 300 },
    );
  });

  it("are so in several pieces", () => {
    const rows = fc.sample(row, 500);
    const clients: Rows = { hosts, rows: () => rows };
    const pieces = Array.from(clientsInBytes(clients, RowText.make()!), (bytes) => bytes.length);
    expect(pieces.length).toBeGreaterThan(3);
    expect(written(clients)).toBe(plain(clients));
  });

  it("are so of worlds that are played", async () => {
    const bench = new Bench();
    let kinds = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = simulate(seed);
      const report = await bench.report(capturesOf(world, "whole").files);
      const clients = unmadeClients(report)!;
      if (clients.length === 0) continue;
      const text = plain(clients);
      expect(written(clients), `seed ${seed}`).toBe(text);
      if (text.includes('"kind": "kept-out"')) kinds += 1;
    }
    expect(kinds).toBeGreaterThan(10);
    bench.close();
  });
});
