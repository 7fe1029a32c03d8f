import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { displayFilter } from "../../src/report/display-filter.ts";
import { reportOn } from "../support/analyzed.ts";
import { hasTool } from "../support/tools.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));
const ids = (count: number) =>
  Array.from({ length: count }, (_, i) => `0x${(i + 1).toString(16).padStart(8, "0")}`);

test("too many IDs for one filter widen it, they are not cut off", () => {
  expect(displayFilter(ids(100), ["192.0.2.1"])).toContain("0x00000064");
  expect(displayFilter(ids(101), ["192.0.2.1"])).toBe("isakmp.exchangetype == 32 && ip.addr == 192.0.2.1");
});

test.each<[string, number, string[], string]>([
  ["one ID and one address", 1, ["192.0.2.1"], "== 0x00000001 && ip.addr == 192.0.2.1"],
  ["several IDs", 2, ["192.0.2.1"], "in {0x00000001, 0x00000002} && ip.addr == 192.0.2.1"],
  ["IPv6", 1, ["2001:db8::1"], "== 0x00000001 && ipv6.addr == 2001:db8::1"],
  [
    "addresses of both kinds",
    1,
    ["192.0.2.1", "2001:db8::1", "192.0.2.2"],
    "== 0x00000001 && (ip.addr in {192.0.2.1, 192.0.2.2} || ipv6.addr == 2001:db8::1)",
  ],
  ["an address that is not known", 1, [], "== 0x00000001"],
])("a filter of %s", (_, count, addresses, wanted) => {
  const filter = displayFilter(ids(count), addresses);
  expect(filter).toBe(`isakmp.exchangetype == 32 && isakmp.messageid ${wanted}`);
});

describe.skipIf(!hasTool("tshark"))("in tshark", () => {
  const files = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));
  // The headers of Cisco's IKE fragments do not say that a quick mode is inside.
  const hidden = ["fragments-windows.pcap"];
  it.each(files)("the filter of %s shows the frames of the attempts", async (name) => {
    const { findings } = await reportOn([readFileSync(folder + name)]);
    for (const finding of findings) {
      const args = ["-n", "-r", folder + name, "-Y", finding.displayFilter, "-T", "fields"];
      // The exit status also tells of a truncated file.
      const { stdout } = spawnSync("tshark", [...args, "-e", "frame.number"], { encoding: "utf8" });
      const shown = stdout.trim().split("\n").map(Number);
      const frames = finding.attempts.map(({ frame }) => frame);
      if (!hidden.includes(name)) expect(shown).toEqual(expect.arrayContaining(frames));
    }
  });

  it.each<[string, string[], string[]]>([
    ["many IDs", ids(100), ["192.0.2.1"]],
    ["IPv6", ids(1), ["2001:db8::1"]],
    ["a gateway with several addresses", ids(2), ["192.0.2.1", "192.0.2.2", "2001:db8::1"]],
  ])("the filter for %s is well formed", (_, messageIds, addresses) => {
    const filter = displayFilter(messageIds, addresses);
    const { status, stderr } = spawnSync(
      "tshark",
      ["-n", "-r", `${folder}two-windows-clients.pcap`, "-Y", filter],
      { encoding: "utf8" },
    );
    expect([status, stderr.replace(/^Running as user.*\n/m, "")]).toEqual([0, ""]);
  });
});
