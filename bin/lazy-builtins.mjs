// What the builds of the program share: modules of Node that most runs do not need are loaded when they are first used.

/**
 * Modules of Node that take a while to load, and of which most runs need none: required when something of them is first
 * used, not when the file is loaded.
 */
const HEAVY = ["child_process", "crypto", "fs/promises", "net", "os", "stream", "stream/consumers", "zlib"];

/** What stands before a program that `lazyBuiltins` made; `__here.url` is its `import.meta.url`. */
export const LAZY = `const __lazy = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });
const __here = { get url() { return require("node:url").pathToFileURL(__filename).href; } };
`;

/** The text of a bundle, with what HEAVY names put off. Its loaders take it byte by byte, so it has to be ASCII. */
export function lazyBuiltins(text) {
  const heavy = `require\\("node:(${HEAVY.join("|")})"\\)`;
  const lazy = text
    // As esbuild writes a dynamic import: what makes a module of it would look at all that it has.
    .replace(new RegExp(`[\\w$]+\\(${heavy},\\s*1\\)`, "g"), '__lazy("node:$1")')
    .replace(new RegExp(heavy, "g"), '__lazy("node:$1")');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (!/^[\x00-\x7f]*$/.test(lazy)) throw new Error("the program is not ASCII");
  return lazy;
}
