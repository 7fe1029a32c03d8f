/** What Node can unpack. Each is loaded for such a capture alone: what they need takes a while to load. */

import type { Decompressor, Decompressors } from "../../feed/decompression.ts";

/** Smaller files are unpacked without another program. */
const LARGE = 256 * 1024 * 1024;

/**
 * Unpacks large files by the system's program, where it is installed, and all else here.
 * @param least bytes from which on a file is large
 */
export function large(program: string, here: Decompressor, least = LARGE): Decompressor {
  return async (packed, size) => {
    if (size === null || size < least) return here(packed, size);
    const { bySystem } = await import("./system.ts");
    return (await bySystem(program, packed)) ?? here(packed, size);
  };
}

/** What unpacks by packages alone; xz and zstd call the system's program themselves for what theirs cannot. */
export const HERE = {
  zstd: async (packed) => (await import("./zstd.ts")).unpackZstd(packed),
  xz: async (packed) => (await import("./xz.ts")).unpackXz(packed),
  bzip2: async (packed) => (await import("../../archives/bzip2.ts")).unpackBzip2(packed),
  lz4: async (packed) => (await import("../../archives/lz4.ts")).unpackLz4(packed),
} as const satisfies Decompressors;

export const DECOMPRESSORS: Decompressors = {
  gzip: async (packed) => (await import("./gzip.ts")).gunzip(packed),
  deflate: async (packed) => (await import("./gzip.ts")).inflateRaw(packed),
  zstd: large("zstd", HERE.zstd),
  xz: large("xz", HERE.xz),
  bzip2: large("bzip2", HERE.bzip2),
  lz4: large("lz4", HERE.lz4),
};
