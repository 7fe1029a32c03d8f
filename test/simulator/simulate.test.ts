import { expect, it } from "vitest";
import { score } from "./simulate.ts";

/** `npm run simulate -- --worlds N --seed S` plays more of them; SIMULATED=n here. */
const worlds = Number(process.env.SIMULATED ?? 900);

it(`accuses nobody wrongly in ${worlds} random worlds, and finds what a lossless capture shows`, async () => {
  const result = await score(worlds, 1);
  console.log(result.table());
  expect(result.falseRejected).toEqual([]);
  const { refusals, recalled } = result.lossless;
  expect(refusals).toBeGreaterThan(worlds / 10);
  expect({ missed: result.missed, share: recalled / refusals >= 0.999 }).toMatchObject({ share: true });
});
