/** Contract 2.10: SPIs of a responder's peers, by endpoint. */

import { expect, it } from "vitest";
import { at, moment, peersFrom, spiMade } from "../support/facts-made.ts";

it("an SPI towards the responder had been seen before a moment, from whatever endpoint", () => {
  const seen = (from: number, spi: number) => spiMade({ spi, firstAt: at(from), lastAt: at(from + 1) });
  const peers = peersFrom([
    { port: 1_000, spis: [seen(-20, 7)] },
    { port: 2_000, spis: [seen(-10, 7), seen(0, 8)] },
    { port: 1_000, outgoing: true, spis: [seen(-30, 9)] },
  ]);
  expect(peers.hadSpi(7, moment(-15))).toBe(true);
  expect(peers.hadSpi(7, moment(-20))).toBe(false);
  expect(peers.hadSpi(8, moment(1))).toBe(true);
  expect(peers.hadSpi(8, moment(0))).toBe(false);
  // The responder's own, and one that nobody sent.
  expect(peers.hadSpi(9, moment(1))).toBe(false);
  expect(peers.hadSpi(10, moment(1))).toBe(false);
});
