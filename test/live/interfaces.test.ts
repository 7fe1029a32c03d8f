/** Live mode on interfaces of its own, as root: every way in, and what happens to interfaces and processes. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import type { FrameRecord } from "../support/capture-files.ts";
import { COUNTS, LiveProgram } from "../support/live-program.ts";
import { testInNamespace } from "../support/live-test.ts";
import { captureBackends, capturePackages, rootNamespaces, sampleRecords } from "../support/namespace.ts";
import { programIsBuilt, SHELL_COMMAND } from "../support/program.ts";
import { Client, Stage } from "../support/session.ts";

const FIRST = { address: "198.51.100.11" };
const SECOND = { address: "198.51.100.12" };

const backends = captureBackends();

const test = testInNamespace(rootNamespaces);

/** Frames of which the first half lies before, the second after something happens to the interface. */
function halves(): [FrameRecord[], FrameRecord[]] {
  const before = new Stage(31);
  new Client(before, FIRST).connect(0).quickMode(0.2);
  const after = new Stage(32);
  new Client(after, SECOND).connect(0).unanswered(0.2, 1, [0.5, 1]);
  return [before.sorted(), after.sorted()];
}

/** The text of a file, or nothing: processes come and go. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function childrenOf(pid: number | undefined): number[] {
  const { stdout } = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return stdout.trim().split("\n").map(Number);
}

const ready = rootNamespaces !== null && programIsBuilt();

describe.skipIf(!ready).concurrent("live on interfaces", () => {
  test.for(capturePackages)(
    "the process that captures with %s is nobody once the interface is open",
    async (name, { namespace }) => {
      const program = await LiveProgram.start(namespace, "-i", "a0", "--capture-with", name);
      const owners = readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .filter((pid) => readIfThere(`/proc/${pid}/cmdline`).includes(`"package":"${name}"`))
        .map((pid) =>
          /^Uid:\t(\d+)\t(\d+)/m
            .exec(readIfThere(`/proc/${pid}/status`))
            ?.slice(1)
            .join(),
        );
      expect(owners).toContain("65534,65534");
      await program.stop();
    },
  );

  test("every way in tells the same findings in the same order", async ({ namespace }) => {
    const running = await Promise.all(
      backends.map((name) => LiveProgram.start(namespace, "-i", "a0", "--capture-with", name, ...COUNTS)),
    );
    if (backends.includes("tcpdump")) {
      const command = `tcpdump -i a0 -U --immediate-mode -w - "$(${SHELL_COMMAND} --print-bpf)" | ${SHELL_COMMAND} --format ndjson ${COUNTS.join(" ")} -`;
      const pipe = new LiveProgram(namespace.spawn(["sh", "-c", command]));
      await pipe.says(/listening on/);
      running.push(pipe);
    }
    expect(running.length).toBeGreaterThan(0);
    const stage = new Stage(35);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 3).deleteEsp(4);
    new Client(stage, SECOND).connect(0.5).unanswered(0.7, 1, [1, 2]);
    await namespace.play("a1", stage.sorted());
    for (const program of running) {
      await program.tells("rejected");
      await program.has(stage.ikev1);
    }
    const stopped = running.map(async (program) => {
      // The pipe ends with its writer: a shell passes no signal on.
      if (program === running[backends.length]) {
        namespace.run("sh", "-c", `kill -INT $(pgrep -P ${program.child.pid} tcpdump)`);
        await program.ended;
      } else await program.stop();
      expect(program.lines.at(-1)).toMatchObject({
        type: "report",
        report: { capture: { packets: stage.ikev1, quickModeMessages: stage.quickModeMessages } },
      });
      return program.history;
    });
    const histories = await Promise.all(stopped);
    for (const history of histories) expect(history).toEqual(histories[0]);
    expect(histories[0][0]).toBe("finding predicted 198.51.100.12 0x00000001");
  });

  test.for(backends)(
    "%s: an interface set down, and deleted and made again, is waited for",
    async (name, { namespace }) => {
      const [before, after] = halves();
      const program = await LiveProgram.start(namespace, "-i", "a0", "--capture-with", name, ...COUNTS);
      namespace.run("ip", "link", "set", "a0", "down");
      // The others go on by themselves when it is up again.
      const times = name === "cap" ? 2 : 1;
      if (name === "cap") await program.says(/capture on a0 broke off/);
      namespace.run("ip", "link", "set", "a0", "up");
      if (name === "cap") await program.says(/capturing on a0 again/);
      await namespace.play("a1", before);
      await program.has(before.length);
      namespace.run("ip", "link", "del", "a0");
      await program.says(new RegExp("broke off[\\s\\S]*".repeat(times)));
      namespace.veth("a");
      await program.says(new RegExp("again[\\s\\S]*".repeat(times)));
      await namespace.play("a1", after);
      await program.tells("rejected");
      const { status, report } = await program.stop();
      expect(status).toBe(1);
      expect(report.capture.packets).toBe(before.length + after.length);
      expect(report.findings).toMatchObject([{ verdict: "rejected", holder: { address: FIRST.address } }]);
      expect(report.live).toMatchObject({
        interruptions: times,
        times: name === "cap" ? "arrival" : "kernel",
      });
      expect(report.warnings.map(({ code }) => code)).toContain("capture-interrupted");
      // Frames are numbered through, so that no two packets have the same number.
      const [attempt] = report.findings[0].attempts;
      expect(attempt.frame).toBeGreaterThan(before.length);
    },
  );

  test("with --once the report comes when the interface goes", async ({ namespace }) => {
    const program = await LiveProgram.start(namespace, "-i", "a0", "--once");
    namespace.run("ip", "link", "del", "a0");
    expect((await program.ended).signal).toBeNull();
    expect(program.lines.at(-1)?.type).toBe("report");
  });

  test.for(capturePackages)(
    "%s: the death of the capturing process loses nothing that was known",
    async (name, { namespace }) => {
      const [before, after] = halves();
      const program = await LiveProgram.start(namespace, "-i", "a0", "--capture-with", name, ...COUNTS);
      await namespace.play("a1", before);
      await program.has(before.length);
      process.kill(childrenOf(program.child.pid)[0], "SIGKILL");
      await program.says(
        /broke off: the capturing process was killed \(SIGKILL\)[\s\S]*capturing on a0 again/,
      );
      await namespace.play("a1", after);
      await program.tells("rejected");
      expect((await program.stop()).report.findings[0].holder.address).toBe(FIRST.address);
    },
  );

  test.for(backends)(
    "%s: an interface that is down at the start is waited for",
    async (name, { namespace }) => {
      namespace.run("ip", "link", "set", "a0", "down");
      const program = LiveProgram.begin(namespace, "-i", "a0", "--format", "ndjson", "--capture-with", name);
      await program.says(/a0 is down: waiting for it/);
      namespace.run("ip", "link", "set", "a0", "up");
      await program.says(/capturing on a0 again/);
      await program.stop();
    },
  );

  test.for(backends)(
    "%s: a question on one interface and its answer on another are in order",
    async (name, { namespace }) => {
      namespace.veth("b");
      const program = await LiveProgram.start(namespace, "-i", "a0", "-i", "b0", "--capture-with", name);
      const stage = new Stage(33);
      new Client(stage, FIRST).connect(0).quickMode(0.2).deleteEsp(2);
      new Client(stage, SECOND).connect(0.5).unanswered(0.7, 1, [0.5, 1]);
      const records = stage.sorted();
      const RESPONDER = Buffer.from([192, 0, 2, 1]);
      const fromResponder = ({ frame }: FrameRecord) => RESPONDER.equals(Buffer.from(frame).subarray(26, 30));
      // This package tells when a packet came to the process, which a busy machine lets wait by more than a round trip.
      const speed = name === "cap" ? 0.25 : 1;
      await namespace.play((record) => (fromResponder(record) ? "b1" : "a1"), records, speed);
      await program.tells("rejected");
      const { report } = await program.stop();
      expect(report.findings).toMatchObject([
        { verdict: "rejected", holder: { address: FIRST.address }, contender: { address: SECOND.address } },
      ]);
      expect(report.capture.sources.map(({ name: source }) => source)).toEqual(["a0", "b0"]);
      expect(report.capture.sources[0].packets).toBe(
        records.filter((record) => !fromResponder(record)).length,
      );
    },
  );

  test.for(["vlan.pcap", "qinq.pcap", "ipv6.pcap"])(
    "%s is seen whole through the default filter",
    async (sample, { namespace }) => {
      const running = await Promise.all(
        backends.map((name) => LiveProgram.start(namespace, "-i", "a0", "--capture-with", name, ...COUNTS)),
      );
      await namespace.play("a1", sampleRecords(sample), 1000);
      // 84 packets, of which 38 are ESP that the filter leaves out (counted with tshark).
      for (const program of running) await program.has(46);
      for (const { report } of await Promise.all(running.map((program) => program.stop()))) {
        expect(report.capture).toMatchObject({ packets: 46, quickModeMessages: 14 });
      }
    },
  );
});
