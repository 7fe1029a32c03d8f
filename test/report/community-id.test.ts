import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { addressWords } from "../../src/collections/endpoints.ts";
import { communityId } from "../../src/report/community-id.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { reportOn } from "../support/analyzed.ts";
import { hasTool } from "../support/tools.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));

function end(address: string, port: number) {
  return { address: parseAddress(address)!, port };
}

type End = ReturnType<typeof end>;

function idOf(one: End, other: End, seed = 0): string {
  const words = new Uint32Array(8);
  [one, other].forEach(({ address }, i) => {
    addressWords(address, 0, address.length === 4 ? 4 : 6, words, 4 * i);
  });
  return communityId(words, one.port, other.port, seed);
}

/** The specification, byte by byte. */
function plainId(one: End, other: End, seed: number): string {
  const [first, second] =
    (Buffer.compare(one.address, other.address) || one.port - other.port) <= 0 ? [one, other] : [other, one];
  const numbers = Buffer.alloc(8);
  numbers.writeUInt16BE(seed, 0);
  numbers.writeUInt16BE(17 << 8, 2);
  numbers.writeUInt16BE(first.port, 4);
  numbers.writeUInt16BE(second.port, 6);
  const all = [numbers.subarray(0, 2), first.address, second.address, numbers.subarray(2)];
  return `1:${createHash("sha1").update(Buffer.concat(all)).digest("base64")}`;
}

/** From the baseline of the specification (community-id-spec) and the tests of Zeek. */
test.each<[string, string, number, string, number, number]>([
  ["1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "192.168.1.52", 54_585, "8.8.8.8", 53, 0],
  ["1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "8.8.8.8", 53, "192.168.1.52", 54_585, 0],
  ["1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=", "1.2.3.4", 1122, "5.6.7.8", 3344, 0],
  ["1:Q9We8WO3piVF8yEQBNJF4uiSVrI=", "192.168.1.52", 54_585, "8.8.8.8", 53, 1],
])("%s", (expected, from, fromPort, to, toPort, seed) => {
  expect(idOf(end(from, fromPort), end(to, toPort), seed)).toBe(expected);
});

test("the first byte that differs decides, whatever the ports are", () => {
  const ports = [4500 >> 8, 4500 & 0xff, 500 >> 8, 500 & 0xff];
  const bytes = Buffer.from([0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 17, 0, ...ports]);
  const wanted = `1:${createHash("sha1").update(bytes).digest("base64")}`;
  expect(idOf(end("192.0.2.9", 500), end("192.0.2.1", 4500))).toBe(wanted);
  expect(idOf(end("192.0.2.1", 4500), end("192.0.2.9", 500))).toBe(wanted);
});

test("so does the very first one", () => {
  const bytes = Buffer.from([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 17, 0, 0, 9, 0, 8]);
  const wanted = `1:${createHash("sha1").update(bytes).digest("base64")}`;
  expect(idOf(end("5.6.7.8", 8), end("1.2.3.4", 9))).toBe(wanted);
});

test("of any flow it is the SHA-1 of what the specification names", () => {
  const port = fc.nat(65_535);
  const flow = fc.constantFrom(4, 16).chain((length) => {
    const address = fc.uint8Array({ minLength: length, maxLength: length });
    return fc.tuple(address, port, address, port);
  });
  fc.assert(
    fc.property(flow, port, ([from, fromPort, to, toPort], seed) => {
      const [one, other] = [
        { address: from, port: fromPort },
        { address: to, port: toPort },
      ];
      expect(idOf(one, other, seed)).toBe(plainId(one, other, seed));
      expect(idOf(other, one, seed)).toBe(plainId(one, other, seed));
    }),
  );
});

test("the port decides the order where the addresses are the same", () => {
  const one = end("192.0.2.1", 500);
  const other = end("192.0.2.1", 4500);
  expect(idOf(one, other)).toBe(idOf(other, one));
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
