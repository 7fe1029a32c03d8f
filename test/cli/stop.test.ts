import { describe, expect, it } from "vitest";
import { Stop } from "../../src/cli/stop.ts";

describe.each([
  ["a Stop", () => new Stop()],
  ["an AbortController", () => new AbortController()],
])("%s", (_, made) => {
  it("tells who listens, once, and nobody who came late or left", () => {
    const stop = made();
    const told: string[] = [];
    const left = () => void told.push("left");
    stop.signal.addEventListener("abort", () => void told.push("first"));
    stop.signal.addEventListener("abort", left);
    stop.signal.addEventListener("abort", () => void told.push(`second ${stop.signal.aborted}`), {
      once: true,
    });
    stop.signal.removeEventListener("abort", left);
    expect(stop.signal.aborted).toBe(false);
    stop.abort();
    stop.signal.addEventListener("abort", () => void told.push("late"));
    stop.abort();
    expect(told).toEqual(["first", "second true"]);
  });
});
