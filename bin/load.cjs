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
/** Of the machine: V8 copies a cache that begins at no word, and the system one that begins elsewhere in a page. */
const PAGE = 4_096;
/** The program is compared piece by piece: fresh memory for all of it would cost more than reading it does. */
const PIECE = 65_536;

/** The program's exports, and `writeCache`, which keeps what V8 has compiled of it so far. */
function load() {
  const cached = fittingCache();
  // ASCII, wrapped as Node wraps modules: the build sees to both.
  const source = cached === null ? readFileSync(file, "latin1") : cached.source;
  const script = new vm.Script(source, { filename: file, cachedData: cached?.code });
  const program = { exports: {} };
  const body = script.runInThisContext();
  body.call(program.exports, program.exports, require, program, file, dist, rareModules(program));
  const writeCache = () => {
    const padding = Buffer.alloc(codeAt(source.length) - maker.length - source.length);
    writeFileSync(
      cacheFile,
      Buffer.concat([maker, Buffer.from(source, "latin1"), padding, script.createCachedData()]),
    );
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
  return Math.ceil((maker.length + programLength) / PAGE) * PAGE;
}

/** The program and the code of it that was kept; null where none was, or that of another program or another V8. */
function fittingCache() {
  const open = [];
  try {
    for (const name of [cacheFile, file]) open.push(openSync(name, "r"));
    return partsOf(...open);
  } catch {
    return null;
  } finally {
    for (const each of open) closeSync(each);
  }
}

/**
 * The first touch of a page of memory costs more than what is read into it: the code is read to where the program was,
 * which is a string by then.
 * @param cache of it
 * @param program that it has to be of
 */
function partsOf(cache, program) {
  const { size } = fstatSync(program);
  const end = maker.length + size;
  const begins = codeAt(size);
  const length = Math.max(fstatSync(cache).size - begins, 0);
  const bytes = mapped(Math.max(length, end + PIECE));
  const kept = bytes.subarray(maker.length, readSync(cache, bytes, 0, end, 0));
  if (!maker.equals(bytes.subarray(0, maker.length))) return null;
  if (!isIn(program, kept, bytes.subarray(end, end + PIECE))) return null;
  const source = kept.latin1Slice();
  return { source, code: bytes.subarray(0, readSync(cache, bytes, 0, length, begins)) };
}

/**
 * Memory that V8 maps: a buffer that could grow is such. That of others is from malloc, and glibc takes the size of what is
 * freed for that of what will come: each thread would keep some megabytes that are free.
 */
function mapped(size) {
  return Buffer.from(new ArrayBuffer(size, { maxByteLength: size }));
}

/** The open file holds these bytes and no others. @param piece room that it is read to */
function isIn(open, bytes, piece) {
  let at = 0;
  for (;;) {
    const count = readSync(open, piece, 0, PIECE, at);
    if (count === 0) return at === bytes.length;
    if (!piece.subarray(0, count).equals(bytes.subarray(at, at + count))) return false;
    at += count;
  }
}

module.exports = { load };
