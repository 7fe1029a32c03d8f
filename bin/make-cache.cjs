// Run by the build: lets the program make its reports of a sample, so that what every run needs is compiled, and
// writes V8's code cache.
const { devNull } = require("node:os");
const { join } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { load } = require("./load.cjs");

async function makeCache(sample) {
  // V8 marks in the cache of which functions it made machine code here, and makes it of these in every run, which takes
  // a short one a millisecond. A cache fits a V8 with the same flags alone, so they are as before when it is written.
  setFlagsFromString("--no-sparkplug");
  const { program, writeCache } = load();
  for (const format of ["json", "table"]) {
    const status = await program.main(["--format", format, "-o", devNull, sample]);
    if (status > 1) throw new Error(`the program ended with status ${status}`);
  }
  setFlagsFromString("--sparkplug");
  writeCache();
}

makeCache(join(__dirname, "../samples/two-windows-clients.pcap")).catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
