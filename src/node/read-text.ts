/** Small files of text, as programs of any system write them. */

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { STDIN } from "../capture/source.ts";
import { utf16Order } from "../text/recognise.ts";

export { label } from "../capture/source.ts";

/**
 * The text of a file, or of standard input. Windows PowerShell writes UTF-16 where `>` makes a file.
 * @throws the system's error
 */
export async function readText(path: string): Promise<string> {
  const bytes = path === STDIN ? await buffer(process.stdin) : await readFile(path);
  const order = utf16Order(bytes, 0, bytes.length);
  // Each decoder leaves out the byte-order mark.
  const encoding = order === null ? "utf-8" : order === "little" ? "utf-16le" : "utf-16be";
  return new TextDecoder(encoding).decode(bytes);
}
