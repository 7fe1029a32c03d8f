/** What the plain text of a message looks like (RFC 2408 3, RFC 2409 5.5 and 5.7), and what noise does not. */

import { describe, expect, it } from "vitest";
import { formOf, withoutFirstBlock } from "../../src/keys/form.ts";

const HASH = 8;
const SA = 1;
const ID = 5;
const NONCE = 10;
const NOTIFY = 11;
const DELETE = 12;
const VENDOR = 13;
const ATTRIBUTES = 14;
const MAIN = 2;
const INFORMATIONAL = 5;
const TRANSACTION = 6;
const QUICK = 32;
const SHA1 = 20;

type Part = readonly [type: number, body: string];

/** Payloads that follow each other, and bytes of padding. */
function bodyOf(parts: readonly Part[], padding = 4): Uint8Array {
  const bytes = parts.map(([, body], i) => {
    const content = Buffer.from(body, "hex");
    const header = Buffer.from([parts[i + 1]?.[0] ?? 0, 0, 0, 4 + content.length]);
    return Buffer.concat([header, content]);
  });
  return Buffer.concat([...bytes, Buffer.alloc(padding)]);
}

const hash = (length = SHA1): Part => [HASH, "ab".repeat(length)];
/** DOI of IPsec, situation: identity only; a proposal is not looked into. */
const sa: Part = [SA, "0000000100000001"];
const id: Part = [ID, "011106a5c6336401"];
/** DOI, protocol, length of an SPI, kind of notify. */
const notify: Part = [NOTIFY, "00000001030411110a0b0c0d"];
/** DOI, protocol, length of an SPI, how many; two SPIs. */
const deletion: Part = [DELETE, "00000001030400020a0b0c0d0a0b0c0e"];
const attributes: Part = [ATTRIBUTES, "0100000000010000"];
const vendor: Part = [VENDOR, "1234"];

const form = (exchange: number, parts: readonly Part[], { padding = 4, hashLength = SHA1 } = {}) =>
  formOf(bodyOf(parts, padding), parts[0][0], exchange, hashLength);

describe("a body is believed where it has the form of a message", () => {
  it.each<[string, number, Part[], string]>([
    ["a first quick mode message", QUICK, [hash(), sa, [NONCE, "01"], id, id], "strong"],
    ["a third one, which is a HASH alone and could be chance", QUICK, [hash()], "weak"],
    ["an answer of a responder that says its lifetime", QUICK, [hash(), notify], "strong"],
    ["a quick mode whose SA is not second", QUICK, [hash(), [NONCE, "01"], sa], "wrong"],
    ["a quick mode without a HASH", QUICK, [sa, [NONCE, "01"]], "wrong"],
    ["a quick mode that begins with its nonce", QUICK, [[NONCE, "01"], sa], "wrong"],
    ["a notify", INFORMATIONAL, [hash(), notify], "strong"],
    ["a delete", INFORMATIONAL, [hash(), deletion], "strong"],
    ["a notify and a delete without a HASH", INFORMATIONAL, [notify, deletion], "wrong"],
    ["both, and a vendor ID", INFORMATIONAL, [hash(), notify, vendor, deletion], "strong"],
    ["an Informational that says nothing", INFORMATIONAL, [hash()], "wrong"],
    ["an Informational with an SA", INFORMATIONAL, [hash(), sa], "wrong"],
    ["attributes of a mode config", TRANSACTION, [hash(), attributes], "strong"],
    ["a notify in a mode config", TRANSACTION, [hash(), notify], "wrong"],
    ["an identity of phase 1, where no HASH has to be first", MAIN, [id, hash()], "strong"],
    ["a HASH of another hash", QUICK, [hash(16), sa], "wrong"],
    ["an SA of another DOI", QUICK, [hash(), [SA, "0000000200000001"]], "wrong"],
    ["an SA of another situation", QUICK, [hash(), [SA, "0000000100000002"]], "wrong"],
    ["an SA cut short", QUICK, [hash(), [SA, "00000001000000"]], "wrong"],
    [
      "an SA cut short before what looks like the rest of it",
      QUICK,
      [hash(), [SA, "00000001000000"], [NONCE, "01"], sa],
      "wrong",
    ],
    ["a notify of ISAKMP's own DOI", INFORMATIONAL, [hash(), [NOTIFY, "0000000001001111"]], "strong"],
    ["a notify of another DOI", INFORMATIONAL, [hash(), [NOTIFY, "0000000201001111"]], "wrong"],
    [
      "a notify whose SPI is longer than it",
      INFORMATIONAL,
      [hash(), [NOTIFY, "00000001030511110a0b0c0d"]],
      "wrong",
    ],
    [
      "a notify with data behind its SPI",
      INFORMATIONAL,
      [hash(), [NOTIFY, "00000001030211110a0b0c0d"]],
      "strong",
    ],
    ["a notify cut short", INFORMATIONAL, [hash(), [NOTIFY, "00000001030011"]], "wrong"],
    [
      "a delete with fewer SPIs than it says",
      INFORMATIONAL,
      [hash(), [DELETE, "00000001030400020a0b0c0d"]],
      "wrong",
    ],
    ["a delete with more", INFORMATIONAL, [hash(), [DELETE, "00000001030400010a0b0c0d0a0b0c0e"]], "wrong"],
    ["the last kind of identity that there is", MAIN, [[ID, "0b000000"], hash()], "strong"],
    ["a kind behind it", MAIN, [[ID, "0c000000"], hash()], "wrong"],
    ["a kind before the first", MAIN, [[ID, "00000000"], hash()], "wrong"],
    ["an identity cut short", MAIN, [[ID, "010000"], hash()], "wrong"],
  ])("%s", (_, exchange, parts, wanted) => {
    expect(form(exchange, parts)).toBe(wanted);
  });

  it.each([
    [0, "strong"],
    [64, "strong"],
    [65, "wrong"],
  ])("with %i bytes of padding it is %s", (padding, wanted) => {
    expect(form(QUICK, [hash(), sa], { padding })).toBe(wanted);
  });

  it("cut off inside a payload it is none", () => {
    const body = bodyOf([hash(), sa], 0);
    expect(formOf(body.subarray(0, -1), HASH, QUICK, SHA1)).toBe("wrong");
    expect(formOf(body, 0, QUICK, SHA1)).toBe("wrong");
  });

  it.each([16, 20, 32, 48, 64])("a hash that is not known may have %i bytes", (length) => {
    expect(form(QUICK, [hash(length), sa], { hashLength: 0 })).toBe("strong");
    expect(form(QUICK, [hash(length + 1), sa], { hashLength: 0 })).toBe("wrong");
  });
});

describe("a body whose first block is noise, because nothing tells its vector", () => {
  /** The first 16 bytes are lost. */
  const noisy = (parts: readonly Part[]) => {
    const body = new Uint8Array(bodyOf(parts));
    body.fill(0xee, 0, 16);
    return body;
  };

  it.each<[string, number, Part[]]>([
    ["a quick mode", QUICK, [hash(), sa, [NONCE, "01"]]],
    ["a notify", INFORMATIONAL, [hash(), notify]],
    ["a delete", INFORMATIONAL, [hash(), deletion]],
  ])("is put right by what follows its HASH: %s", (_, exchange, parts) => {
    const wanted = Buffer.from(bodyOf(parts));
    const repaired = withoutFirstBlock(noisy(parts), exchange, SHA1)!;
    expect(repaired.hashLength).toBe(SHA1);
    expect([...repaired.body.subarray(0, 4)]).toEqual([...wanted.subarray(0, 4)]);
    expect([...repaired.body.subarray(16)]).toEqual([...wanted.subarray(16)]);
  });

  it.each([16, 20, 32, 48, 64])(
    "shows the length of its hash, %i bytes, where that is not known",
    (length) => {
      expect(withoutFirstBlock(noisy([hash(length), sa]), QUICK, 0)?.hashLength).toBe(length);
    },
  );

  it.each<[string, number, Part[], number]>([
    ["a HASH alone", QUICK, [hash()], SHA1],
    ["a HASH alone, whatever the hash", QUICK, [hash()], 0],
    ["attributes, which have no constants", TRANSACTION, [hash(), attributes], SHA1],
    ["a notify in a quick mode", QUICK, [hash(), notify], SHA1],
    ["a HASH of another hash", QUICK, [hash(16), sa], SHA1],
  ])("stays closed where nothing shows what it is: %s", (_, exchange, parts, hashLength) => {
    expect(withoutFirstBlock(noisy(parts), exchange, hashLength)).toBeNull();
  });

  it("stays as it was for who asks", () => {
    const body = noisy([hash(), sa]);
    const before = [...body];
    withoutFirstBlock(body, QUICK, SHA1);
    expect([...body]).toEqual(before);
  });
});
