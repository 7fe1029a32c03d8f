// npm run build:core: compiles the walk over linear memory (src/core, AssemblyScript) and writes its bytes as a module,
// src/linear/core-code.ts, so that a page has them too. The compiler takes seconds, so what is up to date stays.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const core = join(root, "src/core");
const target = join(root, "src/linear/core-code.ts");
const { assemblyscript } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;

/** Flags of a memory that is shared and has a maximum (the threads proposal of WebAssembly). */
const SHARED = 3;

/** A constant that src/core/ asks for: the walk begins flows, not only goes on with them. */
const BEGINS_FLOWS = ["--use", "BEGINS_FLOWS=1"];

/** What the bytes are made from. */
function fingerprint() {
  const hash = createHash("sha256")
    .update(assemblyscript)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(core).sort()) hash.update(name).update(readFileSync(join(core, name)));
  return hash.digest("hex");
}

/** @param entries files whose exports are to be there */
async function compiled(entries, options = []) {
  const { default: asc } = await import("assemblyscript/asc");
  const build = join(root, "build");
  mkdirSync(build, { recursive: true });
  const args = [
    ...entries,
    ...options,
    "--config",
    join(core, "asconfig.json"),
    "--baseDir",
    core,
    "--target",
    "release",
  ];
  const { error, stderr } = await asc.main(args, { stderr: undefined });
  if (error !== null) throw new Error(`the walk cannot be compiled: ${stderr?.toString() ?? error.message}`);
  return readFileSync(join(build, "core.wasm"));
}

/** Where a module says of the memory that it imports whether it is shared: behind `env`, `memory` and the kind. */
function placeOfSharing(code) {
  const place = code.indexOf("memory\x02") + 7;
  if (code[place] !== SHARED) throw new Error("the core does not import a shared memory");
  return place;
}

const source = fingerprint();
if (!existsSync(target) || !readFileSync(target, "utf8").includes(source)) {
  const sharing = ["--sharedMemory", "--maximumMemory", "65536", "--enable", "threads,nontrapping-f2i"];
  const all = await compiled(
    ["walk.ts", "turns.ts", "clock.ts", "hop.ts", "pcapng-hop.ts", "pass.ts", "survey.ts"],
    [...sharing, ...BEGINS_FLOWS],
  );
  const walk = await compiled(["walk.ts", "clock.ts"], ["--use", "BEGINS_FLOWS=0"]);
  const report = await compiled(["hashes.ts", "text.ts", "plain-rows.ts"], [...sharing, "--enable", "simd"]);
  const text = `// Made by bin/make-core.mjs from src/core: ${source}
const CODE =
  "${all.toString("base64")}";

/** The walk and the clock alone, and no new flows, for a page, which has no room for more. */
export const WALK =
  "${walk.toString("base64")}";

const REPORT =
  "${report.toString("base64")}";

/** The core as WebAssembly, for a memory that is shared or for one that is not. */
export function coreCode(isShared: boolean, code = CODE): Uint8Array {
  return fitting(bytesOf(code), ${placeOfSharing(all)}, isShared);
}

/** What reports are written with. */
export function reportCode(isShared: boolean): Uint8Array {
  return fitting(bytesOf(REPORT), ${placeOfSharing(report)}, isShared);
}

/** @param place where the code says of the memory that it imports whether it is shared */
function fitting(bytes: Uint8Array, place: number, isShared: boolean): Uint8Array {
  if (!isShared) bytes[place] = ${SHARED - 2};
  return bytes;
}

/** Where there is Node's Buffer, it takes a tenth of the time: a start waits for that. */
function bytesOf(base64: string): Uint8Array {
  const { Buffer } = globalThis as { Buffer?: { from(text: string, encoding: "base64"): Uint8Array } };
  if (Buffer !== undefined) return Buffer.from(base64, "base64");
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
`;
  writeFileSync(target, text);
}
