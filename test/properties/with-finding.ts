/** Samples, and captures of the lab where they are at hand, in which something is found. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { allCaptures } from "../support/captures.ts";
import { TRUTH } from "../support/samples-truth.ts";

export interface WithFinding {
  name: string;
  file: Buffer;
  /** One packet in so many is taken: the rest shows what another sample shows. */
  step: number;
}

/** The first sample in other frames: what is in the packets is the same. */
const OTHER_FRAMES = [
  "vlan.pcap",
  "qinq.pcap",
  "ipv6.pcap",
  "erspan.pcap",
  "truncated.pcap",
  "snaplen-96.pcap",
];
const STEP = 5;
/** What the lab's own notes say of a capture (two clients, IDs made to count): others have no pair to accuse. */
const LAB = /^vista-like-.*\.pcap$/;
/** Stands among the samples, by another name. */
const AMONG_SAMPLES = "vista-like-asa-drops-second.pcap";

export function withFinding(): WithFinding[] {
  const samples = Object.entries(TRUTH)
    .filter(([, { finding }]) => finding !== undefined)
    .map(([name]) => ({
      name,
      file: readFileSync(fileURLToPath(new URL(`../../samples/${name}`, import.meta.url))),
      step: OTHER_FRAMES.includes(name) ? STEP : 1,
    }));
  const lab = allCaptures("lab")
    .filter((path) => LAB.test(basename(path)) && basename(path) !== AMONG_SAMPLES)
    .map((path) => ({ name: basename(path), file: readFileSync(path), step: 1 }));
  return [...samples, ...lab];
}
