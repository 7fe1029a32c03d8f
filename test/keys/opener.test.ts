/** Encrypted messages with their keys: what the project opens is what tshark does, byte by byte and field by field. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type FrameRecord, pcap } from "../support/capture-files.ts";
import { hasTshark } from "../support/messages.ts";
import { contents, keysOf, openedMessages, tsharkContents } from "../support/opened.ts";
import { inOrder, SealedSession, SUITES, type Suite } from "../support/sealed.ts";

const folder = mkdtempSync(join(tmpdir(), "keys-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function written(records: readonly FrameRecord[]): string {
  files += 1;
  const path = join(folder, `${files}.pcap`);
  writeFileSync(path, pcap(records));
  return path;
}

/** Offset in the ISAKMP header. */
const FLAGS = 19;
const nameOf = ({ cipher, keyLength, hash }: Suite) => `${cipher}-${keyLength * 8} with ${hash}`;

/** Phase 1, two quick modes, DPD, a mode-config request, a refusal and both deletes. */
function session(suite: Suite, aggressive: boolean, seed = 1): SealedSession {
  const all = new SealedSession({
    suite,
    aggressive,
    seed,
    port4500: aggressive ? 40_001 : undefined!,
  }).phase1(0);
  all.quickMode(1, 1, { encapsulation: 4, inside: "192.168.1.10" }).quickMode(2, 2);
  all.informational(3, "responder", all.notifyPayload(36136, 1, all.bytes(16)));
  all.informational(3.1, "client", all.notifyPayload(36137, 1, all.bytes(16)));
  const attributes = { type: 14, body: Buffer.from("010000000001000000020000", "hex") };
  all.send(4, "responder", all.sealed(6, 77, [all.hashPayload(), attributes]));
  all.informational(5, "responder", all.notifyPayload(14));
  return all.farewell(6);
}

describe("an encrypted session", () => {
  const cases = SUITES.flatMap((suite) => [false, true].map((aggressive) => ({ suite, aggressive })));
  it.each(
    cases.map((each) => ({
      ...each,
      name: nameOf(each.suite),
      mode: each.aggressive ? "aggressive" : "main",
    })),
  )("of $name, $mode mode, opens from end to end, as with tshark", async ({ suite, aggressive }) => {
    const sealed = session(suite, aggressive);
    const path = written(sealed.records);
    const reading = await openedMessages(path, keysOf(sealed.row));
    expect(reading.messages.map(({ frame }) => frame)).toEqual(reading.sealed);
    expect(reading.opener.opened).toMatchObject({ keys: 1, keysUsed: 1, ikeSas: 1 });
    // What comes out says that it is in the clear (RFC 2408 3.1), and nothing else of its header differs.
    expect(reading.messages.map(({ clear }) => clear[FLAGS])).toEqual(reading.messages.map(() => 0));
    // tshark knows no key of single DES.
    if (!hasTshark || suite.cipher === "des") return;
    expect(contents(reading)).toEqual(tsharkContents(path, [sealed.row]));
  });

  it.each(SUITES.map((suite) => ({ suite, name: nameOf(suite) })))(
    "of $name opens with a bare key among forty others",
    async ({ suite }) => {
      const sessions = Array.from({ length: 40 }, (_, i) => session(suite, false, i + 1));
      const path = written(sessions[7].records);
      const bag = sessions.map(({ key }) => key.toString("hex")).join("\n");
      const reading = await openedMessages(path, keysOf(bag));
      expect(reading.messages.map(({ frame }) => frame)).toEqual(reading.sealed);
      const others = sessions
        .map((_, i) => ({ source: "keys", line: i + 1 }))
        .filter(({ line }) => line !== 8);
      expect(reading.opener.unused).toEqual(others);
    },
  );

  it.each(SUITES.map((suite) => ({ suite, name: nameOf(suite) })))(
    "of $name that began before the capture opens all that says something",
    async ({ suite }) => {
      const sealed = session(suite, false);
      const late = sealed.records.slice(6);
      const whole = contents(await openedMessages(written(sealed.records), keysOf(sealed.row)));
      const reading = await openedMessages(written(late), keysOf(sealed.key.toString("hex")));
      const found = contents(reading);
      // Of a first message the first block is lost, and it is inside HASH; a transaction has no other sign.
      expect(
        reading.messages.map(({ exchange }) => exchange).filter((exchange) => exchange === 32),
      ).toHaveLength(6);
      expect(reading.messages.filter(({ exchange }) => exchange === 5)).toHaveLength(5);
      for (const [frame, content] of found) {
        const before = whole.get(frame + 6)!;
        expect(content.payloads.slice(1)).toEqual(before.payloads.slice(1));
        expect({ ...content, payloads: [] }).toEqual({ ...before, payloads: [] });
      }
    },
  );
});

describe("a capture with losses", () => {
  it("opens the messages behind a lost one", async () => {
    const sealed = new SealedSession()
      .phase1(0)
      .quickMode(1, 9, { steps: "23" })
      .quickMode(2, 10, { steps: "13" });
    const { messages } = await openedMessages(written(sealed.records), keysOf(sealed.row));
    // Main mode (2), the answer and the third message of 9, the first of 10; its third lacks its vector and is a HASH.
    expect(messages.map(({ exchange }) => exchange)).toEqual([2, 2, 32, 32, 32]);
  });

  it("opens a repeated message once, and those after it", async () => {
    const sealed = new SealedSession().phase1(0);
    const own = sealed.identity("198.51.100.11", 17, 1701);
    const first = sealed.sealed(32, 1, sealed.quickPayloads(own, own));
    for (const at of [1, 2, 4]) sealed.send(at, "client", first);
    sealed.send(4.1, "responder", sealed.sealed(32, 1, sealed.quickPayloads(own, own)));
    sealed.send(4.2, "client", first);
    sealed.send(4.3, "client", sealed.sealed(32, 1, [sealed.hashPayload()]));
    const { messages } = await openedMessages(written(sealed.records), keysOf(sealed.row));
    expect(messages.filter(({ exchange }) => exchange === 32)).toHaveLength(3);
  });
});

describe("keys that do not fit", () => {
  it("open nothing, however many: of 200 sessions with 200 keys of others none", async () => {
    const sessions = Array.from({ length: 200 }, (_, i) =>
      session(SUITES[i % SUITES.length], i % 2 === 1, 1000 + i),
    );
    const wrong = Array.from({ length: 200 }, (_, i) =>
      new SealedSession({ suite: SUITES[i % SUITES.length], seed: 5000 + i }).key.toString("hex"),
    );
    const { messages, opener } = await openedMessages(
      written(inOrder(...sessions)),
      keysOf(wrong.join("\n")),
    );
    expect(messages).toEqual([]);
    expect(opener.opened).toMatchObject({ keys: 200, keysUsed: 0, ikeSas: 0, messages: 0 });
    expect(opener.unused).toHaveLength(200);
  });

  it("with the right cookie open nothing either", async () => {
    const sealed = session(SUITES[2], false);
    const row = `${sealed.initiatorCookie},${"5a".repeat(16)}`;
    expect((await openedMessages(written(sealed.records), keysOf(row))).messages).toEqual([]);
  });

  it("are not believed where every message is noise of a sender who knows the cookies", async () => {
    const sealed = session(SUITES[2], false);
    const noise = new SealedSession({ seed: 9 });
    for (let i = 0; i < 300; i += 1) {
      const message = sealed.sealed(i % 2 === 0 ? 5 : 32, 100 + i, [sealed.hashPayload()]);
      message.set(noise.bytes(message.length - 28), 28);
      sealed.send(10 + i, "client", message);
    }
    const before = contents(await openedMessages(written(sealed.records.slice(0, -300)), keysOf(sealed.row)));
    expect(contents(await openedMessages(written(sealed.records), keysOf(sealed.row)))).toEqual(before);
  });
});
