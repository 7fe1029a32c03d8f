import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyze, type Report } from "../../src/index.ts";
import { reportOn } from "../support/analyzed.ts";
import { twoClients, ZEEK_FIELDS, zeekRow, zeekTsv } from "../support/logs.ts";

const GATEWAY = "192.0.2.1";
const messages = twoClients();
/** Zeek saw the client begin in one connection, and the gateway in the other. */
const rows = messages.map((message) => {
  const client = message.from === GATEWAY ? message.to : message.from;
  return zeekRow(message, client.endsWith(".1") ? client : GATEWAY);
});
const tsv = zeekTsv(rows);

function withoutFolder(report: Report): Report {
  const folder = report.capture.sources[0].name;
  return JSON.parse(JSON.stringify(report).replaceAll(folder, "log"));
}

/** What a report says of the messages, apart from the form of the log. */
async function conclusions(text: string) {
  const { capture, clients, findings, summary } = withoutFolder(await reportOn([Buffer.from(text)]));
  const { messages: counts, quickModeMessages, retransmissions } = capture;
  return { counts, quickModeMessages, retransmissions, clients, findings, summary };
}

describe("ipsec.log", () => {
  it("tells messages, directions and IDs, and no refusal", async () => {
    const report = await reportOn([Buffer.from(tsv)]);
    expect(report.capture.sources[0].format).toBe("zeek-ipsec");
    expect(report.capture.messages).toEqual({ ikev1: messages.length, ikev2: 0, authip: 0, malformed: 0 });
    expect(report.capture.quickModeMessages).toBe(9);
    expect(report.capture.retransmissions).toBe(0);
    expect(report.responders.map(({ address }) => address)).toEqual([GATEWAY]);
    expect(report.clients.map(({ address }) => address)).toEqual(["198.51.100.1", "198.51.100.2"]);
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(["possible"]);
    expect(report.warnings.map(({ code }) => code)).toEqual(["zeek-blind"]);
    expect(report.coverage.complete).toBe(false);
  });

  it("is read by the names of its fields: in another order, with more of them, with unset ones", async () => {
    const expected = await conclusions(tsv);
    const reversed = ["situation", ...ZEEK_FIELDS.toReversed(), "doi"];
    expect(await conclusions(zeekTsv(rows, reversed))).toEqual(expected);
    const commas = zeekTsv(rows)
      .replace("\\x09", "\\x2c")
      .split("\n")
      .map((line) => (/^#s/.test(line) ? line : line.replaceAll("\t", ",")))
      .join("\n");
    expect(await conclusions(commas)).toEqual(expected);
    const bare = rows.map(({ min_ver, ...row }) => row);
    expect(await conclusions(zeekTsv(bare))).toEqual(expected);
  });

  it("is read across a rotation, where a second header may name other fields", async () => {
    const second = zeekTsv(rows.slice(7), ZEEK_FIELDS.toReversed());
    expect(await conclusions(zeekTsv(rows.slice(0, 7)) + second)).toEqual(await conclusions(tsv));
  });

  it("is read as JSON too, with times as numbers or as text, among lines of other logs", async () => {
    const expected = await conclusions(tsv);
    const lines = rows.map((row) => JSON.stringify(row));
    expect(await conclusions(lines.join("\n"))).toEqual(expected);
    const dated = rows.map((row) =>
      JSON.stringify({ ...row, ts: new Date(Number(row.ts) * 1000).toISOString() }),
    );
    dated.splice(3, 0, '{"_path":"conn","ts":1700000000.1,"uid":"C1","id.orig_h":"192.0.2.7","proto":"udp"}');
    expect(await conclusions(dated.join("\n"))).toEqual(expected);
  });

  it("takes messages on UDP 4500, when the port is registered", async () => {
    const natted = messages.map((message) => {
      const ports =
        message.from === GATEWAY ? { fromPort: 4500, toPort: 40002 } : { fromPort: 40002, toPort: 4500 };
      return zeekRow({ ...message, ...ports }, message.from === GATEWAY ? message.to : message.from);
    });
    const report = await reportOn([Buffer.from(zeekTsv(natted))]);
    expect(report.capture.messages.ikev1).toBe(messages.length);
    expect(report.clients.map(({ port }) => port)).toEqual([40002, 40002]);
  });

  it("counts lines that make no sense with their numbers, and goes on", async () => {
    const lines = tsv.split("\n");
    const foreign = lines[8].replace("aa0000000000000", "zz0000000000000");
    lines.splice(8, 0, "1700000000.5\ttoo\tshort", foreign);
    const report = await reportOn([Buffer.from(lines.join("\n"))]);
    expect(report.capture.messages.ikev1).toBe(messages.length);
    expect(report.warnings.find(({ code }) => code === "malformed-line")?.message).toMatch(
      /: 2 lines are not lines of an ipsec\.log and were skipped: line 9, 10\.$/,
    );
  });

  it("takes a missing message ID in JSON for no ID, and not for zero", async () => {
    const lines = [...rows, { ...rows[0], message_id: null }, { ...rows[0], message_id: "" }];
    const report = await reportOn([Buffer.from(lines.map((row) => JSON.stringify(row)).join("\n"))]);
    expect(report.capture.messages.ikev1).toBe(messages.length);
    expect(report.warnings.map(({ code }) => code)).toContain("malformed-line");
  });

  it("survives whatever the lines hold", async () => {
    const good = [tsv.split("\n")[7], JSON.stringify(rows[0])];
    const mutated = fc
      .tuple(fc.constantFrom(...good), fc.nat(300), fc.nat(12), fc.string({ maxLength: 12 }))
      .map(([line, at, cut, put]) => line.slice(0, at) + put + line.slice(at + cut));
    const header = fc.constantFrom("#fields\tts", "#fields", "#separator \\x2c", "#unset_field", "#");
    const line = fc.oneof(mutated, fc.string(), header);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const report = await reportOn([Buffer.from([tsv, ...lines, tsv].join("\n"))]);
        // Between a damaged header and the next one nothing can be read; what is whole is.
        expect(report.capture.messages.ikev1).toBeGreaterThanOrEqual(messages.length * 2);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("refuses a log of Zeek that is another one", async () => {
    const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-zeek-"));
    try {
      const path = join(folder, "conn.log");
      await writeFile(
        path,
        "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\n1.0\tC1\t192.0.2.7\n",
      );
      const { failures } = await analyze([path]);
      expect(failures.map(({ message }) => message)).toEqual([
        expect.stringMatching(/conn\.log is not a capture, and not an ipsec\.log of Zeek$/),
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
