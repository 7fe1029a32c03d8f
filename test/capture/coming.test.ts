import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Coming } from "../../src/capture/coming.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("bytes on their way", () => {
  it("are waited for as long as it takes, or for a time", async () => {
    let arrive = () => {};
    let reads = 0;
    const coming = new Coming(() => {
      reads += 1;
      return new Promise((resolve) => {
        arrive = resolve;
      });
    });
    expect(await coming.wait(1)).toBe(false);
    expect(await coming.wait(1)).toBe(false);
    expect(reads).toBe(1);
    const waiting = coming.wait(null);
    arrive();
    expect(await waiting).toBe(true);
    const next = coming.wait(60_000);
    arrive();
    expect(await next).toBe(true);
    expect(reads).toBe(2);
  });

  it("that fail are told once, also when nobody waited just then", async () => {
    let fail = (_: Error) => {};
    const coming = new Coming(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    const waiting = coming.wait(null);
    fail(new Error("first"));
    await expect(waiting).rejects.toThrow("first");
    expect(await coming.wait(1)).toBe(false);
    fail(new Error("second"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await expect(coming.wait(1)).rejects.toThrow("second");
    expect(await coming.wait(1)).toBe(false);
  });

  it("take no memory however often they are waited for", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const coming = new Coming(() => new Promise(() => {}));
    const rounds = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        const waiting = coming.wait(5_000);
        vi.advanceTimersByTime(5_000);
        expect(await waiting).toBe(false);
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await rounds(2_000);
    const after = await rounds(20_000);
    // What Promise.race leaves behind at each round is above 300 bytes, 6 MB in all.
    expect(after - before).toBeLessThan(1_000_000);
  });
});

it("no file of the program races promises: one that lives long would keep what every round adds to it", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  const racing = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /Promise\.race\(/.test(readFileSync(join(src, name), "utf8")));
  expect(racing).toEqual([]);
});
