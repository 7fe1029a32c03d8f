// node bin/make-executable-cache.cjs PROGRAM CACHE: lets the program of the single executable make its reports of a sample,
// so that what every run needs is compiled, and writes V8's code cache of it.
const { readFileSync, writeFileSync } = require("node:fs");
const { devNull } = require("node:os");
const { join } = require("node:path");
const vm = require("node:vm");

async function makeCache(path, cache) {
  const script = new vm.Script(readFileSync(path, "latin1"), { filename: process.execPath });
  const program = { exports: {} };
  script.runInThisContext().call(program.exports, program.exports, require, program, process.execPath);
  const sample = join(__dirname, "../samples/two-windows-clients.pcap");
  for (const format of ["json", "table"]) {
    const status = await program.exports.main(["--format", format, "-o", devNull, sample]);
    if (status > 1) throw new Error(`the program ended with status ${status}`);
  }
  writeFileSync(cache, script.createCachedData());
}

makeCache(process.argv[2], process.argv[3]).catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
