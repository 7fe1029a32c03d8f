import { expect, it } from "vitest";
import { type LiveOptions, namedAs } from "../../src/analysis/live-options.ts";

it("gateways that a user named are looked for by the names that replace theirs", () => {
  const anonymizer = { named: (text: string) => `not-${text}` } as NonNullable<LiveOptions["anonymizer"]>;
  const named: LiveOptions = { responders: ["192.0.2.1"], aliases: [["192.0.2.1", "192.0.2.2"]] };
  expect(namedAs({ ...named, anonymizer })).toEqual({
    responders: ["not-192.0.2.1"],
    aliases: [["not-192.0.2.1", "not-192.0.2.2"]],
    anonymizer,
  });
  expect(namedAs({ anonymizer })).toEqual({ responders: [], aliases: [], anonymizer });
  expect(namedAs(named)).toEqual(named);
});
