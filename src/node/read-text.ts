/** Small files of text, as programs of any system write them. */

import { readFile } from "node:fs/promises";
import { utf16Order } from "../text/recognise.ts";

/**
 * The text of a file. Windows PowerShell writes UTF-16 where `>` makes a file.
 * @throws the system's error
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  const order = utf16Order(bytes, 0, bytes.length);
  // Each decoder leaves out the byte-order mark.
  const encoding = order === null ? "utf-8" : order === "little" ? "utf-16le" : "utf-16be";
  return new TextDecoder(encoding).decode(bytes);
}
