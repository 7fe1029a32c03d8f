import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage, VENDOR } from "../support/session.ts";

/** Two counting clients at once, on one ID or each on its own; and what the report says of the gateway's exposure. */
async function exposure(secondId: number, responderVendorIds?: { first: string[]; second: string[] }) {
  const stage = new Stage(40);
  const peer = (address: string) => ({ address, ...(responderVendorIds && { responderVendorIds }) });
  new Session(stage, peer("198.51.100.11")).mainMode(0).quickMode(0.2, 1).esp(1, 60);
  const second = new Session(stage, peer("198.51.100.12")).mainMode(10);
  for (let id = 1; id <= secondId; id += 1) if (id === secondId) second.quickMode(10.2, id);
  second.esp(11, 60);
  const { responders, nextSteps } = await reportOn([pcap(stage.sorted())]);
  return { ...responders[0], steps: nextSteps.map(({ text }) => text) };
}

it.each([
  ["accepted an ID in use", 1, undefined, true],
  ["is of another make", 2, { first: ["882fe56d6fd20dbc2251613b2ebe5beb"], second: [] }, true],
  ["may be an ASA", 2, undefined, false],
] as const)("a gateway that %s", async (_, id, vendorIds, isHarmless) => {
  const { exposureHarmless, steps } = await exposure(
    id,
    vendorIds === undefined ? undefined : { first: [...vendorIds.first, VENDOR.natT], second: [] },
  );
  expect(exposureHarmless).toBe(isHarmless ? true : undefined);
  expect(steps.some((text) => text.startsWith("Watch gateway"))).toBe(!isHarmless);
});
