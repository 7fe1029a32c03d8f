import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { communityId } from "../../src/report/community-id.ts";

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

it("is that of the specification's own example, in both directions", () => {
  // Its README: UDP 192.168.1.52:54585 to 8.8.8.8:53, seed 0.
  const client = { address: Uint8Array.of(192, 168, 1, 52), port: 54_585 };
  const server = { address: Uint8Array.of(8, 8, 8, 8), port: 53 };
  expect(communityId(client, server)).toBe("1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
  expect(communityId(server, client)).toBe("1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
});

it.skipIf(!hasTshark).each(["two-windows-clients.pcap", "same-nat.pcap", "ipv6.pcap"])(
  "each client's are those that tshark computes: %s",
  async (name) => {
    const { report } = await analyze([sample(name)]);
    const { stdout } = spawnSync(
      "tshark",
      [
        "-r",
        sample(name),
        "--enable-protocol",
        "communityid",
        "-Y",
        "isakmp",
        "-T",
        "fields",
        "-e",
        "communityid",
      ],
      { encoding: "utf8" },
    );
    const known = new Set(stdout.trim().split("\n"));
    for (const client of report.clients) {
      expect(client.communityIds.length).toBeGreaterThan(0);
      for (const id of client.communityIds) expect(known).toContain(id);
    }
  },
);
