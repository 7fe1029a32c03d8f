// node bin/make-executable-cache.cjs PROGRAM CACHE: lets the program of the single executable practise, and writes V8's
// code cache of it.
const { readFileSync, writeFileSync } = require("node:fs");
const vm = require("node:vm");
const { practise } = require("./practise.cjs");

async function makeCache(path, cache) {
  const script = new vm.Script(readFileSync(path, "latin1"), { filename: process.execPath });
  const program = { exports: {} };
  script.runInThisContext().call(program.exports, program.exports, require, program, process.execPath);
  await practise(program.exports.main);
  writeFileSync(cache, script.createCachedData());
}

makeCache(process.argv[2], process.argv[3]).catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
