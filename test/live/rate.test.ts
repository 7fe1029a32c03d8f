/** Live mode at a rate: 100,000 packets at 30,000 a second. LIVE_RATE=1 runs it, on a machine that does nothing else. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LiveProgram } from "../support/live-program.ts";
import { capturePackages, Namespace, rootNamespaces } from "../support/namespace.ts";
import { programIsBuilt } from "../support/program.ts";
import { Client, Stage } from "../support/session.ts";

const wanted = process.env.LIVE_RATE === "1";
if (!wanted) console.log("skipped: 100,000 packets live, because LIVE_RATE=1 is not set");

describe.skipIf(!wanted || rootNamespaces === null || !programIsBuilt())("live at a rate", () => {
  let namespace: Namespace;
  beforeEach(async () => {
    namespace = await Namespace.make(rootNamespaces!);
    namespace.veth("a");
  });
  afterEach(() => namespace.end());

  test.each(capturePackages)(
    "100,000 packets at 30,000 a second come through %s without loss",
    { retry: 2 },
    async (name) => {
      const program = await LiveProgram.start(namespace, "-i", "a0", "--capture-with", name);
      const stage = new Stage(34);
      new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2);
      const [{ frame }] = stage.sorted().slice(-3);
      const rate = await namespace.feed(
        "rate-player.py",
        ["a1", "100000", "30000"],
        [Buffer.from(frame).toString("hex")],
      );
      console.log(`sent at ${rate.trim()} packets a second`);
      // What was sent last has been read.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const { report } = await program.stop();
      expect(report.capture.packets).toBe(100_000);
      expect(report.capture.quickModeMessages).toBe(100_000);
      expect(report.live?.dropped.queue).toBe(0);
    },
  );
});
