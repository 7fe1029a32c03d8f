/** What an evidence capture holds of frames made by hand, and what it says of each. */

import { describe, expect, it } from "vitest";
import { withoutPackets } from "../../src/evidence/capture.ts";
import { pcap } from "../support/capture-files.ts";
import { commentsOf, evidenceOf, type Planned, planMade } from "../support/evidence-written.ts";
import { datagram, espPacket, isakmp, nonEspMarker } from "../support/frames.ts";
import { openBytes, readAll } from "../support/sources.ts";

const [GATEWAY, HOLDER, CONTENDER, OTHER] = ["192.0.2.1", "198.51.100.11", "198.51.100.12", "198.51.100.13"];
const COOKIES = {
  [HOLDER]: ["1111111111111111", "2222222222222222"],
  [CONTENDER]: ["3333333333333333", "4444444444444444"],
  [OTHER]: ["5555555555555555", "6666666666666666"],
} as const;
type Client = keyof typeof COOKIES;
const UNKNOWN = ["7777777777777777", "8888888888888888"] as const;

const PLAN: Planned = {
  responders: [GATEWAY],
  parts: { [HOLDER]: ["holder"], [CONTENDER]: ["contender"] },
  sas: Object.entries(COOKIES).map(([client, cookies]) => ({ cookies, clients: [client] })),
};

interface Ike {
  exchange?: number;
  id?: number;
  content?: number;
  version?: number;
  cookies?: readonly [string, string];
}

function ike({ exchange = 32, id = 1, content = 1, version = 0x10, cookies }: Ike, client: Client): Buffer {
  const [initiatorCookie, responderCookie] = cookies ?? COOKIES[client];
  const body = Buffer.alloc(40, content);
  return isakmp({ initiatorCookie, responderCookie, exchange, messageId: id, version, body });
}
const from = (client: Client, message: Ike = {}) =>
  datagram(`${client}:500`, `${GATEWAY}:500`, ike(message, client));
const to = (client: Client, message: Ike = {}) =>
  datagram(`${GATEWAY}:500`, `${client}:500`, ike(message, client));
const espFrom = (client: string) => espPacket(client, GATEWAY);
const espTo = (client: string) => espPacket(GATEWAY, client);
const keepalive = (client: string) => datagram(`${client}:4500`, `${GATEWAY}:4500`, Buffer.from([0xff]));
const foreign = () => espPacket("203.0.113.1", "203.0.113.2");
const web = () => datagram("203.0.113.1:53", "203.0.113.2:53", Buffer.alloc(20));

/** A capture of frames, a second apart unless a number before one says how many have passed. */
function captureOf(frames: readonly (Buffer | number)[], start = 0): Buffer {
  let at = BigInt(start) * 1_000_000_000n + 1_772_438_400_000_000_000n;
  const records = frames.flatMap((each) => {
    at += typeof each === "number" ? BigInt(each - 1) * 1_000_000_000n : 1_000_000_000n;
    return typeof each === "number" ? [] : [{ at, frame: each }];
  });
  return pcap(records);
}

/** Captions by frame, without the name of the capture. */
async function captions(frames: readonly (Buffer | number)[], plan = PLAN): Promise<Record<number, string>> {
  const [bytes] = await evidenceOf([captureOf(frames)], planMade(plan));
  return Object.fromEntries(
    commentsOf(bytes).map((comment) => {
      const [, frame, what] = /^frame (\d+) of 0: (.*)$/.exec(comment)!;
      return [Number(frame), what];
    }),
  );
}

const kept = async (frames: readonly (Buffer | number)[], plan = PLAN) =>
  Object.keys(await captions(frames, plan)).map(Number);

describe("captions", () => {
  it("count messages and retransmissions of each side under each ID", async () => {
    expect(
      await captions([
        from(HOLDER),
        to(HOLDER, { content: 2 }),
        from(HOLDER, { content: 3 }),
        from(CONTENDER),
        from(CONTENDER),
        from(CONTENDER),
        from(HOLDER, { id: 0x1f, content: 3 }),
        to(HOLDER, { content: 2 }),
      ]),
    ).toEqual({
      1: "holder's quick mode 0x00000001, message 1",
      2: "responder's quick mode 0x00000001 to the holder, message 1",
      3: "holder's quick mode 0x00000001, message 2",
      4: "contender's quick mode 0x00000001, message 1",
      5: "contender's quick mode 0x00000001, retransmission 1",
      6: "contender's quick mode 0x00000001, retransmission 2",
      7: "holder's quick mode 0x0000001f, message 1",
      8: "responder's quick mode 0x00000001 to the holder, retransmission 1",
    });
  });

  it.each([
    [1, "base exchange"],
    [2, "main mode"],
    [4, "aggressive mode"],
    [5, "informational"],
    [6, "transaction exchange"],
    [33, "exchange 33"],
  ])("of exchange %i say %s, without an ID that is zero", async (exchange, name) => {
    expect(await captions([from(HOLDER, { exchange, id: 0 }), from(HOLDER, { exchange, id: 9 })])).toEqual({
      1: `holder's ${name}, message 1`,
      2: `holder's ${name} 0x00000009, message 1`,
    });
  });

  it("of phase 1 are of the IKE SA before it has the responder's cookie", async () => {
    const first = [COOKIES[HOLDER][0], "0".repeat(16)] as const;
    expect(
      await captions([
        from(HOLDER, { exchange: 2, id: 0, cookies: first }),
        to(HOLDER, { exchange: 2, id: 0 }),
      ]),
    ).toEqual({ 1: "holder's main mode, message 1", 2: "responder's main mode to the holder, message 1" });
  });

  it("name clients that are in no finding, and messages of no known IKE SA", async () => {
    expect(
      await captions([
        from(OTHER),
        to(OTHER, { content: 2 }),
        from(HOLDER, { cookies: UNKNOWN }),
        to(OTHER, { version: 0x20, exchange: 34, cookies: UNKNOWN }),
      ]),
    ).toEqual({
      1: "another client's quick mode 0x00000001, message 1",
      2: "responder's quick mode 0x00000001 to another client, message 1",
      3: "holder's quick mode 0x00000001",
      4: "other ISAKMP",
    });
  });

  it("of ESP and keepalives say that they are thinned", async () => {
    expect(await captions([espFrom(HOLDER), espTo(CONTENDER), keepalive(CONTENDER), espTo(OTHER)])).toEqual({
      1: "holder's ESP (thinned)",
      2: "responder's ESP to the contender (thinned)",
      3: "contender's NAT keepalive (thinned)",
      4: "responder's ESP to another client (thinned)",
    });
  });

  it("say all that a client is", async () => {
    const plan = { ...PLAN, parts: { [HOLDER]: ["holder", "candidate"] as const } };
    expect(await captions([from(HOLDER), to(HOLDER, { content: 2 })], plan)).toEqual({
      1: "holder and candidate's quick mode 0x00000001, message 1",
      2: "responder's quick mode 0x00000001 to the holder and candidate, message 1",
    });
  });

  it("of the capture's first and last packet say that they are that", async () => {
    expect(await captions([web(), web(), from(HOLDER), web(), web()])).toEqual({
      1: "first or last packet of the capture",
      3: "holder's quick mode 0x00000001, message 1",
      5: "first or last packet of the capture",
    });
  });
});

describe("captions of a long exchange", () => {
  it("count every message", async () => {
    const many = Array.from({ length: 20 }, (_, i) => from(HOLDER, { content: i }));
    const said = await captions([...many, many[0]]);
    expect([said[17], said[20], said[21]]).toEqual([
      "holder's quick mode 0x00000001, message 17",
      "holder's quick mode 0x00000001, message 20",
      "holder's quick mode 0x00000001, retransmission 1",
    ]);
  });
});

describe("of ESP and keepalives are kept", () => {
  it("the first of a flow, one in ten seconds, and the last", async () => {
    expect(await kept([web(), ...Array.from({ length: 25 }, () => espFrom(HOLDER)), web()])).toEqual([
      1, 2, 12, 22, 26, 27,
    ]);
  });

  it("of a client in no finding the first and the last", async () => {
    expect(await kept([web(), ...Array.from({ length: 25 }, () => espFrom(OTHER)), web()])).toEqual([
      1, 2, 26, 27,
    ]);
  });

  it("of each direction and each port", async () => {
    const one = [espFrom(OTHER), espTo(OTHER), keepalive(OTHER)];
    expect(await kept([web(), ...one, ...one, ...one, web()])).toEqual([1, 2, 3, 4, 8, 9, 10, 11]);
  });

  it("the last before and the first after a message of that client", async () => {
    const esp = () => espFrom(OTHER);
    expect(await kept([web(), esp(), esp(), esp(), from(OTHER), esp(), esp(), esp(), web()])).toEqual([
      1, 2, 4, 5, 6, 8, 9,
    ]);
    expect(await kept([web(), esp(), esp(), esp(), to(OTHER), esp(), esp(), esp(), web()])).toEqual([
      1, 2, 4, 5, 6, 8, 9,
    ]);
  });

  it("not for a message of another client, but the next one that the responder sends to whomever", async () => {
    const esp = () => espFrom(OTHER);
    expect(await kept([web(), esp(), esp(), esp(), from(HOLDER), esp(), esp(), web()])).toEqual([
      1, 2, 5, 7, 8,
    ]);
    const sent = () => espTo(OTHER);
    expect(await kept([web(), sent(), sent(), sent(), from(HOLDER), sent(), sent(), sent(), web()])).toEqual([
      1, 2, 5, 6, 8, 9,
    ]);
  });

  it("none between others", async () => {
    expect(await kept([web(), foreign(), foreign(), foreign(), web()])).toEqual([1, 5]);
  });

  it("and of IKEv2 the first and the last of a flow", async () => {
    const v2 = () => from(OTHER, { version: 0x20, exchange: 34, cookies: UNKNOWN });
    expect(await kept([web(), v2(), v2(), v2(), espFrom(OTHER), web()])).toEqual([1, 2, 4, 5, 6]);
  });
});

describe("the capture", () => {
  const frames = [from(HOLDER), web(), espFrom(HOLDER), to(HOLDER, { content: 2 })];

  it("has its packets as they were, in pcapng and in pcap", async () => {
    const input = captureOf(frames);
    const all = await readAll(await openBytes(input));
    for (const format of ["pcapng", "pcap"] as const) {
      const [bytes] = await evidenceOf([input], planMade(PLAN), { format });
      const written = await openBytes(bytes);
      const back = await readAll(written);
      expect(written.summary.format).toBe(format);
      expect(back.map(({ frame, ...rest }) => rest)).toEqual(
        [0, 2, 3].map((i) => {
          const { frame, ...rest } = all[i];
          return rest;
        }),
      );
    }
  });

  it("of several captures has those of each, in the order of time, with its name", async () => {
    const [bytes] = await evidenceOf(
      [captureOf([from(HOLDER), from(CONTENDER)]), captureOf([to(HOLDER)], 1)],
      planMade(PLAN),
    );
    expect(commentsOf(bytes).map((comment) => comment.replace(/:.*/, ""))).toEqual([
      "frame 1 of 0",
      "frame 2 of 0",
      "frame 1 of 1",
    ]);
    expect((await readAll(await openBytes(bytes))).map((record) => record.interface)).toEqual([0, 0, 1]);
  });

  it("has nothing of a capture in which nothing is of interest, and the others' names without their folders", async () => {
    const names = ["/captures/a.pcap", "none.pcap", "C:\\captures\\b.pcap"];
    const [bytes] = await evidenceOf(
      [
        captureOf([from(HOLDER), 9, from(HOLDER)]),
        captureOf([foreign(), foreign()], 3),
        captureOf([to(HOLDER)], 6),
      ],
      planMade(PLAN),
      { names },
    );
    expect(commentsOf(bytes).map((comment) => comment.replace(/:.*/, ""))).toEqual([
      "frame 1 of a.pcap",
      "frame 1 of b.pcap",
      "frame 2 of a.pcap",
    ]);
  });

  it("is refused where a capture cannot be opened again", async () => {
    const gone = evidenceOf([captureOf(frames), Buffer.from("not a capture")], planMade(PLAN));
    await expect(gone).rejects.toMatchObject({ code: "not-a-capture" });
  });

  it("keeps nanoseconds in pcap where the captures have them", async () => {
    const at = 1_772_438_400_123_456_789n;
    const input = pcap([{ at, frame: from(HOLDER) }], { nanos: true });
    const [bytes] = await evidenceOf([input], planMade(PLAN), { format: "pcap" });
    expect((await readAll(await openBytes(bytes)))[0].at).toBe(at);
    const [both] = await evidenceOf([captureOf(frames), input], planMade(PLAN), { format: "pcap" });
    expect((await readAll(await openBytes(both))).map((record) => record.at)).toContain(at);
  });

  it("comes in pieces of a quarter of a megabyte, each packet once", async () => {
    const large = (i: number) =>
      datagram(
        `${HOLDER}:4500`,
        `${GATEWAY}:4500`,
        nonEspMarker(
          isakmp({
            initiatorCookie: COOKIES[HOLDER][0],
            responderCookie: COOKIES[HOLDER][1],
            exchange: 32,
            messageId: i + 1,
            body: Buffer.alloc(1000, i),
          }),
        ),
      );
    const count = 1500;
    const pieces = await evidenceOf(
      [captureOf(Array.from({ length: count }, (_, i) => large(i)))],
      planMade(PLAN),
    );
    expect(pieces.length).toBeGreaterThan(3);
    const records = await readAll(await openBytes(Buffer.concat(pieces), undefined, 65_536));
    expect(records.map(({ bytes }) => bytes)).toEqual(
      Array.from({ length: count }, (_, i) => large(i).toString("hex")),
    );
  });

  it("of several link types is not a pcap", async () => {
    const raw = pcap([{ at: 1_772_438_400_000_000_000n, frame: from(HOLDER).subarray(14) }], {
      linkType: 101,
    });
    const both = [captureOf(frames), raw];
    await expect(evidenceOf(both, planMade(PLAN), { format: "pcap" })).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(/several link types \(1, 101\).*name the evidence \.pcapng/),
    });
    const [bytes] = await evidenceOf(both, planMade(PLAN));
    expect((await readAll(await openBytes(bytes))).map(({ linkType }) => linkType)).toEqual([101, 1, 1, 1]);
  });

  it("is refused where the captures are not what they were", async () => {
    const input = captureOf(frames);
    const whole = { packets: 4, messages: 2 };
    expect((await evidenceOf([input], planMade(PLAN), whole)).length).toBe(1);
    const changed = { code: "unreadable", message: "the captures changed after they were read" };
    for (const was of [
      { packets: 5, messages: 2 },
      { packets: 4, messages: 3 },
      { packets: 3, messages: 2 },
    ]) {
      await expect(evidenceOf([input], planMade(PLAN), was)).rejects.toMatchObject(changed);
    }
    const damaged = Buffer.concat([input, Buffer.alloc(16, 0xff)]);
    await expect(evidenceOf([damaged], planMade(PLAN), { packets: 5, messages: 2 })).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringMatching(/^the second reading differs: 0: .*[^.]$/),
    });
  });
});

describe("an input without packets", () => {
  it.each([
    ["records", /^0 holds message records and no packets, so no evidence/],
    ["suricata-eve", /^0 is a log \(suricata-eve\) and holds no packets, so no evidence/],
    ["zeek-ipsec+gzip", /^0 is a log \(zeek-ipsec\)/],
  ])("is named: %s", (format, sentence) => {
    const sources = [
      { name: "x", format: "pcap" },
      { name: "0", format },
    ];
    expect(withoutPackets(sources, "no evidence can be written")).toMatch(sentence);
  });

  it("is none of captures", () => {
    expect(
      withoutPackets(
        [
          { name: "x", format: "pcap" },
          { name: "y", format: "text" },
        ],
        "x",
      ),
    ).toBeNull();
  });
});
