/**
 * Two clients behind one NAT that ask a real gateway for the same traffic: test/lab/clash.pcap, made by clash-lab.sh. The
 * gateway accepted both, and its log says that the second took over the first one's policies ("updating reqid").
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { pcap } from "../support/capture-files.ts";
import { inOrder, SealedSession } from "../support/sealed.ts";

const lab = (name: string) => fileURLToPath(new URL(`../lab/${name}`, import.meta.url));

describe("selectors that clash", () => {
  it("of real clients at a real gateway are named with its keys, and not without", async () => {
    const { report: blind } = await analyze([lab("clash.pcap")]);
    expect(blind.warnings.map(({ code }) => code)).not.toContain("selector-clash");
    const { report } = await analyze([lab("clash.pcap")], { keys: [lab("clash.keys")] });
    expect(report.capture.decrypted).toMatchObject({ keys: 2, keysUsed: 2, ikeSas: 2, messages: 14 });
    const clash = report.warnings.find(({ code }) => code === "selector-clash")!;
    expect(clash.message).toMatch(
      /behind 192\.0\.2\.50 ask 192\.0\.2\.1 for the same traffic .*protocol 17 port 1701/,
    );
    expect(report.summary.text).toContain("Other cause: Two clients behind 192.0.2.50");
    // Nobody is accused for the message IDs, which are the same as well.
    expect(report.summary.findings).toMatchObject({ rejected: 0, predicted: 0, possible: 0 });
    expect(report.findings[0].notes.join("\n")).toContain("selector-clash");
  });

  it("are the cause where the second client is refused: possible, other-cause", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clash-"));
    try {
      const nat = { client: "192.0.2.50" };
      const first = new SealedSession({ ...nat, seed: 1, port4500: 4500 }).phase1(0);
      first.quickMode(0.2, 1, { encapsulation: 4, inside: "10.9.0.11" });
      const second = new SealedSession({ ...nat, seed: 2, port500: 480, port4500: 10_821 }).phase1(10);
      const [own, other] = [second.identity("10.9.0.12", 17, 1701), second.identity("192.0.2.1", 17, 1701)];
      const asked = second.sealed(32, 1, second.quickPayloads(own, other, 4));
      for (const at of [10.2, 11.2, 13.2, 17.2]) second.send(at, "client", asked);
      second.farewell(25);
      first.informational(30, "client", first.notifyPayload(36136, 1)).farewell(40);
      const [path, keys] = [join(folder, "clash.pcap"), join(folder, "clash.keys")];
      writeFileSync(path, pcap(inOrder(first, second)));
      writeFileSync(keys, `${first.row}\n${second.row}\n`);
      const { report } = await analyze([path], { keys: [keys] });
      expect(report.summary.findings).toMatchObject({ rejected: 0, predicted: 0 });
      const clash = report.warnings.find(({ code }) => code === "selector-clash")!;
      expect(clash.message).toContain("the second was not let in");
      expect(report.findings.flatMap(({ caveats }) => caveats)).toContain("other-cause");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
