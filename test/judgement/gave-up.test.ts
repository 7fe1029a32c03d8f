import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/ike/facts.ts";
import { gaveUpAt } from "../../src/judgement/gave-up.ts";
import { at, exchangeMade, peersMade, sessionMade, spiMade, UNSEEN } from "../support/facts-made.ts";

const MICRO = 1e-6;

const esp = (seconds: number, fields = {}) =>
  spiMade({ spi: 0xabc, firstAt: at(seconds), lastAt: at(seconds + 5), ...fields });
describe("the client gave up (4)", () => {
  const gaveUp = (
    exchange: Partial<Exchange>,
    { phase1 = UNSEEN, others = [] as Partial<Exchange>[], sent = [] as ReturnType<typeof esp>[] } = {},
  ) => {
    const made = exchangeMade(exchange);
    const quickModes = [made, ...others.map((each) => exchangeMade(each))];
    return gaveUpAt(sessionMade({ quickModes }), made, phase1, peersMade(sent), [7]);
  };
  /** The Delete of an older SA of a pair, within 3 s of the first message. */
  const prompt = { starterInformationalAt: at(2) };

  it.each<[string, number, number]>([
    ["with its first Informational", gaveUp({ starterInformationalAt: at(9), starterLeftAt: at(9) }), at(9)],
    ["with its next phase 1", gaveUp({}, { phase1: at(20) }), at(20)],
    [
      "with the earlier of both",
      gaveUp({ starterInformationalAt: at(9), starterLeftAt: at(9) }, { phase1: at(4) }),
      at(4),
    ],
    ["never", gaveUp({}), UNSEEN],
    ["with a prompt one, where it does not go on", gaveUp(prompt), at(2)],
    [
      "not with a prompt one after which another copy came",
      gaveUp({ ...prompt, retransmissions: 1, lastRetransmissionAt: at(62) }),
      UNSEEN,
    ],
    [
      "with it, where the copy came later than 60 s",
      gaveUp({ ...prompt, retransmissions: 1, lastRetransmissionAt: at(62 + MICRO) }),
      at(2),
    ],
    [
      "with it, where the copy came at the same time",
      gaveUp({ ...prompt, retransmissions: 1, lastRetransmissionAt: at(2) }),
      at(2),
    ],
    ["not where another quick mode followed", gaveUp(prompt, { others: [{ firstAt: at(62) }] }), UNSEEN],
    ["with it, where that came later", gaveUp(prompt, { others: [{ firstAt: at(62 + MICRO) }] }), at(2)],
    ["with it, where that came before", gaveUp(prompt, { others: [{ firstAt: at(-1) }] }), at(2)],
    [
      "with it, where that is of another segment",
      gaveUp(prompt, { others: [{ firstAt: at(9), segment: 1 }] }),
      at(2),
    ],
    ["not where ESP followed", gaveUp(prompt, { sent: [esp(40)] }), UNSEEN],
    ["with it, where ESP began later", gaveUp(prompt, { sent: [esp(62 + MICRO)] }), at(2)],
    ["with it, where ESP had ended", gaveUp(prompt, { sent: [esp(-9, { lastAt: at(2) })] }), at(2)],
    [
      "the next Informational after a prompt one counts",
      gaveUp({ ...prompt, starterLeftAt: at(30) }, { sent: [esp(20)] }),
      at(30),
    ],
    [
      "what comes after its next phase 1 is not this one's",
      gaveUp(prompt, { phase1: at(10), sent: [esp(20)] }),
      at(2),
    ],
  ])("%s", (_, time, expected) => {
    expect(time).toBe(expected);
  });
});
