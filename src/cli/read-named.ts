import { label, readText } from "../node/read-text.ts";
import { readReasonOf } from "../node/write-reasons.ts";
import { OutputError } from "./output.ts";

/** The text of a file that the user named; "-" is standard input. @throws OutputError when it cannot be read */
export async function readNamed(path: string): Promise<string> {
  try {
    return await readText(path);
  } catch (error) {
    throw new OutputError(`cannot read ${label(path)}: ${readReasonOf(error)}`);
  }
}
