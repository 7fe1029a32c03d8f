/** Events of a Windows client beside a capture: whose they are, when they were, and what they do to a finding. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { analyze, type Report } from "../../src/index.ts";
import { pcap } from "../support/capture-files.ts";
import { ClientEvents } from "../support/client-events.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";
import { inOrder, SealedSession } from "../support/sealed.ts";
import { isUnix } from "../support/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "events-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sample = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
let files = 0;

async function reportWith(xml: string, capture = sample): Promise<Report> {
  files += 1;
  const path = join(folder, `client${files}.xml`);
  writeFileSync(path, xml);
  return (await analyze([capture], { events: [path] })).report;
}

/** What the client kept out of the sample would have written: two dials in vain, and one that got in. */
function keptOut(ahead: number, local = "198.51.100.12", errors = [789, 809]): ClientEvents {
  return new ClientEvents({ local, remote: "192.0.2.1", ahead })
    .mainMode(10.11)
    .quickModeFailed(22.05, 1)
    .dialFailed(22.4, errors[0])
    .mainMode(30.12)
    .quickModeFailed(42.06, 1)
    .dialFailed(42.5, errors[1])
    .mainMode(75.11)
    .quickMode(75.27)
    .mainModeEnded(110.05);
}

const eventsOf = ({ findings: [finding] }: Report) =>
  (finding.evidence ?? []).filter(({ witness }) => witness === "windows-event");

describe("events of the client that was kept out", () => {
  it.each([0, -25_200, 12.4, 86_400 * 3 + 5])("join with a clock that is %d s ahead", async (ahead) => {
    const report = await reportWith(keptOut(ahead).xml);
    const [{ clock }] = report.capture.witnesses!;
    expect(clock!.matches).toBeGreaterThanOrEqual(7);
    expect(Math.abs(clock!.offsetSeconds + ahead)).toBeLessThanOrEqual(clock!.uncertaintySeconds + 0.3);
    expect(report.findings).toMatchObject([{ verdict: "rejected", severity: "high" }]);
    const [finding] = report.findings;
    expect(finding.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^the client's own log: a dial of the client failed: error 789: the security layer/,
        ),
        expect.stringMatching(
          /^the client's own log: a dial of the client failed: error 809: the gateway did not/,
        ),
      ]),
    );
    const events = eventsOf(report);
    expect(events.every(({ joined }) => joined)).toBe(true);
    // Each stands at the capture's time of the attempt that it tells of.
    const failed = events
      .filter(({ id }) => id === "20227")
      .map(({ at }) => Date.parse(at!) / 1000 - 1_772_438_400);
    expect(failed).toHaveLength(2);
    expect(Math.abs(failed[0] - 22.4)).toBeLessThan(1.5);
    expect(Math.abs(failed[1] - 42.5)).toBeLessThan(1.5);
  });

  it("of dials alone, which name no address, are known by their times", async () => {
    const dials = new ClientEvents({ local: "", remote: "" }).dialFailed(22.4, 789).dialFailed(42.5, 789);
    const report = await reportWith(dials.xml);
    expect(report.capture.witnesses).toMatchObject([{ clock: { matches: 2 } }]);
    expect(eventsOf(report).map(({ id, joined }) => `${id} ${joined}`)).toEqual(["20227 true", "20227 true"]);
  });

  it("of one dial stand beside the finding without being joined", async () => {
    const report = await reportWith(new ClientEvents({ local: "", remote: "" }).dialFailed(22.4, 789).xml);
    expect(report.capture.witnesses).toMatchObject([{ clock: null }]);
    expect(eventsOf(report)).toMatchObject([{ id: "20227", joined: false }]);
    expect(report.findings[0].notes.join("\n")).toContain("error 789");
    expect(report.warnings.map(({ code }) => code)).toContain("log-not-joined");
  });

  it("name another cause where the password was wrong: possible", async () => {
    const report = await reportWith(keptOut(0, "198.51.100.12", [691, 691]).xml);
    expect(report.findings[0].verdict).toBe("possible");
    expect(report.findings[0].caveats).toContain("other-cause");
    expect(report.findings[0].notes.join("\n")).toContain(
      "error 691: user name or password was not accepted",
    );
  });

  it("from behind a NAT are known by NAT-D or by their times", async () => {
    // The sample has no NAT: the address that the client knows is in no packet.
    const report = await reportWith(keptOut(3600, "192.168.1.17").xml);
    expect(report.capture.witnesses).toMatchObject([{ clock: { matches: expect.any(Number) } }]);
    expect(eventsOf(report).length).toBeGreaterThan(0);
  });

  it.each([
    ["as they were sent", "cfaa638add40beb1", "d2291dd0de6da31e"],
    ["with their bytes the other way round", "b1be40dd8a63aacf", "1ea36dded01d29d2"],
  ])("are known by cookies, %s, whatever the addresses", async (_, first, second) => {
    const client = new ClientEvents({ local: "10.0.0.5", remote: "10.9.9.9", ahead: 500 });
    const report = await reportWith(client.mainModeFailed(22.1, first).mainModeFailed(42.1, second).xml);
    expect(report.capture.witnesses).toMatchObject([{ clock: { matches: 2 } }]);
    expect(eventsOf(report).map(({ id, joined }) => `${id} ${joined}`)).toEqual(["4653 true", "4653 true"]);
  });

  it("of another gateway are of nobody here", async () => {
    const other = new ClientEvents({ local: "198.51.100.12", remote: "203.0.113.9" });
    const report = await reportWith(other.mainMode(10.11).quickModeFailed(22.05, 1).mainMode(30.12).xml);
    expect(report.capture.witnesses).toMatchObject([{ clock: null }]);
    expect(eventsOf(report)).toEqual([]);
  });
});

describe("a file with the events of two machines", () => {
  it("has two clocks", async () => {
    const holder = new ClientEvents({
      local: "198.51.100.11",
      remote: "192.0.2.1",
      ahead: 3600,
      computer: "pc11.example",
    })
      .mainMode(0.11)
      .quickMode(0.27)
      .mainModeEnded(60.05);
    const report = await reportWith(keptOut(-7).xml + holder.xml);
    const clocks = report.capture.witnesses!.map(({ computer, clock }) => [
      computer,
      Math.round(clock?.offsetSeconds ?? Number.NaN),
    ]);
    expect(clocks).toEqual([
      ["pc12.example", 7],
      ["pc11.example", -3600],
    ]);
    expect(report.findings[0].verdict).toBe("rejected");
  });
});

describe("a quick mode whose answer the capture lost", () => {
  it("was accepted where the client says so", async () => {
    const holder = new SealedSession({ client: "198.51.100.11", seed: 1 }).phase1(0).quickMode(0.2, 1);
    const contender = new SealedSession({ client: "198.51.100.12", seed: 2 }).phase1(10);
    const own = contender.identity("198.51.100.12", 17, 1701);
    const first = contender.sealed(32, 1, contender.quickPayloads(own, own));
    for (const at of [10.2, 11.2, 13.2, 17.2]) contender.send(at, "client", first);
    contender.farewell(40);
    holder.informational(50, "client", holder.notifyPayload(36136, 1)).farewell(60);
    const path = join(folder, "lost.pcap");
    writeFileSync(path, pcap(inOrder(holder, contender)));
    const alone = (await analyze([path])).report;
    expect(alone.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    const client = new ClientEvents({ local: "198.51.100.12", remote: "192.0.2.1" })
      .mainMode(10.11)
      .quickMode(17.3)
      .mainModeEnded(40.02);
    expect((await reportWith(client.xml, path)).findings.map(({ verdict }) => verdict)).toEqual([
      "tolerated",
    ]);
  });
});

describe("events are read in the forms in which they arrive", () => {
  const { xml } = keptOut(0);
  const events = async (path: string) => {
    const { report, failures } = await analyze([sample], { events: [path] });
    expect(failures).toEqual([]);
    return eventsOf(report).length;
  };

  it.each<[string, (path: string) => void]>([
    ["packed with gzip", (path) => writeFileSync(path, gzipSync(xml))],
    ["packed twice", (path) => writeFileSync(path, gzipSync(gzipSync(xml)))],
    [
      "in UTF-16, the high byte first",
      (path) => writeFileSync(path, Buffer.from(`\uFEFF${xml}`, "utf16le").swap16()),
    ],
    ["in UTF-16, packed", (path) => writeFileSync(path, gzipSync(Buffer.from(`\uFEFF${xml}`, "utf16le")))],
    [
      "in a directory, beside a folder that is not looked into",
      (path) => {
        mkdirSync(path);
        writeFileSync(join(path, "security.xml"), xml);
        mkdirSync(join(path, "deeper"));
        writeFileSync(join(path, "deeper", "other.xml"), "not events");
      },
    ],
  ])("%s", async (what, write) => {
    const path = join(folder, what);
    write(path);
    writeFileSync(join(folder, "plain"), xml);
    expect(await events(path)).toBe(await events(join(folder, "plain")));
  });

  it("damaged or missing, they are named in one sentence", async () => {
    const path = join(folder, "damaged.xml.gz");
    writeFileSync(path, gzipSync(xml).subarray(0, 200));
    const { failures } = await analyze([sample], { events: [path, join(folder, "missing.xml")] });
    expect(failures.map(({ message }) => message)).toEqual([
      `cannot read ${path}: unexpected end of file`,
      `cannot read ${join(folder, "missing.xml")}: the file is missing`,
    ]);
  });

  it.skipIf(!isUnix())("in a directory of links they are found as captures are, and each once", async () => {
    const path = join(folder, "links");
    mkdirSync(path);
    writeFileSync(join(folder, "elsewhere.xml"), xml);
    symlinkSync(join(folder, "elsewhere.xml"), join(path, "security.xml"));
    symlinkSync(join(path, "security.xml"), join(path, "latest.xml"));
    symlinkSync(folder, join(path, "up"));
    expect(await events(path)).toBe(await events(join(folder, "elsewhere.xml")));
  });

  it("in a directory without files they are missed", async () => {
    const path = join(folder, "none");
    mkdirSync(path);
    const { failures } = await analyze([sample], { events: [path] });
    expect(failures.map(({ message }) => message)).toEqual([
      `${path} is a directory without files that can be read`,
    ]);
  });

  it("that cannot be read are counted, whether others are used or not", async () => {
    const unnumbered = xml.replace(/<EventID>.*?<\/EventID>/, "");
    const irrelevant = "<Event><EventID>1</EventID></Event>";
    const cut = xml.slice(0, xml.lastIndexOf("</Event>"));
    const said = async (text: string) => {
      const { warnings } = await reportWith(text);
      return warnings.filter(({ code }) => code === "malformed-line").map(({ message }) => message);
    };
    const counts = (count: string) => [
      expect.stringMatching(new RegExp(`client\\d+\\.xml: ${count} skipped: `)),
    ];
    expect(await said(xml)).toEqual([]);
    expect(await said(unnumbered)).toEqual(counts("1 event"));
    expect(await said(cut)).toEqual(counts("1 event"));
    expect(await said(irrelevant + "<Event></Event>".repeat(2))).toEqual(counts("2 events"));
  });

  it.runIf(programIsBuilt())("from standard input, which can be read for one thing alone", () => {
    const { stdout } = runProgram(["--json", "--events", "-", sample], { input: gzipSync(xml) });
    expect(eventsOf(JSON.parse(stdout)).length).toBeGreaterThan(0);
    for (const args of [
      ["--events", "-"],
      ["--events", "-", "-"],
      ["--events", "-", "--keys", "-", sample],
    ]) {
      const { status, stderr } = runProgram(args, { input: Buffer.alloc(0) });
      expect([status, stderr]).toEqual([2, expect.stringContaining("standard input is asked for twice")]);
    }
  });
});
