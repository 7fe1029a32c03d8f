import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { communityId } from "../../src/report/community-id.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { reportOn } from "../support/analyzed.ts";
import { hasTool } from "../support/tools.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));

function end(address: string, port: number) {
  return { address: parseAddress(address)!, port };
}

/** From the baseline of the specification (community-id-spec) and the tests of Zeek. */
test.each<[string, string, number, string, number, number]>([
  ["1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "192.168.1.52", 54_585, "8.8.8.8", 53, 0],
  ["1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "8.8.8.8", 53, "192.168.1.52", 54_585, 0],
  ["1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=", "1.2.3.4", 1122, "5.6.7.8", 3344, 0],
  ["1:Q9We8WO3piVF8yEQBNJF4uiSVrI=", "192.168.1.52", 54_585, "8.8.8.8", 53, 1],
])("%s", (expected, from, fromPort, to, toPort, seed) => {
  expect(communityId(end(from, fromPort), end(to, toPort), seed)).toBe(expected);
});

test("the first byte that differs decides, whatever the ports are", () => {
  const ports = [4500 >> 8, 4500 & 0xff, 500 >> 8, 500 & 0xff];
  const bytes = Buffer.from([0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 17, 0, ...ports]);
  const wanted = `1:${createHash("sha1").update(bytes).digest("base64")}`;
  expect(communityId(end("192.0.2.9", 500), end("192.0.2.1", 4500))).toBe(wanted);
  expect(communityId(end("192.0.2.1", 4500), end("192.0.2.9", 500))).toBe(wanted);
});

test("so does the very first one", () => {
  const bytes = Buffer.from([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 17, 0, 0, 9, 0, 8]);
  const wanted = `1:${createHash("sha1").update(bytes).digest("base64")}`;
  expect(communityId(end("5.6.7.8", 8), end("1.2.3.4", 9))).toBe(wanted);
});

test("the port decides the order where the addresses are the same", () => {
  const one = end("192.0.2.1", 500);
  const other = end("192.0.2.1", 4500);
  expect(communityId(one, other)).toBe(communityId(other, one));
});

describe.skipIf(!hasTool("tshark"))("tshark computes the same", () => {
  // What differs from sample to sample: the version of IP, ports behind NATs, tags. Under an outer header tshark names
  // the tunnel's flow, not the client's.
  const files = ["two-windows-clients", "ipv6", "same-nat", "lab-nat-two-clients", "qinq"];
  it.each(files.map((name) => `${name}.pcap`))("%s", async (name) => {
    const { clients } = await reportOn([readFileSync(folder + name)]);
    const args = ["--enable-protocol", "communityid", "-r", folder + name, "-Y", "isakmp"];
    // The exit status also tells of a truncated file.
    const { stdout } = spawnSync("tshark", [...args, "-T", "fields", "-e", "communityid"], {
      encoding: "utf8",
    });
    const flows = new Set(stdout.trim().split("\n"));
    const ids = clients.flatMap((client) => client.communityIds);
    expect(ids.filter((id) => !flows.has(id))).toEqual([]);
    expect(clients.every(({ communityIds }) => communityIds.length > 0)).toBe(true);
  });
});
