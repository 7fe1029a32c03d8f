/** The page that analyses captures in a browser, as the build made it. */

import { readFile } from "node:fs/promises";
import { isExecutable } from "../../node/live/reentry.ts";
import { OutputError } from "../output.ts";

const PAGE = "ike-dupcheck.html";

/** @throws OutputError where the build made none */
export async function pageText(): Promise<string> {
  if (isExecutable) {
    const { getAsset } = (await import("node:sea" as string)) as {
      getAsset(name: string, encoding: string): string;
    };
    return getAsset(PAGE, "utf8");
  }
  try {
    return await readFile(new URL(PAGE, import.meta.url), "utf8");
  } catch {
    throw new OutputError("the page is missing from this installation: npm run build makes it");
  }
}
