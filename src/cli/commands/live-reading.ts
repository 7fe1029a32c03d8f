/** Reads an input that goes on: findings are said as they happen, until it ends or is told to. */

import { tmpdir } from "node:os";
import { type Feed, type LiveRun, type RunOptions, run } from "../../analysis/run.ts";
import { withoutSourceNames } from "../../anonymize/file-names.ts";
import { EvidenceRing } from "../../node/evidence-ring.ts";
import { type FileFeed, fileFeed } from "../../node/files.ts";
import { openLogs } from "../../node/follow-log.ts";
import { openWitnesses } from "../../node/witnesses.ts";
import { reasonOf } from "../../node/write-reasons.ts";
import { show, viewOf } from "../delivery.ts";
import { type Job, type Reading, readBeside } from "../job.ts";
import { metricsWriter } from "../metrics.ts";
import { OutputError, refuseInput } from "../output.ts";
import type { Messages } from "../terminal.ts";
import { openLive } from "./inputs.ts";
import { openState } from "./state-open.ts";

const ALL = Number.POSITIVE_INFINITY;

/** IKE SAs kept unless --max-sas says otherwise. */
const MAX_SAS = 200_000;
const MICROS_PER_SECOND = 1_000_000;

type Stateful = Awaited<ReturnType<typeof openState>>;

/** What is read: an interface, the records of a state, or a pipe. */
interface Input {
  feed: Feed;
  stateful: Stateful | null;
  pipe: FileFeed | null;
}

/** Who takes what is seen, beside the report. */
interface Takers {
  view: ReturnType<typeof viewOf>;
  ring: EvidenceRing | null;
  onMetrics: ReturnType<typeof metricsWriter> | null;
}

/** @throws LiveRefusal when an interface cannot be captured from */
export async function readLive(job: Job): Promise<Reading> {
  const { messages, evidence, env, options: asked } = job;
  const witnesses = await openWitnesses(asked, job.stop.signal);
  const logs = await openLogs(asked.syslog, witnesses.gatewayLog);
  const { followers } = logs;
  const failures = () => [
    ...witnesses.failures,
    ...logs.failures,
    ...followers.flatMap(({ failure }) => failure ?? []),
    ...(pipe?.failures ?? []),
  ];
  // The input may go on for weeks: what is not there is told before.
  for (const { message } of [...witnesses.failures, ...logs.failures]) messages.errorOnce(message);
  for (const name of logs.missing) messages.note(`${name} is not there yet: it is read as soon as it is`);
  // Whatever may fail comes before the capture: nobody would end it then.
  const { metrics } = asked.live;
  if (metrics !== null) await refuseInput(metrics, [...asked.inputs, ...readBeside(asked)]);
  const onMetrics = metrics === null ? null : metricsWriter(metrics, env, messages);
  const ring = evidence === null ? null : ringOf(() => feed.summaries, messages);
  job.cleanUp = () => ring?.remove();
  const input = await openInput(job);
  const { feed, stateful, pipe } = input;
  const view = viewOf(job);
  messages.progress = view;
  try {
    const options = { ...runOptions(job, input, { view, ring, onMetrics }), witnesses };
    const {
      report: read,
      timelines,
      plan,
    } = await run(feed, options, () => [...failures(), ...(pipe?.leftOut ?? [])]);
    const names = ring?.finish() ?? [];
    if (ring !== null && ring.overwritten > 0 && plan !== null) {
      messages.note("the evidence begins late: so much was captured that its oldest packets were dropped");
    }
    return {
      report: publicly(job, feed, read),
      timelines,
      failures: failures(),
      duplicates: [],
      kept: stateful?.failed() !== true && (ring?.failure ?? null) === null,
      // The ring's own files: all that is in them, and nobody else writes there.
      evidence: plan === null || ring === null ? null : { plan, names, packets: ALL, messages: ALL },
      release: () => ring?.remove(),
    };
  } finally {
    view?.erase();
    messages.progress = null;
    await Promise.all(followers.map((follower) => follower.stop()));
    await pipe?.close();
    await stateful?.stream.close();
  }
}

/** Where packets are kept for -w. @throws OutputError where temporary files find no room */
function ringOf(sources: () => Feed["summaries"], messages: Messages): EvidenceRing {
  const sentence = (error: unknown) => `cannot keep packets for -w in ${tmpdir()}: ${reasonOf(error)}`;
  try {
    const ring = new EvidenceRing(sources);
    ring.onFailure = (error) => messages.error(`${sentence(error)}; the evidence ends here`);
    return ring;
  } catch (error) {
    throw new OutputError(sentence(error));
  }
}

async function openInput(job: Job): Promise<Input> {
  const { inputs, options, messages } = job;
  const [name] = inputs;
  if (options.live.interfaces.length > 0) {
    return { feed: await openLive(options.live, options.ports, messages), stateful: null, pipe: null };
  }
  if (options.state !== null) {
    const stateful = await openState(options.state, name, job);
    return { feed: stateful.stream, stateful, pipe: null };
  }
  const pipe = fileFeed([name], { reorder: options.reorderSeconds * MICROS_PER_SECOND });
  return { feed: pipe, stateful: null, pipe };
}

/** What is printed, without names of files and interfaces where these are to be replaced. */
function publicly<T>({ anonymizer }: Job, { summaries }: Feed, value: T): T {
  if (anonymizer === undefined) return value;
  return withoutSourceNames(value, summaries);
}

function runOptions(job: Job, { feed, stateful }: Input, { view, ring, onMetrics }: Takers): RunOptions {
  const { options, env, messages, stop, output, anonymizer } = job;
  const { sink } = output;
  const { live } = options;
  const liveRun: LiveRun = {
    statsEvery: sink === null ? 0 : live.statsEvery,
    linesDropped: () => sink?.dropped ?? 0,
    onLines: (told, analysis, isLast) => {
      const lines = publicly(job, feed, told);
      stateful?.keeper.hold(lines);
      // The report follows the last lines, and says the same.
      const seeing = isLast ? null : view;
      const direct = stateful === null && output.sink !== null ? output : null;
      show(lines, analysis, { output: direct, view: seeing, messages });
    },
    onTick: (analysis, isLive) => {
      view?.status(analysis, feed.status, isLive);
      stateful?.keeper.tick(performance.now());
    },
  };
  if (onMetrics !== null) liveRun.onMetrics = onMetrics;
  if (stateful !== null) liveRun.keeper = stateful.keeper;
  const asked: RunOptions = {
    ports: options.ports,
    responders: options.responders,
    aliases: options.aliases,
    maxSas: options.maxSas ?? MAX_SAS,
    signal: stop.signal,
    sinks: ring === null ? [] : [ring],
    now: () => env.now(),
    live: liveRun,
  };
  if (anonymizer !== undefined) asked.anonymizer = anonymizer;
  if (options.partition !== null) asked.partition = options.partition;
  if (options.maxPackets !== null) asked.maxPackets = options.maxPackets;
  if (live.seconds !== null) asked.seconds = live.seconds;
  return asked;
}
