/** Who sees every sign of life, though an analysis alone need not: what is settled in linear memory comes to nobody. */

import { expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import type { LiveOptions } from "../../src/analysis/live-options.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { Sink } from "../../src/feed/decoder.ts";
import { drive } from "../../src/feed/drive.ts";
import { openSource } from "../../src/feed/formats.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import { LinearMemory } from "../../src/linear/memory.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Stage } from "../support/session.ts";
import { chunks, inputsOf } from "../support/sources.ts";

const stage = new Stage(1);
new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 60);
const records = stage.sorted();
const ofEsp = records.filter(({ what }) => what === "esp").length;

/** Counts the packets of ESP that come to it, and hands all on. */
class Counter implements Sink {
  seen = 0;
  readonly wantsLife?: boolean;
  readonly #to: Sink | undefined;

  constructor(to?: Sink, wantsLife?: boolean) {
    this.#to = to;
    if (wantsLife !== undefined) this.wantsLife = wantsLife;
  }

  begin(...[slice]: Parameters<NonNullable<Sink["begin"]>>): void {
    this.#to?.begin?.(slice);
  }

  isakmp(...[datagram]: Parameters<Sink["isakmp"]>): void {
    this.#to?.isakmp(datagram);
  }

  signOfLife(...[datagram]: Parameters<Sink["signOfLife"]>): void {
    this.seen += 1;
    this.#to?.signOfLife(datagram);
  }

  end(...[slice]: Parameters<NonNullable<Sink["end"]>>): void {
    this.#to?.end?.(slice);
  }
}

/** The report on a capture that is read in linear memory, as a large one is. */
async function analysed(options: LiveOptions) {
  const memory = LinearMemory.make();
  const bytes = pcap(records);
  const inputs = inputsOf(["a"], (name, chunk) =>
    openSource(new IterableSource(chunks(bytes, 4_096), { size: bytes.length }), name, {
      memory,
      ...(chunk !== undefined && { chunk }),
    }),
  );
  const feed = new Sequencer(inputs, memory);
  const analysis = new LiveAnalysis(feed, { ...options, memory });
  await drive(feed, analysis.decoder);
  await feed.close();
  return analysis.report();
}

it.each<[string, boolean | undefined, number]>([
  ["who says nothing of it sees them all", undefined, ofEsp],
  ["who wants them sees them all", true, ofEsp],
  ["who does not want them sees the first of each direction", false, 2],
])("%s, beside the analysis", async (_, wantsLife, seen) => {
  const counter = new Counter(undefined, wantsLife);
  await analysed({ sinks: [counter] });
  expect(counter.seen).toBe(seen);
});

it("who replaces addresses sees them all, before the analysis", async () => {
  let counter = new Counter();
  const anonymizer = {
    named: (text: string) => text,
    before: (sink: Sink) => {
      counter = new Counter(sink);
      return counter;
    },
  } as unknown as LiveOptions["anonymizer"];
  expect((await analysed({ anonymizer })).summary.clients).toBe(1);
  expect(counter.seen).toBe(ofEsp);
});
