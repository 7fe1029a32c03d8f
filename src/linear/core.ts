/** What src/core/ exports, over a linear memory. */

import type { LearnCode, PassCode } from "./arrivals.ts";
import type { TakeTurnsCode } from "./turns.ts";
import type { LinearMemory, Memory, WebAssemblyMemory } from "./memory.ts";
import { coreCode } from "./core-code.ts";

export { MAX_BLOCK, MAX_RECORD, NEXT, TOLERATED_STEP } from "../core/bounds.ts";

/** Functions of AssemblyScript; addresses are offsets into the memory. */
export interface Core {
  walk(tables: number, batch: number, from: number, to: number): number;
  /** Where a page has the walk alone there is none. */
  readonly takeTurns?: TakeTurnsCode;
  readonly pass: PassCode;
  readonly learn: LearnCode;
  pcapRecords(block: number, from: number, end: number, most: number): number;
  pcapngPackets(
    block: number,
    from: number,
    end: number,
    first: number,
    most: number,
    offset: number,
  ): number;
  quickModeCount(rows: number, count: number): number;
  survey(block: number, count: number, segment: number): void;
  monotone(micros: number, clock: number, from: number, to: number, latest: number): number;
}

interface Runtime {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: { env: { memory: WebAssemblyMemory } }) => { exports: Core };
  };
}

/** For memory that is shared and for one that is not: most runs have one kind alone. */
const compiled = new Map<boolean, object>();
/** One for each memory; null where the runtime refused it. */
const cores = new WeakMap<LinearMemory, Core | null>();

/** null where the memory is not linear, or the runtime may not compile (a page's content security policy). */
export function coreOver({ linear }: Memory): Core | null {
  if (linear === null) return null;
  let core = cores.get(linear);
  if (core === undefined) {
    core = instanceOver(linear);
    cores.set(linear, core);
  }
  return core;
}

function instanceOver({ memory, isShared }: LinearMemory): Core | null {
  const { WebAssembly } = globalThis as unknown as Runtime;
  try {
    const module = compiled.get(isShared) ?? new WebAssembly.Module(coreCode(isShared));
    compiled.set(isShared, module);
    return new WebAssembly.Instance(module, { env: { memory } }).exports;
  } catch {
    return null;
  }
}
