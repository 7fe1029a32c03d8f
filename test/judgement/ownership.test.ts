import { expect, test } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { judgeOutcomes } from "../../src/judgement/outcomes.ts";
import { livesOf } from "../../src/judgement/ownership.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  exchangeMade,
  moment,
  peersFrom,
  type RowMade,
  saMade,
  sessionMade,
  spiMade,
  UNSEEN,
} from "../support/facts-made.ts";

/** An IKE SA at a port of host 1, or of another, whose quick mode was accepted at a time; the last sign on its endpoint before that. */
interface Made {
  host?: number;
  port: number;
  accepted: number;
  lifeBefore?: number;
}

const up = (port: number, from: number, to: number, spi = 0x1234): RowMade => ({
  port,
  spis: [spiMade({ spi, firstAt: at(from), lastAt: at(to) })],
});
/** ESP of a client that its NAT moved from port 1000 to 2000, where the responder follows it. */
const MOVED: readonly RowMade[] = [
  up(1_000, -49, 10),
  up(2_000, 11, 28),
  { port: 2_000, outgoing: true, spis: [spiMade({ spi: 9, firstAt: at(12), lastAt: at(13) })] },
];

/** Then the client of another IKE SA begins to send there. */
const FOLLOWED = MOVED.map((row) =>
  row.port === 2_000 && row.outgoing !== true
    ? { ...row, spis: [...row.spis!, spiMade({ spi: 0x77, firstAt: at(36), lastAt: at(60) })] }
    : row,
);

/** Last signs and endpoints of each session. */
function livesWith(list: readonly Made[], rows: readonly RowMade[]) {
  const sessions = list.map(({ host = 1, port, accepted, lifeBefore }, index) => {
    const before = lifeBefore === undefined ? UNSEEN : at(lifeBefore);
    const exchange = exchangeMade({
      firstAt: at(accepted),
      replyAt: at(accepted),
      followedReply: true,
      before: { lifeAt: before, sentAt: UNSEEN, espAt: before, unheard: false },
    });
    const begins = at(accepted - 1);
    const sa = saMade({ firstAt: begins, lastLifeAt: at(accepted), exchanges: [exchange] } as never);
    return sessionMade({ index, sa, endpoint: endpoint(host, port), port4500: port, quickModes: [exchange] });
  });
  const keys = (session: Session) => [session.endpoint];
  const peers = peersFrom(rows);
  const judged = judgeOutcomes(sessions, {
    peers,
    keys,
    blind: sessions.map(() => false),
    responderSeen: true,
    phase1Times: () => UNSEEN,
    captureEnd: moment(1_000),
    running: false,
  });
  const { lives, keys: own } = livesOf(sessions, keys, peers, judged);
  return {
    last: lives.map(({ lastAt }) => lastAt),
    ports: sessions.map((session) => own(session).map((key) => key % 65_536)),
  };
}

test.each<[string, readonly Made[], number[], (readonly RowMade[])?]>([
  ["it goes on at the new one", [{ port: 1_000, accepted: -50 }], [28]],
  [
    "until an IKE SA of its own begins there",
    [
      { port: 1_000, accepted: -50 },
      { port: 2_000, accepted: 35, lifeBefore: 28 },
    ],
    [28, 60],
    FOLLOWED,
  ],
  [
    "until the client has another SA accepted at the old one",
    [
      { port: 1_000, accepted: -50 },
      { port: 1_000, accepted: 25, lifeBefore: 24 },
    ],
    [24, 28],
  ],
  [
    "until the first of both: the client's own",
    [
      { port: 1_000, accepted: -50 },
      { port: 1_000, accepted: 25, lifeBefore: 20 },
      { port: 2_000, accepted: 35, lifeBefore: 28 },
    ],
    [20, 28, 35],
  ],
  [
    "until the first of both: that at the new one",
    [
      { port: 1_000, accepted: -50 },
      { port: 2_000, accepted: 35, lifeBefore: 28 },
      { port: 1_000, accepted: 45, lifeBefore: 10 },
    ],
    [28, 60, 45],
    FOLLOWED,
  ],
])("the life of a session that its NAT moved (3.6): %s", (_, list, expected, rows = MOVED) => {
  expect(livesWith(list, rows).last).toEqual(expected.map(at));
});

test("its endpoints are the old one and the new one, and those of others stay theirs (3.6)", () => {
  expect(
    livesWith(
      [
        { port: 1_000, accepted: -50 },
        { port: 3_000, accepted: 0 },
      ],
      MOVED,
    ).ports,
  ).toEqual([[1_000, 2_000], [3_000]]);
  expect(livesWith([{ port: 1_000, accepted: -50 }], [up(1_000, -49, 10)]).ports).toEqual([[1_000]]);
});

test("ESP over IP moves to another address, where no IKE SA is (3.6)", () => {
  const overIp = (host: number, from: number, to: number, fields: Partial<RowMade> = {}): RowMade => ({
    host,
    port: 0,
    spis: [spiMade({ firstAt: at(from), lastAt: at(to) })],
    ...fields,
  });
  const rows = [overIp(1, -49, 10), overIp(2, 11, 28), overIp(2, 12, 28, { outgoing: true })];
  const own = { port: 0, accepted: -50 };
  expect(livesWith([own], rows).last).toEqual([at(28)]);
  // Whatever the port of it.
  expect(livesWith([own, { host: 2, port: 41_000, accepted: -40 }], rows).last).toEqual([at(10), at(-40)]);
  expect(livesWith([own, { host: 3, port: 41_000, accepted: -40 }], rows).last).toEqual([at(28), at(-40)]);
});

test("ESP that begins both ways at another port of the client, where no IKE SA is, is its own (3.6)", () => {
  const rows = [
    up(2_000, -49, 28),
    { port: 2_000, outgoing: true, spis: [spiMade({ spi: 9, firstAt: at(-49), lastAt: at(20) })] },
  ];
  expect(livesWith([{ port: 1_000, accepted: -50 }], rows)).toEqual({
    last: [at(28)],
    ports: [[1_000, 2_000]],
  });
  const neighbour = { port: 2_000, accepted: -60 };
  expect(livesWith([neighbour, { port: 1_000, accepted: -50 }], rows).ports).toEqual([[2_000], [1_000]]);
});
