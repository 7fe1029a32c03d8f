/** `--metrics FILE`: what is written there, whole each time, for a collector that may read at any moment. */

import { renameSync, unlinkSync, writeFileSync } from "node:fs";
import { statusOf } from "../node/file-status.ts";
import { reasonOf } from "../node/write-reasons.ts";
import { metricsText } from "../printers/openmetrics.ts";
import type { CaptureMetrics } from "../report/metrics.ts";
import type { Environment } from "./environment.ts";
import { OutputError } from "./output.ts";
import type { Messages } from "./terminal.ts";

/**
 * Writes metrics each time it is called. That they cannot be written is said once until they can be again: the capture
 * goes on.
 * @throws OutputError at once where the file cannot be written
 */
export function metricsWriter(
  path: string,
  env: Environment,
  messages: Messages,
): (metrics: CaptureMetrics) => void {
  const startedAt = Date.now() / 1_000;
  let failing = false;
  // The collector reads names that end in .prom alone.
  const temporary = `${path}.${process.pid}.tmp`;
  // A pipe or device would be gone: a file takes its name.
  if (statusOf(path)?.isFile() === false) {
    throw new OutputError(`${path} is not a file, so no metrics can be kept there`);
  }
  try {
    writeFileSync(temporary, "");
    unlinkSync(temporary);
  } catch (error) {
    throw new OutputError(`cannot write ${path}: ${reasonOf(error)}`);
  }
  return (metrics) => {
    const residentBytes = process.memoryUsage.rss();
    try {
      writeFileSync(temporary, metricsText({ ...metrics, version: env.version, startedAt, residentBytes }));
      renameSync(temporary, path);
      failing = false;
    } catch (error) {
      if (!failing) messages.error(`cannot write ${path}: ${reasonOf(error)}`);
      failing = true;
    }
  };
}
