#!/usr/bin/env node
const { load } = require("./load.cjs");

load()
  .program.main(process.argv.slice(2))
  .then((status) => {
    process.exitCode = status;
  });

// V8 lets its heap grow to several times of what lives before it collects, and memory is promised to be bounded. A
// short run needs no bound, and should not wait for the module.
setTimeout(() => require("node:v8").setFlagsFromString("--heap-growing-percent=50"), 100).unref();
