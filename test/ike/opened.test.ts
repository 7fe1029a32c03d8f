import { describe, expect, it } from "vitest";
import { Exchange } from "../../src/ike/exchange.ts";
import { innerMessage } from "../../src/ike/inner-message.ts";
import { readOpened, saysNothing } from "../../src/ike/opened.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { Message } from "../../src/wire/datagram.ts";
import { isakmp, payloads } from "../support/frames.ts";
import { messageMade } from "../support/message-made.ts";

const COOKIES = { initiatorCookie: "0000000100000002", responderCookie: "0000000300000004" };
const [SA, ID, NOTIFY, DELETE] = [1, 5, 11, 12];
const ISAKMP = 1;
const ESP = 3;

const clear = (...list: readonly { type: number; body: Uint8Array }[]) =>
  isakmp({ ...COOKIES, exchange: 5, flags: 0, messageId: 7, ...payloads(list) });
/** DOI, protocol, size of the SPI (none), type (RFC 2408 3.14). */
const notify = (type: number) => ({
  type: NOTIFY,
  body: Uint8Array.of(0, 0, 0, 1, ESP, 0, type >> 8, type & 0xff),
});
/** DOI, protocol, size of an SPI, how many, and they (3.15). */
const deletion = (protocol: number, ...spis: readonly number[][]) => ({
  type: DELETE,
  body: Uint8Array.of(0, 0, 0, 1, protocol, spis[0].length, 0, spis.length, ...spis.flat()),
});
const IKE_SA_SPI = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4];
const [NO_PROPOSAL_CHOSEN, LAST_ERROR, FIRST_STATUS, R_U_THERE, R_U_THERE_ACK] = [
  14, 16_383, 16_384, 36_136, 36_137,
];

describe("an Informational that neither refuses nor ends anything", () => {
  it.each<[string, Uint8Array | null, boolean]>([
    ["a status", clear(notify(FIRST_STATUS)), true],
    ["DPD (RFC 3706)", clear(notify(R_U_THERE)), true],
    ["the last number of an error", clear(notify(LAST_ERROR)), false],
    ["a status and an error", clear(notify(FIRST_STATUS), notify(NO_PROPOSAL_CHOSEN)), false],
    ["a status and a Delete", clear(notify(FIRST_STATUS), deletion(ESP, [1, 2, 3, 4])), false],
    ["nothing at all", clear(), false],
    ["one that cannot be read", null, false],
  ])("%s", (_, bytes, expected) => {
    expect(saysNothing(bytes)).toBe(expected);
  });
});

describe("what a readable message says", () => {
  const read = (bytes: Uint8Array, { isProven = true, side = 1 as 0 | 1, exchange = 5 } = {}) => {
    const sa = new IkeSa(0, messageMade());
    sa.addExchange(new Exchange(messageMade({ messageId: 7 }), 0));
    readOpened(sa, side, messageMade({ exchange, messageId: 7, at: 4, frame: 33 }), {
      clear: bytes,
      isProven,
    });
    return sa;
  };

  it("a Delete of the IKE SA ends it, where a key vouches for it", () => {
    const ended = clear(deletion(ISAKMP, IKE_SA_SPI));
    expect(read(ended).deletedAt).toEqual([Number.NaN, 4 * SECOND]);
    expect(read(ended, { side: 0 }).deletedAt).toEqual([4 * SECOND, Number.NaN]);
    expect(read(ended, { isProven: false }).deletedAt).toEqual([Number.NaN, Number.NaN]);
    expect(read(clear(deletion(ESP, [1, 2, 3, 4]))).deletedAt).toEqual([Number.NaN, Number.NaN]);
    const both = clear(deletion(ESP, [1, 2, 3, 4]), deletion(ISAKMP, IKE_SA_SPI));
    expect(read(both).deletedAt[1]).toBe(4 * SECOND);
  });

  it("Deletes and notifies are kept, in words, with the errors among them", () => {
    const bytes = clear(
      deletion(ISAKMP, IKE_SA_SPI),
      deletion(ESP, [0xc0, 0, 0, 1], [0xc0, 0, 0, 2], [3, 3, 3, 3], [4, 4, 4, 4], [5, 5, 5, 5]),
      notify(NO_PROPOSAL_CHOSEN),
      notify(0),
      notify(FIRST_STATUS),
    );
    const [note, ...more] = read(bytes).opened;
    expect(more).toEqual([]);
    expect(note).toMatchObject({
      at: 4 * SECOND,
      side: 1,
      stamp: { frame: 33 },
      errors: [NO_PROPOSAL_CHOSEN],
    });
    const [first, second, third] = note.what.split("; ");
    expect([first, second]).toEqual([
      "Delete of the IKE SA",
      "Delete of IPsec SA c0000001, c0000002, 03030303, 04040404",
    ]);
    expect(third).toMatch(/^Notify .*NO-PROPOSAL-CHOSEN/i);
  });

  it("signs of life, which never end, and what says nothing are not kept", () => {
    for (const bytes of [clear(notify(R_U_THERE)), clear(notify(R_U_THERE_ACK)), clear()]) {
      expect(read(bytes).opened).toEqual([]);
    }
  });

  it("the latest 32 are kept", () => {
    const sa = new IkeSa(0, messageMade());
    for (let at = 1; at <= 40; at += 1) {
      readOpened(sa, 0, messageMade({ exchange: 5, at }), { clear: clear(notify(14)), isProven: true });
    }
    expect(sa.opened.map(({ at }) => at / SECOND)).toEqual(Array.from({ length: 32 }, (_, i) => 9 + i));
  });

  it("an error says why a quick mode of the other side has no answer", () => {
    const bytes = clear(notify(NO_PROPOSAL_CHOSEN));
    expect(read(bytes).exchanges[0].otherNotify).toBe(NO_PROPOSAL_CHOSEN);
    expect(read(bytes, { side: 0 }).exchanges[0].otherNotify).toBe(0);
    expect(read(bytes, { exchange: 6 }).exchanges[0].otherNotify).toBe(0);
  });
});

describe("what a readable quick mode asks for (RFC 2407 4.5, 4.6.2)", () => {
  const ENCAPSULATION = 0x8004;
  const proposal = (spi: number, encapsulation: number) => {
    const transform = [0, 0, 0, 12, 1, 12, 0, 0, ENCAPSULATION >> 8, ENCAPSULATION & 0xff, 0, encapsulation];
    const spiBytes = [0xc0, 0, 0, spi];
    const length = 8 + spiBytes.length + transform.length;
    return [0, 0, 0, length, 1, ESP, spiBytes.length, 1, ...spiBytes, ...transform];
  };
  const sa = (spi: number, encapsulation: number) => ({
    type: SA,
    body: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, ...proposal(spi, encapsulation)),
  });
  const id = (protocol: number, port: number) => ({
    type: ID,
    body: Uint8Array.of(1, protocol, port >> 8, port & 0xff, 10, 0, 0, 1),
  });
  const asked = (messageId: number, ...sent: readonly [0 | 1, Uint8Array][]) => {
    const ikeSa = new IkeSa(0, messageMade());
    const exchange = new Exchange(messageMade({ messageId: 7 }), 0);
    ikeSa.addExchange(exchange);
    for (const [side, bytes] of sent) {
      readOpened(ikeSa, side, messageMade({ messageId }), { clear: bytes, isProven: true });
    }
    expect(ikeSa.opened).toEqual([]);
    return [exchange.selectors, exchange.answered];
  };
  const selectors = { ids: [{ kind: 1, protocol: 17, port: 1701, text: "10.0.0.1" }], natOriginals: [] };

  it("by its starter, and in the answer; the first of each side counts", () => {
    expect(asked(7, [0, clear(sa(1, 2), id(17, 1_701))], [1, clear(sa(9, 4))], [0, clear(sa(5, 1))])).toEqual(
      [
        { ...selectors, spis: ["c0000001"], encapsulation: 2 },
        { ids: [], natOriginals: [], spis: ["c0000009"], encapsulation: 4 },
      ],
    );
    expect(asked(7, [1, clear(sa(1, 2))], [1, clear(sa(2, 4))])[1]).toMatchObject({ spis: ["c0000001"] });
  });

  it("nothing where it proposes nothing, or where the quick mode is not known", () => {
    expect(asked(7, [0, clear(id(17, 1_701))], [1, clear()])).toEqual([null, null]);
    expect(asked(8, [0, clear(sa(1, 2))])).toEqual([null, null]);
  });
});

describe("the message in a set of IKE fragments", () => {
  const place = {
    from: 11,
    to: 22,
    identification: 33,
    natTraversal: true,
    at: 5,
    segment: 2,
    micros: 66,
    nanos: 7,
    frame: 88,
    source: 3,
    capturePoint: 9,
    logged: true,
  };
  const inner = (bytes: Uint8Array) => innerMessage(bytes, messageMade(place), new Message());
  const whole = (fields: object = {}) =>
    isakmp({ ...COOKIES, exchange: 32, messageId: 0x0a0b0c0d, body: Buffer.alloc(40, 1), ...fields });

  it("stands where its last fragment was", () => {
    const message = inner(whole())!;
    expect(message).toMatchObject({ ...place, at: 5 * SECOND });
    expect([message.exchange, message.messageId, message.length, message.encrypted, message.cut]).toEqual([
      32,
      0x0a0b0c0d,
      68,
      true,
      false,
    ]);
    expect([...message.cookies]).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, Uint8Array]>([
    ["of another initiator", whole({ initiatorCookie: "0000000100000003" })],
    ["of another responder", whole({ responderCookie: "8000000300000004" })],
    ["of IKEv2", whole({ version: 0x20, exchange: 35 })],
    ["of less than a header", new Uint8Array(27)],
  ])("is none: %s", (_, bytes) => {
    expect(inner(bytes)).toBeNull();
  });
});
