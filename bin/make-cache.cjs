// Run by the build: lets the program make its reports of a sample, so that what every run needs is compiled, and
// writes V8's code cache.
const { devNull } = require("node:os");
const { join } = require("node:path");
const { load } = require("./load.cjs");

async function makeCache(sample) {
  const { program, writeCache } = load();
  for (const format of ["json", "table"]) {
    const status = await program.main(["--format", format, "-o", devNull, sample]);
    if (status > 1) throw new Error(`the program ended with status ${status}`);
  }
  writeCache();
}

makeCache(join(__dirname, "../samples/two-windows-clients.pcap")).catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
