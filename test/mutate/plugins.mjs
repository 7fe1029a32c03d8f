/** What is not mutated: text for people, and what was not drawn into the sample. */

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
      // The place of the copy does not matter.
      const file = mutant.fileName.replaceAll("\\", "/").replace(/^.*\/src\//, "src/");
      const drawn = this.#chosen.has(keyOf(file, mutant));
      return drawn ? { status: "passed" } : { status: "compileError", reason: "not drawn" };
    };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, ofMutant(mutant)]));
  }
}

/** One line for each mutant that was tried, so that a long run can be watched. */
class Lines {
  onMutantTested({ fileName, id, mutatorName, status, statusReason }) {
    if (statusReason === "not drawn") return;
    const line = `${status} ${fileName} ${id} ${mutatorName}\n`;
    appendFileSync(join(process.env.MUTATE_CACHE, "lines.txt"), line);
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "text", text),
  declareClassPlugin(PluginKind.Checker, "sample", Sample),
  declareClassPlugin(PluginKind.Reporter, "lines", Lines),
];
