import type { Responder } from "../report/model.ts";

/** The most counting clients at once; nothing where two with one message ID do no harm (contract 6.14). */
export function atOnce({ peakConcurrentSequential, exposureHarmless }: Responder): string {
  return exposureHarmless === true ? "-" : String(peakConcurrentSequential);
}
