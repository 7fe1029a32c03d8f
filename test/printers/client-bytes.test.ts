/** The rows of clients as bytes: what `JSON.stringify` makes of the clients of the model. */

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { HostTable } from "../../src/ike/hosts.ts";
import { PlainClients } from "../../src/judgement/plain-clients.ts";
import { RowText } from "../../src/linear/row-text.ts";
import { clientsInBytes } from "../../src/printers/client-bytes.ts";
import { escaped } from "../../src/printers/json.ts";
import { type ClientRow, clientOf } from "../../src/report/client-row.ts";
import { unmadeClients } from "../../src/report/later-lists.ts";
import { PlainTurns } from "../../src/report/plain-row.ts";
import { Bench } from "../simulator/bench.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { pcapng } from "../support/capture-files.ts";
import { crowd } from "../support/crowds.ts";
import { Session, Stage, VENDOR, windowsVendorIds } from "../support/session.ts";

type Clients = Parameters<typeof clientsInBytes>[0];

function rowsOf(each: ClientRow | PlainTurns): ClientRow[] {
  if (!(each instanceof PlainTurns)) return [each];
  return Array.from({ length: each.length }, (_, i) => {
    each.turnTo(i);
    return each.row();
  });
}

/** As the plain model stands in a report, two levels deep, without what is around it there. */
function plain({ hosts, unread }: Clients): string {
  const clients = Array.from(unread(), (each) => rowsOf(each).map((row) => clientOf(row, hosts))).flat();
  const text = JSON.stringify({ clients }, null, 2);
  return escaped(text.slice(text.indexOf("["), text.lastIndexOf("]") + 1));
}

/** The text is handed on in pieces of half a megabit, and what one row makes beyond it. */
const PIECE = 65_536 + 8_000;

function written(clients: Clients): string {
  const decoder = new TextDecoder();
  const text = RowText.make(clients.hosts.memory)!;
  return Array.from(clientsInBytes(clients, text), (bytes) => {
    expect(bytes.length).toBeLessThan(PIECE);
    return decoder.decode(bytes);
  }).join("");
}

/** In nanoseconds. */
const YEAR = 31_557_600_000_000_000n;

/** A vendor ID of its own. */
const hex = (i: number) => i.toString(16).padStart(32, "0");

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
        const clients: Clients = { hosts, unread: () => rows };
        expect(written(clients)).toBe(plain(clients));
      }),
      { numRuns: 300 },
    );
  });

  it("are so in several pieces", () => {
    const rows = fc.sample(row, 500);
    const clients: Clients = { hosts, unread: () => rows };
    const pieces = Array.from(clientsInBytes(clients, RowText.make()!), (bytes) => bytes.length);
    expect(pieces.length).toBeGreaterThan(3);
    expect(written(clients)).toBe(plain(clients));
  });

  it("are so where the core writes rows of its own accord", async () => {
    const bench = new Bench();
    const read = vi.spyOn(PlainClients.prototype, "read");
    const rows = { core: 0, others: 0 };
    for (let seed = 0; seed < 30; seed += 1) {
      const records = crowd(seed, 400, 40);
      // Behind 2106 seconds have more than 32 bits.
      const later = seed % 10 === 9 ? 200n * YEAR : 0n;
      const capture = pcapng(records.map((record) => ({ ...record, at: record.at + later })));
      const judged = unmadeClients(await bench.report([capture]))!;
      const clients = { hosts: judged.hosts, unread: () => judged.unread() };
      const text = plain(clients);
      read.mockClear();
      expect(written(clients), `seed ${seed}`).toBe(text);
      const others = read.mock.calls.length;
      const lengths = Array.from(judged.unread(), (each) => (each instanceof PlainTurns ? each.length : 0));
      const turns = lengths.reduce((sum, length) => sum + length, 0);
      if (later > 0n) expect(others).toBe(turns);
      else {
        rows.core += turns - others;
        rows.others += others;
      }
    }
    expect(rows.core).toBeGreaterThan(20 * rows.others);
    expect(rows.core).toBeGreaterThan(2_000);
    vi.restoreAllMocks();
    bench.close();
  });

  it("are so of more plain clients than one piece has room for", async () => {
    const bench = new Bench();
    const stage = new Stage(8);
    const responder = "2001:db8:ffff::1";
    for (let i = 0; i < 600; i += 1) {
      const at = 10 * i;
      const address = `10.4.${i >> 8}.${i & 0xff}`;
      const [isOther, isRepeated] = [i % 10 === 3, i % 10 === 5 || i % 10 === 6];
      const session = new Session(stage, isOther ? { address: `2001:db8::${i}`, responder } : { address });
      session.mainMode(at);
      const first = session.encrypted(32, 0x20000000 + 997 * i, 332);
      const answer = () =>
        session.send(at + 3, "responder", session.encrypted(32, 0x20000000 + 997 * i, 172));
      session.send(at + 1, "client", first);
      if (isRepeated) session.send(at + 2, "client", first);
      // Some captures lost the answer until the client had gone on.
      if (i % 10 !== 6) answer();
      session.send(at + 4, "client", session.encrypted(32, 0x20000000 + 997 * i, 60));
      if (i % 10 === 6) answer();
      if (i % 10 === 6) session.send(at + 5, "client", session.encrypted(32, 0x20000000 + 997 * i, 68));
    }
    const judged = unmadeClients(await bench.report([pcapng(stage.sorted())]))!;
    const clients = { hosts: judged.hosts, unread: () => judged.unread() };
    const read = vi.spyOn(PlainClients.prototype, "read");
    const text = written(clients);
    // Of those with addresses of IPv6 TypeScript writes the rows.
    expect(read.mock.calls.length).toBeGreaterThan(50);
    expect(read.mock.calls.length).toBeLessThan(70);
    expect(text).toBe(plain(clients));
    vi.restoreAllMocks();
    bench.close();
  });

  it("are so where clients have more kinds of vendor IDs than the core is told of", async () => {
    const bench = new Bench();
    const stage = new Stage(7);
    for (let i = 0; i < 400; i += 1) {
      // A fifth comes again with what was seen before, so that the core writes some.
      const vendorIds =
        i % 5 === 0 ? windowsVendorIds(9) : [...windowsVendorIds(i % 12), VENDOR.natT, hex(i)];
      const session = new Session(stage, { address: `10.3.${i >> 8}.${i & 0xff}`, vendorIds });
      session.mainMode(2 * i);
      session.quickMode(2 * i + 1, i % 3 === 0 ? 1 : 0x20000000 + 997 * i);
    }
    const judged = unmadeClients(await bench.report([pcapng(stage.sorted())]))!;
    const clients = { hosts: judged.hosts, unread: () => judged.unread() };
    const text = plain(clients);
    const read = vi.spyOn(PlainClients.prototype, "read");
    expect(written(clients)).toBe(text);
    expect(read.mock.calls.length).toBeGreaterThan(200);
    expect(read.mock.calls.length).toBeLessThan(390);
    vi.restoreAllMocks();
    bench.close();
  });

  it("are so while another list is written from the same numbers", async () => {
    const bench = new Bench();
    const judged = unmadeClients(await bench.report([pcapng(crowd(1, 900, 100))]))!;
    const clients = { hosts: judged.hosts, unread: () => judged.unread() };
    const decoder = new TextDecoder();
    const lists = [0, 1].map(() => clientsInBytes(clients, RowText.make(judged.hosts.memory)!));
    const texts = ["", ""];
    for (let left = 2; left > 0; ) {
      left = 0;
      lists.forEach((list, i) => {
        const { value, done } = list.next();
        texts[i] += value === undefined ? "" : decoder.decode(value);
        if (done !== true) left += 1;
      });
    }
    expect(texts).toEqual([plain(clients), plain(clients)]);
    bench.close();
  });

  it("are so of worlds that are played", async () => {
    const bench = new Bench();
    let kinds = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = simulate(seed);
      const report = await bench.report(capturesOf(world, "whole").files);
      const judged = unmadeClients(report)!;
      if (judged.length === 0) continue;
      const clients = { hosts: judged.hosts, unread: () => judged.unread() };
      const text = plain(clients);
      expect(written(clients), `seed ${seed}`).toBe(text);
      if (text.includes('"kind": "kept-out"')) kinds += 1;
    }
    expect(kinds).toBeGreaterThan(10);
    bench.close();
  });
});
