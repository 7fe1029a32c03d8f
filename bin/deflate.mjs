// Deflates a text better than zlib does by itself: how many symbols stand in one block (`memLevel`) suits one part of a
// program and not another, so that each part is deflated in several ways, and those are taken that are shortest together.
import { constants, deflateRawSync } from "node:zlib";

const STEP = 32 * 1024;
/** Steps in one part. */
const LONGEST = 8;
/** As far as deflate refers back (RFC 1951 2). */
const WINDOW = 32 * 1024;
const LEVELS = [5, 6, 7, 8];

/** One stream of RFC 1951. */
export function deflated(text) {
  const bytes = Buffer.from(text);
  const count = Math.max(1, Math.ceil(bytes.length / STEP));
  // The shortest way to each step.
  const shortest = [{ length: 0, parts: [] }];
  for (let to = 1; to <= count; to += 1) {
    const ways = [];
    for (let from = Math.max(0, to - LONGEST); from < to; from += 1) {
      const part = shortestPart(bytes, from * STEP, to * STEP);
      const { length, parts } = shortest[from];
      ways.push({ length: length + part.length, parts: [...parts, part] });
    }
    shortest.push(ways.reduce((a, b) => (b.length < a.length ? b : a)));
  }
  return Buffer.concat(shortest[count].parts);
}

function shortestPart(bytes, from, to) {
  const dictionary = from === 0 ? {} : { dictionary: bytes.subarray(Math.max(0, from - WINDOW), from) };
  const finishFlush = to >= bytes.length ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  return LEVELS.map((memLevel) =>
    deflateRawSync(bytes.subarray(from, to), { level: 9, memLevel, finishFlush, ...dictionary }),
  ).reduce((a, b) => (b.length < a.length ? b : a));
}
