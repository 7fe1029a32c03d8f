import { describe, expect, test } from "vitest";
import { makeProgram } from "../../src/cli/flags/options.ts";
import { parseArgs } from "../../src/cli/flags/parse.ts";

const none = () => {};
const all = makeProgram("1", none);

function flagsFor(...words: string[]): string[] {
  return makeProgram("1", none, words).options.map(({ flags }) => flags);
}

describe("the parser of a command line", () => {
  test.each(all.options.map(({ flags, short, long }) => [flags, short, long] as const))(
    "has %s however it is given",
    (flags, short, long) => {
      const spellings = [[`${long}`], [`${long}=1`], ["a.pcap", "--", `${long}`]];
      if (short !== undefined) spellings.push([short], [`${short}1`], [`-q${short[1]}v`]);
      for (const words of spellings) expect(flagsFor(...words)).toContain(flags);
    },
  );

  test("has not what is not given and has no value then", () => {
    const flags = flagsFor("a.pcap", "--json", "-");
    expect(flags).toContain("--json");
    expect(flags.filter((one) => !one.includes("json")).length).toBeLessThan(all.options.length / 4);
  });

  test("has the values of all that is not given", () => {
    expect(makeProgram("1", none, []).opts()).toEqual(all.opts());
  });

  test("finds what was meant among all options", () => {
    expect(parseArgs(["--jsn", "a.pcap"], "1")).toEqual({
      kind: "usage",
      message: "unknown option '--jsn' (Did you mean --json?)",
    });
  });
});
