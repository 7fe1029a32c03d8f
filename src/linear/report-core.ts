/** The part of src/core/ that reports are written with: it has a memory of its own, and is compiled when it is first needed. */

import { reportCode } from "./core-code.ts";
import type { WebAssemblyMemory } from "./memory.ts";

/** Functions of AssemblyScript; what they read and leave stands at the addresses of src/core/report-layout.ts. */
interface Exports {
  sha1(length: number): void;
  sha256(length: number): void;
  write(from: number, end: number, out: number): number;
}

export interface ReportCore extends Exports {
  readonly bytes: Uint8Array;
}

interface Runtime {
  WebAssembly: {
    Memory: new (pages: { initial: number }) => WebAssemblyMemory;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: { env: { memory: WebAssemblyMemory } }) => { exports: Exports };
  };
}

/** Of WebAssembly, bytes. */
const PAGE = 65_536;

let compiled: object | null = null;

/**
 * null where the runtime has no WebAssembly or may not compile (a page's content security policy), or the system refuses
 * the addresses (`ulimit -v`).
 * @param room bytes of the memory
 */
export function reportCore(room: number): ReportCore | null {
  const { WebAssembly } = globalThis as unknown as Runtime;
  try {
    compiled ??= new WebAssembly.Module(reportCode());
    const memory = new WebAssembly.Memory({ initial: Math.ceil(room / PAGE) });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    return { ...exports, bytes: new Uint8Array(memory.buffer) };
  } catch {
    return null;
  }
}
