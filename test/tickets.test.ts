import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { analyze, type Report } from "../src/index.ts";
import { GITHUB_TOKEN, type GithubStandIn, githubStandIn } from "./support/github.ts";
import { hasTool } from "./support/tools.ts";

/** What jq prints, to be asked by key. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes of six foreign interfaces, checked field by field below
type Json = any;

const samples = fileURLToPath(new URL("../samples/", import.meta.url));
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
const ready = hasTool("jq");
const folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file name with all that could break out of a ticket. */
const HOSTILE = "a`b|c\\<img src=x onerror=alert(1)>@everyone ](x)\u001b[31m.pcap";

async function reportOf(...paths: string[]): Promise<Report> {
  return (await analyze(paths)).report;
}

const reports = await Promise.all(
  names.map(async (name): Promise<[string, Report]> => [name, await reportOf(samples + name)]),
);
const hostile = join(folder, HOSTILE);
copyFileSync(`${samples}two-windows-clients.pcap`, hostile);
reports.push(["hostile file name", await reportOf(hostile)]);

/** A finding beside a log whose lines hold what could break out of a ticket, decrypted messages, and events. */
const { path: witnessed, witnesses } = await import("./support/witnessed.ts").then(({ writeWitnessed }) =>
  writeWitnessed(folder),
);
reports.push(["witnesses", (await analyze([witnessed], witnesses)).report]);

function jq(recipe: string, report: Report, env: Record<string, string> = {}): Json[] {
  const out = execFileSync("jq", ["-c", "-f", `${samples}tickets/${recipe}`], {
    input: JSON.stringify(report),
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return out
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Fingerprints of the responders that get a ticket. */
function respondersOf({ findings, responders }: Report): string[] {
  const bad = new Set(
    findings.filter(({ verdict }) => verdict !== "tolerated").map((each) => each.responder),
  );
  return responders.filter(({ address }) => bad.has(address)).map(({ fingerprint }) => fingerprint);
}

describe.skipIf(!ready)("tickets", () => {
  it.each(reports)("Jira Cloud: %s", (_, report) => {
    const tickets = jq("jira.jq", report, { JIRA_PROJECT: "VPN" });
    expect(tickets.map(({ fingerprint }) => fingerprint)).toEqual(respondersOf(report));
    for (const { issue, comments, label, jql } of tickets) {
      expect(issue.fields.project).toEqual({ key: "VPN" });
      expect(issue.fields.summary).toMatch(/^[^\n]{1,255}$/);
      for (const each of issue.fields.labels) expect(each).toMatch(/^\S{1,255}$/);
      expect(issue.fields.labels).toContain(label);
      expect(jql).toContain(`labels = "${label}"`);
      expectAdf(issue.fields.description);
      for (const { comment } of comments) expectAdf(comment.body);
    }
  });

  it.each(reports)("GitHub: %s", (_, report) => {
    const tickets = jq("github-issue.jq", report);
    expect(tickets.map(({ fingerprint }) => fingerprint)).toEqual(respondersOf(report));
    for (const { issue, comments } of tickets) {
      for (const label of issue.labels) expect(label.length).toBeLessThanOrEqual(50);
      for (const text of [issue.body, ...comments.map(({ comment }: Json) => comment.body)]) {
        const outside = text.replace(/`[^`\n]*`/g, "").replace(/<!-- ike-dupcheck:[0-9a-f]{32} -->/g, "");
        expect(outside).not.toMatch(/[<>@`]/);
        expect(text).not.toContain("\u001b");
        // Every row of a table has the cells of its head.
        const rows = text.split("\n").filter((line: string) => line.startsWith("|"));
        for (const row of rows) expect([5, 6]).toContain(row.split("|").length - 2);
      }
    }
  });

  it.each(reports)("ServiceNow: %s", (_, report) => {
    const [{ records }] = jq("servicenow-event.jq", report);
    expect(records.map((record: Json) => record.message_key)).toEqual(respondersOf(report));
    for (const record of records) {
      expect(record.severity).toMatch(/^[1-5]$/);
      expect(record.time_of_event).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      expect(record.description.length).toBeLessThanOrEqual(4000);
      expect(JSON.parse(record.additional_info).findings).toBeGreaterThan(0);
      for (const value of Object.values(record)) expect(typeof value).toBe("string");
    }
  });

  it.each(reports)("PagerDuty: %s", (_, report) => {
    const events = jq("pagerduty-event.jq", report, { PAGERDUTY_ROUTING_KEY: "R".repeat(32) });
    expect(events.map((event) => event.dedup_key)).toEqual(respondersOf(report));
    for (const { routing_key, event_action, payload } of events) {
      expect([routing_key, event_action]).toEqual(["R".repeat(32), "trigger"]);
      expect(payload.summary.length).toBeLessThanOrEqual(1024);
      expect(["critical", "error", "warning", "info"]).toContain(payload.severity);
      expect(Number.isNaN(Date.parse(payload.timestamp))).toBe(false);
      expect(payload.source).not.toBe("");
    }
  });

  it.each(reports)("OCSF: %s", (_, report) => {
    const events = jq("ocsf-detection-finding.jq", report);
    expect(events.map((event) => event.finding_info.uid)).toEqual(
      report.findings.map(({ fingerprint }) => fingerprint),
    );
    events.forEach((event, i) => {
      expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
      expect(Math.floor(event.class_uid / 1000)).toBe(event.category_uid);
      const first = report.findings[i].attempts[0].at;
      expect(event.start_time).toBe(Date.parse(`${first.slice(0, 23)}Z`));
      const { product, version } = event.metadata;
      expect([product.name, version]).toEqual(["ike-dupcheck", "1.6.0"]);
      for (const { src_endpoint, dst_endpoint, connection_info } of event.evidences) {
        expect(dst_endpoint.ip).toBe(report.findings[i].responder);
        expect(src_endpoint.ip).toBeTruthy();
        expect([connection_info.protocol_num, connection_info.direction_id]).toEqual([17, 0]);
      }
    });
  });

  it.each(reports)("ECS: %s", (_, report) => {
    const alerts = jq("ecs.jq", report);
    expect(alerts).toHaveLength(report.findings.length);
    alerts.forEach((alert, i) => {
      const { responder, holder, contender } = report.findings[i];
      expect(alert.event.kind).toBe("alert");
      expect(alert.destination.ip).toBe(responder);
      const all = [responder, holder.address, contender.address].filter((address) => address !== null);
      expect([...alert.related.ip].sort()).toEqual([...new Set(all)].sort());
      expect(alert.network.community_id.length).toBeGreaterThan(0);
      expect(alert).not.toHaveProperty("source");
    });
  });

  it("carry what witnesses say, another cause first", () => {
    const [, report] = reports.find(([name]) => name === "witnesses")!;
    const [finding] = report.findings;
    expect(new Set(finding.evidence!.map(({ witness }) => witness)).size).toBe(3);
    const ids = ["713061", "NO-PROPOSAL-CHOSEN", "20227"];
    for (const recipe of readdirSync(`${samples}tickets`).filter((name) => name.endsWith(".jq"))) {
      const text = JSON.stringify(jq(recipe, report));
      // Notes and the summary may name a cause as well: the evidence is looked at alone.
      const evidence = text.slice(text.search(/713061(?::|\\?")/));
      const places = ids.map((id) => evidence.indexOf(id));
      expect(places, recipe).toEqual([...places].sort((a, b) => a - b));
      expect(places, recipe).not.toContain(-1);
    }
  });

  it.each(readdirSync(`${samples}tickets`).filter((name) => name.endsWith(".jq")))(
    "%s carries the strongest note, the answer or the finding in words, what to do, and no local path",
    async (recipe) => {
      // Cut off, so that a gap names the capture as well.
      const path = join(folder, "office-12.pcap");
      copyFileSync(`${samples}two-windows-clients.pcap`, path);
      const { report } = await analyze([path], { maxPackets: 80 });
      expect(report.findings[0].notes[0]).toBe("accepted-when-free");
      expect(JSON.stringify(report)).toContain(folder);
      const text = JSON.stringify(jq(recipe, report));
      expect(text).not.toContain(folder);
      expect(text).toContain("accepted-when-free");
      expect(text).toMatch(/192\.0\.2\.1 (refused|did not accept) 198\.51\.100\.12/);
      expect(text).toContain("disconnect 198.51.100.11, which connected first");
      expect(text).toContain("What ends it for good");
    },
  );

  it("a gateway with more findings than comments says how many are left", () => {
    const [, report] = reports.find(([name]) => name === "two-windows-clients.pcap")!;
    const [finding] = report.findings;
    const many = { ...report, findings: Array.from({ length: 23 }, () => finding) };
    for (const recipe of ["github-issue.jq", "jira.jq"]) {
      const [{ issue, comments }] = jq(recipe, many);
      expect(comments).toHaveLength(20);
      expect(JSON.stringify(issue)).toContain("3 more findings: see the report.");
    }
  });
});

/** The rules of the Atlassian Document Format that the recipe's nodes fall under. */
function expectAdf(doc: Json): void {
  expect([doc.type, doc.version]).toEqual(["doc", 1]);
  const inside: Record<string, string[]> = {
    doc: ["paragraph", "bulletList", "codeBlock"],
    bulletList: ["listItem"],
    listItem: ["paragraph"],
    paragraph: ["text"],
    codeBlock: ["text"],
  };
  const walk = (node: Json): void => {
    if (node.type === "text") {
      expect(node.text).toMatch(/^[^\p{Cc}]+$/u);
      return;
    }
    expect(node.content.length).toBeGreaterThan(0);
    for (const child of node.content) {
      expect(inside[node.type]).toContain(child.type);
      walk(child);
    }
  };
  walk(doc);
}

describe.skipIf(!ready || !hasTool("curl"))("open-or-update.sh", () => {
  let github: GithubStandIn;
  beforeEach(async () => {
    github = await githubStandIn("net/vpn");
  });
  afterEach(() => github.close());

  function run(report: Report, over: Record<string, string> = {}): Promise<{ code: number; out: string }> {
    const env = {
      PATH: process.env.PATH,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: "net/vpn",
      GITHUB_TOKEN,
      ...over,
    };
    return new Promise((done) => {
      const child = execFile(`${samples}tickets/open-or-update.sh`, { env }, (error, out, err) =>
        done({ code: typeof error?.code === "number" ? error.code : 0, out: out + err }),
      );
      child.stdin?.end(JSON.stringify(report));
    });
  }
  const [, report] = reports.find(([name]) => name === "two-windows-clients.pcap")!;

  it("opens one issue with the findings as comments, and the second time changes nothing", async () => {
    expect(await run(report)).toEqual({ code: 0, out: "opened #1\ncommented on #1\n" });
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0].comments).toHaveLength(report.findings.length);
    expect(github.issues[0].labels.map(({ name }) => name)).toContain(
      `ike-dupcheck:${report.responders[0].fingerprint}`,
    );
    const before = github.changes.length;
    expect(await run(report)).toEqual({ code: 0, out: "" });
    expect(github.changes).toHaveLength(before);
  });

  it("updates the open issue, leaves the title to people, and adds the new finding", async () => {
    await run(report);
    github.issues[0].title = "ours: Paris office";
    const [finding] = report.findings;
    const other = { ...finding, fingerprint: "f".repeat(32) };
    const changed = { ...finding, caveats: ["no-control" as const] };
    const { out } = await run({ ...report, findings: [changed, other] });
    expect(out).toBe("updated #1\nchanged a comment of #1\ncommented on #1\n");
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0].title).toBe("ours: Paris office");
    expect(github.issues[0].body).toContain("2 findings");
    expect(github.issues[0].comments).toHaveLength(2);
  });

  it("finds its comment behind a hundred others", async () => {
    await run(report);
    const own = github.issues[0].comments;
    const others = Array.from({ length: 130 }, (_, id) => ({ id, body: "talk" }));
    github.issues[0].comments = [...others, ...own];
    expect((await run(report)).out).toBe("");
  });

  it("opens a new issue when the old one was closed", async () => {
    await run(report);
    github.issues[0].state = "closed";
    expect((await run(report)).out).toBe("opened #2\ncommented on #2\n");
  });

  it("opens none without a finding, and takes any file name", async () => {
    const [, clean] = reports.find(([name]) => name === "verdict-tolerated.pcap")!;
    expect(await run(clean)).toEqual({ code: 0, out: "" });
    const [, strange] = reports.find(([name]) => name === "hostile file name")!;
    expect((await run(strange)).code).toBe(0);
    expect(github.issues).toHaveLength(1);
  });

  it("says what the server refused, and fails", async () => {
    const { code, out } = await run(report, { GITHUB_TOKEN: "wrong" });
    expect(code).not.toBe(0);
    expect(out).toContain("HTTP 401 Bad credentials");
    expect(github.issues).toHaveLength(0);
  });
});
