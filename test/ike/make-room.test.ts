import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { CopyFilter } from "../../src/ike/copies.ts";
import { Exchange } from "../../src/ike/exchange.ts";
import { FlowTable } from "../../src/ike/flows.ts";
import { HostTable } from "../../src/ike/hosts.ts";
import type { IkeSa } from "../../src/ike/sa.ts";
import { SaTable } from "../../src/ike/sa-table.ts";
import { VendorLists } from "../../src/ike/vendor-lists.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { Located } from "../../src/wire/locate.ts";
import { exchangeMade } from "../support/facts-made.ts";
import { type MessageFields, messageMade } from "../support/message-made.ts";
import { random32 } from "../support/random.ts";

const GATEWAY = 200;

/** A table of eight flows; clients and the gateway are hosts 10.0.0.x. */
function flowsOf(maxRows = 8) {
  const hosts = new HostTable();
  const flows = new FlowTable(hosts, maxRows);
  const host = (last: number) => hosts.intern(Uint8Array.of(10, 0, 0, last), 0, 4);
  const see = (
    client: number,
    at: number,
    { back = false, esp = 0, segment = 0, source = 0, port = 4_500 } = {},
  ) => {
    const [from, to] = back ? [GATEWAY, client] : [client, GATEWAY];
    const bytes = Uint8Array.of(10, 0, 0, from, 10, 0, 0, to, 0, 0, 0, esp, 0, 0, 0, at);
    const located = Object.assign(new Located(), {
      ipVersion: 4,
      source: 0,
      destination: 4,
      payload: 8,
      captured: 8,
      sourcePort: port,
      destinationPort: port,
    });
    flows.see(bytes, located, esp > 0, at * SECOND, segment, source);
  };
  const row = (client: number, back = false, port = 4_500) => {
    const ends = [endpoint(host(client), port), endpoint(host(GATEWAY), port)] as const;
    return back ? flows.find(ends[1], ends[0], false) : flows.find(ends[0], ends[1], false);
  };
  const rows = (clients: readonly number[]) => clients.map((client) => row(client));
  return { hosts, flows, host, see, row, rows };
}
const CLIENTS = [1, 2, 3, 4, 5, 6, 7, 8];

describe("a table of flows that is full", () => {
  it("drops the half that was silent longest", () => {
    const { flows, see, rows } = flowsOf();
    for (const client of CLIENTS) see(client, client);
    expect([flows.size, flows.evicted]).toEqual([8, 0]);
    see(1, 20);
    see(9, 21);
    // Of the times 2 to 8 and 20 the middle is 6: those later stay, in their order, and the new one.
    expect(rows(CLIENTS)).toEqual([0, -1, -1, -1, -1, -1, 1, 2]);
    expect([rows([9]), flows.size, flows.evicted]).toEqual([[3], 4, 5]);
    expect([0, 1, 2, 3].map((at) => flows.lastAt.of(at))).toEqual([20e6, 7e6, 8e6, 21e6]);
  });

  it("keeps flows between hosts that spoke ISAKMP, to three quarters of its rows", () => {
    const { hosts, flows, host, see, rows } = flowsOf();
    for (const client of CLIENTS) see(client, client);
    hosts.isakmp[host(GATEWAY)] = 1;
    hosts.isakmp[host(2)] = 1;
    see(9, 9);
    expect([rows(CLIENTS), flows.evicted]).toEqual([[-1, 0, -1, -1, -1, 1, 2, 3], 4]);
    const full = flowsOf();
    for (const client of [...CLIENTS, GATEWAY]) full.hosts.isakmp[full.host(client)] = 1;
    for (const client of [...CLIENTS, 9]) full.see(client, client);
    expect([full.rows(CLIENTS), full.rows([9])]).toEqual([[0, 1, 2, 3, 4, 5, -1, -1], [6]]);
    expect(full.flows.evicted).toBe(2);
  });

  it("drops flows of before a step of the clock first, whatever their times", () => {
    const { see, rows } = flowsOf();
    for (const client of CLIENTS)
      see(client, client < 5 ? 90 + client : client, { segment: client < 5 ? 0 : 1 });
    see(9, 9, { segment: 1 });
    // Of the times behind the step 5 is the middle of all.
    expect(rows(CLIENTS)).toEqual([-1, -1, -1, -1, -1, 0, 1, 2]);
  });

  it("keeps all that is known of those that stay", () => {
    const { flows, host, see, row } = flowsOf();
    for (let i = 0; i < 5; i += 1) see(30 + i, i);
    for (let n = 0; n < 10; n += 1) see(1, 10 + n);
    see(1, 25, { esp: 7, source: 3 });
    see(1, 12, { esp: 8, segment: 1 });
    see(1, 13, { segment: 1, back: true, esp: 9 });
    const exchange = exchangeMade({ segment: 1, from: endpoint(host(1), 4_500) });
    flows.watch(exchange, endpoint(host(GATEWAY), 4_500), false);
    see(2, 26, { segment: 1 });
    expect([row(1), row(1, true), row(2)]).toEqual([5, 6, 7]);
    see(3, 27, { segment: 1 });
    expect([row(1), row(1, true), row(2), row(3)]).toEqual([0, 1, 2, 3]);
    expect([flows.from.of(0), flows.to.of(0), flows.from.of(1), flows.to.of(1)]).toEqual([
      host(1),
      host(GATEWAY),
      host(GATEWAY),
      host(1),
    ]);
    expect([0, 1, 2, 3].map((at) => flows.reverse.of(at))).toEqual([1, 0, -1, -1]);
    expect([flows.firstAt.of(0), flows.firstSegment.of(0), flows.lastAt.of(0), flows.segmentOf(0)]).toEqual([
      10e6, 0, 12e6, 1,
    ]);
    expect([flows.lastIn(0, 0), flows.lastIn(0, 1), flows.lastIn(2, 1)]).toEqual([25e6, 12e6, 26e6]);
    expect([flows.hasEsp(0), flows.hasEsp(1), flows.hasEsp(2)]).toEqual([true, true, false]);
    expect([flows.sources.of(0), flows.hasSteadyKeepalives(0), flows.hasSteadyKeepalives(1)]).toEqual([
      0b1001,
      true,
      false,
    ]);
    const spisOf = (at: number) => [...flows.spis.slots(at)].map((slot) => flows.spis.spi.of(slot));
    expect([spisOf(0), spisOf(1), spisOf(2)]).toEqual([[8, 7], [9], []]);
    // Flows that were found lately are found where they are now, and who waits for ESP still does.
    see(1, 30, { esp: 8, segment: 1 });
    expect([flows.lastAt.of(0), exchange.espFromStarterAt]).toEqual([30e6, 30e6]);
    see(2, 31, { segment: 1 });
    expect(flows.lastAt.of(2)).toBe(31e6);
  });

  it("both directions of a flow know each other, also where room is made for one of them", () => {
    const next = random32(11);
    for (let world = 0; world < 40; world += 1) {
      const { flows, see, row } = flowsOf(10);
      for (let step = 0; step < 40; step += 1) {
        const [client, port, back] = [1 + (next() % 12), (next() % 3) * 500, next() % 2 === 0];
        see(client, step, { port, back });
        const there = row(client, back, port);
        const reverse = row(client, !back, port);
        expect([there >= 0, flows.lastAt.of(there)]).toEqual([true, step * SECOND]);
        expect(flows.reverse.of(there)).toBe(reverse);
        if (reverse >= 0) expect(flows.reverse.of(reverse)).toBe(there);
      }
      expect(flows.evicted).toBeGreaterThan(0);
    }
  });

  it("rows that are used anew hold nothing of those before, and pair with the other direction", () => {
    const { flows, see, row } = flowsOf();
    for (const client of CLIENTS) {
      for (let n = 0; n < 10; n += 1)
        see(client, client + n, { esp: client, source: 2, segment: n > 5 ? 1 : 0 });
    }
    see(50, 60);
    const at = row(50);
    expect(flows.lastIn(at, 0)).toBe(60e6);
    expect([flows.hasEsp(at), flows.sources.of(at), flows.firstAt.of(at), [...flows.spis.slots(at)]]).toEqual(
      [false, 1, 60e6, []],
    );
    expect([flows.reverse.of(at), flows.keepalives.of(at), flows.keepaliveAt.of(at)]).toEqual([-1, 1, 60e6]);
    see(50, 61, { back: true });
    expect([flows.reverse.of(at), flows.reverse.of(row(50, true))]).toEqual([row(50, true), at]);
    // The other direction of a flow that was dropped is nobody's.
    expect(flows.reverse.of(row(8))).toBe(-1);
  });

  it("whether ESP was seen of a host goes with its number", () => {
    const { flows, host, see } = flowsOf();
    see(1, 1, { esp: 1 });
    see(2, 2, { esp: 1, port: 0 });
    see(3, 3);
    expect([1, 2, 3, GATEWAY].map((each) => flows.hasEspOf(host(each)))).toEqual([true, true, false, true]);
    expect(flows.hasEspOf(99_999)).toBe(false);
    const many = flowsOf(1_000);
    for (let last = 0; last < 255; last += 1) many.host(last);
    expect(many.host(255)).toBe(255);
    const beyond = many.hosts.intern(Uint8Array.of(10, 0, 1, 1), 0, 4);
    many.flows.see(
      Uint8Array.of(10, 0, 1, 1, 10, 0, 0, 1),
      Object.assign(new Located(), { ipVersion: 4, destination: 4 }),
      true,
      1,
      0,
    );
    expect([beyond, many.flows.hasEspOf(beyond)]).toEqual([256, true]);
    // Numbers are given in the order of appearance: client 1, gateway, clients 2 and 3; the first is gone.
    flows.renumber(Int32Array.of(-1, 0, 1, 2));
    expect([0, 1, 2, 3].map((each) => flows.hasEspOf(each))).toEqual([true, true, false, false]);
    expect([flows.from.of(1), flows.to.of(1)]).toEqual([1, 0]);
  });
});

describe("addresses that nothing needs", () => {
  it("are forgotten: the others keep what is known of them under new numbers", () => {
    const hosts = new HostTable();
    const numbers = [1, 2, 3, 4].map((last) => hosts.intern(Uint8Array.of(10, 0, 0, last), 0, 4));
    hosts.sent(numbers[1], 5, 0);
    hosts.noteIkev2(endpoint(numbers[0], 500), endpoint(numbers[2], 4_500));
    hosts.isakmp[numbers[2]] = 1;
    const waits = exchangeMade();
    hosts.watch(numbers[3], waits);
    // The last one is waited for: it stays, whatever is asked.
    expect([...hosts.retain((host) => host === numbers[2])]).toEqual([-1, -1, 0, 1]);
    expect([hosts.size, hosts.text(0), hosts.text(1)]).toEqual([2, "10.0.0.3", "10.0.0.4"]);
    expect([hosts.wasSeenSending(0), hosts.wasSeenSending(1), hosts.isakmp[0]]).toEqual([false, false, 1]);
    expect([hosts.speaksIkev2(0), hosts.speaksIkev2(1)]).toEqual([true, false]);
    expect([...hosts.ikev2Endpoints]).toEqual([endpoint(0, 4_500)]);
    hosts.sent(1, 77, 0);
    expect(waits.otherSentAt).toBe(77);
    // A number that is given again begins with nothing.
    expect(hosts.intern(Uint8Array.of(10, 0, 0, 9), 0, 4)).toBe(2);
    expect([hosts.wasSeenSending(2), hosts.speaksIkev2(2), hosts.isakmp[2]]).toEqual([false, false, 0]);
  });

  it("a quick mode learns the next packet after its first message, and after its first copy", () => {
    const hosts = new HostTable();
    const exchange = exchangeMade();
    hosts.watch(0, exchange);
    hosts.sent(0, 5, 0);
    exchange.firstCopy = { at: 6, steady: true, otherSentAt: Number.NaN };
    hosts.watch(0, exchange);
    hosts.sent(0, 8, 0);
    hosts.sent(0, 9, 0);
    expect([exchange.otherSentAt, exchange.firstCopy.otherSentAt]).toEqual([5, 8]);
  });

  it("a packet behind a step of the clock comes after all that a quick mode's own clock tells", () => {
    const hosts = new HostTable();
    const exchange = exchangeMade({ firstCopy: { at: 60, steady: true, otherSentAt: Number.NaN } });
    hosts.watch(0, exchange);
    hosts.sent(0, 5, 1);
    const ever = Number.POSITIVE_INFINITY;
    expect([exchange.otherSentAt, exchange.firstCopy?.otherSentAt]).toEqual([ever, ever]);
  });

  it("quick modes that began before a time wait no longer, nor those that are given up", () => {
    const hosts = new HostTable();
    const [old, young, gone] = [1, 2, 3].map((firstAt) => exchangeMade({ firstAt }));
    for (const each of [old, young, gone]) hosts.watch(0, each);
    hosts.stopWaiting(2);
    hosts.release(new Set([gone]), (first) => first);
    hosts.sent(0, 9, 0);
    expect([old, young, gone].map(({ otherSentAt }) => otherSentAt)).toEqual([Number.NaN, 9, Number.NaN]);
    // Nobody waits for the host any more: it may be forgotten.
    hosts.watch(0, gone);
    hosts.release(new Set([gone]), (first) => first);
    hosts.intern(Uint8Array.of(10, 0, 0, 1), 0, 4);
    expect([...hosts.retain(() => false)]).toEqual([-1]);
  });

  it("endpoints of IKEv2 are told apart up to 65,536", () => {
    const hosts = new HostTable();
    for (let port = 0; port < 32_768; port += 1) hosts.noteIkev2(endpoint(1, port), endpoint(2, port));
    hosts.noteIkev2(endpoint(3, 500), endpoint(4, 500));
    expect([hosts.endpointSpeaksIkev2(endpoint(2, 32_767)), hosts.ikev2Endpoints.size]).toEqual([
      true,
      65_536,
    ]);
    expect([hosts.endpointSpeaksIkev2(endpoint(3, 500)), hosts.speaksIkev2(3), hosts.speaksIkev2(4)]).toEqual(
      [false, true, true],
    );
  });
});

describe("a table of IKE SAs that is full", () => {
  const opening = (cookie: number, at: number, fields: MessageFields = {}) =>
    messageMade({ cookies: [cookie, 0, 0, 0], exchange: 2, at, ...fields });
  const answered = (cookie: number, at: number) => messageMade({ cookies: [cookie, 0, 9, 9], at });
  function tableOf(maxSas: number) {
    const released: IkeSa[] = [];
    const table = new SaTable(maxSas, ({ sas }) => released.push(...sas));
    // Who was shown SAs may hold on to them.
    expect(table.shown).toEqual([]);
    const take = (message: ReturnType<typeof messageMade>) => {
      const sa = table.find(message)!;
      sa.pathOf(message.from, message.to, 0, false);
      table.parts += 1;
      return sa;
    };
    return { table, released, take, cookies: () => table.sas.map((sa) => sa.cookies[0]) };
  }

  it("gives up those never answered first, then those without a quick mode, the longest silent first", () => {
    const { table, released, take, cookies } = tableOf(8);
    take(opening(1, 90));
    take(opening(2, 10));
    take(answered(3, 5));
    for (const cookie of [4, 5, 6, 7, 8]) {
      take(answered(cookie, cookie)).addExchange(new Exchange(messageMade(), 0));
      table.parts += 1;
    }
    expect(table.parts).toBe(13);
    take(answered(9, 100));
    // Six of eight stay.
    expect(released.map((sa) => sa.cookies[0])).toEqual([2, 1]);
    expect([cookies(), table.evicted]).toEqual([[3, 4, 5, 6, 7, 8, 9], 2]);
    take(answered(10, 101));
    take(answered(11, 102));
    expect(released.map((sa) => sa.cookies[0])).toEqual([2, 1, 3, 9]);
    expect([cookies(), table.evicted, table.parts]).toEqual([[4, 5, 6, 7, 8, 10, 11], 4, 12]);
  });

  it("knows by its number which SA a copy is of, as long as it is there", () => {
    const { table, take } = tableOf(8);
    const other = { from: endpoint(7, 500), to: endpoint(8, 500) };
    const sas = [take(opening(1, 1)), take(opening(1, 2, other)), take(answered(2, 3))];
    const messages = [opening(1, 1), opening(1, 2, other), answered(2, 3)];
    const counted = () => messages.map((message, i) => table.keys.countedFor(message, i));
    expect(counted()).toEqual(sas);
    expect([table.keys.countedFor(messages[0], 1), table.keys.countedFor(messages[0], -1)]).toEqual([
      sas[1],
      null,
    ]);
    table.remove(new Set([sas[1], sas[2]]));
    take(answered(2, 4));
    expect(counted()).toEqual([sas[0], null, null]);
  });

  it("makes room for parts as well: four for each SA of the bound", () => {
    const { table, released, take } = tableOf(4);
    const sas = [1, 2, 3].map((cookie) => take(answered(cookie, cookie)));
    const fill = (sa: IkeSa, count: number) => {
      for (let i = 0; i < count; i += 1) sa.addExchange(new Exchange(messageMade({ messageId: i }), 0));
      table.parts += count;
    };
    fill(sas[0], 5);
    fill(sas[1], 4);
    fill(sas[2], 4);
    table.makeRoom();
    expect([table.parts, released]).toEqual([16, []]);
    fill(sas[1], 1);
    table.makeRoom();
    // Twelve may stay: 17 less 6 are 11.
    expect([released, table.parts, table.evicted]).toEqual([[sas[0]], 11, 1]);
  });

  it("what is given up is found no more, and what shared its cookie is", () => {
    const { table, take } = tableOf(40);
    const at = (host: number) => ({ from: endpoint(host, 500), to: endpoint(99, 500) });
    const same = [1, 2, 3, 4].map((host) => take(opening(5, host, at(host))));
    expect(new Set(same).size).toBe(4);
    const other = take(opening(6, 9));
    table.remove(new Set([same[0], same[2], same[3]]));
    expect(table.find(opening(5, 20, at(2)))).toBe(same[1]);
    expect(table.find(opening(6, 20))).toBe(other);
    expect([table.sas, table.parts]).toEqual([[same[1], other], 2]);
    const again = table.find(opening(5, 21, at(1)));
    expect([same.includes(again!), again!.number]).toEqual([false, 5]);
    // The newest stands first.
    table.remove(new Set([again!, same[1]]));
    expect(table.find(messageMade({ cookies: [5, 0, 0, 0] }))).toBeNull();
  });

  it("an answer belongs to the SA that its own host began, a second answer to one of its own", () => {
    const { table, take } = tableOf(40);
    const between = (from: number, to: number) => ({ from: endpoint(from, 500), to: endpoint(to, 500) });
    const [one, two] = [1, 2].map((host) => take(opening(5, host, between(host, 99))));
    expect([one.phase1Seen, one.answered]).toEqual([true, false]);
    const answer = (cookie: number, from: number, to: number) =>
      table.find(messageMade({ cookies: [5, 0, 8, cookie], exchange: 2, ...between(from, to) }))!;
    expect([answer(1, 99, 1) === one, answer(2, 99, 2) === two]).toEqual([true, true]);
    expect([one.cookies, two.cookies]).toEqual([
      [5, 0, 8, 1],
      [5, 0, 8, 2],
    ]);
    const second = answer(3, 99, 1);
    expect([second === one, second.phase1Seen, second.firstAt, second.paths.length]).toEqual([
      false,
      true,
      one.firstAt,
      1,
    ]);
    // Of a host that began nothing: phase 1 was not seen.
    const strangers = [answer(4, 99, 3), answer(5, 98, 1), answer(6, 1, 98)];
    expect(strangers.map((sa) => [sa.phase1Seen, sa.paths.length])).toEqual(Array(3).fill([false, 0]));
    expect(answer(1, 1, 99)).toBe(one);
  });

  it("a second answer tells of the first message, though the SA of the first answer goes to make room for it", () => {
    const table = new SaTable(4);
    const there = { from: endpoint(1, 500), to: endpoint(99, 500) };
    const back = { from: endpoint(99, 500), to: endpoint(1, 500) };
    const first = table.find(opening(5, 1, there))!;
    first.pathOf(there.from, there.to, 0, false);
    first.mode = 2;
    const { firstAt } = first;
    for (const cookie of [6, 7, 8])
      table.find(answered(cookie, 2))!.addExchange(new Exchange(messageMade(), 0));
    const answer = (cookie: number, at: number) =>
      table.find(messageMade({ cookies: [5, 0, 8, cookie], exchange: 2, at, ...back }))!;
    expect(answer(1, 3)).toBe(first);
    const second = answer(2, 4);
    expect([table.evicted, table.sas.includes(first)]).toEqual([1, false]);
    expect([second.firstAt, second.phase1Seen, second.mode, second.endOf(0, 0)]).toEqual([
      firstAt,
      true,
      2,
      there.from,
    ]);
  });

  it("of one initiator cookie 32 SAs of different hosts begin", () => {
    const { table, take } = tableOf(100);
    for (let host = 1; host <= 32; host += 1) {
      take(opening(5, host, { from: endpoint(host, 500), to: endpoint(99, 500) }));
    }
    expect(table.find(opening(5, 50, { from: endpoint(33, 500), to: endpoint(99, 500) }))).toBeNull();
    expect([table.sas.length, table.evicted]).toEqual([32, 1]);
  });
});

describe("datagrams that may still be echoed", () => {
  const seen = (filter: CopyFilter, content: number, fields: MessageFields = {}) =>
    filter.see(messageMade({ content, ...fields }));
  /** Of a beginning that no other one has. */
  const seenAlone = (filter: CopyFilter, content: number, fields: MessageFields = {}) => {
    const message = messageMade({ content, ...fields });
    message.digest.prefix = content;
    return filter.see(message);
  };

  it("of one beginning sixteen are told apart; of the next no copy is known", () => {
    const filter = new CopyFilter();
    // The digest of the beginning is that of the number's last three digits.
    for (let i = 0; i < 17; i += 1) expect(seen(filter, 5 + i * 1_000)).toBe("new");
    expect(filter.evicted).toBe(1);
    expect(seen(filter, 5 + 15_000)).toBe("echo");
    expect(seen(filter, 5 + 16_000)).toBe("new");
    expect(filter.evicted).toBe(2);
  });

  it("32,768 are remembered, for a second each", () => {
    const filter = new CopyFilter();
    for (let i = 0; i < 32_769; i += 1) seenAlone(filter, i, { at: i < 20_000 ? 0 : 0.5 });
    expect([filter.evicted, filter.size]).toEqual([1, 32_768]);
    seenAlone(filter, 77_777, { at: 1 });
    expect([filter.evicted, filter.size]).toEqual([1, 12_769]);
    // Those that are forgotten are new when they come again, those of the last half second are echoes.
    expect(seenAlone(filter, 0, { at: 1 })).toBe("new");
    expect(seenAlone(filter, 30_000, { at: 0.5 })).toBe("echo");
    seenAlone(filter, 4, { at: 0, segment: 1 });
    expect(filter.size).toBe(1);
  });

  it("their hosts are needed, and have new numbers when others are forgotten", () => {
    const filter = new CopyFilter();
    seen(filter, 1, { from: endpoint(4, 500), to: endpoint(6, 500) });
    seen(filter, 1, { from: endpoint(5, 501), to: endpoint(6, 500), at: 0.001 });
    expect([...filter.hosts()]).toEqual([4, 6, 5]);
    filter.renumber(Int32Array.of(-1, -1, -1, -1, 0, 1, 2));
    expect([...filter.hosts()]).toEqual([0, 2, 1]);
    // A copy at the second place is one still, and the first place is that of the datagram.
    expect(seen(filter, 1, { from: endpoint(1, 501), to: endpoint(2, 500), at: 0.2 })).toBe("echo");
    expect([filter.from, filter.to, filter.evicted]).toEqual([endpoint(0, 500), endpoint(2, 500), 0]);
  });
});

describe("lists of vendor IDs", () => {
  it("the same IDs are one list, of 64 at most", () => {
    const lists = new VendorLists();
    const one = lists.extended(0, ["a", "b"]);
    const two = lists.extended(lists.extended(0, ["a"]), ["b"]);
    expect([lists.all[one], one === two, lists.extended(one, [])]).toEqual([["a", "b"], true, one]);
    const many = lists.extended(
      one,
      Array.from({ length: 70 }, (_, i) => `${i}`),
    );
    const { length, 63: last } = lists.all[many];
    expect([length, last, lists.extended(many, ["x"]) === many]).toEqual([64, "61", true]);
  });

  it("of eight million characters together; what finds no room is counted", () => {
    const lists = new VendorLists();
    expect(lists.all[lists.extended(0, ["x".repeat(7_999_999)])].length).toBe(1);
    const last = lists.extended(0, ["y"]);
    expect([lists.all[last], lists.evicted]).toEqual([["y"], 0]);
    expect([lists.extended(last, ["q"]), lists.evicted]).toEqual([last, 1]);
    const restored = new VendorLists();
    restored.restore(structuredClone(lists.save()));
    expect([restored.evicted, restored.extended(0, ["y"])]).toEqual([1, last]);
    expect([restored.extended(last, ["q"]), restored.evicted]).toEqual([last, 2]);
  });
});
