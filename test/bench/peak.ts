/** Preloaded into a measured Node process: writes its peak memory, in kB, to the file named in the environment. */

import { writeFileSync } from "node:fs";

const file = process.env.IKE_DUPCHECK_BENCH_PEAK;
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
