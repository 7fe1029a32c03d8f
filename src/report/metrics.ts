/** What a live capture says of itself to a monitoring system: the numbers behind `--metrics FILE`. */

import type { StatsLine } from "./lines.ts";
import type { Verdict } from "./model.ts";

export { VERDICTS } from "../judgement/vocabulary.ts";

/** Findings of one gateway that are in memory. */
export interface GatewayFindings {
  gateway: string;
  findings: Readonly<Record<Verdict, number>>;
}

/** What the analysis itself knows. */
export interface CaptureMetrics {
  stats: StatsLine;
  gateways: readonly GatewayFindings[];
  /** The last packet's time, seconds since the epoch; null before any packet. */
  lastPacketAt: number | null;
  /** How long the last judgement took, seconds. */
  judgementSeconds: number;
}

export interface Metrics extends CaptureMetrics {
  version: string;
  /** When the program started, seconds since the epoch. */
  startedAt: number;
  /** Resident memory of the process that judges, bytes. */
  residentBytes: number;
}
