// Loads the program, which is one CommonJS file with all that every run needs: Node starts it in half the time of a
// module tree. The build leaves V8's code cache beside it, which saves compiling it. V8 itself accepts a cache for any
// source of the same length, so the file of the cache begins with the V8 that made it and the very source it was made
// of: comparing bytes costs less than any hash.
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const vm = require("node:vm");

const dist = join(__dirname, "../dist");
const file = join(dist, "main.cjs");
const cacheFile = join(dist, "main.cache");
const maker = Buffer.from(`${process.versions.v8} ${process.arch}\n`);

/** The program's exports, and `writeCache`, which keeps what V8 has compiled of it so far. */
function load() {
  const source = readFileSync(file);
  // ASCII, wrapped as Node wraps modules: the build sees to both.
  const script = new vm.Script(source.toString("latin1"), { filename: file, cachedData: cachedData(source) });
  const program = { exports: {} };
  const body = script.runInThisContext();
  body.call(program.exports, program.exports, require, program, file, dist);
  const writeCache = () =>
    writeFileSync(cacheFile, Buffer.concat([maker, source, script.createCachedData()]));
  return { program: program.exports, writeCache, cacheRejected: script.cachedDataRejected };
}

function cachedData(source) {
  let cache;
  try {
    cache = readFileSync(cacheFile);
  } catch {
    return undefined;
  }
  const begin = maker.length + source.length;
  const fits =
    maker.equals(cache.subarray(0, maker.length)) && source.equals(cache.subarray(maker.length, begin));
  return fits ? cache.subarray(begin) : undefined;
}

module.exports = { load };
