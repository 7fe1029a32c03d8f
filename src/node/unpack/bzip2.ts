/** bzip2 by unbzip2-stream. */

import { Readable } from "node:stream";
import unbzip2 from "unbzip2-stream";
import { PackedError } from "../../archives/packed-input.ts";

/** Unpacks a stream of bzip2; several streams follow each other. */
export async function* unpackBzip2(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let whole = false;
  const counted = async function* () {
    yield* packed;
    whole = true;
  };
  const from = Readable.from(counted(), { objectMode: false, highWaterMark: 64 * 1024 });
  const unpacker = from.pipe(unbzip2());
  from.on("error", (error) => unpacker.emit("error", error));
  // It is a stream of the first kind, without an iterator of its own.
  const chunks = new Readable({ highWaterMark: 0 }).wrap(unpacker);
  try {
    for await (const chunk of chunks) yield chunk as Uint8Array;
  } catch (error) {
    const { name } = error instanceof Error ? error : new Error(String(error));
    // Over a block that the input does not hold in full the package stumbles, with an error that is not its own.
    const isCut = whole && name !== "Bzip2Error";
    throw new PackedError(isCut ? "unexpected end of file" : "a block is damaged", isCut);
  } finally {
    from.destroy();
  }
}
