/**
 * `npm run simulate -- --worlds N --seed S`: many worlds, and what the program made of them. With `--compare K`
 * every K-th world is also read plainly by the contract, and the differences are printed; `--judge contract` scores
 * that reading instead of the program.
 */

import { parseArgs } from "node:util";
import { score } from "./simulate.ts";
import { fateTable, verdictTable } from "./table.ts";
import { VIEWS, type View } from "./view.ts";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    compare: { type: "string", default: "0" },
    view: { type: "string" },
    judge: { type: "string", default: "program" },
    /** How many of each list are printed. */
    most: { type: "string", default: "40" },
  },
});
const views = values.view === undefined ? VIEWS : VIEWS.filter((view): view is View => view === values.view);
const most = Number(values.most);
const began = performance.now();
const options = {
  worlds: Number(values.worlds),
  seed: Number(values.seed),
  compareEach: Number(values.compare),
  views,
  judge: values.judge === "contract" ? ("contract" as const) : ("program" as const),
};
const { score: result, compared, disagreements } = await score(options);
const seconds = (performance.now() - began) / 1000;
console.log(verdictTable(result));
console.log(`\n${fateTable(result)}\n`);
const { clean, cleanRecalled } = result.lossless;
console.log(
  `two-sided, lossless, no other cause: ${cleanRecalled} of ${clean} refusals rejected (${(cleanRecalled / clean).toFixed(5)})`,
);
const untellable = new Map<string, number>();
for (const each of result.wrong.filter((wrong) => wrong.untellable))
  untellable.set(each.truth, (untellable.get(each.truth) ?? 0) + 1);
console.log(
  `untellable by the contract: ${[...untellable].map(([truth, count]) => `${truth} ${count}`).join(", ") || "none"}`,
);
const print = <T>(what: string, list: readonly T[], line: (each: T) => string) => {
  for (const each of list.slice(0, most)) console.log(`${what} ${line(each)}`);
  if (list.length > most) console.log(`${what} ... and ${list.length - most} more`);
};
type Where = { seed: number; view: string; theme: string };
const where = ({ seed, view, theme }: Where) => `seed ${seed}, ${view}, ${theme}:`;
print("WRONG", result.falseRejected, (each) => `${where(each)} ${each.truth} ${each.text}`);
// What a whole capture misses first: of what was lost on the way some is beyond telling.
const isLossy = ({ view }: Where) => (view.startsWith("loss") ? 1 : 0);
print(
  "missed",
  [...result.missed].sort((a, b) => isLossy(a) - isLossy(b)),
  (each) => `${where(each)} ${each.sa}/${each.messageId} ${each.fate}`,
);
print("silent", result.silent, (each) => `${where(each)} ${each.sa}/${each.messageId}`);
print("not named", result.unnamed, (each) => `${where(each)} ${each.sa}/${each.messageId} ${each.fate}`);
if (compared > 0) {
  for (const each of disagreements.slice(0, most)) {
    console.log(`differs ${where(each)}`);
    for (const { what, reading, product } of each.list)
      console.log(`    ${what}\n        contract: ${reading}\n        program:  ${product}`);
  }
  console.log(`program and contract agree in ${compared - disagreements.length} of ${compared} worlds`);
}
console.log(`${options.worlds} worlds in ${seconds.toFixed(1)} s`);
if (result.falseRejected.length > 0) process.exitCode = 1;
