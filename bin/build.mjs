// Makes dist/: the library, the program and the texts made from it. Run by npm's scripts, on any system.
//   node bin/build.mjs clean      removes dist/
//   node bin/build.mjs            bundles; tsc has written the types before
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { LAZY, lazyBuiltins } from "./lazy-builtins.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

/** What the program and the capturing process have in common: one CommonJS file, which Node starts fastest. */
const program = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  supported: { "dynamic-import": false },
  minifyWhitespace: true,
  minifySyntax: true,
  // Bytes are what a start costs: they are read, made a string of, and compared with those of the code cache.
  minifyIdentifiers: true,
  define: { "import.meta.url": "__here.url" },
  logLevel: "warning",
  absWorkingDir: root,
};

async function bundle() {
  await build({
    entryPoints: ["src/index.ts", "src/portable.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    outdir: "dist",
    logLevel: "warning",
    absWorkingDir: root,
  });
  await build({
    ...program,
    entryPoints: ["src/cli/main.ts"],
    external: ["cap", "pcap", "cli-table3", "fzstd", "pcap-parser", "xz-decompress", "zod"],
    outfile: "dist/main.cjs",
    // In the wrapper that Node puts around a module, so that load.cjs need not copy it all to do that.
    banner: { js: `(function (exports, require, module, __filename, __dirname) { ${LAZY}` },
    footer: { js: "})" },
  });
  const main = join(dist, "main.cjs");
  writeFileSync(main, lazyBuiltins(readFileSync(main, "latin1")));
  await build({
    ...program,
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
}
