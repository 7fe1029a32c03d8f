import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/report/model.ts";
import { lineJsonSchema, reportJsonSchema } from "../../src/report/schema.ts";
import { attempt, finding, report } from "../support/reports.ts";

/** Whatever JSON can hold, to be asked by key. */
type Tree = { [key: string]: Tree };

const full = report({
  findings: [finding({ caveats: ["no-control"], notes: ["accepted-when-free"] })],
  warnings: [{ code: "truncated", message: "x" }],
});

/** The full report with one value replaced; the path is its keys, with dots. */
function spoilt(path: string, value: unknown): unknown {
  const copy = structuredClone(full) as unknown as Tree;
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((tree, key) => tree[key], copy);
  expect(parent, path).toHaveProperty(last);
  Object.assign(parent, { [last]: value });
  return copy;
}

describe("the report's schema", () => {
  test("takes a report and knows every key of it", () => {
    expect(reportSchema.parse(full)).toEqual(full);
  });

  test("takes nanoseconds, an unseen holder and its candidates", () => {
    const unseen = finding({
      holder: {
        address: null,
        port: null,
        platform: null,
        pattern: null,
        candidates: [{ address: "192.0.2.9", port: 4500 }],
      },
      attempts: [
        attempt({ at: "2026-11-23T10:00:00.123456789Z", holderSa: null, claim: null, overlap: "none" }),
      ],
    });
    expect(reportSchema.safeParse(report({ findings: [unseen] })).success).toBe(true);
  });

  test.each([
    ["a message ID without leading zeros", "findings.0.messageIds", ["0x1"]],
    ["a message ID in capitals", "findings.0.messageIds", ["0x0000000A"]],
    ["a time in milliseconds", "findings.0.attempts.0.at", "2026-11-23T10:00:00.123Z"],
    ["a time with an offset", "findings.0.attempts.0.at", "2026-11-23T10:00:00.123456+01:00"],
    ["a cookie of 15 digits", "findings.0.attempts.0.contenderSa.initiatorCookie", "1".repeat(15)],
    ["a frame numbered from 0", "findings.0.attempts.0.frame", 0],
    ["a fraction of a packet", "capture.packets", 1.5],
    ["a negative count", "capture.skipped.esp-in-udp", -1],
    ["an unknown verdict", "findings.0.verdict", "confirmed"],
    ["an unknown caveat", "findings.0.caveats", ["maybe"]],
    ["a missing list", "warnings", undefined],
    ["another schema version", "schemaVersion", "2"],
    ["a confidence above 1", "clients.0.pattern.confidence", 1.1],
    ["a port above 65535", "clients.0.port", 65_536],
  ])("refuses %s", (_, path, value) => {
    expect(reportSchema.safeParse(spoilt(path, value)).success).toBe(false);
  });
});

function requiredOf({ required }: Tree): string[] {
  return Object.values(required).map(String).sort();
}

describe("the published JSON Schema", () => {
  const schema = reportJsonSchema() as unknown as Tree;

  test("names its dialect, itself and its title", () => {
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.$id).toBe("urn:ike-dupcheck:report:1");
    expect(schema.title).toMatch(/ike-dupcheck/);
    expect(lineJsonSchema().$id).toBe("urn:ike-dupcheck:line:1");
  });

  test("requires the names that the contract gives", () => {
    expect(requiredOf(schema)).toEqual(
      "capture clients coverage findings nextSteps responders schemaVersion summary tool warnings".split(" "),
    );
    expect(requiredOf(schema.properties.capture)).toEqual(
      expect.arrayContaining(["sources", "packets", "messages", "quickModeMessages", "skipped"]),
    );
    expect(requiredOf(schema.properties.findings.items)).toEqual(
      expect.arrayContaining(
        "fingerprint verdict severity cause caveats responder messageIds holder contender attempts summary".split(
          " ",
        ),
      ),
    );
    expect(requiredOf(schema.properties.findings.items.properties.holder)).not.toContain("candidates");
  });

  test("lets later versions add fields", () => {
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });

  test("explains the fields that their names do not", () => {
    const { properties } = schema.properties.capture;
    for (const field of ["quickModeMessages", "skipped", "malformed", "echoes", "evicted"]) {
      expect(properties[field].description, field).toBeTruthy();
    }
  });
});
