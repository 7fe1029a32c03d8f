#!/usr/bin/env node
// Written for every Node that there is: an old one has to be able to read the sentence that says it is too old.
// What package.json asks for in `engines`: reading it there would cost every run a millisecond.
var minimum = ["20", "19"];
var own = process.versions.node.split(".");

function isTooOld() {
  return (
    Number(own[0]) < Number(minimum[0]) || (own[0] === minimum[0] && Number(own[1]) < Number(minimum[1]))
  );
}

function refuse(sentence) {
  process.stderr.write(`ike-dupcheck: ${sentence}\n`);
  process.exitCode = 2;
}

/** Tells of the first collection of all of V8's heap; what tells it must live until then. */
let collections;

function start() {
  // Node ends without a word when nothing is left to wait for, and what was to be done may not be.
  const unfinished = () => refuse("internal error: the program ended before its work did");
  process.once("beforeExit", unfinished);
  const { main, leave } = require("./load.cjs").load().program;
  main(process.argv.slice(2)).then((status) => {
    process.off("beforeExit", unfinished);
    leave(status);
  });
  // V8 lets its heap grow to several times of what lives before it collects, and memory is promised to be bounded. A
  // short run never collects all of it, and should wait neither for the module nor for a timer.
  collections = new FinalizationRegistry(() =>
    require("node:v8").setFlagsFromString("--heap-growing-percent=100"),
  );
  collections.register({});
}

if (isTooOld()) {
  refuse(`this needs Node.js ${minimum.join(".")} or later, and runs on ${process.versions.node}`);
} else if (!require("node:fs").existsSync(require("node:path").join(__dirname, "../dist/main.cjs"))) {
  refuse(`the program is not built yet: run 'npm ci' in ${require("node:path").dirname(__dirname)}`);
} else start();
