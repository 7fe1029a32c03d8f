/**
 * One interface being captured: starts a capturing program, reads its stream, and starts it again when it ends
 * before it should, because the interface went away or the program was killed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { FrameBatch } from "../../capture/batch.ts";
import { IterableSource } from "../../capture/byte-source.ts";
import { CaptureError, type SourceSummary } from "../../capture/source.ts";
import type { InterfaceState } from "../../feed/feed.ts";
import { openSource } from "../../feed/formats.ts";
import { noInterface, refusalFor } from "./advice.ts";
import { startRun } from "./backend.ts";
import { BACKENDS, type BackendName } from "./backends.ts";
import { deviceNames, hasVlanTags } from "./devices.ts";
import { defaultFilter } from "./filter.ts";
import type { Run, RunEnd } from "./run.ts";

export interface LiveSettings {
  /** null chooses: the first that works. */
  backend: BackendName | null;
  /** null is the default filter. */
  filter: string | null;
  /** UDP ports beside 500 and 4500, for the default filter. */
  ports: readonly number[];
  /** End when the capture of an interface breaks off, instead of trying again. */
  once: boolean;
  /** Sentences for the user: what is captured, what happened to it. */
  note: (sentence: string) => void;
}

/** Bytes of the ring: its slots are 64 KiB each where network cards join packets, so small ones lose bursts. */
const RING = 64 * 1024 * 1024;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

export class LiveInterface {
  readonly name: string;
  readonly summary: SourceSummary;
  state: InterfaceState = "waiting";
  interruptions = 0;
  backend: BackendName | null;
  readonly #settings: LiveSettings;
  readonly #stop = new AbortController();
  #run: Run | null = null;
  #pastKernelDrops: number | null = 0;
  #pastQueueDrops = 0;

  constructor(name: string, settings: LiveSettings) {
    this.name = name;
    this.#settings = settings;
    this.backend = settings.backend;
    this.summary = {
      name,
      format: "live",
      linkTypes: [],
      packets: 0,
      bytes: 0,
      timeDigits: 6,
      untimed: 0,
      end: "clean",
      problem: null,
    };
  }

  /** Packets that the kernel dropped; null when the program does not tell. */
  get kernelDropped(): number | null {
    if (this.#pastKernelDrops === null) return null;
    if (this.#run === null) return this.#pastKernelDrops;
    return this.#run.kernelDropped === null ? null : this.#pastKernelDrops + this.#run.kernelDropped;
  }

  get queueDropped(): number {
    return this.#pastQueueDrops + (this.#run?.queueDropped ?? 0);
  }

  refresh(): void {
    this.#run?.refresh();
  }

  /** Ends the capture; `batches` ends when what is on its way has come. */
  stop(): void {
    this.#stop.abort();
    this.#run?.stop();
  }

  /** @throws CaptureError where no interface has the name */
  refuseUnknown(): void {
    if (!isKnown(this.name)) throw noInterface(this.name);
  }

  /**
   * Begins to capture; an interface that is down is waited for.
   * @throws CaptureError when it cannot be captured from at all
   */
  async open(): Promise<void> {
    const { backend, once, note } = this.#settings;
    const tried: { backend: BackendName; end: RunEnd }[] = [];
    for (const each of backend === null ? BACKENDS : [backend]) {
      const end = await this.#start(each);
      this.backend = each;
      if (end === null) {
        note(`capturing on ${this.name} with ${each}`);
        return;
      }
      if (end.refusal === "down" && !once) {
        note(`${this.name} is down: waiting for it`);
        return;
      }
      tried.push({ backend: each, end });
      // Another program can be there, or be allowed to capture; it cannot bring up what is not there.
      if (end.refusal === "no-interface" || end.refusal === "down" || end.refusal === "filter") break;
    }
    throw refusalFor(this.name, tried);
  }

  /** All records, until `stop` or, with `once`, the first interruption. A batch is valid until the next one. */
  async *batches(): AsyncGenerator<FrameBatch> {
    const { once, note } = this.#settings;
    while (!this.#stop.signal.aborted) {
      if (this.#run === null && !(await this.#again())) break;
      const run = this.#run!;
      yield* this.#read(run);
      const end = await run.ended;
      this.#close(run);
      if (this.#stop.signal.aborted) break;
      this.interruptions += 1;
      note(`capture on ${this.name} broke off: ${end.said}${once ? "" : "; it goes on when it can"}`);
      if (once) break;
    }
    this.state = "ended";
  }

  async *#read(run: Run): AsyncGenerator<FrameBatch> {
    const source = await openSource(new IterableSource(run.stream), this.name).catch((error: unknown) => {
      // The program ended before it wrote anything; why is told where it ended.
      if (error instanceof CaptureError) return null;
      throw error;
    });
    if (source === null) return;
    const { summary } = this;
    for (const type of source.summary.linkTypes) {
      if (!summary.linkTypes.includes(type)) summary.linkTypes.push(type);
    }
    const before = summary.packets;
    const bytesBefore = summary.bytes;
    for (let batch = await source.next(); batch?.provenance === "packet"; batch = await source.next()) {
      summary.packets = before + source.summary.packets;
      summary.bytes = bytesBefore + source.summary.bytes;
      yield { ...batch, firstFrame: before + batch.firstFrame };
    }
  }

  /** Tries until the capture goes on; false when it was stopped before. */
  async #again(): Promise<boolean> {
    this.state = "waiting";
    let wait = FIRST_WAIT_MS;
    while (!this.#stop.signal.aborted) {
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
      if (this.#stop.signal.aborted) break;
      if ((await this.#start(this.backend!)) === null) {
        this.#settings.note(`capturing on ${this.name} again`);
        return true;
      }
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
    return false;
  }

  /** null when capturing has begun; otherwise why it has not. */
  async #start(backend: BackendName): Promise<RunEnd | null> {
    const { filter, ports } = this.#settings;
    const run = startRun(backend, {
      device: this.name,
      filter: filter ?? defaultFilter(ports, hasVlanTags(this.name)),
      ring: RING,
    });
    this.#run = run;
    if (await run.ready) {
      this.state = "capturing";
      this.summary.format = `live, ${backend}`;
      if (this.#stop.signal.aborted) run.stop();
      return null;
    }
    const end = await run.ended;
    this.#run = null;
    return end;
  }

  #close(run: Run): void {
    this.#pastQueueDrops += run.queueDropped;
    this.#pastKernelDrops =
      this.#pastKernelDrops === null || run.kernelDropped === null
        ? null
        : this.#pastKernelDrops + run.kernelDropped;
    this.#run = null;
  }
}

/** False where the system lists its interfaces and this is none of them; libpcap also knows some that are not interfaces. */
function isKnown(name: string): boolean {
  const names = deviceNames();
  return names === null || names.includes(name) || /^(any|nflog|nfqueue|usbmon|bluetooth|dbus)/.test(name);
}
