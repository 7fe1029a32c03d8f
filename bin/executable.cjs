// First file of the single executable. The program itself and V8's code cache of it are assets, so that what needs no
// program does not wait for it; V8 does not take a cache that another version or machine made, and compiles instead.
const words = process.argv.slice(2);

function load() {
  const { getRawAsset } = require("node:sea");
  const vm = require("node:vm");
  const asset = (name) => {
    try {
      return Buffer.from(getRawAsset(name));
    } catch {
      return undefined;
    }
  };
  const cachedData = asset("program.cache");
  // The build writes it in ASCII.
  const script = new vm.Script(asset("program.js").latin1Slice(), {
    filename: process.execPath,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const program = { exports: {} };
  script.runInThisContext().call(program.exports, program.exports, require, program, process.execPath);
  return program.exports;
}

if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  process.stdout.write(`${PROGRAM_VERSION}\n`);
} else load().start();
