/** Two logs of one gateway, of two collectors or from before and after a rotation: what either says stands. */

import { expect, it } from "vitest";
import { WitnessBook } from "../../src/witnesses/book.ts";
import { joinWitnesses } from "../../src/witnesses/joining.ts";
import { at, clientSaMade, exchangeMade, NOBODY_PLAIN, saMade, sessionMade } from "../support/facts-made.ts";

const CLIENT = "198.51.100.11";
const COMPLETED = [
  `Jan 01 1970 00:15:01: %ASA-5-713119: IP = ${CLIENT}, PHASE 1 COMPLETED`,
  `Jan 01 1970 00:15:02: %ASA-5-713120: IP = ${CLIENT}, PHASE 2 COMPLETED (msgid=00000001)`,
];
const TUNNEL = `Jan 01 1970 00:15:05: %ASA-6-603106: L2TP Tunnel created, tunnel_id is 1, remote_peer_ip is ${CLIENT}, ppp_virtual_interface_id is 1`;
const ENDED = `Jan 01 1970 00:15:50: %ASA-5-713259: IP = ${CLIENT}, Session is being torn down. Reason: Lost Service`;

/** What the logs, in this order, say of a session that began at 00:15:00: seconds from 00:16:40. */
function saidBy(...logs: readonly (readonly string[])[]) {
  const book = new WitnessBook();
  for (const [i, lines] of logs.entries()) {
    const log = book.open(`asa.log.${i}`, at(1_000));
    for (const line of lines) log.take(line);
  }
  const exchange = exchangeMade({ firstAt: at(-98), replyAt: at(-97.9), followedAt: at(-97.8) });
  const sa = saMade({ cookies: [1, 2, 3, 4] } as never);
  const session = sessionMade({ sa, quickModes: [exchange], endpoint: 11 * 65_536 + 500 });
  const clientSa = clientSaMade({ session, client: { host: 11, sessions: [session] } as never });
  const hosts = { text: (host: number) => `198.51.100.${host}` };
  const joined = joinWitnesses(
    { responders: [{ host: 1, clientSas: [clientSa], plain: NOBODY_PLAIN }] } as never,
    hosts as never,
    book,
  );
  expect(joined.logs.every(({ clock }) => clock !== null)).toBe(true);
  const { endedAt, heldUntil } = sa.testimony!;
  return [endedAt, heldUntil].map((time) => Math.round((time - at(0)) / 1e6));
}

it("the end of a session is known from either, and so is until when it was held", () => {
  const whole = saidBy([...COMPLETED, TUNNEL, ENDED]);
  expect(whole[0]).toBeGreaterThanOrEqual(-50);
  const [before, after] = [
    [...COMPLETED, TUNNEL],
    [...COMPLETED, ENDED],
  ];
  expect(saidBy(before, after)).toEqual(whole);
  expect(saidBy(after, before)).toEqual(whole);
});
