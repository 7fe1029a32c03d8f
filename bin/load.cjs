// Loads the program, of which one CommonJS file has all that nearly every run needs: Node starts it in half the time of
// a module tree. A second one, with what few runs need, is loaded when something of it is first asked for. The build
// leaves V8's code cache beside the first, which saves compiling it. V8 itself accepts a cache for any source of the same
// length, so the file of the cache begins with the V8 that made it and the very source it was made of: comparing bytes
// costs less than any hash.
const { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const vm = require("node:vm");

const dist = join(__dirname, "../dist");
const file = join(dist, "main.cjs");
const cacheFile = join(dist, "main.cache");
const maker = Buffer.from(`${process.versions.v8} ${process.arch}\n`);
/** V8 copies a cache that begins elsewhere. */
const ALIGNMENT = 8;
/** The program is compared piece by piece: fresh memory for all of it would cost more than reading it does. */
const PIECE = 65_536;

/** The program's exports, and `writeCache`, which keeps what V8 has compiled of it so far. */
function load() {
  const cached = fittingCache();
  const source = cached === null ? readFileSync(file) : cached.source;
  // ASCII, wrapped as Node wraps modules: the build sees to both.
  const script = new vm.Script(source.toString("latin1"), { filename: file, cachedData: cached?.code });
  const program = { exports: {} };
  const body = script.runInThisContext();
  body.call(program.exports, program.exports, require, program, file, dist, rareModules(program));
  const writeCache = () => {
    const padding = Buffer.alloc(codeAt(source.length) - maker.length - source.length);
    writeFileSync(cacheFile, Buffer.concat([maker, source, padding, script.createCachedData()]));
  };
  return { program: program.exports, writeCache, cacheRejected: script.cachedDataRejected };
}

/**
 * Loads a module of few runs by its path. The program keeps this function, and closures keep all of the function that
 * they are made in: in one of its own that is not the source.
 */
function rareModules(program) {
  let rare;
  return (path) => {
    rare ??= require("../dist/rare.cjs")(program.exports.shared);
    return rare(path);
  };
}

/** Where the code begins in a cache of a program of that many bytes. */
function codeAt(programLength) {
  return Math.ceil((maker.length + programLength) / ALIGNMENT) * ALIGNMENT;
}

/** The cache in its parts; null where there is none, or it is of another program or another V8. */
function fittingCache() {
  let cache;
  try {
    cache = contentOf(cacheFile);
  } catch {
    return null;
  }
  if (!maker.equals(cache.subarray(0, maker.length))) return null;
  const program = openSync(file, "r");
  try {
    const { size } = fstatSync(program);
    const source = cache.subarray(maker.length, maker.length + size);
    return isIn(program, source) ? { source, code: cache.subarray(codeAt(size)) } : null;
  } finally {
    closeSync(program);
  }
}

/**
 * The bytes of a file, in memory that V8 maps: a buffer that could grow is such. That of others is from malloc, and glibc
 * takes the size of what is freed for that of what will come: each thread would keep some megabytes that are free.
 */
function contentOf(name) {
  const open = openSync(name, "r");
  try {
    const { size } = fstatSync(open);
    const bytes = Buffer.from(new ArrayBuffer(size, { maxByteLength: size }));
    return bytes.subarray(0, readSync(open, bytes, 0, size, 0));
  } finally {
    closeSync(open);
  }
}

/** The open file holds these bytes and no others. */
function isIn(open, bytes) {
  const piece = Buffer.allocUnsafeSlow(PIECE);
  let at = 0;
  for (;;) {
    const count = readSync(open, piece, 0, PIECE, at);
    if (count === 0) return at === bytes.length;
    if (!piece.subarray(0, count).equals(bytes.subarray(at, at + count))) return false;
    at += count;
  }
}

module.exports = { load };
