// Run by the build: lets the program practise, and writes V8's code cache.
const { load } = require("./load.cjs");
const { practise } = require("./practise.cjs");

async function makeCache() {
  const { program, writeCache } = load();
  await practise(program.main);
  writeCache();
}

makeCache().catch((error) => {
  console.error(`no code cache: ${error.message}`);
  process.exitCode = 1;
});
