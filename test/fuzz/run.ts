/**
 * The fuzzer: `npm run fuzz -- [--seconds N] [--targets a,b] [--seed N] [--log FILE] [--corpus FOLDER] [--blind]
 * [--turn SECONDS] [--executions N]`, the last two of one target before it is the next one's turn.
 *
 * Coverage-guided in the manner of libFuzzer: inputs that reach a block of the program that none reached before
 * join the corpus, from which the next ones are made. Whatever an input breaks is kept as a file, and the fuzzer
 * goes on. Without --seconds it runs until it is stopped; counts are printed (and appended to FILE) after each round.
 *
 * V8 counts blocks at a price of several times the speed. With --corpus what is found is kept in FOLDER for other
 * runs; with --blind such a run changes that corpus at full speed and looks at no coverage.
 */

import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { Mutator } from "./mutate.ts";
import type { Target } from "./targets.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** From build. */
const ROOT = join(HERE, "..");
/** Of the processor, and executions, after which it is the next target's turn: cheap targets shall not crowd out others. */
const TURN_SECONDS = 20;
const TURN_EXECUTIONS = 50_000;
const MAX_KEPT = 20;
/** Bytes of the inputs of one batch. */
const MAX_ROOM = 16 * 1024 * 1024;
/** Of the clock, and of the processor: inputs of some kilobytes take less by orders of magnitude. */
const SUSPICIOUS_MS = 2_000;
const SLOW_SECONDS = 1;
/** How many times as long an input may take while V8 counts blocks. */
const COUNTED = 5;
const TRACED_CALLS = 20;

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    targets: { type: "string" },
    seed: { type: "string" },
    log: { type: "string" },
    turn: { type: "string" },
    executions: { type: "string" },
    corpus: { type: "string" },
    blind: { type: "boolean", default: false },
  },
});
const isBlind = values.blind;
const turnExecutions = Number(values.executions ?? TURN_EXECUTIONS);

/** Seconds of the processor that this process has used: the clock goes on while others have it. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const hashOf = (input: Uint8Array) => createHash("sha256").update(input).digest("hex").slice(0, 12);

/** One target, with its corpus and what came of it. */
class Campaign {
  executions = 0;
  seconds = 0;
  readonly broken = new Map<string, number>();
  readonly #target: Target;
  #corpus: Uint8Array[] = [];
  readonly #mutator: Mutator;
  /** Room for the inputs of a batch. */
  #room: Uint8Array;
  /** Inputs between two looks at the coverage: more where looks find nothing, which cost more than the inputs. */
  #batch: number;

  constructor(target: Target, seed: number) {
    this.#target = target;
    this.#mutator = new Mutator(seed);
    this.#batch = target.batch;
    this.#room = new Uint8Array(target.batch * target.maxLength);
  }

  get line(): string {
    const { name } = this.#target;
    const rate = Math.round(this.executions / Math.max(this.seconds, 1e-9));
    const broken = [...this.broken.values()].reduce((sum, count) => sum + count, 0);
    return `${name}: ${this.executions} executions, ${rate}/s, corpus ${this.#corpus.length}, ${broken} broken`;
  }

  /** Makes the corpus and runs it: the others are measured against it. */
  async begin(coverage: Coverage | null): Promise<void> {
    const seeds = [...(await this.#target.seeds()), ...kept(this.#target.name)];
    // Copies of their own size: they may be views of large captures.
    this.#corpus = seeds.map((seed) => seed.slice(0, this.#target.maxLength));
    for (const seed of this.#corpus) await this.#execute(seed);
    coverage?.fresh(true);
  }

  /** Fuzzes for so many seconds of the processor, or a turn's executions. */
  async turn(seconds: number, coverage: Coverage | null): Promise<void> {
    const begin = processorSeconds();
    const most = this.executions + turnExecutions;
    while (processorSeconds() - begin < seconds && this.executions < most) {
      const inputs = Array.from({ length: this.#batch }, (_, i) => this.#input(i));
      for (const input of inputs) await this.#execute(input);
      if (coverage === null) continue;
      const isFresh = coverage.fresh(false);
      if (isFresh) await this.#keepFresh(inputs, coverage);
      this.#resize(isFresh ? this.#target.batch : 2 * this.#batch);
    }
    this.seconds += processorSeconds() - begin;
  }

  #resize(batch: number): void {
    const { maxLength } = this.#target;
    if (batch === this.#batch || batch * maxLength > MAX_ROOM) return;
    this.#batch = batch;
    this.#room = new Uint8Array(batch * maxLength);
  }

  #input(place: number): Uint8Array {
    const { maxLength, mutate } = this.#target;
    const mutator = this.#mutator;
    const corpus = this.#corpus;
    // The newest half as often as all: what was found last has been explored least.
    const from = mutator.below(2) === 0 ? corpus.length >> 1 : 0;
    const input = corpus[from + mutator.below(corpus.length - from)] ?? new Uint8Array(0);
    const other = corpus[mutator.below(corpus.length)] ?? input;
    const whole = mutate?.(input, other, mutator) ?? null;
    if (whole !== null) return whole.subarray(0, maxLength);
    const into = this.#room.subarray(place * maxLength, (place + 1) * maxLength);
    return into.subarray(0, mutator.mutated(input, other, into));
  }

  /** Finds the inputs of a batch that reached something new, by halves. */
  async #keepFresh(inputs: readonly Uint8Array[], coverage: Coverage): Promise<void> {
    for (const input of inputs) await this.#execute(input);
    if (!coverage.fresh(false)) return;
    if (inputs.length > 1) {
      const half = inputs.length >> 1;
      await this.#keepFresh(inputs.slice(0, half), coverage);
      await this.#keepFresh(inputs.slice(half), coverage);
      return;
    }
    await this.#execute(inputs[0]);
    if (!coverage.fresh(true)) return;
    this.#corpus.push(inputs[0].slice());
    if (values.corpus === undefined) return;
    const folder = join(values.corpus, this.#target.name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, hashOf(inputs[0])), inputs[0]);
  }

  async #execute(input: Uint8Array): Promise<void> {
    this.executions += 1;
    const begin = performance.now();
    try {
      const done = this.#target.run(input);
      if (done !== undefined) await done;
    } catch {
      this.#keepBroken(input, await this.#traced(input));
    }
    if (performance.now() - begin > SUSPICIOUS_MS) await this.#refuseSlow(input);
  }

  /** The error of an input that breaks something, with its stack: see `main`. */
  async #traced(input: Uint8Array): Promise<unknown> {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = TRACED_CALLS;
    try {
      await this.#target.run(input);
      return new Error("broken: it was once, and not again");
    } catch (error) {
      return error;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }

  /** Runs an input once more that took long: other programs may have had the processor. */
  async #refuseSlow(input: Uint8Array): Promise<void> {
    const begin = process.cpuUsage();
    try {
      await this.#target.run(input);
    } catch {
      return;
    }
    const { user } = process.cpuUsage(begin);
    const { slowSeconds = SLOW_SECONDS } = this.#target;
    if (user / 1e6 <= slowSeconds * (isBlind ? 1 : COUNTED)) return;
    this.#keepBroken(input, new Error(`broken: ${input.length} bytes take ${Math.round(user / 1000)} ms`));
  }

  #keepBroken(input: Uint8Array, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const key = text.split("\n").slice(0, 2).join("\n").replace(/\d+/g, "0").slice(0, 300);
    const count = (this.broken.get(key) ?? 0) + 1;
    this.broken.set(key, count);
    if (count > 1 || this.broken.size > MAX_KEPT) return;
    const folder = join(ROOT, "build/fuzz-broken");
    mkdirSync(folder, { recursive: true });
    const name = `${this.#target.name}-${hashOf(input)}`;
    writeFileSync(join(folder, name), input);
    say(`BROKEN ${this.#target.name} (build/fuzz-broken/${name}): ${text}`);
  }
}

/** What earlier runs found of a target. */
function kept(name: string): Uint8Array[] {
  if (values.corpus === undefined) return [];
  const folder = join(values.corpus, name);
  try {
    return readdirSync(folder).map((file) => new Uint8Array(readFileSync(join(folder, file))));
  } catch {
    return [];
  }
}

function say(line: string): void {
  console.log(line);
  if (values.log !== undefined) appendFileSync(values.log, `${line}\n`);
}

async function main(): Promise<number> {
  const bundle = new URL("fuzz-targets.js", import.meta.url).href;
  const { makeTargets } = (await import(bundle)) as typeof import("./targets.ts");
  const captures = process.env.IKE_CAPTURES ?? join(ROOT, "../shared/captures");
  const wanted = values.targets?.split(",");
  const targets = (await makeTargets([join(ROOT, "samples"), captures])).filter(
    ({ name }) => wanted === undefined || wanted.includes(name),
  );
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const until = performance.now() + Number(values.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const share = Number(values.seconds ?? Number.POSITIVE_INFINITY) / targets.length;
  const turn = Math.min(Number(values.turn ?? TURN_SECONDS), share);
  const coverage = isBlind ? null : new Coverage(bundle, readFileSync(new URL(bundle), "utf8").length);
  const campaigns = targets.map((target, i) => new Campaign(target, seed + i));
  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => (stopped = true));
  say(`fuzzing with seed ${seed}: ${targets.map(({ name }) => name).join(", ")}`);
  // Refusals are errors, whose stacks would take longer than what is tried.
  Error.stackTraceLimit = 0;
  for (const campaign of campaigns) await campaign.begin(coverage);
  // Nor are the system's programs tried, to which some readers leave what they cannot unpack.
  process.env.PATH = "";
  while (!stopped && performance.now() < until) {
    for (const campaign of campaigns) {
      if (stopped || performance.now() >= until) break;
      await campaign.turn(turn, coverage);
      // Targets that wait for nothing leave signals no moment.
      await setImmediate();
    }
    const all = campaigns.reduce((sum, { executions }) => sum + executions, 0);
    const reached = coverage === null ? "" : `, ${coverage.size} characters of the program reached`;
    say(`${new Date().toISOString()} ${all} executions${reached}`);
    for (const { line } of campaigns) say(`  ${line}`);
  }
  coverage?.close();
  return campaigns.some(({ broken }) => broken.size > 0) ? 1 : 0;
}

process.exitCode = await main();
