/** Live mode as an ordinary user can have it: a namespace of its own, real UDP sockets on lo, the real cap. */

import { describe, expect } from "vitest";
import { lineSchema } from "../../src/report/lines.ts";
import { reportOn } from "../support/analyzed.ts";
import { LiveProgram } from "../support/live-program.ts";
import { testInNamespace } from "../support/live-test.ts";
import { capturePackages, userNamespaces } from "../support/namespace.ts";
import { programIsBuilt } from "../support/program.ts";
import { Client, Stage } from "../support/session.ts";

const ETHERNET_AND_IP = 34;
const UDP = 8;

/** Datagrams of a stage, as rows for the player: seconds, from, to, payload. */
function datagrams(stage: Stage): unknown[] {
  const records = stage.sorted();
  return records.map(({ at, frame }) => {
    const bytes = Buffer.from(frame);
    const address = (offset: number) => [...bytes.subarray(offset, offset + 4)].join(".");
    return [
      Number(at - records[0].at) / 1e9,
      [address(26), bytes.readUInt16BE(ETHERNET_AND_IP)],
      [address(30), bytes.readUInt16BE(ETHERNET_AND_IP + 2)],
      bytes.subarray(ETHERNET_AND_IP + UDP).toString("hex"),
    ];
  });
}

/** 127.0.0.11 connects and goes on; 127.0.0.12 is never answered on ID 1. */
function collision(): Stage {
  const stage = new Stage(21);
  const responder = "127.0.0.1";
  new Client(stage, { address: "127.0.0.11", responder }).connect(0).quickMode(0.2).deleteEsp(4);
  new Client(stage, { address: "127.0.0.12", responder }).connect(0.5).unanswered(0.7, 1, [1, 2]);
  return stage;
}

const test = testInNamespace(userNamespaces);

describe
  .skipIf(userNamespaces === null || capturePackages.length === 0 || !programIsBuilt())
  .concurrent("live on lo, without root", () => {
    test.for(capturePackages)(
      "%s: a collision is predicted, then rejected, and ends in the report",
      async (name, { namespace }) => {
        const program = await LiveProgram.start(
          namespace,
          "-i",
          "lo",
          "--capture-with",
          name,
          "--stats-every",
          "1",
        );
        const stage = collision();
        await namespace.feed("udp-player.py", [], datagrams(stage));
        await program.tells("rejected");
        const { status, report } = await program.stop();
        expect(status).toBe(1);
        const { lines } = program;
        for (const line of lines) expect(lineSchema.safeParse(line).error).toBeUndefined();
        expect(program.history[0]).toBe("finding predicted 127.0.0.12 0x00000001");
        expect(program.history.at(-1)).toBe("finding-update rejected 127.0.0.12 0x00000001");
        expect(lines.filter(({ type }) => type === "stats").length).toBeGreaterThan(1);
        // Each datagram once: what lo shows twice would be counted as echoes.
        expect(report.capture).toMatchObject({ quickModeMessages: stage.quickModeMessages, echoes: 0 });
        expect(report.capture.messages.ikev1).toBe(stage.ikev1);
        expect(report.live).toMatchObject({ times: name === "cap" ? "arrival" : "kernel", interruptions: 0 });
      },
    );

    test("extract -i writes message records as they come, which give the finding", async ({ namespace }) => {
      const sensor = LiveProgram.begin(namespace, "extract", "-i", "lo", "--sensor", "tap");
      await sensor.says(/capturing on/);
      const stage = collision();
      await namespace.feed("udp-player.py", [], datagrams(stage));
      // Before it ends: what was sent is there.
      await sensor.writes(new RegExp(`("type":"ike"[^]*){${stage.ikev1}}`));
      sensor.child.kill("SIGTERM");
      expect(await sensor.ended).toEqual({ status: 0, signal: null });
      const lines = sensor.stdout.trim().split("\n");
      expect([lines[0], lines.at(-1)!].map((line) => JSON.parse(line).type)).toEqual(["header", "trailer"]);
      // The records end within 5 s of the attempt: an answer might still have come.
      expect((await reportOn([Buffer.from(sensor.stdout)])).findings).toMatchObject([
        { verdict: "predicted", contender: { address: "127.0.0.12" } },
      ]);
    });

    test("extract -i ends after -a duration:N, and refuses what is not there in one sentence", async ({
      namespace,
    }) => {
      const timed = LiveProgram.begin(namespace, "extract", "-i", "lo", "-a", "duration:1");
      expect(await timed.ended).toEqual({ status: 0, signal: null });
      expect(timed.stdout).toBe("");
      const refused = LiveProgram.begin(namespace, "extract", "-i", "nosuch0");
      expect((await refused.ended).status).toBe(2);
      expect(refused.stderr).toMatch(/^ike-dupcheck: no interface is called nosuch0/);
    });

    test("-a duration:N and -c N end it, with exit status 0 when nothing was found", async ({
      namespace,
    }) => {
      const timed = LiveProgram.begin(namespace, "-i", "lo", "-a", "duration:1", "--json");
      expect(await timed.ended).toEqual({ status: 0, signal: null });
      expect(JSON.parse(timed.stdout)).toMatchObject({ findings: [], warnings: [{ code: "no-ike" }] });
      const counted = await LiveProgram.start(namespace, "-i", "lo", "-c", "5");
      await namespace.feed("udp-player.py", [], datagrams(collision()));
      await counted.ended;
      expect(counted.lines.at(-1)).toMatchObject({ type: "report", report: { capture: { packets: 5 } } });
    });

    test("a filter that libpcap does not understand, and an interface that is not there, are one sentence", async ({
      namespace,
    }) => {
      for (const [args, sentence] of [
        [["-i", "lo", "-f", "foo bar"], /^ike-dupcheck: cannot capture on lo: the filter is not understood/],
        [["-i", "nosuch0"], /^ike-dupcheck: no interface is called nosuch0/],
      ] as const) {
        const program = LiveProgram.begin(namespace, ...args);
        expect((await program.ended).status).toBe(2);
        expect(program.stderr).toMatch(sentence);
        expect(program.stderr.trim().split("\n")).toHaveLength(1);
      }
    });
  });
