/** Name and version of the program, from the package it is installed with. */

import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export const toolName = "ike-dupcheck";
export const version = manifest.version;
