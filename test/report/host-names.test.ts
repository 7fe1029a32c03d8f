/** Names beside addresses: what a hosts file says, and where the names stand. */

import { describe, expect, it } from "vitest";
import {
  bareAddress,
  parseHosts,
  timelinesWithHostNames,
  withHostNames,
} from "../../src/report/host-names.ts";
import { finding, report } from "../support/reports.ts";

describe("a hosts file", () => {
  it.each([
    ["192.0.2.1 gateway", [["192.0.2.1", "gateway"]]],
    ["  192.0.2.1\tgateway alias  ", [["192.0.2.1", "gateway"]]],
    [
      "192.0.2.1 a\r\n198.51.100.11 b\n",
      [
        ["192.0.2.1", "a"],
        ["198.51.100.11", "b"],
      ],
    ],
    ["192.0.2.1 first\n192.0.2.1 second", [["192.0.2.1", "first"]]],
    ["2001:DB8::1 six\n2001:db8::1 again", [["2001:db8::1", "six"]]],
    ["# 192.0.2.1 nobody\n192.0.2.1 # nobody\n192.0.2.2 b # a comment", [["192.0.2.2", "b"]]],
    ["\n192.0.2.1\n", []],
    ["192.0.2.1x a\nx192.0.2.1 b\nlocalhost c", []],
  ] as [string, [string, string][]][])("%j", (text, names) => {
    expect([...parseHosts(text)]).toEqual(names);
  });
});

const NAMES = parseHosts("192.0.2.1 gateway\n198.51.100.11 alice\n2001:db8::1 six\n192.0.2.10 ten");

describe("names stand", () => {
  it("beside addresses, and in sentences, and nowhere else", () => {
    const before = report({ findings: [finding()] });
    const after = withHostNames(before, NAMES);
    expect(after.responders[0].address).toBe("192.0.2.1 (gateway)");
    expect(after.clients.map(({ address }) => address)).toEqual(["198.51.100.11 (alice)", "198.51.100.12"]);
    expect(after.findings[0]).toMatchObject({
      responder: "192.0.2.1 (gateway)",
      holder: { address: "198.51.100.11 (alice)", port: 4500 },
      contender: { address: "198.51.100.12" },
      displayFilter: before.findings[0].displayFilter,
    });
    expect(after.findings[0].summary).toMatch(/^192\.0\.2\.1 \(gateway\) did not accept 198\.51\.100\.12 on/);
    expect(after.capture).toEqual(before.capture);
    expect(withHostNames(before, new Map())).toBe(before);
  });

  it("beside addresses of one gateway's list of others", () => {
    const [responder] = report().responders;
    const named = withHostNames(
      report({ responders: [{ ...responder, aliases: ["2001:db8::1", "192.0.2.99"] }] }),
      NAMES,
    );
    expect(named.responders[0].aliases).toEqual(["2001:db8::1 (six)", "192.0.2.99"]);
  });

  it.each([
    ["at 192.0.2.1, then", "at 192.0.2.1 (gateway), then"],
    ["at 192.0.2.1:4500.", "at 192.0.2.1:4500 (gateway)."],
    ["at 192.0.2.1.", "at 192.0.2.1 (gateway)."],
    ["at 192.0.2.10 and 192.0.2.100", "at 192.0.2.10 (ten) and 192.0.2.100"],
    ["at [2001:db8::1]:500 and 2001:db8::1", "at [2001:db8::1]:500 (six) and 2001:db8::1 (six)"],
    ["at 2001:db8::1:2", "at 2001:db8::1:2"],
    ["at 10:02:03 of 192.0.2.1.5", "at 10:02:03 of 192.0.2.1.5"],
  ])("in %j", (message, wanted) => {
    const named = withHostNames(report({ warnings: [{ code: "no-ike", message }] }), NAMES);
    expect(named.warnings[0].message).toBe(wanted);
  });

  it("in what is drawn", () => {
    const lane = (client: string) => ({ client, lives: [], marks: [] });
    const timeline = { responder: "192.0.2.1", from: 0, to: 1, joins: [], omitted: 0, gathered: false };
    expect(
      timelinesWithHostNames(
        [{ ...timeline, lanes: [lane("198.51.100.11:4500"), lane("198.51.100.12:4500")] }],
        NAMES,
      ),
    ).toEqual([
      {
        ...timeline,
        responder: "192.0.2.1 (gateway)",
        lanes: [lane("198.51.100.11:4500 (alice)"), lane("198.51.100.12:4500")],
      },
    ]);
  });

  it("not in commands", () => {
    expect([bareAddress("192.0.2.1 (gateway)"), bareAddress("192.0.2.1")]).toEqual([
      "192.0.2.1",
      "192.0.2.1",
    ]);
  });
});
