// Run by the build: lets the program practise, and writes V8's code cache.
const { setFlagsFromString } = require("node:v8");
const { load } = require("./load.cjs");
const { practise } = require("./practise.cjs");

async function makeCache() {
  // V8 marks in the cache of which functions it made machine code here, and makes it of these in every run, which takes
  // a short one a millisecond; and it gives up what it compiled and did not run for a while. A cache fits a V8 with the same
  // flags alone, so they are as before when it is written.
  setFlagsFromString("--no-sparkplug");
  setFlagsFromString("--no-flush-bytecode");
  const { program, writeCache } = load();
  await practise(program.main);
  setFlagsFromString("--sparkplug");
  setFlagsFromString("--flush-bytecode");
  writeCache();
}

makeCache().catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
