/** Encrypted messages in an order and a state that captures have them in: again, cut, without what was before. */

import { describe, expect, it } from "vitest";
import { Opener } from "../../src/keys/opener.ts";
import { chosenTransform } from "../../src/keys/transform.ts";
import { nodeCiphers } from "../../src/node/ciphers.ts";
import { Message } from "../../src/wire/datagram.ts";
import { keysOf } from "../support/opened.ts";
import { type PayloadOf, SealedSession, SUITES } from "../support/sealed.ts";

/** ISAKMP of a frame of Ethernet, IPv4 and UDP on port 500. */
const PAYLOAD = 14 + 20 + 8;
const QUICK = 32;
const INFORMATIONAL = 5;
const NONE = "0000000000000000";

/** Messages of a session that stays on port 500, and which side sent each. */
const messagesOf = ({ records }: SealedSession) =>
  records.map(({ frame }) => ({
    bytes: new Uint8Array(frame.subarray(PAYLOAD)),
    side: (frame[29] === 11 ? 0 : 1) as 0 | 1,
  }));
type Sent = ReturnType<typeof messagesOf>[number] & { captured?: number };

/** Exchanges of what opens, "-" for what stays closed. */
function opened(list: readonly Sent[], keys: string, maxTries?: number) {
  const opener = new Opener(keysOf(keys).keys, nodeCiphers, maxTries);
  const message = new Message();
  const clear = list.map(({ bytes, side, captured = bytes.length }) => {
    message.read(bytes, 0, captured, bytes.length);
    return opener.open(message, side);
  });
  return { opener, clear, told: clear.map((each) => (each === null ? "-" : each[18])) };
}

const session = (seed = 1) => new SealedSession({ seed });
const bare = ({ key }: SealedSession) => key.toString("hex");
const MAIN_MODE = ["-", "-", "-", "-", 2, 2];
const quickPayloads = (sealed: SealedSession) => {
  const own = sealed.identity("198.51.100.11", 17, 1701);
  return sealed.quickPayloads(own, own);
};
/** A message of a client, encrypted. */
const sent = (sealed: SealedSession, exchange: number, id: number, list: readonly PayloadOf[]): Sent => ({
  bytes: new Uint8Array(sealed.sealed(exchange, id, list)),
  side: 0,
});

describe("with a key", () => {
  it("what comes again is not opened again", () => {
    const sealed = session().phase1(0).quickMode(1, 1);
    const list = messagesOf(sealed);
    const twice = list.flatMap((each) => [each, each]);
    const { told, opener } = opened(twice, sealed.row);
    expect(told.filter((each) => each !== "-")).toEqual([2, 2, QUICK, QUICK, QUICK]);
    expect(opener.opened.messages).toBe(5);
  });

  it("payloads of what was opened are counted", () => {
    const sealed = session().phase1(0).quickMode(1, 1);
    expect(opened(messagesOf(sealed), sealed.row).opener.opened.payloads).toEqual({
      id: 2 + 4,
      hash: 2 + 3,
      sa: 2,
      nonce: 2,
    });
  });

  it("quick modes that run beside each other open to their ends, sixteen of them", () => {
    const sealed = session().phase1(0);
    const ids = Array.from({ length: 16 }, (_, i) => i + 1);
    const list = [
      ...messagesOf(sealed),
      ...ids.map((id) => sent(sealed, QUICK, id, quickPayloads(sealed))),
      ...ids.map((id) => ({ ...sent(sealed, QUICK, id, quickPayloads(sealed)), side: 1 as const })),
      // A HASH alone is known by its vector.
      ...ids.map((id) => sent(sealed, QUICK, id, [sealed.hashPayload()])),
    ];
    expect(opened(list, sealed.row).told).toEqual([...MAIN_MODE, ...Array(48).fill(QUICK)]);
  });

  it("a long message of phase 1 opens, which has a certificate", () => {
    const sealed = session().phase1(0);
    const payloads = [sealed.identity("198.51.100.11"), { type: 6, body: sealed.bytes(400) }];
    const list = [...messagesOf(sealed), sent(sealed, 2, 0, payloads)];
    expect(opened(list, bare(sealed)).told).toEqual([...MAIN_MODE, 2]);
  });

  it("behind a message that the snap length cut the next one opens, but for its first block", () => {
    const sealed = session().phase1(0).quickMode(1, 1);
    const list: Sent[] = messagesOf(sealed);
    list[6] = { ...list[6], captured: 60 };
    const { told, clear } = opened(list, sealed.row);
    expect(told).toEqual([...MAIN_MODE, "-", QUICK, QUICK]);
    const whole = opened(messagesOf(sealed), sealed.row).clear;
    expect(Buffer.from(clear[7]!.subarray(28 + 16))).toEqual(Buffer.from(whole[7]!.subarray(28 + 16)));
  });

  it("a HASH of another length than the one that was chosen is none", () => {
    const sealed = session().phase1(0);
    const [, ...rest] = quickPayloads(sealed);
    const other = { type: 8, body: sealed.bytes(16) };
    const list = [...messagesOf(sealed), sent(sealed, QUICK, 1, [other, ...rest])];
    expect(opened(list, sealed.row).told).toEqual([...MAIN_MODE, "-"]);
  });

  it("a message without a body says nothing", () => {
    const sealed = session().phase1(0);
    const empty = sent(sealed, INFORMATIONAL, 7, [sealed.hashPayload()]).bytes.slice(0, 28);
    empty.set([0, 0, 0, 28], 24);
    expect(opened([...messagesOf(sealed), { bytes: empty, side: 0 }], sealed.row).told).toEqual([
      ...MAIN_MODE,
      "-",
    ]);
  });
});

describe("without the whole of phase 1", () => {
  it.each<[string, number[]]>([
    ["the client's public value", [2]],
    ["the responder's", [3]],
    ["all that was in the clear", [0, 1, 2, 3]],
  ])("quick modes open where %s was lost", (_, lost) => {
    const sealed = session().phase1(0).quickMode(1, 1);
    const list = messagesOf(sealed).filter((_, i) => !lost.includes(i));
    expect(opened(list, sealed.row).told.slice(-3)).toEqual([QUICK, QUICK, QUICK]);
  });
});

describe("a key that no cookie names", () => {
  /** Of before the capture: third messages, of which nothing tells a key, then others. */
  const late = (sealed: SealedSession, thirds: number, others: number) => [
    ...Array.from({ length: thirds }, (_, i) => sent(sealed, QUICK, 50 + i, [sealed.hashPayload()])),
    ...Array.from({ length: others }, (_, i) => sent(sealed, QUICK, i + 1, quickPayloads(sealed))),
  ];

  it("is looked for in a message that can tell it, however many came before that cannot", () => {
    const sealed = session();
    expect(opened(late(sealed, 6, 1), bare(sealed)).told).toEqual([...Array(6).fill("-"), QUICK]);
  });

  it("is tried on four messages of an IKE SA, and on no more", () => {
    const [sealed, other] = [session(), session(2)];
    const { opener } = opened(late(sealed, 0, 9), `${bare(other)}`, 5);
    expect(opener.exhausted).toBe(false);
    expect(opened(late(sealed, 0, 9), `${bare(other)}`, 4).opener.exhausted).toBe(true);
  });

  it("is tried no more when there were too many tries", () => {
    const sealed = session();
    const keys = [2, 3, 4].map((seed) => bare(session(seed))).join("\n");
    const list = late(sealed, 0, 1);
    expect(opened(list, `${keys}\n${bare(sealed)}`, 3).told).toEqual(["-"]);
    expect(opened(list, `${keys}\n${bare(sealed)}`, 4).told).toEqual([QUICK]);
  });
});

describe("what others send", () => {
  it("with a cookie that no row names is passed over", () => {
    const [sealed, other] = [session().phase1(0).quickMode(1, 1), session(2).phase1(0).quickMode(1, 1)];
    const { told, opener } = opened([...messagesOf(other), ...messagesOf(sealed)], sealed.row);
    expect(told).toEqual([...Array(9).fill("-"), ...MAIN_MODE, QUICK, QUICK, QUICK]);
    expect(opener.opened).toMatchObject({ ikeSas: 1, messages: 5 });
  });

  it("encrypted before the responder answered is no message, and nothing is tried for it", () => {
    const sealed = session().phase1(0).quickMode(1, 1);
    const [first, ...rest] = messagesOf(sealed);
    const forged = Array.from({ length: 5 }, (_, i) => {
      const { bytes } = sent(session(3), QUICK, i + 1, quickPayloads(sealed));
      bytes.set(Buffer.from(`${sealed.initiatorCookie}${NONE}`, "hex"));
      return { bytes, side: 0 as const };
    });
    const { told } = opened([first, ...forged, ...rest], bare(sealed));
    expect(told).toEqual(["-", ...Array(5).fill("-"), ...MAIN_MODE.slice(1), QUICK, QUICK, QUICK]);
  });
});

describe("the chosen transform (RFC 2409 Appendix A)", () => {
  /** DOI, situation, one proposal, one transform with these attributes. */
  function chosen(attributes: readonly (readonly [number, number])[]) {
    const list = attributes.flatMap(([type, value]) => [0x80, type, value >> 8, value & 0xff]);
    const transform = [0, 0, 0, 8 + list.length, 1, 1, 0, 0, ...list];
    const proposal = [0, 0, 0, 8 + transform.length, 1, 1, 0, 1, ...transform];
    const bytes = Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 1, ...proposal]);
    return chosenTransform(bytes, 0, bytes.length);
  }
  const [CIPHER, HASH, BITS] = [1, 2, 14];

  it.each<[string, [number, number][], ReturnType<typeof chosen>]>([
    [
      "DES",
      [
        [CIPHER, 1],
        [HASH, 1],
      ],
      { cipher: "des", hash: "md5", keyLength: 8 },
    ],
    [
      "3DES",
      [
        [CIPHER, 5],
        [HASH, 2],
      ],
      { cipher: "3des", hash: "sha1", keyLength: 24 },
    ],
    [
      "AES-256",
      [
        [CIPHER, 7],
        [HASH, 4],
        [BITS, 256],
      ],
      { cipher: "aes", hash: "sha256", keyLength: 32 },
    ],
    [
      "AES of a length that it does not state",
      [
        [CIPHER, 7],
        [HASH, 6],
      ],
      { cipher: "aes", hash: "sha512", keyLength: 0 },
    ],
    [
      "a cipher that is not read",
      [
        [CIPHER, 6],
        [HASH, 2],
      ],
      null,
    ],
    [
      "a hash that is not read",
      [
        [CIPHER, 7],
        [HASH, 3],
      ],
      null,
    ],
    ["none stated", [], null],
  ])("%s", (_, attributes, expected) => {
    expect(chosen(attributes)).toEqual(expected);
  });

  it("lets keys of its length alone be tried", () => {
    const sealed = new SealedSession({ suite: SUITES[2] }).phase1(0).quickMode(1, 1);
    const longer = new SealedSession({ suite: SUITES[4], seed: 2 });
    expect(opened(messagesOf(sealed), bare(longer), 1).opener.exhausted).toBe(false);
    expect(opened(messagesOf(sealed), bare(session(2)), 1).opener.exhausted).toBe(true);
  });
});
