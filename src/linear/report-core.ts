/** The part of src/core/ that reports are written with, compiled when it is first needed. */

import { reportCode } from "./core-code.ts";
import { type LinearMemory, mayShare, type WebAssemblyMemory } from "./memory.ts";

/** Functions of AssemblyScript; what they read and leave stands at the addresses of src/core/report-layout.ts. */
interface Exports {
  sha1(length: number): void;
  sha256(length: number): void;
  write(from: number, end: number, out: number): number;
  plainRows(from: number, end: number, out: number): number;
}

export interface ReportCore extends Exports {
  readonly bytes: Uint8Array;
}

interface Runtime {
  WebAssembly: {
    Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => WebAssemblyMemory;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: { env: { memory: WebAssemblyMemory } }) => { exports: Exports };
  };
}

/** Of WebAssembly, bytes. */
const PAGE = 65_536;

/** For memory that is shared and for one that is not. */
const compiled = new Map<boolean, object>();

/**
 * A core with a memory of its own; null where the runtime has no WebAssembly or may not compile (a page's content security
 * policy), or the system refuses the addresses (`ulimit -v`).
 * @param room bytes of the memory
 */
export function reportCore(room: number): ReportCore | null {
  const { WebAssembly } = globalThis as unknown as Runtime;
  try {
    const pages = Math.ceil(room / PAGE);
    // Of the same kind as the one that facts lie in, so that the code is compiled once.
    const shared = mayShare();
    return coreIn(new WebAssembly.Memory({ initial: pages, maximum: pages, shared }), shared);
  } catch {
    return null;
  }
}

/** The same over a memory that has room for it (`LinearMemory.takeReportRoom`). */
export function reportCoreOver({ memory, isShared }: LinearMemory): ReportCore | null {
  try {
    return coreIn(memory, isShared);
  } catch {
    return null;
  }
}

function coreIn(memory: WebAssemblyMemory, isShared: boolean): ReportCore {
  const { WebAssembly } = globalThis as unknown as Runtime;
  const module = compiled.get(isShared) ?? new WebAssembly.Module(reportCode(isShared));
  compiled.set(isShared, module);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...exports, bytes: new Uint8Array(memory.buffer) };
}
