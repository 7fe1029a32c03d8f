/** What is not mutated: text for people, and what was not drawn into the sample. */

import { readFileSync } from "node:fs";
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

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "text", text),
  declareClassPlugin(PluginKind.Checker, "sample", Sample),
];
