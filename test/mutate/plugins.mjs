/** What is not mutated, and where results are written. */

import { appendFileSync } from "node:fs";
import { declareClassPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { keyOf, NOT_DRAWN, sourceOf } from "./keys.mjs";
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

/** Writes what became of each mutant as soon as it is known: key, tab, status. */
class Lines {
  onMutantTested({ fileName, location: { start, end }, status, statusReason, mutatorName, replacement }) {
    if (statusReason === NOT_DRAWN) return;
    // Lines and columns of a report begin at 1.
    const shifted = ({ line, column }) => ({ line: line - 1, column: column - 1 });
    const location = { start: shifted(start), end: shifted(end) };
    const key = keyOf(sourceOf(fileName), { location, mutatorName, replacement });
    appendFileSync(process.env.MUTATE_RESULTS, `${JSON.stringify([key, status])}\n`);
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "text", text),
  declareClassPlugin(PluginKind.Reporter, "lines", Lines),
];
