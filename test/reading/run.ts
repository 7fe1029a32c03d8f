/**
 * Prints where program and contract differ: `run.js [-v] CAPTURE...`; captures joined by a comma are read together.
 * With --json the plain reading alone, an object a capture.
 */

import { basename } from "node:path";
import { analyze } from "../../src/index.ts";
import { differences } from "./compare.ts";
import { readContract } from "./reading.ts";

const words = process.argv.slice(2);
const verbose = words.includes("-v");
const captures = words.filter((each) => !each.startsWith("-")).map((word) => word.split(","));
if (words.includes("--json")) {
  const results = [];
  for (const paths of captures) results.push(await readContract(paths));
  console.log(JSON.stringify(results));
  process.exit();
}
let agree = 0;
let all = 0;
for (const paths of captures) {
  const [{ report }, result] = [await analyze(paths), await readContract(paths)];
  const list = differences(result, report);
  all += 1;
  agree += list.length === 0 ? 1 : 0;
  console.log(`${basename(paths[0])}: ${list.length === 0 ? "agree" : `${list.length} differences`}`);
  for (const { what, reading, product } of list) {
    console.log(`    ${what}\n        contract: ${reading}\n        program:  ${product}`);
  }
  if (verbose) console.log(result);
}
console.log(`${agree} of ${all} agree`);
