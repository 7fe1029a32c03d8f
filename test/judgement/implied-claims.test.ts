import { describe, expect, it } from "vitest";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import { espSinceAt, impliedClaims } from "../../src/judgement/implied-claims.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import type { Session } from "../../src/judgement/session.ts";
import {
  at,
  clientSaMade,
  exchangeMade,
  lifeMade,
  lifespanMade,
  peersMade,
  saMade,
  sessionMade,
  spiMade,
  T,
  UNSEEN,
} from "../support/facts-made.ts";

describe("implied claims (6.2)", () => {
  /** A client seen first with ID `k`, by an SA that began before the capture unless told otherwise. */
  function first(
    k: number,
    fields: Partial<ClientSa> = {},
    session: Partial<Session> = {},
    outcome: Outcome = "answered",
  ) {
    const exchange = exchangeMade({ messageId: k });
    const made = sessionMade({
      begunBefore: true,
      sa: saMade({ sources: [1, 2], firstAt: at(-40) }),
      quickModes: [exchange],
      ...session,
    });
    return clientSaMade(
      { session: made, lifespan: lifespanMade({ life: lifeMade({ firstAt: at(-30) }) }), ...fields },
      [[exchange, outcome]],
    );
  }
  const blind = { lifespan: lifespanMade({ blind: true, life: lifeMade({ firstAt: at(-30) }) }) };
  const start = (sources: number) => (sources === 3 ? at(-500) : UNSEEN);
  const claims = (clientSa: ClientSa, from = start) =>
    impliedClaims([clientSa], from).map(({ last, since, sureFrom }) => [last, since.at, sureFrom]);

  it.each<[string, ClientSa, [number, number, number][]]>([
    ["k = 2 is the least that shows one", first(2), [[1, at(-30), at(-30)]]],
    ["k = 1 shows none", first(1), []],
    ["k = 65,535 is the most", first(65_535), [[65_534, at(-30), at(-30)]]],
    ["a counter beyond may have begun anywhere", first(65_536), []],
    ["a client that draws its IDs", first(5, { pattern: { kind: "random" } as never }), []],
    ["nothing answered on that SA", first(5, {}, {}, "unanswered"), []],
    ["no quick mode", first(5, {}, { quickModes: [] }), []],
    [
      "blind: from the start of its sources, a guess before its first sign",
      first(5, blind),
      [[4, at(-500), at(-30)]],
    ],
    [
      "phase 1 seen: from its end",
      first(5, {}, { begunBefore: false, finishedAt: at(-20) }),
      [[4, at(-20), at(-20)]],
    ],
    [
      "phase 1 seen, its end not: from the first message",
      first(5, {}, { begunBefore: false, finishedAt: UNSEEN }),
      [[4, at(-40), at(-40)]],
    ],
  ])("%s", (_, clientSa, expected) => {
    expect(claims(clientSa)).toEqual(expected);
  });

  it("never from later than the first sign, whatever the clock of the sources", () => {
    expect(claims(first(5, blind), () => at(10))).toEqual([[4, at(-30), at(-30)]]);
  });

  const silent = { sa: saMade({ firstAt: at(-40) }), finishedAt: T, quickModes: [] };
  const tunnel = (up: Parameters<typeof spiMade>[0], down: Parameters<typeof spiMade>[0]) =>
    peersMade([spiMade(up)], [spiMade(down)]);
  const later = { firstAt: at(2) };

  it.each<[string, Partial<Session>, ReturnType<typeof peersMade>, number]>([
    [
      "ESP both ways after phase 1, from the later of the two",
      silent,
      tunnel(later, { firstAt: at(3) }),
      at(3),
    ],
    ["one way alone", silent, peersMade([spiMade(later)]), UNSEEN],
    ["the other way alone", silent, peersMade([], [spiMade(later)]), UNSEEN],
    ["SPIs not captured", silent, tunnel({ ...later, spi: 0 }, later), UNSEEN],
    ["an SPI that was there at the end of phase 1", silent, tunnel({ firstAt: T }, later), UNSEEN],
    ["an SPI of another segment", silent, tunnel({ ...later, firstSegment: 1 }, later), UNSEEN],
    [
      "a quick mode is in the capture",
      { ...silent, quickModes: [exchangeMade()] },
      tunnel(later, later),
      UNSEEN,
    ],
    ["phase 1 lies before the capture", { ...silent, begunBefore: true }, tunnel(later, later), UNSEEN],
    ["phase 1 not known to have finished", { ...silent, finishedAt: UNSEEN }, tunnel(later, later), UNSEEN],
  ])("the capture lost the quick mode: %s", (_, session, peers, since) => {
    expect(espSinceAt(sessionMade(session), [7], peers)).toBe(since);
  });

  it("the first of several new SPIs counts", () => {
    const peers = peersMade([spiMade({ firstAt: at(9) }), spiMade({ firstAt: at(4) })], [spiMade(later)]);
    expect(espSinceAt(sessionMade(silent), [7], peers)).toBe(at(4));
  });

  it.each<[string, string, number | null, boolean]>([
    ["its pattern counts", "sequential", null, true],
    ["Windows of version 5 counts", "undetermined", 5, true],
    ["version 4 does not", "undetermined", 4, false],
    ["nothing says that it counts", "undetermined", null, false],
  ])("claims ID 1 then, where %s", (_, kind, microsoftVersion, expected) => {
    const session = sessionMade({ ...silent, clientVendor: { microsoftVersion } as never });
    const clientSa = clientSaMade({ session, pattern: { kind } as never, peers: tunnel(later, later) });
    expect(claims(clientSa)).toEqual(expected ? [[1, at(2), at(2)]] : []);
  });
});
