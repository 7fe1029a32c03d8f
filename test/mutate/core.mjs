// npm run mutate:core -- [--faults 100] [--seed 1]: faults in the walk over linear memory (src/core), one at a time:
// an operator, a bound, an offset or a field of the border is changed, the walk is compiled, and test/core compares it
// with reading without it, and how many frames it settles with how many it should. A fault that is not noticed is
// printed with its line. Takes some minutes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import { drawn } from "./keys.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const core = join(root, "src/core");
const WALK = ["walk.ts", "clock.ts", "hop.ts", "pcapng-hop.ts", "packet.ts", "columns.ts"];
const FLOWS = [
  "flows.ts",
  "known-flows.ts",
  "new-flows.ts",
  "spis.ts",
  "places.ts",
  "hosts.ts",
  "flow-rows.ts",
];
const MESSAGES = ["arrive.ts", "message.ts", "digest.ts", "copies.ts", "word-table.ts"];
const SAS = ["take.ts", "sas.ts", "sa-paths.ts", "sa-activity.ts", "senders.ts", "message-record.ts"];
const EXCHANGES = ["clear-payloads.ts", "quick-modes.ts", "before.ts", "informationals.ts"];
const FILES = [...WALK, ...FLOWS, ...MESSAGES, ...SAS, ...EXCHANGES];

/** What a fault is: text as it stands between blanks, and what may stand there instead. */
const FAULTS = [
  [/ \+ /g, [" - "]],
  [/ - /g, [" + "]],
  [/ === /g, [" !== "]],
  [/ !== /g, [" === "]],
  [/ < /g, [" <= ", " >= "]],
  [/ <= /g, [" < "]],
  [/ > /g, [" >= ", " <= "]],
  [/ >= /g, [" > ", " < "]],
  [/ && /g, [" || "]],
  [/ \|\| /g, [" && "]],
  [/ \| /g, [" & "]],
  [/ & /g, [" | "]],
  [/ \^ /g, [" | "]],
  [/<< 2\b/g, ["<< 3"]],
  [/<< 3\b/g, ["<< 2"]],
  [/(?<=: \w+ = )\d+(?=;)/g, [(text) => String(Number(text) + 1), (text) => String(Number(text) - 1)]],
  [/(?<=, )(?:FLOW|SPI|SECOND|HOST|PLACE)_\w+(?=\))/g, ["12"]],
  [/(?<=\+ )SPI_\w+(?=,)/g, ["12"]],
  [/^ {2,}(?:store<\w+>|add|carried|count|mark|sent|keepRow|carriesEsp)\(.*\);$/gm, [""]],
  [/\btrue;/g, ["false;"]],
  [/\bfalse;/g, ["true;"]],
];

/** All faults of a file. */
function faultsOf(name) {
  const text = readFileSync(join(core, name), "utf8");
  const code = text.replaceAll(/\/\*\*?[\s\S]*?\*\/|\/\/.*$/gm, (comment) =>
    comment.replaceAll(/[^\n]/g, "_"),
  );
  const begin = code.lastIndexOf("\nimport") + 1;
  return FAULTS.flatMap(([pattern, substitutes]) =>
    [...code.matchAll(pattern)]
      .filter(({ index }) => index > begin)
      .flatMap(({ 0: found, index }) =>
        substitutes.map((substitute) => {
          const put = typeof substitute === "string" ? substitute : substitute(found);
          const line = text.slice(0, index).split("\n").length;
          return {
            name,
            line,
            index,
            found,
            put,
            text: text.slice(0, index) + put + text.slice(index + found.length),
          };
        }),
      ),
  );
}

/** A name of a fault. */
function keyOf({ name, index, found, put }) {
  return `${name} ${index} ${found} ${put}`;
}

/** The walk's bytes with a file replaced; null where the compiler refuses. */
async function compiled(name, text) {
  const files = readdirSync(core).filter((file) => file.endsWith(".ts"));
  const sources = new Map(files.map((file) => [file, readFileSync(join(core, file), "utf8")]));
  sources.set(name, text);
  const { options } = JSON.parse(readFileSync(join(core, "asconfig.json"), "utf8"));
  const flags = [
    ...["walk.ts", "clock.ts", "hop.ts", "pcapng-hop.ts", "arrive.ts"],
    ...["--runtime", options.runtime, "--initialMemory", "1", "--outFile", "walk.wasm", "-O1"],
    ...["--importMemory", "--noExportMemory", "--noAssert", "--enable", options.enable.join(",")],
    ...["--use", "BEGINS_FLOWS=1"],
  ];
  let bytes = null;
  const { error } = await asc.main(flags, {
    readFile: (file) => sources.get(file) ?? null,
    writeFile: (_, contents) => {
      bytes = contents;
    },
    listFiles: () => [],
    stderr: { write: () => true },
  });
  return error === null ? bytes : null;
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { faults: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
});
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-core-"));
// Beside node_modules, which it needs.
const judge = join(root, "build/core-judge.mjs");
await build({
  entryPoints: [join(root, "test/core/judge.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  outfile: judge,
  logLevel: "warning",
  absWorkingDir: root,
});
/** What the comparison says of a walk: frames settled; null where it does not agree with reading without it. */
function settledBy(bytes) {
  const code = join(folder, "walk.wasm");
  writeFileSync(code, bytes);
  const { status, stdout } = spawnSync(process.execPath, [judge, code], { timeout: 120_000, cwd: root });
  return status === 0 ? Number(stdout.toString()) : null;
}

const usual = settledBy(await compiled("walk.ts", readFileSync(join(core, "walk.ts"), "utf8")));
if (usual === null) throw new Error("the walk as it is does not agree with reading without it");
const wanted = Number(values.faults);
let taken = 0;
let noticed = 0;
const faults = new Map(FILES.flatMap(faultsOf).map((fault) => [keyOf(fault), fault]));
for (const key of drawn([...faults.keys()], faults.size, values.seed)) {
  if (taken === wanted) break;
  const { name, line, found, put, text } = faults.get(key);
  const bytes = await compiled(name, text);
  if (bytes === null) continue;
  taken += 1;
  if (settledBy(bytes) === usual)
    console.log(`not noticed: src/core/${name}:${line}: "${found.trim()}" as "${put.trim()}"`);
  else noticed += 1;
}
rmSync(folder, { recursive: true });
console.log(`${noticed} of ${taken} faults noticed`);
process.exitCode = noticed === taken ? 0 : 1;
