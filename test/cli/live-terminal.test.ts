/** The live view as it is seen: the program on a pseudo terminal, fed as tcpdump would feed it. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import { COMMAND, plainEnvironment, programIsBuilt } from "../support/program.ts";
import { Screen } from "../support/screen.ts";
import { Client, Stage } from "../support/session.ts";
import { hasTool } from "../support/tools.ts";

const script = fileURLToPath(new URL("../support/terminal.py", import.meta.url));
const PCAP_HEADER = 24;

/** Seconds at which the second client has tried once, and not yet again. */
const TRIED_ONCE = 1.5;

/** Two clients of which the second is never answered, as rows for the script. */
function rows(): string {
  const stage = new Stage(5);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 7);
  new Client(stage, { address: "198.51.100.12" }).connect(0.5).unanswered(0.7);
  const records = stage.sorted();
  const seconds = ({ at }: (typeof records)[number]) => Number(at - records[0].at) / 1e9;
  // What is told of the first try has to be there before the second: a busy machine would tell of both at once.
  const next = records.findIndex((record) => seconds(record) > TRIED_ONCE);
  return records
    .map((record, i) => {
      const bytes = pcap([record]).subarray(i === 0 ? 0 : PCAP_HEADER);
      const row = [seconds(record), Buffer.from(bytes).toString("hex")];
      return JSON.stringify(i === next ? [...row, "predicted"] : row);
    })
    .join("\n");
}

/** The terminal when the program has ended, and how it ended. */
async function watched(
  pattern: string,
  ...args: string[]
): Promise<{ screen: Screen; status: number | null }> {
  const screen = new Screen(80, 24);
  const child = spawn("python3", [script, "80", "24", pattern, ...COMMAND, ...args, "-"], {
    env: { ...plainEnvironment(), TERM: "xterm", TZ: "UTC" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(rows());
  for await (const piece of child.stdout.setEncoding("utf8")) screen.write(piece as string);
  const status = await new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once("close", resolve);
  });
  return { screen, status };
}

describe.skipIf(!programIsBuilt() || !hasTool("python3"))(
  "on a terminal of 80 by 24",
  { concurrent: true },
  () => {
    it("one screen says who is connected and who is kept out, and the report takes its place", async () => {
      const { screen, status } = await watched("kept out ");
      expect(status).toBe(1);
      // By picture, not by piece: on a busy machine one piece brings several pictures.
      const told = screen.pictures.filter((text) => /^ {2}kept out +198\.51\.100\.12:500/m.test(text));
      expect(told.length).toBeGreaterThan(0);
      expect(told.at(-1)).toMatch(/^ {2}connected +198\.51\.100\.11:500/m);
      expect(screen.pictures.some((text) => /#1 predicted -> rejected: 198\.51\.100\.12/.test(text))).toBe(
        true,
      );
      // The screen is gone, and no finding was printed but in the report.
      expect(screen.history).not.toContain("Last events");
      expect(screen.history.match(/1\. REJECTED/g)).toHaveLength(1);
    }, 60_000);

    it("lines of ndjson on it are nothing but lines", async () => {
      const { screen } = await watched('"finding"', "--format", "ndjson");
      expect(screen.history).not.toMatch(/Last events|Gateway /);
      expect(screen.history).toContain('{"type":"finding"');
    }, 60_000);
  },
);
