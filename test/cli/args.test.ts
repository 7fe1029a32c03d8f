import { describe, expect, test } from "vitest";
import { type CheckOptions, helpText } from "../../src/cli/flags/options.ts";
import { parseArgs } from "../../src/cli/flags/parse.ts";

const DEFAULTS: CheckOptions = {
  inputs: ["a.pcap"],
  format: "table",
  output: null,
  evidence: null,
  ports: [],
  responders: [],
  aliases: [],
  failOn: "possible",
  strict: false,
  each: false,
  recursive: false,
  all: false,
  timeZone: "local",
  anonymize: false,
  anonymizeKey: null,
  names: null,
  crossCheck: false,
  quiet: false,
  verbose: false,
  progress: true,
  color: "auto",
  maxPackets: null,
  maxSas: null,
  live: {
    interfaces: [],
    filter: null,
    captureWith: null,
    seconds: null,
    once: false,
    statsEvery: 60,
    metrics: null,
  },
  reorderSeconds: 5,
  needsGoingOn: null,
  partition: null,
  state: null,
  keys: [],
  syslog: [],
  events: [],
};

describe("the main job", () => {
  test.each<[string, string, Partial<CheckOptions>]>([
    ["a file alone takes every default", "a.pcap", {}],
    [
      "several files and standard input keep their order",
      "b a.pcap - dir/",
      { inputs: ["b", "a.pcap", "-", "dir/"] },
    ],
    ["--json is a format", "--json a.pcap", { format: "json" }],
    ["--json agrees with --format json", "--json --format json a.pcap", { format: "json" }],
    ["options may follow files", "a.pcap --format=json -o r.json", { format: "json", output: "r.json" }],
    ["-o - is standard output", "-o - a.pcap", { output: null }],
    [
      "ports add up, over all three spellings",
      "-p 501 --port 1 a.pcap --port=65535",
      { ports: [501, 1, 65535] },
    ],
    [
      "responders are addresses and networks of both families",
      "--responder 192.0.2.1 --responder 2001:db8::/32 --responder 0.0.0.0/0 a.pcap",
      { responders: ["192.0.2.1", "2001:db8::/32", "0.0.0.0/0"] },
    ],
    [
      "aliases are pairs",
      "--alias 192.0.2.1=192.0.2.2 --alias=192.0.2.1=2001:db8::1 a.pcap",
      {
        aliases: [
          ["192.0.2.1", "192.0.2.2"],
          ["192.0.2.1", "2001:db8::1"],
        ],
      },
    ],
    ["--fail-on takes a verdict", "--fail-on tolerated a.pcap", { failOn: "tolerated" }],
    ["--fail-on never", "--fail-on never a.pcap", { failOn: "never" }],
    [
      "--max-sas is for files as well",
      "--max-sas 60000 b a.pcap",
      { inputs: ["b", "a.pcap"], maxSas: 60_000 },
    ],
    [
      "switches",
      "--strict --all --cross-check -q a.pcap",
      { strict: true, all: true, crossCheck: true, quiet: true },
    ],
    ["-v and --no-progress", "-v --no-progress a.pcap", { verbose: true, progress: false }],
    ["--color", "--color always a.pcap", { color: "always" }],
    ["-c", "-c 1000 a.pcap", { maxPackets: 1000 }],
    ["behind -- everything is a file", "-- a.pcap", {}],
    ["a file may be called like a subcommand with its path", "./schema", { inputs: ["./schema"] }],
    ["or stand behind another file", "a.pcap schema", { inputs: ["a.pcap", "schema"] }],
    ["help is no subcommand", "help", { inputs: ["help"] }],
    ["no input is left to the caller", "--json", { inputs: [], format: "json" }],
  ])("%s", (_, line, expected) => {
    expect(parseArgs(line.split(" "), "1")).toEqual({ kind: "check", options: { ...DEFAULTS, ...expected } });
  });
});

describe("usage errors are one sentence that names the culprit", () => {
  test.each([
    ["--xml a", /^unknown option '--xml'$/],
    ["--jsn a", /'--jsn' \(Did you mean --json\?\)$/],
    [
      "-i eth0 a.pcap",
      /^-i captures from an interface, and a\.pcap is a capture to be read: one or the other$/,
    ],
    ["-i eth0 -i eth0", /^-i eth0 is given twice$/],
    ["-i eth0 --cross-check", /^--cross-check reads captures a second time/],
    ["-f esp a", /^-f is a capture filter and needs -i/],
    ["-i eth0 -a 5", /'5' is invalid\. It is duration: and 1 to 2147483 seconds, like duration:60\.$/],
    ["-i eth0 -a duration:0", /is invalid/],
    ["-i eth0 -a filesize:5", /is invalid/],
    ["-i eth0 --capture-with tshark", /Allowed choices are auto, pcap, cap, tcpdump, dumpcap\.$/],
    ["-i eth0 --max-sas 7", /'7' is invalid\. It is a number of IKE SAs, 8 to 1000000\.$/],
    ["--max-sas 1000001 a", /'1000001' is invalid\. It is a number of IKE SAs, 8 to 1000000\.$/],
    ["--once a", /^--once is for a live capture, and needs -i$/],
    ["--capture-with cap a", /^--capture-with is for a live capture, and needs -i$/],
    ["extract --once a", /^--once is for a live capture, and needs -i$/],
    ["extract -a duration:5 a b", /^-a goes with an input that goes on: -i, a pipe or --state$/],
    ["-a duration:5 a b", /^-a goes with an input that goes on: -i, a pipe or --state$/],
    ["--recursive -i eth0", /^--recursive is for directories, and -i captures live$/],
    ["--state - r", /^--state needs a file, and '-' names none$/],
    ["--anonymize-key - a", /^--anonymize-key needs a file, and '-' names none$/],
    ["-i eth0 --metrics -", /^--metrics needs a file, and '-' names none$/],
    ["--metrics= -", /^--metrics needs a file, and '' names none$/],
    ["--each -i eth0", /^--each is for files, and -i captures live$/],
    ["--each --state s a", /^--each and --state cannot go together/],
    ["--each -w x.pcap a", /^--each and -w cannot go together/],
    ["--each -a duration:5 a", /^-a goes with an input that goes on/],
    ["-i eth0 --stats-every 5", /^--stats-every is for --format ndjson$/],
    ["-c 5 --syslog asa.log", /^-c counts packets, and the log of a gateway has none$/],
    ["-D -c 5", /^-D lists the interfaces and ends, so -c would do nothing$/],
    ["-D a.pcap", /^-D lists the interfaces and ends, so a\.pcap would do nothing$/],
    ["--print-bpf -a duration:5", /^--print-bpf prints the capture filter and ends, so -a would do nothing$/],
    ["-i eth0 --stats-every -1", /'-1' is invalid\. It is a number of seconds, from 0 to 2147483\.$/],
    ["-W x a", /^unknown option '-W'$/],
    ["--format xml a", /'xml' is invalid\. Allowed choices are table, json, ndjson, markdown, html\.$/],
    ["--format table --json a", /^--json and --format table contradict each other$/],
    ["--format ndjson --json a", /^--json and --format ndjson contradict each other$/],
    ["-p 0 a", /'0' is invalid\. A port is a number from 1 to 65535\.$/],
    ["-p 65536 a", /'65536' is invalid/],
    ["-p 4500,500 a", /'4500,500' is invalid/],
    ["-p 0x1f4 a", /'0x1f4' is invalid/],
    ["-p 1e3 a", /'1e3' is invalid/],
    ["-c 0 a", /'0' is invalid\. It is a number of packets, 1 or more\.$/],
    ["-c -5 a", /'-5' is invalid/],
    ["-c 1.5 a", /'1\.5' is invalid/],
    ["--responder vpn.example.org a", /'vpn\.example\.org' is invalid\. It is an address/],
    ["--responder 192.0.2.0/33 a", /'192\.0\.2\.0\/33' is invalid/],
    ["--responder 2001:db8::/129 a", /is invalid/],
    ["--responder 192.0.2.0/ a", /is invalid/],
    ["--responder 192.0.2.0/24/8 a", /is invalid/],
    ["--responder fe80::1%eth0 a", /is invalid/],
    ["--alias 192.0.2.1 a", /'192\.0\.2\.1' is invalid\. It is two addresses/],
    ["--alias 192.0.2.1=192.0.2.1 a", /is invalid/],
    ["--alias 192.0.2.1=192.0.2.2=192.0.2.3 a", /is invalid/],
    ["--fail-on high a", /Allowed choices are rejected, predicted, possible, tolerated, never\.$/],
    ["--color yes a", /Allowed choices are auto, always, never\.$/],
    ["-q -v a", /'-q, --quiet' cannot be used with option '-v, --verbose'$/],
    ["-o", /'-o, --output <FILE>' argument missing$/],
    ["schema x", /'x' is invalid.*Allowed choices are report, ndjson\.$/],
    ["schema --json", /unknown option '--json'/],
    ["completion", /missing required argument 'SHELL'/],
    ["completion csh", /'csh' is invalid.*Allowed choices are bash, zsh, fish\.$/],
  ])("%s", (line, expected) => {
    const result = parseArgs(line.split(" "), "1");
    expect(result).toEqual({ kind: "usage", message: expect.stringMatching(expected) });
    expect(result).not.toEqual({ kind: "usage", message: expect.stringMatching(/\n|^error/) });
  });
});

describe("subcommands and texts", () => {
  test.each([
    ["schema", { kind: "schema", of: "report" }],
    ["schema ndjson", { kind: "schema", of: "ndjson" }],
    ["explain", { kind: "explain", term: null }],
    ["explain no-control", { kind: "explain", term: "no-control" }],
    ["explain client kept out", { kind: "explain", term: "client kept out" }],
    ["completion zsh", { kind: "completion", shell: "zsh" }],
    ["-V", { kind: "text", text: "1.2.3\n" }],
    ["--version a.pcap", { kind: "text", text: "1.2.3\n" }],
  ])("%s", (line, expected) => {
    expect(parseArgs(line.split(" "), "1.2.3")).toEqual(expected);
  });

  test("-h prints the same help as a call without input, with every option and the exit statuses", () => {
    const result = parseArgs(["-h"], "1");
    expect(result).toEqual({ kind: "text", text: helpText("1") });
    for (const word of ["--responder <ADDR|CIDR>", "--cross-check", "explain", "Exit status:", "Examples:"]) {
      expect(helpText("1")).toContain(word);
    }
  });

  test("the help of a subcommand is its own", () => {
    expect(parseArgs(["explain", "-h"], "1")).toEqual({
      kind: "text",
      text: expect.stringContaining("[TERM...]"),
    });
  });
});
