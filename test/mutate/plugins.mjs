/** What is not mutated: text for people, and what was not drawn into the sample. */

import { appendFileSync, readFileSync } from "node:fs";
import { declareClassPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { keyOf } from "./keys.mjs";
import { isText } from "./rooms.mjs";

/** Strings with blanks, and what is thrown: messages. */
export const text = {
  shouldIgnore({ node }) {
    if (node.type === "StringLiteral" && isText(node.value)) return "text for people";
    if (node.type === "TemplateLiteral" && node.quasis.some(({ value }) => isText(value.raw)))
      return "text for people";
    if (node.type === "TSTypeAliasDeclaration" || node.type === "TSInterfaceDeclaration") return "a type";
    return undefined;
  },
};

/** Path of a source in the repository, wherever the copy lies that was mutated. */
const sourceOf = (path) => path.replaceAll("\\", "/").replace(/^.*\/src\//, "src/");

class Sample {
  #chosen = new Set();

  async init() {
    this.#chosen = new Set(JSON.parse(readFileSync(process.env.MUTATE_CHOSEN, "utf8")));
  }

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants) {
    const ofMutant = (mutant) => {
      const drawn = this.#chosen.has(keyOf(sourceOf(mutant.fileName), mutant));
      return drawn ? { status: "passed" } : { status: "compileError", reason: "not drawn" };
    };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, ofMutant(mutant)]));
  }
}

/** Writes what became of each mutant as soon as it is known: key, tab, status. */
class Lines {
  onMutantTested({ fileName, location: { start, end }, status, statusReason, mutatorName, replacement }) {
    if (statusReason === "not drawn") return;
    // Lines and columns of a report begin at 1.
    const shifted = ({ line, column }) => ({ line: line - 1, column: column - 1 });
    const location = { start: shifted(start), end: shifted(end) };
    const key = keyOf(sourceOf(fileName), { location, mutatorName, replacement });
    appendFileSync(process.env.MUTATE_RESULTS, `${JSON.stringify([key, status])}\n`);
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "text", text),
  declareClassPlugin(PluginKind.Checker, "sample", Sample),
  declareClassPlugin(PluginKind.Reporter, "lines", Lines),
];
