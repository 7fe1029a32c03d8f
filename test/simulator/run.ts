/** `npm run simulate -- --worlds N --seed S`: many worlds, and what the program made of them. */

import { parseArgs } from "node:util";
import { score } from "./simulate.ts";

const { values } = parseArgs({
  options: { worlds: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
});
const result = await score(Number(values.worlds), Number(values.seed));
console.log(result.table());
const { refusals, recalled } = result.lossless;
console.log(
  `two-sided and lossless: ${recalled} of ${refusals} refusals rejected (${(recalled / refusals).toFixed(5)})`,
);
for (const { seed, view, theme, text } of result.falseRejected) {
  console.log(`WRONG seed ${seed}, ${view}, ${theme}: ${text}`);
}
for (const { seed, sa, messageId } of result.missed) console.log(`missed seed ${seed}: ${sa}/${messageId}`);
if (result.falseRejected.length > 0) process.exitCode = 1;
