// Makes dist/: the library, the program and the texts made from it. Run by npm's scripts, on any system.
//   node bin/build.mjs clean      removes dist/
//   node bin/build.mjs            bundles; tsc has written the types before
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { pruneDeclarations } from "./declarations.mjs";
import { LAZY } from "./lazy-builtins.mjs";
import { makeProgram, programOptions } from "./make-program.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

async function bundle() {
  await build({
    entryPoints: ["src/index.ts", "src/portable.ts"],
    bundle: true,
    splitting: true,
    // Names stay, for whoever sees a stack trace.
    minifySyntax: true,
    minifyWhitespace: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    outdir: "dist",
    logLevel: "warning",
    absWorkingDir: root,
  });
  await makeProgram(root);
  await build({
    ...programOptions(root),
    banner: { js: LAZY },
    entryPoints: ["src/node/live/capture-main.ts"],
    external: ["cap", "pcap"],
    outfile: "dist/capture-child.cjs",
  });
  for (const [name, file] of [
    ["commander", "LICENSE"],
    ["get-east-asian-width", "license"],
  ]) {
    copyFileSync(join(root, "node_modules", name, file), join(dist, `${name}.LICENSE`));
  }
}

/** What the program prints of itself, as files of the package. */
function texts() {
  for (const [file, ...args] of [
    ["ike-dupcheck.1", "manual"],
    ["report.schema.json", "schema"],
    ["ndjson.schema.json", "schema", "ndjson"],
  ]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [
      join(root, "bin/ike-dupcheck.cjs"),
      ...args,
    ]);
    if (status !== 0) throw new Error(`cannot make ${file}: ${stderr}`);
    writeFileSync(join(dist, file), stdout);
  }
}

if (process.argv[2] === "clean") {
  rmSync(dist, { recursive: true, force: true });
} else {
  await bundle();
  texts();
  pruneDeclarations(dist);
}
