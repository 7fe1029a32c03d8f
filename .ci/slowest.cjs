// Names the ten slowest tests of a run of vitest, and what all took: node .ci/slowest.cjs tests.json
const { readFileSync } = require("node:fs");

const { testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ fullName, duration = 0 }) => ({
    file: name.replace(/^.*?(?=test[/])/, ""),
    fullName,
    seconds: duration / 1000,
  })),
);
tests.sort((a, b) => b.seconds - a.seconds);
const total = tests.reduce((sum, { seconds }) => sum + seconds, 0);
console.log(`slowest of ${tests.length} tests, which took ${total.toFixed(0)} s on all workers:`);
for (const { file, fullName, seconds } of tests.slice(0, 10)) {
  console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${file}: ${fullName}`);
}
