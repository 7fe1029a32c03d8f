import { describe, expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, nonEspMarker } from "../support/frames.ts";
import { Session, Stage } from "../support/session.ts";

const GATEWAY = "192.0.2.1";
const A = "198.51.100.11";
const B = "198.51.100.12";
const C = "198.51.100.13";

const read = (stage: Stage) => reportOn([pcap(stage.sorted())]);
/** The gateway is seen sending, and the capture goes on. */
const bystander = (stage: Stage, until: number) =>
  new Session(stage, { address: "198.51.100.99" }).mainMode(1).quickMode(1.2, 0x5eed1234).esp(2, until);

type Reported = Awaited<ReturnType<typeof reportOn>>;

/** "contender verdict holder" of each attempt. */
function accusations({ findings }: Reported): string[] {
  return findings.flatMap(({ holder, contender, attempts }) =>
    attempts.map(({ verdict }) => `${contender.address} ${verdict} ${holder.address}`),
  );
}

describe("who holds a message ID (6.3, 6.6, 6.7)", () => {
  it("is whoever took it over, also where the gateway answered late", async () => {
    const stage = new Stage(30);
    // No ESP in the capture: an older claim is probable, and A takes it over.
    new Session(stage, { address: C }).mainMode(0).quickMode(0.2, 1);
    const late = new Session(stage, { address: A }).mainMode(10);
    late.send(10.2, "client", late.encrypted(32, 1, 332));
    late.send(23, "responder", late.encrypted(32, 1, 172));
    new Session(stage, { address: B }).mainMode(40).unanswered(40.2, 1).farewell(52);
    new Session(stage, { address: C }).mainMode(60);
    expect(accusations(await read(stage))).toEqual([`${B} rejected ${A}`]);
  });

  it("is, until the second, whoever says goodbye in two messages three seconds apart", async () => {
    const stage = new Stage(31);
    const leaving = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).esp(1, 30);
    leaving.deleteEsp(40).deleteEsp(43);
    new Session(stage, { address: B }).mainMode(41).unanswered(41.2, 1, [1]).farewell(46);
    bystander(stage, 200);
    expect(accusations(await read(stage))).toEqual([`${B} rejected ${A}`]);
  });

  it("is nobody once the only message of a farewell was seen and nothing followed", async () => {
    const stage = new Stage(32);
    new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).esp(1, 30).deleteEsp(40);
    new Session(stage, { address: B }).mainMode(41).unanswered(41.2, 1, [1]).farewell(46);
    bystander(stage, 200);
    expect(accusations(await read(stage))).toEqual([]);
  });

  it.each([
    ["before the other one dials", 1.3],
    ["while it does", 1.8],
  ])("throws out and is thrown out: a Delete of the pair's first SA %s is no goodbye", async (_, at) => {
    const stage = new Stage(33);
    const first = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).quickMode(0.21, 2);
    first.esp(0.5, 0.9, 1).deleteEsp(at);
    new Session(stage, { address: B }).mainMode(1.5).quickMode(1.7, 1).esp(2, 60);
    // The gateway deletes the holder right after it accepted the contender.
    first.farewell(1.9, "responder");
    bystander(stage, 200);
    const report = await read(stage);
    expect(accusations(report)).toEqual([`${B} possible ${A}`]);
    expect(report.findings[0].attempts[0].overlap).toBe("certain");
  });

  it("throws nobody out where it answers a goodbye of two messages, so soon after a pair as well", async () => {
    const stage = new Stage(33);
    const first = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).quickMode(0.21, 2);
    first.esp(0.5, 0.9, 1).farewell(1.8).farewell(1.9, "responder");
    new Session(stage, { address: B }).mainMode(1.5).quickMode(1.7, 1).esp(2, 60);
    bystander(stage, 200);
    expect(accusations(await read(stage))).toEqual([`${B} tolerated ${A}`]);
  });
});

describe("who of several behind one NAT came back (3.3)", () => {
  const natted = (i: number) => ({ address: A, port500: 1_100 + i, port4500: 41_000 + i });

  it.each([
    ["not who was silent for less time: the refusal may be for the client's own session", 3, "possible"],
    ["its own port, which it comes from again", 2, "rejected"],
  ])("%s tells", async (_, port, verdict) => {
    const stage = new Stage(34);
    new Session(stage, natted(1)).mainMode(0).quickMode(0.2, 1).esp(1, 90);
    new Session(stage, natted(2)).mainMode(60).farewell(95);
    new Session(stage, natted(port)).mainMode(150).unanswered(150.2, 1).farewell(160);
    bystander(stage, 300);
    expect(accusations(await read(stage))).toEqual([`${A} ${verdict} ${A}`]);
  });
});

describe("what shows nothing", () => {
  it("what the gateway sends to a neighbour behind the NAT under the holder's cookies is no move of the holder", async () => {
    const stage = new Stage(37);
    const holder = new Session(stage, { address: A, port500: 1101, port4500: 41001 }).mainMode(0);
    holder.quickMode(0.2, 1).esp(1, 100);
    const neighbour = { address: A, port500: 1102, port4500: 41002 };
    new Session(stage, neighbour).mainMode(30).unanswered(30.2, 1, [1, 2]).farewell(60);
    const again = nonEspMarker(holder.encrypted(32, 1, 172));
    for (const at of [30.21, 31.21, 32.21])
      stage.put(at, datagram(`${GATEWAY}:4500`, `${A}:41002`, again), "quick-mode");
    bystander(stage, 200);
    const { findings } = await read(stage);
    expect(findings.map(({ verdict, holder, contender }) => [verdict, holder.port, contender.port])).toEqual([
      ["rejected", 41001, 41002],
    ]);
  });

  it("ESP of a session that its NAT moved does not answer the quick mode before the move", async () => {
    const stage = new Stage(34);
    const holder = new Session(stage, { address: B }).mainMode(0).quickMode(0.2, 1).quickMode(20, 2);
    holder.esp(21, 200);
    const port = { address: A, port500: 1101, port4500: 41001 };
    const moved = new Session(stage, port).mainMode(30).quickMode(30.2, 1).esp(31, 60);
    moved.unanswered(65, 2, [1, 2]);
    // The same SPIs go on from another port of the NAT.
    const spi = (from: "client" | "responder") =>
      stage.sorted().findLast(({ frame, what }) => {
        const source = Buffer.from(frame).readUInt32BE(26);
        return what === "esp" && frame.length > 60 && (from === "client") === (source === 0xc633640b);
      })!;
    for (let at = 70; at < 90; at += 5) {
      const payload = Buffer.from(spi("client").frame).subarray(42);
      stage.put(at, datagram(`${A}:52002`, `${GATEWAY}:4500`, payload), "esp");
      const answer = stage.records.find(
        ({ frame, what }) =>
          what === "esp" &&
          Buffer.from(frame).readUInt32BE(26) === 0xc0000201 &&
          Buffer.from(frame).readUInt32BE(30) === 0xc633640b,
      )!;
      const back = Buffer.from(answer.frame).subarray(42);
      stage.put(at + 0.01, datagram(`${GATEWAY}:4500`, `${A}:52002`, back), "esp");
    }
    const report = await read(stage);
    const second = report.findings
      .flatMap(({ attempts }) => attempts)
      .filter(({ messageId }) => messageId === "0x00000002");
    expect(second.map(({ outcome, verdict }) => [outcome, verdict])).toEqual([["unanswered", "rejected"]]);
  });

  it("two packets that a mirror shows twice are too few for a gateway to have dropped their sender (6.6)", async () => {
    const stage = new Stage(38);
    const holder = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).esp(1, 41);
    for (const at of [46, 70]) {
      holder.espOnce(at, "client");
      stage.put(at + 0.00003, stage.records.at(-1)!.frame as Buffer, "esp");
    }
    new Session(stage, { address: B }).mainMode(59).unanswered(59.2, 1).farewell(66);
    bystander(stage, 200);
    expect(accusations(await read(stage))).toEqual([`${B} rejected ${A}`]);
  });

  it("clients whose answers were never captured do not demonstrably share an ID (6.8)", async () => {
    const stage = new Stage(35);
    for (const [i, address] of [A, B, C].entries()) {
      const session = new Session(stage, { address }).mainMode(i * 2);
      // Whatever the message says: it comes later, and so the client is still there.
      session.unanswered(i * 2 + 0.2, 1, [1, 2]).deleteEsp(30 + i * 20);
    }
    const up = stage.sorted().filter(({ frame }) => Buffer.from(frame).readUInt32BE(26) !== 0xc0000201);
    const { findings } = await reportOn([pcap(up)]);
    expect(findings.length).toBeGreaterThan(0);
    for (const { verdict, caveats } of findings) {
      expect(verdict).toBe("predicted");
      expect(caveats).not.toContain("other-cause");
    }
  });
});

describe("refused, and no holder visible (6.9)", () => {
  it("a peer is not cleared by its own acceptance on the ID, seen out of order", async () => {
    const stage = new Stage(36);
    const holder = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 1).esp(1, 115);
    expect(holder.initiatorCookie).toMatch(/^[0-9a-f]{16}$/);
    new Session(stage, { address: B }).mainMode(30).unanswered(30.2, 1).farewell(60);
    const sorted = stage.sorted();
    const wrap = sorted.findIndex(({ at }) => at - sorted[0].at > 25_000_000_000n);
    // A ring buffer whose newest part was written first.
    const report = await reportOn([pcap([...sorted.slice(wrap), ...sorted.slice(0, wrap)])]);
    expect(report.findings.map(({ verdict, holder: { candidates } }) => [verdict, candidates])).toEqual([
      ["possible", [{ address: A, port: null }]],
    ]);
    const steps = report.warnings.filter(({ code }) => code === "clock-step");
    expect(steps[0].message).toContain("reordercap");
  });

  it("a client whose answers were of no use to it is not passed over in silence", async () => {
    const stage = new Stage(38);
    const kept = new Session(stage, { address: B }).mainMode(0).unanswered(0.2, 1);
    // The gateway's last packet of an exchange that the capture does not show, under the contender's cookies.
    kept.send(0.22, "responder", kept.encrypted(32, 1, 76));
    kept.farewell(30);
    bystander(stage, 200);
    const { warnings } = await read(stage);
    const [{ message }] = warnings.filter(({ code }) => code === "refused-without-holder");
    expect(message).toContain(`1 try of ${B}`);
    expect(message).toContain("by an answer that it could not use");
  });

  it("a client that draws its IDs is named as well where its retries prove nothing", async () => {
    const stage = new Stage(37);
    const drawing = new Session(stage, { address: A }).mainMode(0).quickMode(0.2, 0x6a31f00d);
    drawing.esp(1, 20);
    // The gateway knows it no more: it sends on without an answer.
    for (let at = 25; at < 60; at += 5) drawing.espOnce(at, "client");
    drawing.unanswered(62, 0x1b7755aa);
    bystander(stage, 200);
    const { warnings } = await read(stage);
    expect(
      warnings.filter(({ code }) => code === "refused-without-holder").map(({ message }) => message),
    ).toEqual([expect.stringContaining(A)]);
  });
});
