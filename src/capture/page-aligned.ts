/**
 * Bytes that begin at a page of memory. The kernel copies out of its page cache two to four times faster where the place
 * in memory and the place in the file have one offset in their pages; JavaScript's own arrays begin anywhere.
 */

/** Of what a runtime may have: the one object whose bytes begin at a page. */
interface Runtime {
  WebAssembly?: { Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer } };
}

/** Of WebAssembly, whatever the machine's are. */
const PAGE = 65_536;

/** At least `size` bytes, all zero; anywhere in memory where the runtime has none at a page, or the system refuses. */
export function pageAligned(size: number): Uint8Array {
  const pages = Math.ceil(size / PAGE);
  try {
    const { WebAssembly } = globalThis as Runtime;
    if (WebAssembly !== undefined) {
      return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
    }
  } catch {
    // It takes some gigabytes of addresses, which `ulimit -v` may forbid.
  }
  return new Uint8Array(size);
}
