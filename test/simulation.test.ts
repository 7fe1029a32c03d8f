import { describe, expect, it } from "vitest";
import type { Report } from "../src/index.ts";
import { accountedFor, essence, reportOn } from "./support/analyzed.ts";
import { type FrameRecord, pcap, pcapng } from "./support/capture-files.ts";
import { bsdNull, ethernet, mpls, ppp, pppoe, sll, sll2, vxlan } from "./support/frames.ts";
import { random32 } from "./support/random.ts";
import { simulate, type World } from "./support/world.ts";

/** SCENARIOS=n for more worlds, SCENARIO_SEED=n for one alone. */
const only = process.env.SCENARIO_SEED;
const count = Number(process.env.SCENARIOS ?? 200);
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];

type Finding = Report["findings"][number];

function nameOf({ address, port }: Finding["contender"]): string {
  return `${address}:${port}`;
}

/** Behind one NAT, clients that take turns count as one, whose port is that of any of them. */
const SHARED_NAT = "198.51.100.200:";

function sameClient(
  name: string,
  { address, port }: { address: string | null; port: number | null },
): boolean {
  return name === `${address}:${port}` || (name.startsWith(SHARED_NAT) && `${address}:` === SHARED_NAT);
}

function idOf(text: string): number {
  return Number(text);
}

/** Findings that accuse the gateway of refusing a client for its message ID. */
function accusations(report: Report): { client: string; messageId: number; finding: Finding }[] {
  return report.findings
    .filter(({ verdict }) => verdict === "rejected")
    .flatMap((finding) =>
      finding.attempts
        .filter(({ verdict }) => verdict === "rejected")
        .map(({ messageId }) => ({ client: nameOf(finding.contender), messageId: idOf(messageId), finding })),
    );
}

function wasRefusedFor(world: World, contender: Finding["contender"], messageId: number): boolean {
  return world.refusals.some(
    ({ client, heldBy, ...refusal }) =>
      sameClient(client, contender) && refusal.messageId === messageId && heldBy.length > 0,
  );
}

/** Accusations that the simulator knows to be wrong. */
function falseAccusations(world: World, report: Report) {
  return accusations(report).filter(
    ({ finding, messageId }) => !wasRefusedFor(world, finding.contender, messageId),
  );
}

/**
 * A client that is refused whatever it sends can look like a victim. No capture can tell where nobody was ever
 * accepted on a held ID and this client never met a free one; the report then says `no-control`.
 */
function excusable(world: World, { client, finding }: { client: string; finding: Finding }): boolean {
  return world.mismatched.has(client) && finding.caveats.includes("no-control");
}

const tally = { worlds: 0, refusals: 0, found: 0, weakened: 0, excused: 0 };

describe("worlds with a complete capture", () => {
  it(`${seeds.length} of them: every refusal is found, and nobody is accused wrongly`, async () => {
    for (const seed of seeds) {
      const world = simulate(seed);
      const report = await reportOn([pcap(world.records, { nanos: true })]);
      tally.worlds += 1;
      const where = `seed ${seed}`;
      expect(report.capture.messages.ikev1, where).toBe(world.ikev1);
      expect(report.capture.quickModeMessages, where).toBe(world.quickModeMessages);
      expect(accountedFor(report), where).toBe(report.capture.packets);

      for (const wrong of falseAccusations(world, report)) {
        expect(excusable(world, wrong), `${where}: ${wrong.finding.summary}`).toBe(true);
        tally.excused += 1;
      }
      for (const { client, messageId, heldBy } of world.refusals) {
        if (heldBy.length === 0) continue;
        tally.refusals += 1;
        const finding = report.findings.find(
          ({ contender, holder, messageIds }) =>
            sameClient(client, contender) &&
            messageIds.some((id) => idOf(id) === messageId) &&
            heldBy.some((name) => sameClient(name, holder)),
        );
        expect(finding, `${where}: ${client} refused on ${messageId}`).toBeDefined();
        // Refused on a free ID as well: counter-evidence by the contract. Behind a NAT a client that connects
        // when its neighbour has gone counts as that neighbour, whose refusals are then its own.
        // So is a client that draws its IDs and is refused all the same (contract 6.8).
        const troubled = [...world.mismatched].some(
          (name) =>
            name === client || name.split(":")[0] === client.split(":")[0] || !world.counting.has(name),
        );
        if (troubled) {
          expect(["rejected", "possible"], where).toContain(finding!.verdict);
          tally.weakened += finding!.verdict === "possible" ? 1 : 0;
        } else expect(finding!.verdict, `${where}: ${finding!.summary}`).toBe("rejected");
        tally.found += 1;
      }
      for (const { address, port, pattern } of report.clients) {
        const name = `${address}:${port}`;
        if (pattern.ids === 0) continue;
        if (world.counting.has(name)) expect(pattern.kind, `${where}: ${name}`).toBe("sequential");
        else expect(pattern.kind, `${where}: ${name}`).not.toBe("sequential");
      }
      if (world.flawed)
        expect(
          report.findings.filter(({ verdict }) => verdict === "tolerated"),
          where,
        ).toEqual([]);
    }
    console.log("complete captures:", JSON.stringify(tally));
  });
});

describe("worlds seen in part", () => {
  const some = only === undefined ? seeds.slice(0, Math.max(60, count / 4)) : seeds;
  const start = (world: World) => world.records[0].at;

  async function check(
    name: string,
    view: (world: World, next: () => number) => Buffer,
    verdicts: readonly string[],
  ) {
    let accused = 0;
    let wrong = 0;
    for (const seed of some) {
      const world = simulate(seed);
      const report = await reportOn([view(world, random32(seed))]);
      accused += accusations(report).length;
      const bad = falseAccusations(world, report).filter((each) => !excusable(world, each));
      wrong += bad.length;
      expect(
        bad.map(({ finding }) => finding.summary),
        `${name}, seed ${seed}`,
      ).toEqual([]);
      for (const finding of report.findings)
        expect(verdicts, `${name}, seed ${seed}`).toContain(finding.verdict);
    }
    console.log(`${name}: ${some.length} worlds, ${accused} accusations, ${wrong} wrong`);
  }
  const all = ["rejected", "predicted", "possible", "tolerated"];
  const sourceOf = (frame: Uint8Array) => Buffer.from(frame).readUInt32BE(26);

  it("without what the gateway sends, nobody is said to be refused", () =>
    check("one-sided", ({ records }) => pcap(records.filter(({ frame }) => sourceOf(frame) !== 0xc0000201)), [
      "predicted",
      "possible",
      "tolerated",
    ]));

  it("a late start accuses nobody wrongly", () =>
    check(
      "late start",
      (world, next) => {
        const from = start(world) + BigInt(next() % 120) * 1_000_000_000n;
        return pcap(world.records.filter(({ at }) => at >= from));
      },
      all,
    ));

  it("an early end accuses nobody wrongly", () =>
    check(
      "early end",
      (world, next) => {
        const to = start(world) + BigInt(20 + (next() % 100)) * 1_000_000_000n;
        return pcap(world.records.filter(({ at }) => at <= to));
      },
      all,
    ));

  it("a tap that loses one packet in a hundred accuses nobody wrongly", () =>
    check("1 % loss", ({ records }, next) => pcap(records.filter(() => next() % 100 > 0)), all));
});

describe("how a world is captured does not matter", () => {
  const some = only === undefined ? seeds.slice(0, 20) : seeds;
  const plain = new Map<number, Promise<Report>>();
  const plainReport = (seed: number) => {
    const known = plain.get(seed) ?? reportOn([pcap(simulate(seed).records)]);
    plain.set(seed, known);
    return known;
  };
  const packetOf = (frame: Uint8Array) => frame.subarray(14);
  const relaid = (records: readonly FrameRecord[], layer: (packet: Uint8Array) => Buffer) =>
    records
      .filter(({ frame }) => frame[12] === 8)
      .map((record) => ({ ...record, frame: layer(packetOf(record.frame)) }));
  const views: [string, (records: FrameRecord[]) => Buffer][] = [
    ["VLAN", (records) => pcap(relaid(records, (packet) => ethernet(packet, { vlans: [100] })))],
    ["Linux cooked v1", (records) => pcap(relaid(records, sll), { linkType: 113 })],
    ["Linux cooked v2", (records) => pcap(relaid(records, sll2), { linkType: 276 })],
    [
      "raw IP",
      (records) =>
        pcap(
          relaid(records, (packet) => Buffer.from(packet)),
          { linkType: 101 },
        ),
    ],
    ["BSD loopback", (records) => pcap(relaid(records, bsdNull), { linkType: 0 })],
    ["PPP", (records) => pcap(relaid(records, ppp), { linkType: 9 })],
    ["PPPoE", (records) => pcap(relaid(records, pppoe))],
    ["MPLS", (records) => pcap(relaid(records, (packet) => mpls(packet, 2)))],
    ["VXLAN", (records) => pcap(records.map((record) => ({ ...record, frame: vxlan(record.frame) })))],
    ["pcapng, big-endian", (records) => pcapng(records, { bigEndian: true })],
    ["snaplen 96", (records) => pcap(records, { snaplen: 96 })],
  ];

  it.each(views)("%s gives the same findings", async (name, view) => {
    for (const seed of some) {
      const { records } = simulate(seed);
      const whole = await plainReport(seed);
      const other = await reportOn([view(records)]);
      const verdicts = (report: Report) =>
        report.findings.map(({ fingerprint, verdict, attempts }) => ({
          // A short snaplen hides vendor IDs, and with them how many clients share an address.
          fingerprint: name.startsWith("snaplen") ? "" : fingerprint,
          verdict,
          attempts: attempts.length,
        }));
      expect(verdicts(other), `${name}, seed ${seed}`).toEqual(verdicts(whole));
      expect(other.capture.messages, `${name}, seed ${seed}`).toEqual(whole.capture.messages);
    }
  });

  it("nor do copies on a second interface, jittered timestamps, or several files in any order", async () => {
    for (const seed of some) {
      const { records } = simulate(seed);
      const next = random32(seed + 5000);
      const expected = essence(await plainReport(seed)) as { findings: unknown };
      const twice = records.flatMap((record) => [
        record,
        { ...record, at: record.at + 40_000n, interface: 1 },
      ]);
      const echoed = await reportOn([pcapng(twice, { interfaces: [{ tsresol: 9 }, { tsresol: 9 }] })]);
      const key = (findings: Report["findings"]) =>
        findings.map(({ fingerprint, verdict }) => [fingerprint, verdict]);
      expect(key(echoed.findings), `echoes, seed ${seed}`).toEqual(
        key(expected.findings as Report["findings"]),
      );
      const parts: FrameRecord[][] = [[], [], []];
      for (const record of records) parts[next() % 3].push(record);
      for (const order of [parts, [...parts].reverse()]) {
        expect(essence(await reportOn(order.map((part) => pcap(part)))), `files, seed ${seed}`).toEqual(
          expected,
        );
      }
      const jittered = records.map((record) => ({
        ...record,
        at: record.at + BigInt(next() % 20_000) * 1000n,
      }));
      const shaken = await reportOn([pcap(jittered)]);
      expect(key(shaken.findings), `jitter, seed ${seed}`).toEqual(
        key(expected.findings as Report["findings"]),
      );
    }
  });
});
