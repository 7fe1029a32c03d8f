/**
 * The benchmark: `npm run bench` (`-- --quick` for small captures and one round, `-- --json` for machines).
 *
 * Makes its captures, runs the program and every peer that is installed in turn, and prints ratios: times of one
 * machine in one run, side by side. Captures stay in the folder IKE_DUPCHECK_BENCH, or in the system's folder for
 * temporary files.
 */

import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { benchCapture, type CaptureKind, gzipped, SESSION_BYTES, twentyPackets } from "./captures.ts";
import { type Command, interleaved, peakMemory, type Timing, versionOf, which } from "./measure.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** From build/test/bench. */
const ROOT = join(HERE, "../../..");
const PROGRAM = join(ROOT, "bin/ike-dupcheck.cjs");
const IKE_FILTER = "udp port 500 or (udp port 4500 and udp[8:4] = 0)";

interface Row {
  what: string;
  ratio: number | null;
  target: number;
  unit: "" | "MB" | "bytes";
  detail: string;
}

interface Sizes {
  esp: number;
  small: number;
  ike: number;
  rounds: number;
}

const FULL: Sizes = { esp: 500, small: 300, ike: 100, rounds: 7 };
const QUICK: Sizes = { esp: 5, small: 3, ike: 1, rounds: 1 };

const quick = process.argv.includes("--quick");
const sizes = quick ? QUICK : FULL;
const folder = process.env.IKE_DUPCHECK_BENCH ?? join(tmpdir(), "ike-dupcheck-bench");
const rows: Row[] = [];

const NODE: Command = { name: "node", argv: [process.execPath, "-e", "0"] };

function capture(kind: CaptureKind, part = 1, format: "pcap" | "pcapng" = "pcap"): string {
  return benchCapture(folder, kind, sizes[kind] * part, format);
}

function product(...files: string[]): string[] {
  return [process.execPath, PROGRAM, "--json", "-o", "/dev/null", ...files];
}

/** A peer's command line, or null where it is not installed. */
function peer(program: string, ...args: string[]): string[] | null {
  return which(program) === null ? null : [program, ...args];
}

function seconds(timing: Timing | undefined): string {
  return timing === undefined
    ? "not installed"
    : `${timing.median.toFixed(3)} s ±${Math.round(timing.spread * 50)} %`;
}

function addRatio(
  what: string,
  target: number,
  timings: Map<string, Timing>,
  [over, under]: [string, string],
  less = 0,
): void {
  const a = timings.get(over);
  const b = timings.get(under);
  const ratio = a === undefined || b === undefined ? null : (a.median - less) / b.median;
  rows.push({ what, ratio, target, unit: "", detail: `${seconds(a)} over ${seconds(b)}` });
}

function scanning(kind: "esp" | "small", target: number, ofDisk: number): void {
  const file = capture(kind);
  const timings = interleaved(
    [
      NODE,
      { name: "ike-dupcheck", argv: product(file) },
      { name: "tcpdump", argv: peer("tcpdump", "-r", file, "-w", "/dev/null", IKE_FILTER) },
      { name: "dd", argv: peer("dd", `if=${file}`, "of=/dev/null", "bs=1M") },
      { name: "pcap-parser", argv: [process.execPath, join(HERE, "pcap-parser-peer.js"), file], slow: true },
    ],
    sizes.rounds,
  );
  const node = timings.get("node")!.median;
  addRatio(`${kind}: over tcpdump's filter pass`, target, timings, ["ike-dupcheck", "tcpdump"]);
  addRatio(`${kind}: less node -e 0, over dd`, ofDisk, timings, ["ike-dupcheck", "dd"], node);
  addRatio(`${kind}: over pcap-parser alone`, 1 / 8, timings, ["ike-dupcheck", "pcap-parser"]);
}

/** One capture of some gigabytes, where start-up counts for little. */
function large(): void {
  const file = capture("esp", 4);
  const timings = interleaved(
    [
      { name: "ike-dupcheck", argv: product(file) },
      { name: "tcpdump", argv: peer("tcpdump", "-r", file, "-w", "/dev/null", IKE_FILTER) },
      { name: "dd", argv: peer("dd", `if=${file}`, "of=/dev/null", "bs=1M") },
    ],
    Math.ceil(sizes.rounds / 2),
  );
  addRatio("esp, four times as large: over tcpdump's filter pass", 0.42, timings, [
    "ike-dupcheck",
    "tcpdump",
  ]);
  addRatio("esp, four times as large: dd over tcpdump's filter pass", 0.3, timings, ["dd", "tcpdump"]);
}

function isakmpOnly(): void {
  const file = capture("ike");
  const fields = ["-e", "isakmp.ispi", "-e", "isakmp.rspi", "-e", "isakmp.messageid"];
  const timings = interleaved(
    [
      { name: "ike-dupcheck", argv: product(file) },
      { name: "tcpdump", argv: peer("tcpdump", "-r", file, "-w", "/dev/null", IKE_FILTER) },
      {
        name: "tshark",
        argv: peer("tshark", "-r", file, "-Y", "isakmp.exchangetype==32", "-T", "fields", ...fields),
        slow: true,
      },
    ],
    sizes.rounds,
  );
  addRatio("ike: over tcpdump's filter pass", 4.5, timings, ["ike-dupcheck", "tcpdump"]);
  addRatio("ike: over tshark's fields of quick modes", 1 / 20, timings, ["ike-dupcheck", "tshark"]);
}

function startUp(): void {
  const file = twentyPackets(folder);
  const table = [process.execPath, PROGRAM, "-o", "/dev/null", file];
  const timings = interleaved(
    [NODE, { name: "json", argv: product(file) }, { name: "table", argv: table }],
    quick ? 1 : 25,
  );
  addRatio("start-up: JSON of 20 packets, over node -e 0", 1.5, timings, ["json", "node"]);
  addRatio("start-up: table of 20 packets, over node -e 0", 1.7, timings, ["table", "node"]);
}

function growth(): void {
  for (const kind of ["esp", "small", "ike"] as const) {
    const timings = interleaved(
      [
        { name: "once", argv: product(capture(kind)) },
        { name: "twice", argv: product(capture(kind, 2)) },
      ],
      Math.ceil(sizes.rounds / 2),
    );
    addRatio(`${kind}: twice the packets`, 2.1, timings, ["twice", "once"]);
  }
}

function formats(): void {
  const pcap = capture("esp");
  const packed = gzipped(pcap);
  const timings = interleaved(
    [
      { name: "pcap", argv: product(pcap) },
      { name: "pcapng", argv: product(capture("esp", 1, "pcapng")) },
      { name: "gzip", argv: product(packed) },
      { name: "gzip -dc", argv: peer("gzip", "-dc", packed) },
    ],
    Math.ceil(sizes.rounds / 2),
  );
  addRatio("esp: pcapng over pcap", 1.3, timings, ["pcapng", "pcap"]);
  addRatio("esp: gzip over gzip -dc", 1.1, timings, ["gzip", "gzip -dc"]);
}

/** Four files of one time, read together, one by one, and by tcpdump one by one. */
function together(): void {
  const files = [1, 2, 3, 4].map((i) => benchCapture(folder, "esp", sizes.esp, "pcap", i));
  const timings = interleaved(
    [
      { name: "at once", argv: product(...files) },
      ...files.map((file, i) => ({ name: `alone ${i}`, argv: product(file) })),
      ...files.map((file, i) => ({
        name: `tcpdump ${i}`,
        argv: peer("tcpdump", "-r", file, "-w", "/dev/null", IKE_FILTER),
      })),
    ],
    Math.ceil(sizes.rounds / 2),
  );
  const atOnce = timings.get("at once")!;
  for (const [name, others, target] of [
    ["alone", "one after another", 0.6],
    ["tcpdump", "tcpdump one after another", 0.5],
  ] as const) {
    const each = [0, 1, 2, 3].map((i) => timings.get(`${name} ${i}`)?.median ?? Number.NaN);
    const sum = each.reduce((total, median) => total + median, 0);
    const what = `esp: four captures at once, over ${others}`;
    const ratio = Number.isNaN(sum) ? null : atOnce.median / sum;
    rows.push({ what, ratio, target, unit: "", detail: `${seconds(atOnce)} over ${sum.toFixed(3)} s` });
  }
}

function memory(): void {
  const of = (file: string) => peakMemory(product(file).slice(1));
  for (const kind of ["esp", "small"] as const) {
    const [one, four] = [of(capture(kind)), of(capture(kind, 4))];
    const detail = `${one.toFixed(0)} MB at ${sizes[kind]} MB of capture, ${four.toFixed(0)} MB at four times that`;
    rows.push({ what: `${kind}: peak memory`, ratio: Math.max(one, four), target: 65, unit: "MB", detail });
  }
  // No more than the 60,000 IKE SAs that are held at a time.
  const [one, two] = [of(capture("ike", 0.3)), of(capture("ike", 0.6))];
  const sas = (0.3 * sizes.ike * 1e6) / SESSION_BYTES;
  const bytes = ((two - one) * 2 ** 20) / sas;
  const detail = `${one.toFixed(0)} MB at ${Math.round(sas)} IKE SAs, ${two.toFixed(0)} MB at twice as many`;
  rows.push({ what: "ike: peak memory per IKE SA", ratio: bytes, target: 900, unit: "bytes", detail });
}

scanning("esp", 0.8, 2.5);
scanning("small", 0.9, 4.5);
large();
isakmpOnly();
startUp();
together();
formats();
growth();
memory();
print();

function print(): void {
  const programs = ["tcpdump", "tshark", "dd", "gzip"].filter((name) => which(name) !== null);
  const versions = [`node ${process.version}`, ...programs.map((name) => versionOf(name))];
  const machine = `${cpus().length} x ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ machine, versions, sizes, rows }, null, 2)}\n`);
    return;
  }
  const table = new Table({ head: ["what", "measured", "target", "of"], style: { head: [], border: [] } });
  for (const { what, ratio, target, unit, detail } of rows) {
    const number = (value: number) =>
      unit === "" ? `${value.toFixed(value < 0.3 ? 3 : 2)}` : `${Math.round(value)} ${unit}`;
    table.push([what, ratio === null ? "-" : number(ratio), `<= ${number(target)}`, detail]);
  }
  process.stdout.write(`${machine}\n${versions.join("; ")}\n${table.toString()}\n`);
}
