import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";

/** What each sample does not show, by how it was made (samples/README.md). */
it.each<[string, string[]]>([
  ["two-windows-clients.pcap", []],
  ["ikev2.pcap", ["no-ikev1"]],
  ["authip.pcap", ["no-ikev1"]],
  ["implied-claim.pcap", ["phase1-unseen"]],
  ["truncated.pcap", ["truncated"]],
])("%s", async (name, codes) => {
  const { coverage } = await reportOn([readFileSync(new URL(`../../samples/${name}`, import.meta.url))]);
  expect(coverage.gaps.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
  expect(coverage.complete).toBe(codes.length === 0);
});
