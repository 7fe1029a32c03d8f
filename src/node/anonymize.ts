/** The key of an anonymized run: made for this run alone, or kept in a file that the user keeps to himself. */

import { createHash, randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Anonymizer } from "../anonymize/anonymizer.ts";
import { type Hash, KEY_LENGTH } from "../anonymize/keyed.ts";
import { errorCode, reasonOf } from "./write-reasons.ts";

const OWNER_ONLY = 0o600;

/** A key file that cannot be used. One sentence. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

export const nodeHash: Hash = (name, data) => new Uint8Array(createHash(name).update(data).digest());

/**
 * @param path file of the key, 64 hex digits; it is made where there is none. null: a key for this run alone
 * @throws KeyFileError when the file cannot be read or written, or holds something else
 */
export async function anonymizerOf(path: string | null): Promise<Anonymizer> {
  return new Anonymizer(path === null ? randomBytes(KEY_LENGTH) : await keyOf(path), nodeHash);
}

async function keyOf(path: string): Promise<Uint8Array> {
  try {
    const text = (await readFile(path, "latin1")).trim();
    if (!new RegExp(`^[0-9a-fA-F]{${2 * KEY_LENGTH}}$`).test(text)) {
      throw new KeyFileError(
        `${path} is not a key of --anonymize-key: that has ${2 * KEY_LENGTH} hex digits`,
      );
    }
    return new Uint8Array(Buffer.from(text, "hex"));
  } catch (error) {
    if (error instanceof KeyFileError) throw error;
    if (errorCode(error) !== "ENOENT") {
      throw new KeyFileError(`cannot read the key ${path}: ${reasonOf(error)}`);
    }
    return newKey(path);
  }
}

function newKey(path: string): Uint8Array {
  const key = randomBytes(KEY_LENGTH);
  try {
    writeFileSync(path, `${key.toString("hex")}\n`, { mode: OWNER_ONLY, flag: "wx" });
  } catch (error) {
    // Half a key would be refused in every later run.
    if (errorCode(error) !== "EEXIST") rmSync(path, { force: true });
    throw new KeyFileError(`cannot write the key ${path}: ${reasonOf(error)}`);
  }
  return new Uint8Array(key);
}
