import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { version } from "../../src/report/version.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Prints whether V8 took a cache (false), refused one (true) or was given none (undefined). */
const REJECTED = 'console.log(String(require("./bin/load.cjs").load().cacheRejected))';

describe("the code cache beside the program", () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "ike-dupcheck-cache-"));
    for (const folder of ["bin", "dist"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    cpSync(join(root, "package.json"), join(copy, "package.json"));
    for (const folder of ["node_modules", "samples"]) symlinkSync(join(root, folder), join(copy, folder));
  });

  afterEach(() => rmSync(copy, { recursive: true }));

  function node(...args: string[]): string {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim();
  }

  it("knows all that reports of captures need: nothing is loaded for few runs", () => {
    rmSync(join(copy, "dist/rare.cjs"));
    for (const sample of [
      "two-windows-clients.pcap",
      "verdict-tolerated.pcap",
      "retransmission-and-echo.pcapng",
      "refused-without-holder.pcap",
      "same-nat.pcap",
    ]) {
      for (const format of ["json", "table"]) {
        node("bin/ike-dupcheck.cjs", "--fail-on", "never", "--format", format, `samples/${sample}`);
      }
    }
    expect(node("bin/ike-dupcheck.cjs", "--version")).toBe(version);
  });

  it("is taken by the V8 that made it", () => {
    node("bin/make-cache.cjs");
    expect(node("-e", REJECTED)).toBe("false");
  });

  it("does not run old code after an edit of equal length", () => {
    const program = join(copy, "dist/main.cjs");
    const edited = version.replace(/.$/, "X");
    const text = readFileSync(program, "utf8");
    expect(text).toContain(`"${version}"`);
    writeFileSync(program, text.replaceAll(`"${version}"`, `"${edited}"`));
    expect(node("bin/ike-dupcheck.cjs", "--version")).toBe(edited);
  });

  it("of another V8 is passed over", () => {
    const cache = join(copy, "dist/main.cache");
    const bytes = readFileSync(cache);
    bytes[0] = bytes[0] === 0x31 ? 0x32 : 0x31;
    writeFileSync(cache, bytes);
    expect(node("-e", REJECTED)).toBe("undefined");
    expect(node("bin/ike-dupcheck.cjs", "--version")).toBe(version);
  });
});
