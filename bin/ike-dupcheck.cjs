#!/usr/bin/env node
const { load } = require("./load.cjs");

load()
  .program.main(process.argv.slice(2))
  .then((status) => {
    process.exitCode = status;
  });
