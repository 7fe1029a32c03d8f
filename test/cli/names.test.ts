import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { hostNames } from "../../src/cli/names.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("a file of names", () => {
  test("gives names by address", async () => {
    const path = file("hosts", "127.0.0.1 localhost\n198.51.100.11 alice # and more\n::1 localhost\n");
    expect(Object.fromEntries(await hostNames(path))).toEqual({
      "127.0.0.1": "localhost",
      "198.51.100.11": "alice",
      "::1": "localhost",
    });
  });

  test("may write addresses of IPv6 in any way", async () => {
    const path = file("ipv6", "2001:0DB8:0000::0011 alice\n2001:db8::11 again\nfe80::1%eth0 zone\n");
    expect(Object.fromEntries(await hostNames(path))).toEqual({
      "2001:db8::11": "alice",
      "fe80::1%eth0": "zone",
    });
  });

  test("may be in UTF-16, as Windows PowerShell writes it", async () => {
    const path = join(folder, "utf-16");
    writeFileSync(path, "\uFEFF198.51.100.11 alice\r\n", "utf16le");
    expect(Object.fromEntries(await hostNames(path))).toEqual({ "198.51.100.11": "alice" });
  });

  test.each([
    ["empty", ""],
    ["of something else", "Hello, this is no list of hosts\n"],
  ])("that is %s is refused", async (name, text) => {
    await expect(hostNames(file(name, text))).rejects.toThrow(/holds no names: each line is an address/);
  });

  test("is not asked for without the option", async () => {
    expect(await hostNames(null)).toEqual(new Map());
  });
});

describe.skipIf(!programIsBuilt())("a path that names no file of names", () => {
  test.each([[[]], [["--each"]]])("is told before any capture is opened %j", (options) => {
    const missing = join(folder, "none");
    const { status, stdout, stderr } = runProgram([
      ...options,
      "--names",
      missing,
      join(folder, "none.pcap"),
    ]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(`ike-dupcheck: cannot read ${missing}: the file is missing\n`);
  });
});

describe.skipIf(!programIsBuilt())("names from standard input", () => {
  const sample = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));

  test("stand beside addresses", () => {
    const { status, stdout } = runProgram(["--names", "-", sample], {
      input: Buffer.from("198.51.100.12 bob\n"),
    });
    expect(status).toBe(1);
    expect(stdout).toContain("198.51.100.12 (bob)");
  });

  test("that are none are told as such", () => {
    const { status, stderr } = runProgram(["--names", "-", sample], { input: Buffer.from("Hello\n") });
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^ike-dupcheck: standard input holds no names/),
    ]);
  });

  test.each([[[]], [["-"]]])("cannot come with a capture %j", (inputs) => {
    const { status, stderr } = runProgram(["--names", "-", ...inputs], { input: Buffer.alloc(0) });
    expect([status, stderr]).toEqual([2, expect.stringContaining("standard input is asked for twice")]);
  });
});
