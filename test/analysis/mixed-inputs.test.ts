/** A capture beside message records of the same packets (contract 2.5). */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { extract } from "../../src/index.ts";
import { reportOn } from "../support/analyzed.ts";

const sample = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));

it("messages that come by a capture and as records are copies of each other, whichever is given first", async () => {
  let records = "";
  await extract([sample], { sensor: "tap" }, async (lines) => {
    records += lines;
  });
  const capture = readFileSync(sample);
  const alone = await reportOn([capture]);
  const verdicts = ({ findings }: typeof alone) =>
    findings.map(({ verdict, severity }) => [verdict, severity]);
  for (const inputs of [
    [capture, Buffer.from(records)],
    [Buffer.from(records), capture],
    [capture, gzipSync(records)],
  ]) {
    const both = await reportOn(inputs);
    expect(both.capture.messages.ikev1).toBe(2 * alone.capture.messages.ikev1);
    expect(both.capture.echoes).toBe(alone.capture.messages.ikev1 - alone.capture.echoes);
    expect(verdicts(both)).toEqual(verdicts(alone));
    expect(both.summary.quickModeExchanges).toBe(alone.summary.quickModeExchanges);
  }
});
