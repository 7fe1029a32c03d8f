/** Lines of a hex dump as programs write them (man od, hexdump, xxd), so that tests need none of the programs. */

const WIDTH = 16;

/** Offset and bytes of each line; of lines like the one before, one "*" as od and hexdump write it. */
function* lines(
  bytes: Uint8Array,
  { width = WIDTH, squeezes = false } = {},
): Generator<{ at: number; part: Uint8Array } | null> {
  let before: string | null = null;
  let isSqueezed = false;
  for (let at = 0; at < bytes.length; at += width) {
    const part = bytes.subarray(at, at + width);
    const text = part.join();
    const isSame = squeezes && part.length === width && text === before;
    before = text;
    if (!isSame) yield { at, part };
    else if (!isSqueezed) yield null;
    isSqueezed = isSame;
  }
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
const singles = (part: Uint8Array) => [...part].map((byte) => hex(byte, 2));
const pairs = (part: Uint8Array) =>
  singles(part)
    .join("")
    .match(/.{1,4}/g)!;
/** Words of a little-endian machine; the last one of an odd number of bytes is filled with zero. */
const words = (part: Uint8Array) =>
  Array.from({ length: Math.ceil(part.length / 2) }, (_, i) =>
    hex(part[2 * i] | ((part[2 * i + 1] ?? 0) << 8), 4),
  );
const printed = (part: Uint8Array) =>
  [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");

/** `xxd`, with `-g1` and `-c`. */
export function xxd(bytes: Uint8Array, { group = 2, width = WIDTH } = {}): string {
  let text = "";
  for (const line of lines(bytes, { width })) {
    const column = Math.ceil(width / group) * (2 * group + 1) - 1;
    const groups = (group === 1 ? singles(line!.part) : pairs(line!.part)).join(" ");
    text += `${hex(line!.at, 8)}: ${groups.padEnd(column)}  ${printed(line!.part)}\n`;
  }
  return text;
}

function dumped(
  bytes: Uint8Array,
  {
    squeezes,
    offset,
    groups,
  }: { squeezes: boolean; offset: (at: number) => string; groups: (part: Uint8Array) => string },
): string {
  let text = "";
  for (const line of lines(bytes, { squeezes }))
    text += line === null ? "*\n" : `${offset(line.at)}${groups(line.part)}\n`;
  return `${text}${offset(bytes.length)}\n`;
}

export type OdBase = "x" | "o" | "d";
const OD_OFFSETS: Record<OdBase, (at: number) => string> = {
  x: (at) => hex(at, 6),
  o: (at) => at.toString(8).padStart(7, "0"),
  d: (at) => String(at).padStart(7, "0"),
};

/** `od -A BASE -t x1`, and `-v`, which squeezes no lines. */
export function odBytes(bytes: Uint8Array, base: OdBase, { squeezes = true } = {}): string {
  return dumped(bytes, {
    squeezes,
    offset: OD_OFFSETS[base],
    groups: (part) => ` ${singles(part).join(" ")}`,
  });
}

/** `od -x`. */
export function odWords(bytes: Uint8Array): string {
  return dumped(bytes, {
    squeezes: true,
    offset: OD_OFFSETS.o,
    groups: (part) => ` ${words(part).join(" ")}`,
  });
}

/** `hexdump -C`. */
export function hexdumpCanonical(bytes: Uint8Array): string {
  const groups = (part: Uint8Array) => {
    const [left, right] = [part.subarray(0, 8), part.subarray(8)].map((half) => singles(half).join(" "));
    return `  ${left.padEnd(23)}  ${right.padEnd(23)}  |${printed(part)}|`;
  };
  return dumped(bytes, { squeezes: true, offset: (at) => hex(at, 8), groups });
}

/** `hexdump`. */
export function hexdumpWords(bytes: Uint8Array): string {
  const groups = (part: Uint8Array) => ` ${words(part).join(" ")}`.padEnd(40);
  return dumped(bytes, { squeezes: true, offset: (at) => hex(at, 7), groups });
}
