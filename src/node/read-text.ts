/** Small files of text, as programs of any system write them. */

import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { STDIN } from "../capture/source.ts";
import { utf16Encoding } from "../capture/utf16.ts";

export { label } from "../capture/source.ts";

/**
 * The text of a file, or of standard input. Windows PowerShell writes UTF-16 where `>` makes a file.
 * @throws the system's error
 */
export async function readText(path: string): Promise<string> {
  const bytes = path === STDIN ? await buffer(process.stdin) : await readFile(path);
  // The decoder of UTF-8 leaves out the byte-order mark as well.
  return new TextDecoder(utf16Encoding(bytes) ?? "utf-8").decode(bytes);
}
