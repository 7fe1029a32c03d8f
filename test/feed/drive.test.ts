/** The loop that everything runs in: what it lets out while a round goes on. */

import { expect, it } from "vitest";
import { Decoder } from "../../src/feed/decoder.ts";
import { drive } from "../../src/feed/drive.ts";
import type { Feed, Slice } from "../../src/feed/feed.ts";
import { portSet } from "../../src/wire/locate.ts";
import { PlayedInputs } from "../support/played-live.ts";

const PACKETS = 40_000;

/** An input all of whose packets are at hand: one round. */
class AtHand extends PlayedInputs implements Feed {
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    yield this.#slices();
  }

  *#slices(): Generator<Slice> {
    for (let i = 0; i < PACKETS; i += 1) yield this.slice({ at: BigInt(i) * 1000n, frame: Buffer.from([0]) });
  }
}

it("lets output out in a round that goes on, and waits for it", async () => {
  const decoder = new Decoder(portSet([]), [{ isakmp: () => {}, signOfLife: () => {} }]);
  const packets: number[] = [];
  const drain = async () => {
    const { packets: before } = decoder;
    await new Promise((resolve) => setImmediate(resolve));
    expect(decoder.packets).toBe(before);
    packets.push(before);
  };
  expect(await drive(new AtHand(), decoder, { drain })).toBe("ended");
  expect(packets.at(-1)).toBe(PACKETS);
  const most = Math.max(...packets.map((at, i) => at - (packets[i - 1] ?? 0)));
  expect(most).toBeLessThan(10_000);
});
