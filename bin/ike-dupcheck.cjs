#!/usr/bin/env node
// CommonJS, as one file with all that every run needs: Node starts it in half the time of a module tree.
const { main } = require("../dist/main.cjs");

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
