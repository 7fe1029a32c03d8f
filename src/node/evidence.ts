/** The evidence capture of files: what is read again, and its bytes as chunks to be asked for. */

import { extname } from "node:path";
import type { Anonymizer } from "../anonymize/anonymizer.ts";
import { writeEvidenceCapture } from "../evidence/capture.ts";
import type { EvidencePlan } from "../evidence/plan.ts";
import { Sequencer } from "../feed/sequencer.ts";
import { shifted } from "../feed/shifted.ts";
import { toolName, version } from "../report/version.ts";
import { fileInputs } from "./files.ts";

export { withoutPackets } from "../evidence/capture.ts";

export interface FileEvidence {
  plan: () => EvidencePlan;
  /** The files that were read, in their order. */
  names: readonly string[];
  /** What was added to the times of each, microseconds; nothing unless given. */
  shifts?: readonly number[];
  /** How many packets were read, and how many of them are IKEv1. */
  packets: number;
  messages: number;
  ports: readonly number[];
  /** Replaces what names anybody. */
  anonymizer?: Anonymizer | undefined;
  /** Name of the file to be written: .pcapng asks for that format, all else is classic pcap. */
  path: string;
}

/**
 * The bytes of the capture.
 * @throws CaptureError when a file cannot be read again or holds no packets, or pcap cannot hold them
 */
export function evidenceCapture({
  plan,
  names,
  shifts = [],
  path,
  ...base
}: FileEvidence): AsyncGenerator<Uint8Array> {
  const request = {
    ...base,
    plan: plan(),
    reopen: () => {
      const inputs = fileInputs(names).map((input, i) => shifted(input, shifts[i] ?? 0));
      return Sequencer.over(inputs);
    },
    format: extname(path).toLowerCase() === ".pcapng" ? ("pcapng" as const) : ("pcap" as const),
    application: `${toolName} ${version}`,
  };
  return pulled((write) => writeEvidenceCapture(request, write));
}

/** What `produce` writes, chunk by chunk; it waits until each was taken, and fails when nobody takes them any more. */
async function* pulled(
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array | null = null;
  let over = false;
  let abandoned = false;
  let failure: unknown = null;
  let wake = () => {};
  let taken = () => {};
  const write = async (bytes: Uint8Array) => {
    ready = bytes;
    wake();
    await new Promise<void>((resolve) => {
      taken = resolve;
    });
    if (abandoned) throw new Error("nobody takes the evidence");
  };
  produce(write)
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      over = true;
      wake();
    });
  try {
    while (!over) {
      if (ready === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const bytes: Uint8Array = ready;
      ready = null;
      yield bytes;
      taken();
    }
  } finally {
    abandoned = true;
    taken();
  }
  if (failure !== null) throw failure;
}
