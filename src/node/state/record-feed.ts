/** The records that a state goes on with, as a feed. */

import { RecordStream } from "../../feed/record-stream.ts";
import { fileInputs } from "../files.ts";

/** @param reorder how far lines may be out of order, microseconds */
export function recordFeed(name: string, reorder: number): RecordStream {
  return new RecordStream(fileInputs([name], { reorder })[0]);
}
