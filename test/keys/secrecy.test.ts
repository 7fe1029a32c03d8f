/** Keys never leave: not in a report of any form, not in evidence, a state, a message or an error. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-files.ts";
import { inOrder, SealedSession } from "../support/sealed.ts";
import { hasTool } from "../support/tools.ts";

const program = fileURLToPath(new URL("../../bin/ike-dupcheck.cjs", import.meta.url));
const isBuilt = existsSync(fileURLToPath(new URL("../../dist/main.cjs", import.meta.url)));
if (!isBuilt) console.log("skipped: what the program writes with keys, because dist/ is not built");
const folder = mkdtempSync(join(tmpdir(), "secrecy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A holder, and a contender whose quick mode on the same ID is refused with a readable notify. */
function capture(): { path: string; keys: string; secrets: Buffer[] } {
  const holder = new SealedSession({ client: "198.51.100.11", seed: 1 }).phase1(0).quickMode(0.2, 1);
  const contender = new SealedSession({ client: "198.51.100.12", seed: 2 }).phase1(10);
  const own = contender.identity("198.51.100.12", 17, 1701);
  const first = contender.sealed(32, 1, contender.quickPayloads(own, own));
  for (const at of [10.2, 11.2, 13.2]) contender.send(at, "client", first);
  contender.informational(13.4, "responder", contender.notifyPayload(14)).farewell(20);
  holder.informational(30, "client", holder.notifyPayload(36136, 1)).farewell(40);
  const path = join(folder, "office.pcap");
  writeFileSync(path, pcap(inOrder(holder, contender)));
  const keys = join(folder, "office.keys");
  const unused = new SealedSession({ seed: 3 });
  writeFileSync(keys, `${holder.row}\n${contender.row}\n${unused.key.toString("hex")}\nnot a key\n`);
  return { path, keys, secrets: [holder.key, contender.key, unused.key] };
}

function holds(bytes: Buffer, secrets: readonly Buffer[]): boolean {
  const text = bytes.toString("latin1").toLowerCase();
  return secrets.some((key) => {
    const forms = [
      key.toString("hex"),
      key.toString("base64").toLowerCase(),
      key.toString("latin1").toLowerCase(),
    ];
    return forms.some((form) => text.includes(form));
  });
}

describe.skipIf(!isBuilt)("keys", () => {
  it("are in nothing that the program writes, and what they open is read", () => {
    const { path, keys, secrets } = capture();
    const forms = ["table", "json", "ndjson", "markdown", "html"];
    for (const form of forms) {
      const args = [
        program,
        "-v",
        "--format",
        form,
        "-w",
        join(folder, `${form}.pcapng`),
        "--keys",
        keys,
        path,
      ];
      const { stdout, stderr } = spawnSync("node", args);
      expect(stdout.length, form).toBeGreaterThan(100);
      expect(holds(stdout, secrets), form).toBe(false);
      expect(holds(stderr, secrets), `${form}, standard error`).toBe(false);
    }
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".pcapng"))) {
      expect(holds(readFileSync(join(folder, name)), secrets), name).toBe(false);
    }
    const report = JSON.parse(
      execFileSync("node", [program, "--json", "--fail-on", "never", "--keys", keys, path], {
        encoding: "utf8",
      }),
    );
    expect(report.capture.decrypted).toMatchObject({ keys: 3, keysUsed: 2, ikeSas: 2 });
    expect(report.warnings.map(({ code }: { code: string }) => code)).toEqual(
      expect.arrayContaining(["keys-unused", "keys-skipped"]),
    );
    const [finding] = report.findings;
    expect(finding).toMatchObject({ verdict: "possible", contender: { address: "198.51.100.12" } });
    expect(finding.caveats).toContain("other-cause");
    expect(finding.evidence.map(({ text }: { text: string }) => text)).toContain("Notify NO-PROPOSAL-CHOSEN");
  });

  it("are in no state, and in no ticket", () => {
    const { path, keys, secrets } = capture();
    const state = join(folder, "office.state");
    const { status, stderr } = spawnSync("node", [
      program,
      "-q",
      "--json",
      "--state",
      state,
      "--keys",
      keys,
      path,
    ]);
    // Either it keeps what the keys opened without them, or it refuses in one sentence.
    expect([0, 1, 2]).toContain(status);
    expect(holds(stderr, secrets)).toBe(false);
    if (existsSync(state)) expect(holds(readFileSync(state), secrets)).toBe(false);
    const report = execFileSync("node", [program, "--json", "--fail-on", "never", "--keys", keys, path]);
    const recipes = fileURLToPath(new URL("../../samples/tickets/", import.meta.url));
    if (!hasTool("jq")) return;
    for (const recipe of readdirSync(recipes).filter((name) => name.endsWith(".jq"))) {
      const ticket = execFileSync("jq", ["-c", "-f", join(recipes, recipe)], { input: report });
      expect(ticket.length, recipe).toBeGreaterThan(100);
      expect(holds(ticket, secrets), recipe).toBe(false);
    }
  });

  it("are in no error", () => {
    const { path, secrets } = capture();
    const wrong = join(folder, "wrong.keys");
    writeFileSync(wrong, `${secrets[0].toString("hex")}zz\n`);
    const { stdout, stderr, status } = spawnSync("node", [program, "--keys", wrong, path]);
    expect(status).toBe(2);
    expect(holds(Buffer.concat([stdout, stderr]), secrets)).toBe(false);
    expect(stderr.toString()).toMatch(/wrong\.keys holds no keys/);
  });
});
