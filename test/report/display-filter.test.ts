import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { displayFilter } from "../../src/report/sentences.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

it("names up to five IDs, and IPv6 as such", () => {
  const ids = [1, 2, 3, 4, 5, 6].map((id) => `0x0000000${id}`);
  expect(displayFilter(ids, "2001:db8::1")).toBe(
    "isakmp.exchangetype == 32 && isakmp.messageid in {0x00000001, 0x00000002, 0x00000003, 0x00000004, 0x00000005} && ipv6.addr == 2001:db8::1",
  );
});

it.skipIf(!hasTshark).each(["two-windows-clients.pcap", "ipv6.pcap", "later-id.pcap", "qinq.pcap"])(
  "shows the attempts of each finding in tshark: %s",
  async (name) => {
    expect(readdirSync(samples)).toContain(name);
    const { report } = await analyze([samples + name]);
    expect(report.findings.length).toBeGreaterThan(0);
    for (const finding of report.findings) {
      const { stdout } = spawnSync(
        "tshark",
        ["-r", samples + name, "-Y", finding.displayFilter, "-T", "fields", "-e", "frame.number"],
        { encoding: "utf8" },
      );
      const frames = stdout.trim().split("\n").map(Number);
      for (const attempt of finding.attempts) {
        expect(frames).toContain(attempt.frame);
        expect(frames).toContain(attempt.claim?.frame);
      }
    }
  },
);
