import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env.MUTATE_CACHE ?? join(tmpdir(), "ike-dupcheck-mutate");
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Set by run.mjs: what is mutated and which tests run. */
export default {
  mutate: JSON.parse(process.env.MUTATE_FILES ?? "[]"),
  plugins: [beside("runner.mjs"), beside("plugins.mjs")],
  testRunner: "in-process",
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  ignorers: ["text"],
  concurrency: 1,
  timeoutMS: 8_000,
  timeoutFactor: 4,
  dryRunTimeoutMinutes: 15,
  tempDirName: join(folder, "sandbox"),
  ignorePatterns: ["/build", "/dist", "/coverage", "/.ci", "/.github"],
  allowEmpty: true,
  reporters: ["lines"],
  disableTypeChecks: false,
  // The compiler here has no interface for programs any more, and the bundler does not ask for its settings.
  tsconfigFile: "test/mutate/none.json",
  logLevel: "warn",
};
