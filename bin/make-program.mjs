// The program in two files: dist/main.cjs has what nearly every run needs, dist/rare.cjs what few do (other formats of
// captures, other forms of reports, commands). Bytes are what a start costs: they are read, made a string of, compared
// with those of the code cache, and each function in them is an object of the cache. What src/ loads by `import()` is rare
// unless it is listed here, and so is what is listed as such; a module that both files need is in main.cjs alone, so that
// there is one of each class and of each table.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";
import { LAZY, lazyBuiltins } from "./lazy-builtins.mjs";

const ENTRY = "src/cli/main.ts";
/** Loaded by `import()`, and yet of nearly every run. */
const OF_MOST_RUNS = ["src/node/unpack/gzip.ts", "src/printers/table.ts"];
/**
 * Imported as any other module, and yet of few runs: main.cjs has something in its place that loads rare.cjs when it is
 * first used. Nothing of these may be used while main.cjs is loaded, nor once for each packet.
 */
const OF_FEW_RUNS = [
  "src/analysis/extraction.ts",
  "src/analysis/live-report.ts",
  "src/anonymize/",
  "src/archives/packed-input.ts",
  "src/capture/random-access.ts",
  "src/cli/line-sink.ts",
  "src/cli/nearest.ts",
  "src/cli/views/",
  "src/events/",
  "src/judgement/retire.ts",
  "src/keys/",
  "src/node/evidence.ts",
  "src/printers/attempt-writer.ts",
  "src/printers/finding-bytes.ts",
  "src/printers/finding-writer.ts",
  "src/printers/ndjson.ts",
  "src/records/",
  "src/report/presence.ts",
  "src/report/timeline.ts",
  "src/syslog/",
  "src/wire/inside.ts",
  "src/witnesses/clashing.ts",
  "src/witnesses/event-join.ts",
  "src/witnesses/evidence.ts",
  "src/witnesses/inside.ts",
  "src/witnesses/log-clients.ts",
  "src/witnesses/log-findings.ts",
  "src/witnesses/view.ts",
  "src/witnesses/warnings.ts",
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

/** What stands before main.cjs: in place of a module of few runs, what loads it when it is first used. */
const FEW = `const __few = (path) => {
  let module;
  return new Proxy({}, { get: (_, key) => (module ??= __rare(path))[key] });
};
`;

/** Writes both files. */
export async function makeProgram(root) {
  const options = {
    ...programOptions(root),
    external: ["cap", "pcap", "cli-table3", "fzstd", "pcap-parser", "xz-decompress", "zod"],
    metafile: true,
  };
  const write = (name, { outputFiles }) =>
    writeFileSync(join(root, "dist", name), lazyBuiltins(fromElsewhere(outputFiles[0].text)));
  const bundleMain = (sharing, rare) =>
    build({
      ...options,
      ...entry(root, `export { leave, main } from "./${ENTRY}";\n${sharing}`),
      write: false,
      plugins: [rareFromElsewhere(root, rare), coreInFiles(root)],
      // In the wrapper that Node puts around a module, so that load.cjs need not copy it all to do that.
      banner: { js: `(function (exports, require, module, __filename, __dirname, __rare) { ${LAZY}${FEW}` },
      footer: { js: "})" },
    });
  const rare = new Set();
  const { inputs } = (await bundleMain("", rare)).metafile;
  const shared = new Set();
  const second = await build({
    ...options,
    ...entry(root, chooser("module.exports =", [...rare].map(whole))),
    write: false,
    plugins: [sharedFromMain(root, new Set(Object.keys(inputs)), shared)],
    banner: { js: `module.exports = (__shared) => { const module = { exports: {} }; ${LAZY}` },
    footer: { js: "return module.exports; };" },
  });
  write("rare.cjs", second);
  write("main.cjs", await bundleMain(await sharing(root, shared, atOnce(inputs)), rare));
}

/** As esbuild names its inputs. */
const named = (root, file) => relative(root, file).split(sep).join("/");

const entry = (root, contents) => ({ stdin: { contents, resolveDir: root, sourcefile: "entry.js" } });

/** A function that gives what the module of a path exports. */
function chooser(declaration, modules) {
  const cases = modules.map(([path, value]) => `case "${path}": return ${value};`);
  return `${declaration} (path) => { switch (path) { ${cases.sort().join(" ")} } };`;
}

/** Loads the module when it is first asked for. */
const whole = (path) => [path, `require("./${path}")`];

/** Of what main.cjs loads in any case, one function alone knows that anything else asks for it. */
async function sharing(root, paths, loaded) {
  const imports = [];
  const modules = [];
  for (const path of paths) {
    if (loaded.has(path)) {
      const names = (await exportsOf(root, path)).map((name) => [name, `${name}_${imports.length}`]);
      imports.push(`import { ${names.map((pair) => pair.join(" as ")).join(", ")} } from "./${path}";`);
      modules.push([
        path,
        `{ ${names.map(([name, own]) => `get ${name}() { return ${own}; }`).join(", ")} }`,
      ]);
    } else modules.push(whole(path));
  }
  return `${imports.join("\n")}\n${chooser("export const shared =", modules)}`;
}

/** Paths of the inputs that are loaded with the first, not by `import()` later. */
function atOnce(inputs) {
  const paths = new Set([ENTRY]);
  for (const path of paths) {
    for (const { path: next, kind } of inputs[path].imports) {
      if (kind === "import-statement" && next in inputs) paths.add(next);
    }
  }
  return paths;
}

/** Names of what a module exports. */
async function exportsOf(root, path) {
  const options = {
    entryPoints: [join(root, path)],
    format: "esm",
    outdir: root,
    write: false,
    metafile: true,
  };
  const { metafile } = await build(options);
  return Object.values(metafile.outputs)[0].exports;
}

/** Leaves out what is rare, and adds its paths to `rare`. */
function rareFromElsewhere(root, rare) {
  return {
    name: "rare modules",
    setup(plugins) {
      plugins.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        const file = named(root, join(resolveDir, path));
        const isRare =
          kind === "dynamic-import"
            ? !OF_MOST_RUNS.includes(file)
            : OF_FEW_RUNS.some((few) => file.startsWith(few));
        if (!isRare) return undefined;
        rare.add(file);
        return { path: `few:${file}`, external: true };
      });
    },
  };
}

/** WebAssembly in files of its own beside main.cjs: small captures need none of it. */
function coreInFiles(root) {
  return {
    name: "the core in files",
    setup(plugins) {
      plugins.onLoad({ filter: /\/linear\/core-code\.ts$/ }, ({ path }) => {
        const inFile = (_, constant, code) => {
          const name = `${constant.toLowerCase()}.wasm`;
          writeFileSync(join(root, "dist", name), Buffer.from(code, "base64"));
          return `const ${constant} = "${name}"`;
        };
        const embedded = readFileSync(path, "utf8");
        const contents = embedded
          .replace(/const (CODE|REPORT) =\s+"([^"]+)"/g, inFile)
          .replace(
            /^function bytesOf[\s\S]*?^\}/m,
            'const bytesOf = (name) => require("node:fs").readFileSync(__dirname + "/" + name);',
          );
        // Code that cannot be compiled would be done without, and nobody be told.
        for (const part of ["code.wasm", "report.wasm", "readFileSync"])
          if (!contents.includes(part))
            throw new Error(`the core as it is embedded has no place for ${part}`);
        return { contents, loader: "ts" };
      });
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
        return { path: `shared:${file}`, external: true };
      });
    },
  };
}

/** What the plugins left out is asked for where it is: as it comes, since a copy would look at all that it has. */
function fromElsewhere(text) {
  return text
    .replace(/[\w$]+\(require\("(few|shared):([^"]+)"\),\s*1\)/g, '__$1("$2")')
    .replace(/require\("(few|shared):([^"]+)"\)/g, '__$1("$2")');
}
