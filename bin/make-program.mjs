// The program in two files: dist/main.cjs has what nearly every run needs, dist/rare.cjs what few do (other formats of
// captures, other forms of reports, commands). Bytes are what a start costs: they are read, made a string of, compared
// with those of the code cache. What src/ loads by `import()` is rare unless it is listed here; a module that
// both files need is in main.cjs alone, so that there is one of each class and of each table.
import { writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";
import { LAZY, lazyBuiltins } from "./lazy-builtins.mjs";

const ENTRY = "src/cli/main.ts";
/** Loaded by `import()`, and yet of nearly every run. */
const OF_MOST_RUNS = [
  "src/index.ts",
  "src/cli/commands/check.ts",
  "src/node/evidence.ts",
  "src/node/inputs.ts",
  "src/node/unpack/gzip.ts",
  "src/printers/json-chunks.ts",
  "src/printers/json.ts",
  "src/printers/table.ts",
];

/** How the program's files are made: CommonJS, which Node starts fastest. */
export const programOptions = (root) => ({
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  supported: { "dynamic-import": false },
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: true,
  define: { "import.meta.url": "__here.url" },
  logLevel: "warning",
  absWorkingDir: root,
});

/** Writes both files. */
export async function makeProgram(root) {
  const options = {
    ...programOptions(root),
    external: ["cap", "pcap", "cli-table3", "fzstd", "pcap-parser", "xz-decompress", "zod"],
    metafile: true,
  };
  const write = (name, { outputFiles }) =>
    writeFileSync(join(root, "dist", name), lazyBuiltins(outputFiles[0].text));
  const bundleMain = (shared, rare) =>
    build({
      ...options,
      ...entry(root, `export { main } from "./${ENTRY}";\n${chooser("export const shared =", shared)}`),
      write: false,
      plugins: [rareFromElsewhere(root, rare)],
      // In the wrapper that Node puts around a module, so that load.cjs need not copy it all to do that.
      banner: { js: `(function (exports, require, module, __filename, __dirname, __rare) { ${LAZY}` },
      footer: { js: "})" },
    });
  const rare = new Set();
  const common = new Set(Object.keys((await bundleMain([], rare)).metafile.inputs));
  const shared = new Set();
  const second = await build({
    ...options,
    ...entry(root, chooser("module.exports =", rare)),
    write: false,
    plugins: [sharedFromMain(root, common, shared)],
    banner: { js: `module.exports = (__shared) => { const module = { exports: {} }; ${LAZY}` },
    footer: { js: "return module.exports; };" },
  });
  write("rare.cjs", second);
  write("main.cjs", await bundleMain(shared, rare));
}

/** As esbuild names its inputs. */
const named = (root, file) => relative(root, file).split(sep).join("/");

const entry = (root, contents) => ({ stdin: { contents, resolveDir: root, sourcefile: "entry.js" } });

/** A function that loads the module of a path of these when it is first asked for. */
function chooser(declaration, paths) {
  const cases = [...paths].sort().map((path) => `case "${path}": return require("./${path}");`);
  return `${declaration} (path) => { switch (path) { ${cases.join(" ")} } };`;
}

/** Leaves out what main.cjs loads by `import()`, but for OF_MOST_RUNS, and adds its paths to `rare`. */
function rareFromElsewhere(root, rare) {
  return {
    name: "rare modules",
    setup(plugins) {
      plugins.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const file = named(root, join(resolveDir, path));
        if (kind !== "dynamic-import" || OF_MOST_RUNS.includes(file)) return undefined;
        rare.add(file);
        return { path: file, namespace: "rare" };
      });
      plugins.onLoad({ filter: /./, namespace: "rare" }, ({ path }) => ({
        contents: `module.exports = __rare("${path}");`,
      }));
    },
  };
}

/** Takes what main.cjs has from there, and adds its paths to `shared`. */
function sharedFromMain(root, common, shared) {
  return {
    name: "shared modules",
    setup(plugins) {
      plugins.onResolve({ filter: /./ }, async ({ kind, path, resolveDir, importer, pluginData }) => {
        if (pluginData === "resolved" || path.startsWith("node:")) return undefined;
        const options = { kind, resolveDir, importer, pluginData: "resolved" };
        const resolved = await plugins.resolve(path, options);
        const file = named(root, resolved.path);
        if (resolved.external || !common.has(file)) return undefined;
        shared.add(file);
        return { path: file, namespace: "shared" };
      });
      plugins.onLoad({ filter: /./, namespace: "shared" }, ({ path }) => ({
        contents: `module.exports = __shared("${path}");`,
      }));
    },
  };
}
